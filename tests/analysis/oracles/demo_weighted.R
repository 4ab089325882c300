# The demo round after weighting: unknown eligibility, nonresponse by class, raking.
#
# Usage: Rscript demo_weighted.R FOLDER
#
# Reads demo.csv and demo.config.json (answers), demo_cases.csv (those drawn who gave no answers:
# stratum, weight, status, field, commune kind) and demo_weights.json (margins and classes). What is
# done with them is worked out here anew, by tapply, survey's calibrate and its residuals.
#
# Writes demo_weighted.json: final weights in the order of the answers, and for every node, domain
# and measure value, error, df, n, deff and ends as demo_round.R has them.
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "survey_figures.R"))
read_rows <- function(name) {
  read.csv(file.path(folder, name), na.strings = "", check.names = FALSE,
           colClasses = "character", encoding = "UTF-8")
}
config <- fromJSON(file.path(folder, "demo.config.json"), simplifyVector = TRUE)
given <- fromJSON(file.path(folder, "demo_weights.json"), simplifyVector = FALSE)
rows <- read_rows("demo.csv")
cases <- read_rows("demo_cases.csv")
options(survey.lonely.psu = config$lonely)

# One table: answers first, then the others, with nothing answered and no domain.
kinds <- unlist(given$commune_kind)
sample_of <- function(stratum, psu, weight, status, field, kind) {
  data.frame(stratum, psu, base = as.numeric(weight), status, field, kind, stringsAsFactors = FALSE)
}
everybody <- rbind(
  sample_of(rows$stratum, rows$psu, rows$base_weight, "answered", rows$field, kinds[rows$commune]),
  sample_of(cases$stratum, paste0("case", seq_len(nrow(cases))), cases$weight, cases$status,
            cases$field, cases$commune_kind)
)
n_answers <- nrow(rows)

# Those of unknown eligibility give their weight to all others.
is_unknown <- everybody$status == "unknown"
w <- ifelse(is_unknown, 0, everybody$base * sum(everybody$base) / sum(everybody$base[!is_unknown]))

# Nonrespondents give theirs to those who answered in the same class: strata, thin ones together
# with the one beside them.
class_of <- unlist(given$class_of)
everybody$class <- class_of[everybody$stratum]
answered <- everybody$status == "answered"
eligible <- answered | everybody$status == "nonrespondent"
factor <- tapply(w * eligible, everybody$class, sum) / tapply(w * answered, everybody$class, sum)
w <- ifelse(answered, w * factor[everybody$class], ifelse(eligible, 0, w))
stopifnot(all(tapply(answered, everybody$class, sum) >= given$minimum))

# Raking to the margins of the frame. Everybody drawn keeps a place in the design; survey can only
# calibrate who has weight, the others' PSUs still count.
everybody$w <- w
whole <- svydesign(id = ~psu, strata = ~stratum, weights = ~w, data = everybody, nest = TRUE)
design <- whole[everybody$w > 0, ]
fields <- unlist(given$field)
kind_totals <- unlist(given$kind)
population <- c(
  `(Intercept)` = sum(fields),
  setNames(fields[sort(names(fields))[-1]], paste0("field", sort(names(fields))[-1])),
  setNames(kind_totals[sort(names(kind_totals))[-1]], paste0("kind", sort(names(kind_totals))[-1]))
)
design <- calibrate(design, ~field + kind, population, calfun = "raking", epsilon = 1e-14,
                    maxit = 500)
by_rake <- rake(whole[everybody$w > 0, ], list(~field, ~kind),
                list(data.frame(field = names(fields), Freq = fields),
                     data.frame(kind = names(kind_totals), Freq = kind_totals)),
                control = list(maxit = 500, epsilon = 1e-14))
stopifnot(all.equal(as.numeric(weights(design)), as.numeric(weights(by_rake)), tolerance = 1e-9))
stopifnot(nrow(design) == n_answers)
final <- as.numeric(weights(design))

items <- unique(unlist(config$components))
for (item in items) rows[[item]] <- as.numeric(rows[[item]])
count_codes <- function(items, codes) rowSums(sapply(items, function(i) rows[[i]] %in% codes))
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
for (name in names(rows)) design$variables[[name]] <- rows[[name]]
rows$commune_kind <- unname(kinds[rows$commune])

# As demo_round.R, but a part of a calibrated design keeps everybody, with weight 0: influences are
# zero outside, where their residuals are not.
figure <- function(node, parts, measure, kind, code) {
  inside <- if (kind == "") rep(TRUE, n_answers) else rows[[kind]] %in% code
  rated <- rowSums(as.matrix(rows[, paste0(names(parts), ".rated"), drop = FALSE])) > 0
  chosen <- inside & rated
  place <- list(node = node, measure = measure, domain_kind = kind, domain_code = code)
  if (!any(chosen)) return(c(place, list(n = 0)))
  part <- final[chosen]
  x <- as.matrix(rows[chosen, paste0(names(parts), ".rated"), drop = FALSE])
  y <- as.matrix(rows[chosen, paste0(names(parts), ".", measure), drop = FALSE])
  present <- colSums(part * x) > 0
  weight <- unlist(parts)[present] / sum(unlist(parts)[present])
  x <- x[, present, drop = FALSE]
  y <- y[, present, drop = FALSE]
  rates <- colSums(part * y) / colSums(part * x)
  z <- rep(0, n_answers)
  z[chosen] <- drop(sweep(y - sweep(x, 2, rates, "*"), 2, colSums(part * x), "/") %*% weight)
  # The variance between PSUs of what the calibration leaves.
  total <- svytotal(z, design)
  error <- as.numeric(SE(total))
  # Over the variance of a simple random sample with replacement of those chosen.
  n <- sum(chosen)
  simple <- sum(part)^2 * sum(part * z[chosen]^2) / sum(part) / (n - 1)
  value <- sum(weight * rates)
  strata <- everybody$stratum[seq_len(n_answers)][chosen]
  df <- n - length(unique(strata))
  varies <- value > 1e-12 && value < 1 - 1e-12 && error > 1e-12
  c(place, list(
    value = value, error = if (df <= 0 && !varies) NA else error, df = df, n = n,
    deff = if (varies) error^2 / simple else NA,
    logit = logit_ends(value, error, df, config$level),
    flat = if (varies) c(NA, NA) else flat_ends(value, part, df, config$level)
  ))
}

places <- list(list(kind = "", code = ""))
for (kind in c(config$domains, "commune_kind")) {
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
write_figures(figures, file.path(folder, "demo_weighted.json"))
write(toJSON(final, digits = I(17)), file.path(folder, "demo_final_weights.json"))
