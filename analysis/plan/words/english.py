"""English sentences about plans and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FAULTS: Final[Mapping[str, str]] = {
    # The plan as a file
    "no-plan-file": "the plan «{file}» cannot be read: {reason}.",
    "plan-not-utf8": "the plan is not UTF-8 text; save it again as UTF-8.",
    "not-toml": (
        "this is not TOML: {reason}. Texts need straight quotation marks, a key may stand only "
        "once."
    ),
    "curly-quotes": 'texts need straight quotation marks: "…", not “…”.',
    "key-needs-quotes": (
        "a name with blanks or with letters other than a to z stands in quotation marks before the "
        'equals sign too: "Nữ" = 2'
    ),
    "decimal-comma": "numbers of a plan have a decimal point: 0.95, not 0,95.",
    "missing-version": "the plan must begin with the line: plan = {version}",
    "other-version": "plan = {found}: this program reads version {version}.",
    "missing-section": "the section [{section}] is missing.",
    "single-brackets": "write [[{section}]] with double brackets: there may be several.",
    # Keys and values
    "csv-ragged": (
        "{row}: {found} cells, the header has {wanted}: {text} – is the separator or the decimal "
        "sign another one, or the file cut off?"
    ),
    "unknown-key": "the key «{key}» is unknown here.{listed}",
    "unknown-key-near": "the key «{key}» is unknown here.{did_you_mean}",
    "key-of-other-kind": "the key «{key}» does not go with «{kind}»; it belongs to: {others}.",
    "missing-key": "the key «{key}» is missing.",
    "missing-choice": "the key «{key}» is missing.{listed}",
    "wrong-type": "here must be: {expected}. Found: {found}.",
    "empty-text": "the text is empty.",
    "empty-table": "the table is empty.",
    "list-too-short": "at least {least} are needed, there are {found}.",
    "repeated": "«{value}» stands there twice.",
    "not-finite": "{value} is not a number that can be calculated with.",
    "out-of-range": "{value} is outside {low} to {high}.",
    "unknown-choice": "«{value}» is not possible here.{did_you_mean}{listed}",
    "name-twice": "the name «{name}» is taken already, on line {first}.",
    "one-of-keys": "one of these keys is needed: {keys}.",
    "keys-exclude": "«{one}» and «{other}» cannot both be given.",
    "key-needs-key": "«{key}» makes no sense without «{needed}».",
    "bad-separator": "the separator «{value}» is not a single character that can separate columns.",
    "separator-is-decimal": (
        "«{value}» cannot separate columns and be the decimal sign; "
        'with decimal = "," give separator = ";".'
    ),
    # Design
    "design-without-weight": (
        "there are no weights: give «weight», or «fpc» for every stage (the weights follow from "
        "it)."
    ),
    "stages-without-clusters": (
        "{stages} stages are described, but only the last may go without «clusters»."
    ),
    "too-many-stages": "at most {most} stages are possible.",
    "missing-design-cell": (
        "column «{column}» is empty in {n:n} row(s), first in {row}; every row needs its place. "
        "Delete totals and remarks below the list from the file."
    ),
    "missing-weight": (
        "column «{column}» is empty in {n:n} row(s), first in {row}. Rows that should not count "
        "get "
        "the weight 0, e.g. by [[derive]] expression = 'COALESCE({column:sql}, 0)'."
    ),
    "missing-fpc": "column «{column}» is empty in {n:n} row(s), first in {row}.",
    "fpc-mixed": (
        "shares below 1 and sizes above 1 are mixed ({row}); give all as sizes or all as "
        "fractions of the population."
    ),
    "fpc-table-without-strata": "a table of sizes needs «strata» at the same stage.",
    "fpc-without-stratum": "the table has no entry for «{stratum}» of column «{column}».",
    # SQL
    "bad-sql": (
        "«{expression}» is not an SQL expression: {reason}. Texts stand in single quotes, names of "
        "columns with blanks or dots in double quotes."
    ),
    "sql-fails": "«{expression}» cannot be worked out: {reason}",
    "not-a-condition": "«{expression}» is neither true nor false; write e.g. «q1 >= 4».",
    "nobody-inside": "«{expression}» holds for no row.",
    # Estimates and contrasts
    "no-domains": "no row has a category in each of: {columns}.",
    "too-many-domains": (
        "{found:n} domains are more than {most:n}; is a column in «by» not a category?"
    ),
    "contrast-form": (
        "give one of: «inputs» with «expression»; «estimate» with «difference»; «estimate» with "
        "«against»."
    ),
    "no-such-estimate": "there is no estimate «{name}».{did_you_mean}{listed}",
    "bad-formula": (
        "«{part}» cannot stand in a formula; allowed are numbers, names of inputs, + - * / ** and "
        "{functions}."
    ),
    "no-such-input": (
        "the formula names «{name}», which is not among the inputs.{did_you_mean}{listed}"
    ),
    "unused-input": "the input «{name}» does not occur in the formula.",
    "domain-incomplete": (
        "the estimate «{estimate}» is by «{column}»; say which one: "
        "domain = {{ {column:key} = … }}."
    ),
    "not-a-domain": "the estimate «{estimate}» is not by «{column}».{listed}",
    "difference-of-two": "a difference is between two domains, there are {found}.",
    "difference-axes": "both domains must name the same columns.",
    "input-ambiguous": "say which «{key}» of the estimate «{name}» is meant: {known}.",
    "no-such-figure": "there is no «{wanted}».{listed}",
    "nothing-to-compare": "no two figures are left to compare.",
    "formula-without-value": "«{formula}» has no value here (division by zero, log of a negative).",
    # Output
    "unknown-output": "«{file}» must end in one of: {known}.",
    "no-folder": "the folder «{folder}» does not exist.",
    "file-exists": "the file «{file}» exists already.",
    "cannot-write": "«{file}» cannot be written: {reason}.",
    "fpc-with-probability": (
        'with unequal probabilities the first stage has no «fpc»: write "" there, «probability» '
        "says it."
    ),
    "jkn-needs-rscales": (
        "the jackknife by stratum needs «rscales»: (n − 1) / n of the stratum each replicate "
        "leaves a PSU out of; weights alone do not tell."
    ),
    "key-needed-with": "«{key}» is needed with «{value}».",
    "key-only-with": "«{key}» is for: {needed}.",
    "missing-replicate": (
        "the replicate weight «{column}» is empty in {n:n} row(s), first in {row}."
    ),
    "missing-probability": "column «{column}» is empty in {n:n} row(s), first in {row}.",
    "bad-probability-cell": (
        "column «{column}» holds {cell:n} in {row}; a probability is above 0 and at most 1."
    ),
    "rscales-count": "there are {found} «rscales», but {wanted} replicates.",
    "joint-shape": "the joint probabilities are {shape} numbers, but there are {psus} PSUs.",
    "joint-names-repeat": (
        "names of PSUs repeat between strata: give the joint probabilities as a square table."
    ),
    "joint-unknown-psu": "the joint probabilities name «{psu}», which is not a PSU of the sample.",
    "joint-refused": (
        "the joint probability of «{first}» and «{second}», {joint}, cannot be: {what}."
    ),
    "missing-in-step": (
        "column «{column}» is empty in {n:n} row(s), first in {row}; the step needs it for all "
        "rows (or for those of «where»)."
    ),
    "not-zero-or-one": (
        "column «{column}» must be 1 (responded), 0 (did not) or empty (not asked); {row} "
        "holds {cell:n}."
    ),
    "needs-intercept": "a model of the propensity keeps its intercept.",
    "total-missing": "totals are missing for: {total}.",
    "total-unknown": "the total «{total}» belongs to none of the terms.{did_you_mean}{listed}",
    "totals-depth": "«{cell}» has {found} categories, but the columns are: {columns}.",
    "totals-row-incomplete": "the table of totals is not complete in {row}.",
    "shares-of-rounds": "give a share for each round: {known}.",
    "two-numbers": "two numbers are needed, lower and upper; there are {found}.",
    "lower-not-below-upper": "the lower end {lower} is not below the upper end {upper}.",
    "trim-without-bounds": "give «lower», «upper» or «quantiles».",
    "scale-form": (
        "give «total» (one number) or «totals» (by the categories of «within») with to = "
        '"population"; neither with to = "sample".'
    ),
    "known-or-unknown": "give either «known» or «unknown»: the values of «{status}» that say so.",
    "method-fault": "the method file «{file}» has a fault at «{where}»: {what}. Found: «{value}»",
    "codes-differ-by-zeros": (
        "«{first}» and «{second}» of column «{column}» differ only by leading zeros ({n:n} such "
        "codes), as when a spreadsheet takes codes for numbers; the design would count one unit as "
        "two. Say "
        'types = {{ {column:key} = "number" }} in [data], or [[derive]] name = "{column}", '
        'expression = """LPAD({column:sql}, {width}, \'0\')""".'
    ),
    "codes-alike": (
        "«{first}» and «{second}» of column «{column}» differ only by leading zeros, spaces, "
        "capitals or «.0» ({n:n} such codes); the design would count one unit as two. Write them "
        "alike, e.g. by "
        "[[derive]] name = \"{column}\", expression = 'UPPER(TRIM({column:sql}))'."
    ),
    "rounds-share-none": (
        "the rounds «{first}» and «{second}» have no PSU in common. Are the codes of strata and "
        'clusters typed alike? If PSUs were drawn anew, leave rounds = "overlapping" out.'
    ),
    "answers-off-scale": (
        "column «{column}» holds answers that are not on its scale, {n:n} in all: {answers}; first "
        "in {row}. The scale offers {codes}; not_rated: {not_rated}. Add them to «not_rated» (no "
        "rating), or leave them empty by «no_answer» in [data]."
    ),
    "scale-of-numbers": (
        "column «{column}» holds text, but its scale has numbers; say "
        'types = {{ {column:key} = "number" }} in [data].'
    ),
    "not-on-scale": "«{answer}» is not one of the codes {codes}.",
    "replicate-interval": 'interval = "replicates" needs [design.replicates].',
    "no-clusters-for-icc": "an intraclass correlation needs «clusters» in [design].",
}

