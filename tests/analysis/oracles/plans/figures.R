# Recording what R says, one figure at a time; every script of this folder begins with it.
#
# A figure names the plan and the row of the plan's result it belongs to; what is left out of the
# name is not compared. `record` takes one figure, the others take several of one estimate.
suppressPackageStartupMessages({
  library(survey)
  library(jsonlite)
})
options(survey.lonely.psu = "fail", survey.replicates.mse = TRUE, stringsAsFactors = FALSE)

recorded <- new.env()
recorded$cases <- list()

record <- function(plan, section, name, field, value, ..., iterated = FALSE) {
  figure <- c(list(section = section, name = name), list(...), list(field = field))
  figure <- figure[!sapply(figure, is.null)]
  domain <- if (is.null(figure$domain)) "" else
    paste(names(figure$domain), unlist(figure$domain), sep = "=", collapse = ",")
  rest <- figure[setdiff(names(figure), c("section", "name", "domain", "field", "first", "second"))]
  id <- paste(c(sub("\\.toml$", "", plan), section, name, unlist(rest), domain, field),
              collapse = "|")
  case <- list(id = id, plan = plan, figure = figure, value = as.numeric(value))
  if (iterated) case$iterated <- TRUE
  if (id %in% names(recorded$cases)) stop("recorded twice: ", id)
  stopifnot(length(case$value) == 1)
  recorded$cases[[id]] <- case
  invisible(NULL)
}

# Value, standard error and both ends of the t interval of an svystat, svyratio or svycontrast.
# R's confint has df = Inf unless told; ours are counted among those who contribute. Where nobody or
# everybody has the trait, R's ends are the value itself: no width where nothing is known.
record_estimate <- function(plan, name, stat, df, ..., section = "estimates", iterated = FALSE) {
  say <- function(field, value)
    record(plan, section, name, field, value, ..., iterated = iterated)
  value <- as.numeric(coef(stat))
  error <- as.numeric(SE(stat))
  stopifnot(length(value) == 1)
  half <- if (df > 0 && error > 0) qt(0.975, df) * error else NA
  say("value", value)
  say("standard_error", error)
  say("df", df)
  say("low", value - half)
  say("high", value + half)
}

# A share with the interval of the method named.
record_share <- function(plan, name, value, error, ends, df, ..., iterated = FALSE) {
  say <- function(field, value)
    record(plan, "estimates", name, field, value, ..., iterated = iterated)
  say("value", value)
  say("standard_error", error)
  say("df", df)
  say("low", ends[1])
  say("high", ends[2])
}

# Coefficients of svyglm or svyolr.
record_coefficients <- function(plan, name, coefficients, errors, df, terms = names(coefficients)) {
  for (i in seq_along(coefficients)) {
    say <- function(field, value) record(plan, "models", name, field, value, part = "coefficients",
                                         term = terms[i], iterated = TRUE)
    half <- qt(0.975, df) * errors[i]
    statistic <- coefficients[i] / errors[i]
    say("value", coefficients[i])
    say("standard_error", errors[i])
    say("statistic", statistic)
    say("p_value", 2 * pt(-abs(statistic), df))
    say("df", df)
    say("low", coefficients[i] - half)
    say("high", coefficients[i] + half)
  }
}

# Numbers are written with as many digits as reading them back exactly takes, 15 or 17.
digits <- function(x) {
  short <- sprintf("%.15g", x)
  exact <- !is.na(x) & suppressWarnings(as.numeric(short)) == x
  ifelse(is.na(x), "", ifelse(exact, short, sprintf("%.17g", x)))
}

write_rows <- function(rows, folder, name) {
  path <- file.path(folder, paste0(name, ".csv"))
  reals <- sapply(rows, is.double)
  rows[reals] <- lapply(rows[reals], digits)
  factors <- sapply(rows, is.factor)
  rows[factors] <- lapply(rows[factors], as.character)
  write.csv(rows, path, row.names = FALSE, quote = FALSE, na = "")
  invisible(NULL)
}

# Text becomes a factor with sorted levels, as categories are read from a plan's file.
read_rows <- function(folder, name) {
  rows <- read.csv(file.path(folder, paste0(name, ".csv")), check.names = FALSE, na.strings = "")
  text <- sapply(rows, is.character)
  rows[text] <- lapply(rows[text], function(x) factor(x, levels = sort(unique(x))))
  rows
}

write_cases <- function(folder, name) {
  json <- function(x) toJSON(x, digits = I(17), auto_unbox = TRUE, na = "null", null = "null")
  versions <- list(R = R.version.string, survey = as.character(packageVersion("survey")))
  lines <- paste0(sapply(unname(recorded$cases), json), collapse = ",\n")
  writeLines(paste0("{\"versions\": ", json(versions), ",\n\"cases\": [\n", lines, "\n]}"),
             file.path(folder, paste0(name, ".json")))
  cat(name, ":", length(recorded$cases), "figures\n")
}

logit_ends <- function(share, error, df, level = 0.95) {
  half <- qt((1 + level) / 2, df) * error / (share * (1 - share))
  plogis(qlogis(share) + c(-half, half))
}
