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
    "missing-version": "the plan must begin with the line: plan = {version}",
    "other-version": "plan = {found}: this program reads version {version}.",
    "missing-section": "the section [{section}] is missing.",
    "single-brackets": "write [[{section}]] with double brackets: there may be several.",
    # Keys and values
    "csv-ragged": (
        "row {row} of «{file}» has {found} cells, the header has {wanted}: {text} – is the "
        "separator or the decimal sign another one, or the file cut off?"
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
    "missing-design-cell": "column «{column}» is empty in row {row}; every row needs its place.",
    "missing-weight": (
        "column «{column}» is empty in row {row}. Rows that should not count get the weight 0, "
        'e.g. by [[derive]] expression = "COALESCE({column}, 0)".'
    ),
    "missing-fpc": "column «{column}» is empty in row {row}.",
    "fpc-mixed": (
        "shares below 1 and sizes above 1 are mixed (row {row}); give all as sizes or all as "
        "fractions of the population."
    ),
    "fpc-table-without-strata": "a table of sizes needs «strata» at the same stage.",
    "fpc-without-stratum": "the table has no entry for «{stratum}» of column «{column}».",
    # Files
    "no-file": "the file «{file}» does not exist.{did_you_mean}",
    "unknown-ending": (
        "the format of «{file}» cannot be told by its ending; give format = "
        '"csv", "parquet", "sav" or "dta". From Excel, save it as CSV UTF-8 first.'
    ),
    "file-unreadable": "«{file}» cannot be read as {format}: {reason}.",
    "file-empty": "«{file}» holds nothing.",
    "no-rows": "the file has columns but no rows.",
    "csv-broken": "«{file}» cannot be read as CSV: {reason}",
    "other-separator": (
        "«{file}» has one column only, «{header}»: probably separated by «{meant}»; "
        'give separator = "{meant}".'
    ),
    "not-utf8": (
        '«{file}» is not UTF-8; give its encoding, e.g. encoding = "windows-1258" (Vietnamese) or '
        '"windows-1252", or save it as UTF-8.'
    ),
    "not-this-encoding": "«{file}» is not {encoding}.",
    "unknown-encoding": "the encoding «{encoding}» is unknown.",
    "column-twice": "«{file}» has two columns called «{column}».",
    "column-not-in-file": "«{file}» has no column «{column}», other files have.",
    "round-column-exists": (
        "the files have a column «{column}» of their own; name the column of rounds otherwise: "
        'round = "…".'
    ),
    "types-differ": "column «{column}» is text in one file and numbers in another.",
    "column-type": "column «{column}» holds {type}, which a plan cannot use.",
    # Columns
    "unknown-column": "there is no column «{column}».{did_you_mean} Columns: {known}.",
    "quote-column": (
        "there is no column «{column}»; a name with a dot needs double quotation marks in SQL: "
        '"{meant}".'
    ),
    "cell-not-number": "column «{column}» is said to hold numbers, but row {row} holds «{cell}».",
    "not-numbers": (
        "column «{column}» must hold numbers, but row {row} holds «{cell}». If this means a "
        "missing answer, add it to «missing» in [data]; if it is a number, write it without signs "
        "such as % and with the decimal sign of [data]."
    ),
    "text-of-numbers": (
        "column «{column}» must hold numbers, but is text (leading zeros, or more digits than a "
        'number has). If it is a number, say types = {{ {column} = "number" }} in [data].'
    ),
    "almost-numbers": (
        "column «{column}» holds mostly numbers, but «{cell}» in row {row}. If this means a "
        "missing answer, add it to «missing» in [data]; if it is a number, write it without signs "
        "such as % and with the decimal sign of [data]; if all are codes, say "
        'types = {{ {column} = "category" }}.'
    ),
    "infinite-number": (
        "row {row} of column «{column}» is infinite, as division by zero makes it; divide by "
        "NULLIF(x, 0) to have nothing instead."
    ),
    "not-categories": (
        "column «{column}» holds numbers that are not codes (not whole, or more than {most} "
        'different ones). Say which «categories» are meant, or types = {{ {column} = "category" }}.'
    ),
    "no-such-category": "column «{column}» has no category «{category}».{listed}",
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
    "too-many-domains": "{found} domains are more than {most}; is a column in «by» not a category?",
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
        "the estimate «{estimate}» is by «{column}»; say which one: domain = {{ {column} = … }}."
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
    "missing-replicate": "the replicate weight «{column}» is empty in row {row}.",
    "missing-probability": "column «{column}» is empty in row {row}.",
    "bad-probability-cell": (
        "row {row} of column «{column}» holds {cell}; a probability is above 0 and at most 1."
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
        "column «{column}» is empty in row {row}; the step needs it for all rows (or for those of "
        "«where»)."
    ),
    "not-zero-or-one": (
        "column «{column}» must be 1 (responded), 0 (did not) or empty (not asked); row {row} "
        "holds {cell}."
    ),
    "needs-intercept": "a model of the propensity keeps its intercept.",
    "total-missing": "totals are missing for: {total}.",
    "total-unknown": "the total «{total}» belongs to none of the terms.{did_you_mean}{listed}",
    "totals-depth": "«{cell}» has {found} categories, but the columns are: {columns}.",
    "totals-row-incomplete": "row {row} of the totals is not complete.",
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
    "plan-advice": (
        "A beginning: change what was guessed, then run  python -m analysis run THIS_FILE"
    ),
    "no-weight": "No column of weights was found: everybody counts the same.",
    "lonely-advice": "for strata with a single unit; see the manual",
    "replicates-advice": "These columns look like replicate weights; which method made them?",
    "column-of-numbers": "numbers",
    "column-of-codes": "codes",
    # Around every sentence
    "place": "{plan}, line {line} ({place}): ",
    "place-line": "{plan}, line {line}: ",
    "unknown-fault": "the statistics refuse: {code} ({details}).",
    "meant": " Did you mean «{meant}»?",
    "listed": " Possible: {known}.",
}