WORDS: Final[Mapping[str, str]] = {
    "flag": "true or false",
    "list": "a list",
    "table": "a table { … }",
    "text": "a text",
    "number": "a number",
    "whole number": "a whole number",
    "column": "the name of a column",
    "column or number": "the name of a column, or a number",
    "columns": "the name of a column, or a list of names",
    "category": "a category",
    "categories": "a list of categories",
    "date": "a date",
    "path": "a path",
    "paths": "a list of paths",
    "texts": "a list of texts",
    "list of tables": "a list of tables [ { … }, … ]",
    "list of two tables": "a list of two tables [ { … }, { … } ]",
    "formula": "a formula as a text",
    # The screen
    "n": "n",
    "rows": "rows",
    "n_strata": "strata",
    "n_psu": "PSUs",
    "df": "df",
    "sum_of_weights": "sum of weights",
    "value": "value",
    "standard_error": "std. error",
    "low": "low",
    "high": "high",
    "design_effect": "deff",
    "statistic": "t",
    "p_value": "p",
    "variable": "variable",
    "quantile": "quantile",
    "node": "node",
    "title": "title",
    "measure": "level",
    "measure-satisfied": "satisfied",
    "measure-neutral": "neutral",
    "measure-dissatisfied": "dissatisfied",
    "measure-value": "value",
    "band": "band",
    "version": "version",
    "percentage-points": "percentage points",
    "more-alike": "… and {n} more like these.",
    "more-rows": "… {n} more rows: see the file written by --out.",
    "plan-in-order": (
        "The plan is in order: {n} rows, {n_strata} strata, {n_psu} PSUs, {df} degrees of freedom."
    ),
    "doing-reading": "Reading the rows",
    "doing-estimate": "Estimating",
    "doing-contrast": "Comparing",
    "weights": "weights",
    "step": "step",
    "with_weight": "with weight",
    "sum_before": "sum before",
    "sum_after": "sum after",
    "factor": "factor",
    "kish_effect": "Kish deff",
    "kish_n": "Kish n",
    "totals-met": "Largest distance from {n} totals: {before} before, {after} after.",
    "iterations": "Iterations: {n}.",
    "doing-weights": "Adjusting the weights",
    "file-size": "{file}: {rows} rows, {columns} columns",
    "column-name": "column",
    "type": "type",
    "missing": "missing",
    "distinct": "distinct",
    "values": "values",
    "guess": "perhaps",
    "label": "label",
    "numbers": "numbers",
    "role-weight": "weight",
    "role-stratum": "stratum",
    "role-cluster": "cluster",
    "role-population": "population size",
    "role-replicate": "replicate weight",
    "look-at": "To be looked at:",
    "plan-advice": (
        "A beginning: change what was guessed, then run  python -m analysis run THIS_FILE"
    ),
    "no-weight": "No column of weights was found: everybody counts the same.",
    "stages-advice": "if the second was drawn within the first",
    "lonely-advice": "for strata with a single unit; see the manual",
    "scales-advice": "For an index: the scale of these questions and a method file; see the manual",
    "no-answer-advice": "if these codes mean no answer",
    "replicates-advice": "These columns look like replicate weights; which method made them?",
    "column-of-numbers": "numbers",
    "column-of-codes": "codes",
    "whole-sample": "of all rows (there are no strata)",
    # Around every sentence
    "row-of-data": "data row {row}",
    "row-of-file": "data row {row} of «{file}»",
    "line-of-file": "line {line} of «{file}» (data row {row})",
    "line-and-sheet-row": "line {line} of «{file}» (row {sheet_row} in Excel, data row {row})",
    "place": "{plan}, line {line} ({place}): ",
    "place-line": "{plan}, line {line}: ",
    "unknown-fault": "the statistics refuse: {code} ({details}).",
    "meant": " Did you mean «{meant}»?",
    "listed": " Possible: {known}.",
}
