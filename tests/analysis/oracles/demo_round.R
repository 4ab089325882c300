# Components and overall of a sampled round, in the whole and in every domain.
#
# Usage: Rscript demo_round.R CONFIG.json OUTPUT.json
#
# CONFIG.json, paths relative to its own folder:
#   csv         one row per respondent, empty cells for missing answers
#   stratum, psu, weight   names of the design columns
#   domains     names of domain columns
#   codes       codes of the scale; others (e.g. "no opinion") are not rated
#   satisfied, neutral, dissatisfied   codes of each level
#   components  object: component -> items; a component is the share of satisfied
#               answers among all rated answers of its items
#   overall     component -> weight; the overall is their weighted mean. A
#               component nobody of a domain rated gives up its weight.
#   level       confidence level
#   lonely      survey.lonely.psu
#
# OUTPUT.json: one entry per node, domain and measure with value, error, df, n,
# deff and logit ends. At shares of 0 and 1, where R has no interval, "flat" is
# Korn and Graubard's on Kish's effective size.
arguments <- commandArgs(trailingOnly = TRUE)
this <- sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE))
this <- gsub("~+~", " ", this, fixed = TRUE) # how R writes a space in a path
source(file.path(dirname(this), "survey_figures.R"))

config <- fromJSON(arguments[1], simplifyVector = TRUE)
rows <- read.csv(file.path(dirname(arguments[1]), config$csv), na.strings = "",
                 check.names = FALSE, colClasses = "character", encoding = "UTF-8")
items <- unique(unlist(config$components))
for (item in items) rows[[item]] <- as.numeric(rows[[item]])
rows[[config$weight]] <- as.numeric(rows[[config$weight]])
options(survey.lonely.psu = config$lonely)

count_codes <- function(items, codes) {
  rowSums(sapply(items, function(item) rows[[item]] %in% codes))
}
levels <- list(satisfied = config$satisfied, neutral = config$neutral,
               dissatisfied = config$dissatisfied)
components <- names(config$components)
for (component in components) {
  chosen <- config$components[[component]]
  rows[[paste0(component, ".rated")]] <- count_codes(chosen, config$codes)
  for (level in names(levels)) {
    rows[[paste0(component, ".", level)]] <- count_codes(chosen, levels[[level]])
  }
}
design <- svydesign(
  id = as.formula(paste0("~`", config$psu, "`")),
  strata = as.formula(paste0("~`", config$stratum, "`")),
  weights = as.formula(paste0("~`", config$weight, "`")),
  data = rows, nest = TRUE
)

# The estimate of a weighted mean of ratios (one ratio: a component) among the
# respondents of a domain who rated anything in it. R sees the others as outside
# the subset: their PSUs still count in the variance.
figure <- function(node, parts, measure, kind, code) {
  inside <- if (kind == "") rep(TRUE, nrow(rows)) else rows[[kind]] %in% code
  rated <- rowSums(as.matrix(rows[, paste0(names(parts), ".rated"), drop = FALSE])) > 0
  chosen <- inside & rated & rows[[config$weight]] > 0
  place <- list(node = node, measure = measure, domain_kind = kind, domain_code = code)
  if (!any(chosen)) return(c(place, list(n = 0)))
  part <- design[chosen, ]
  w <- weights(part, "sampling")
  x <- as.matrix(part$variables[, paste0(names(parts), ".rated"), drop = FALSE])
  y <- as.matrix(part$variables[, paste0(names(parts), ".", measure), drop = FALSE])
  present <- colSums(w * x) > 0
  weight <- unlist(parts)[present] / sum(unlist(parts)[present])
  x <- x[, present, drop = FALSE]
  y <- y[, present, drop = FALSE]
  rates <- colSums(w * y) / colSums(w * x)
  z <- drop(sweep(y - sweep(x, 2, rates, "*"), 2, colSums(w * x), "/") %*% weight)
  spread <- spread_of(z, part)
  if (length(rates) == 1 && nrow(part) > 1) {
    # R's own function for a single ratio must say the same.
    ratio <- suppressWarnings(svyratio(y[, 1], x[, 1], part))
    stopifnot(all.equal(as.numeric(SE(ratio)), spread$error, tolerance = 1e-12),
              all.equal(as.numeric(coef(ratio)), unname(rates), tolerance = 1e-12))
  }
  value <- sum(weight * rates)
  df <- degf(part)
  varies <- value > 1e-12 && value < 1 - 1e-12 && spread$error > 1e-12
  c(place, list(
    value = value, error = if (df <= 0 && !varies) NA else spread$error, df = df, n = nrow(part),
    deff = if (varies) spread$deff else NA,
    logit = logit_ends(value, spread$error, df, config$level),
    flat = if (varies) c(NA, NA) else flat_ends(value, w, df, config$level)
  ))
}

places <- list(list(kind = "", code = ""))
for (kind in config$domains) {
  codes <- sort(unique(rows[[kind]][!is.na(rows[[kind]])]))
  places <- c(places, lapply(codes, function(code) list(kind = kind, code = code)))
}
figures <- list()
for (place in places) {
  for (measure in names(levels)) {
    for (component in components) {
      part <- setNames(list(1), component)
      figures <- c(figures, list(figure(component, part, measure, place$kind, place$code)))
    }
    figures <- c(figures, list(figure("overall", as.list(config$overall), measure,
                                      place$kind, place$code)))
  }
}
write_figures(figures, arguments[2])
