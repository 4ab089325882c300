"""The part of DDI-Codebook 2.5 that codebooks use, written down as rules of our own.

For each element: its children in the order of the schema with how many there may be, its
attributes, and whether it holds text. A document is checked against it, references included; what
is not listed may not occur. Read beside the published schema on 2026-11-21: codeBook, citation,
subject, sumDscr, collDate, method, useStmt, valrng, var and sumStat; on 2026-11-22: stdyInfo,
dataColl, anlyInfo, dataAccs, fileDscr, fileTxt, dimensns, dataDscr, varGrp, varFormat, catgry and
catStat. The others are from knowledge of the standard.
"""

import re

NAMESPACE = "ddi:codebook:2_5"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}Z?)?)?)?")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
MANY = 10**9

# element: (children in order: (name, least, most)), attributes {name: check}, text allowed
CHILDREN = {
    "codeBook": [("docDscr", 0, MANY), ("stdyDscr", 1, MANY), ("fileDscr", 0, MANY),
                 ("dataDscr", 0, MANY), ("otherMat", 0, MANY)],
    "docDscr": [("citation", 0, 1), ("guide", 0, MANY), ("docStatus", 0, MANY),
                ("docSrc", 0, MANY), ("controlledVocabUsed", 0, MANY), ("notes", 0, MANY)],
    "citation": [("titlStmt", 1, 1), ("rspStmt", 0, 1), ("prodStmt", 0, 1), ("distStmt", 0, 1),
                 ("serStmt", 0, MANY), ("verStmt", 0, MANY), ("biblCit", 0, 1),
                 ("holdings", 0, MANY), ("notes", 0, MANY)],
    "titlStmt": [("titl", 1, 1), ("subTitl", 0, MANY), ("altTitl", 0, MANY),
                 ("parTitl", 0, MANY), ("IDNo", 0, MANY)],
    "rspStmt": [("AuthEnty", 0, MANY), ("othId", 0, MANY)],
    "prodStmt": [("producer", 0, MANY), ("copyright", 0, MANY), ("prodDate", 0, MANY),
                 ("prodPlac", 0, MANY), ("software", 0, MANY), ("fundAg", 0, MANY),
                 ("grantNo", 0, MANY)],
    "verStmt": [("version", 0, MANY), ("verResp", 0, MANY), ("notes", 0, MANY)],
    "stdyDscr": [("citation", 1, MANY), ("studyAuthorization", 0, MANY), ("stdyInfo", 0, MANY),
                 ("studyDevelopment", 0, MANY), ("method", 0, MANY), ("dataAccs", 0, MANY),
                 ("othrStdyMat", 0, MANY), ("notes", 0, MANY)],
    "stdyInfo": [("studyBudget", 0, 1), ("subject", 0, 1), ("abstract", 0, MANY),
                 ("sumDscr", 0, MANY), ("qualityStatement", 0, 1), ("notes", 0, MANY),
                 ("exPostEvaluation", 0, MANY)],
    "subject": [("keyword", 0, MANY), ("topcClas", 0, MANY)],
    "sumDscr": [("timePrd", 0, MANY), ("collDate", 0, MANY), ("nation", 0, MANY),
                ("geogCover", 0, MANY), ("geogUnit", 0, MANY), ("geoBndBox", 0, 1),
                ("boundPoly", 0, 1), ("anlyUnit", 0, MANY), ("universe", 0, MANY),
                ("dataKind", 0, MANY)],
    "method": [("dataColl", 0, MANY), ("notes", 0, MANY), ("anlyInfo", 0, 1),
               ("stdyClas", 0, 1), ("dataProcessing", 0, MANY),
               ("codingInstructions", 0, MANY)],
    "dataColl": [("timeMeth", 0, MANY), ("dataCollector", 0, MANY),
                 ("collectorTraining", 0, MANY), ("frequenc", 0, MANY), ("sampProc", 0, MANY),
                 ("sampleFrame", 0, MANY), ("targetSampleSize", 0, MANY), ("deviat", 0, MANY),
                 ("collMode", 0, MANY), ("resInstru", 0, MANY),
                 ("instrumentDevelopment", 0, MANY), ("sources", 0, 1), ("collSitu", 0, MANY),
                 ("actMin", 0, MANY), ("ConOps", 0, MANY), ("weight", 0, MANY),
                 ("cleanOps", 0, MANY)],
    "anlyInfo": [("respRate", 0, MANY), ("EstSmpErr", 0, MANY), ("dataAppr", 0, MANY)],
    "dataAccs": [("setAvail", 0, MANY), ("useStmt", 0, MANY), ("notes", 0, MANY)],
    "useStmt": [("confDec", 0, 1), ("specPerm", 0, 1), ("restrctn", 0, 1), ("contact", 0, MANY),
                ("citReq", 0, 1), ("deposReq", 0, 1), ("conditions", 0, 1),
                ("disclaimer", 0, 1)],
    "fileDscr": [("fileTxt", 0, MANY), ("locMap", 0, 1), ("notes", 0, MANY)],
    "fileTxt": [("fileName", 0, 1), ("fileCitation", 0, 1), ("fileCont", 0, 1),
                ("fileStrc", 0, 1), ("dimensns", 0, 1), ("fileType", 0, 1), ("format", 0, 1),
                ("filePlac", 0, 1), ("dataChck", 0, MANY), ("ProcStat", 0, 1),
                ("dataMsng", 0, 1), ("software", 0, MANY), ("verStmt", 0, 1)],
    "dimensns": [("caseQnty", 0, MANY), ("varQnty", 0, MANY), ("logRecL", 0, MANY),
                 ("recPrCas", 0, MANY), ("recNumTot", 0, MANY)],
    "dataDscr": [("varGrp", 0, MANY), ("nCubeGrp", 0, MANY), ("var", 0, MANY),
                 ("nCube", 0, MANY), ("notes", 0, MANY)],
    "varGrp": [("labl", 0, MANY), ("txt", 0, MANY), ("concept", 0, MANY), ("defntn", 0, 1),
               ("universe", 0, 1), ("notes", 0, MANY)],
    "var": [("location", 0, MANY), ("labl", 0, MANY), ("imputation", 0, 1), ("security", 0, 1),
            ("embargo", 0, 1), ("respUnit", 0, 1), ("anlysUnit", 0, 1), ("qstn", 0, MANY),
            ("valrng", 0, MANY), ("invalrng", 0, MANY), ("undocCod", 0, MANY),
            ("universe", 0, MANY), ("TotlResp", 0, 1), ("sumStat", 0, MANY), ("txt", 0, MANY),
            ("stdCatgry", 0, MANY), ("catgryGrp", 0, MANY), ("catgry", 0, MANY),
            ("codInstr", 0, MANY), ("verStmt", 0, MANY), ("concept", 0, MANY),
            ("derivation", 0, 1), ("varFormat", 0, 1), ("geoMap", 0, MANY),
            ("catLevel", 0, MANY), ("notes", 0, MANY)],
    "qstn": [("preQTxt", 0, MANY), ("qstnLit", 0, MANY), ("postQTxt", 0, MANY)],
    "valrng": [("item", 0, MANY), ("range", 0, MANY), ("key", 0, 1), ("notes", 0, MANY)],
    "invalrng": [("item", 0, MANY), ("range", 0, MANY), ("key", 0, 1), ("notes", 0, MANY)],
    "catgry": [("catValu", 0, 1), ("labl", 0, MANY), ("txt", 0, MANY), ("catStat", 0, MANY),
               ("mrow", 0, 1)],
}  # fmt: skip
TEXTS = {
    "titl", "parTitl", "IDNo", "AuthEnty", "producer", "prodDate", "software", "version",
    "keyword", "abstract", "collDate", "nation", "geogCover", "anlyUnit", "universe", "dataKind",
    "sampProc", "collMode", "resInstru", "weight", "EstSmpErr", "confDec", "restrctn", "fileName",
    "fileCont", "fileType", "caseQnty", "varQnty", "labl", "qstnLit", "sumStat", "catValu",
    "catStat", "notes", "varFormat", "item",
}  # fmt: skip


