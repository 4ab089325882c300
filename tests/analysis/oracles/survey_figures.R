# Figures that every script of this folder needs, made with R's survey package.
suppressPackageStartupMessages({
  library(survey)
  library(jsonlite)
})

# Numbers are written with 17 significant digits: enough to read them back
# exactly. NaN and NA become null.
write_figures <- function(figures, path) {
  versions <- list(R = R.version.string, survey = as.character(packageVersion("survey")))
  writeLines(
    toJSON(list(versions = versions, figures = figures),
           digits = I(17), auto_unbox = TRUE, na = "null", null = "null", pretty = TRUE),
    path
  )
}

# Interval of a share made on the log-odds scale.
logit_ends <- function(share, error, df, level) {
  if (df <= 0 || share <= 0 || share >= 1 || error <= 1e-12) return(c(NA, NA))
  half <- qt((1 + level) / 2, df) * error / (share * (1 - share))
  plogis(qlogis(share) + c(-half, half))
}

# Korn and Graubard's interval where everybody or nobody has the trait: the
# effective size is Kish's, corrected by the ratio of t quantiles.
flat_ends <- function(share, weights, df, level) {
  if (df <= 0) return(c(NA, NA))
  tail <- (1 - level) / 2
  size <- sum(weights)^2 / sum(weights^2) *
    (qt(tail, length(weights) - 1) / qt(tail, df))^2
  c(if (share <= 0) 0 else qbeta(tail, size * share, size * (1 - share) + 1),
    if (share >= 1) 1 else qbeta(1 - tail, size * share + 1, size * (1 - share)))
}

# A linearised variable of the respondents in a design: its total has the
# standard error and the design effect of the estimate.
spread_of <- function(z, design) {
  total <- suppressWarnings(svytotal(z, design, deff = "replace"))
  list(error = as.numeric(SE(total)), deff = as.numeric(deff(total)))
}