def one_of(*allowed):
    return lambda value: value in allowed


ATTRIBUTES = {
    "codeBook": {"version": one_of("2.5"), XSI: str.strip},
    "IDNo": {"agency": str.strip},
    "prodDate": {"date": DATE.fullmatch},
    "version": {"date": DATE.fullmatch, "type": str.strip},
    "software": {"version": str.strip, "date": DATE.fullmatch},
    "collDate": {"date": DATE.fullmatch, "event": one_of("start", "end", "single")},
    "nation": {"abbr": str.strip},
    "confDec": {"required": one_of("yes", "no")},
    "fileDscr": {},
    "varGrp": {
        "type": one_of("section", "multipleResp", "grid", "display", "repetition", "subject",
                       "version", "iteration", "analysis", "pragmatic", "record", "file",
                       "randomized", "other"),
        "var": NAME.match,
    },
    "var": {
        "name": str.strip, "files": NAME.match, "dcml": str.isdigit,
        "intrvl": one_of("contin", "discrete"), "wgt": one_of("wgt", "not-wgt"),
        "wgt-var": NAME.match,
    },
    "item": {"VALUE": str.strip},
    "sumStat": {"type": one_of("mean", "medn", "mode", "vald", "invd", "min", "max", "stdev",
                               "other")},
    "catgry": {"missing": one_of("Y", "N")},
    "catStat": {"type": one_of("freq", "percent", "crosstab", "other")},
    "varFormat": {"type": one_of("numeric", "character"),
                  # "other" would ask for a term of a vocabulary as well.
                  "schema": one_of("SAS", "SPSS", "IBM", "ANSI", "ISO", "XML-Data")},
}  # fmt: skip
REQUIRED = {"var": {"name"}, "sumStat": {"type"}}
# At least one of these children.
ONE_AT_LEAST = {"valrng": {"item", "range"}, "invalrng": {"item", "range"}}
REFERENCES = {"files", "var", "wgt-var"}


def faults(root):
    """Say everything that the standard does not allow."""
    found, ids, wanted = [], set(), []
    _check(root, found, ids, wanted)
    found += [f"no element {ref}" for ref in wanted if ref not in ids]
    return found


def _check(element, found, ids, wanted):
    tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    if not element.tag.startswith("{" + NAMESPACE) or tag not in CHILDREN.keys() | TEXTS:
        found.append(f"unknown element {element.tag}")
        return
    _check_attributes(element, tag, found, ids, wanted)
    if tag in TEXTS and len(element):
        found.append(f"{tag} has children")
    if tag not in TEXTS and (element.text or "").strip():
        found.append(f"{tag} has text")
    order = {name: place for place, (name, _, _) in enumerate(CHILDREN.get(tag, []))}
    names = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]
    places = [order.get(name, -1) for name in names]
    if -1 in places or places != sorted(places):
        found.append(f"{tag}: children {names} are not in the order of the standard")
    if tag in ONE_AT_LEAST and ONE_AT_LEAST[tag].isdisjoint(names):
        found.append(f"{tag}: none of {sorted(ONE_AT_LEAST[tag])}")
    found += [f"{tag}: no {name}" for name in REQUIRED.get(tag, set()) - set(element.attrib)]
    for name, least, most in CHILDREN.get(tag, []):
        if not least <= names.count(name) <= most:
            found.append(f"{tag}: {names.count(name)} × {name}")
    for child in element:
        _check(child, found, ids, wanted)


def _check_attributes(element, tag, found, ids, wanted):
    allowed = ATTRIBUTES.get(tag, {})
    for name, value in element.attrib.items():
        if name == LANG:
            continue
        if name == "ID":
            if value in ids or not NAME.fullmatch(value):
                found.append(f"{tag}: bad ID {value}")
            ids.add(value)
        elif name not in allowed or not allowed[name](value):
            found.append(f"{tag}: attribute {name}={value}")
        if name in REFERENCES:
            wanted += value.split()
