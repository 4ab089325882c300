# Weights after post-stratification, raking, calibration and trimming on the api data of R's
# survey package, and standard errors after them.
# Usage: Rscript weights.R FOLDER   (reads FOLDER/../api*.csv, writes weights.json, population.csv)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "..", "survey_figures.R"))
data(api)
options(warn = 1)

apipop$met_target <- as.integer(apipop$sch.wide == "Yes")
apipop$stype <- as.character(apipop$stype)
by_type <- as.data.frame(xtabs(~stype, apipop))
by_target <- as.data.frame(xtabs(~met_target, apipop))
crossed <- as.data.frame(xtabs(~stype + met_target, apipop))
columns <- function(frame) model.matrix(~stype + met_target + api99, frame)
totals <- colSums(columns(apipop))
write.csv(crossed, file.path(folder, "population.csv"), row.names = FALSE, quote = FALSE)

read_design <- function(name) {
  rows <- read.csv(file.path(folder, "..", paste0(name, ".csv")))
  if (name == "apistrat") svydesign(id = ~1, strata = ~stype, weights = ~pw, data = rows)
  else svydesign(id = ~dnum, weights = ~pw, data = rows)
}

figures_of <- function(design) {
  mean_api <- svymean(~api00, design)
  list(weight = as.numeric(weights(design)),
       mean = as.numeric(coef(mean_api)), error = as.numeric(SE(mean_api)))
}

tight <- 1e-14
calibrated <- function(design, ...) {
  calibrate(design, ~stype + met_target + api99, totals, epsilon = tight, maxit = 500, ...)
}

# Bounds inside which every one of the samples can be calibrated, and some ratios are cut off.
narrow <- list(apistrat = c(0.97, 1.03), apiclus1 = c(0.6, 1.6), apiclus2 = c(0.6, 1.6))
# Bounds on the weights themselves.
weight_bounds <- list(apistrat = c(14.7, 45.5), apiclus1 = c(20, 55), apiclus2 = c(12, 400))

steps_of <- function(name) {
  design <- read_design(name)
  bounds <- narrow[[name]]
  on_weight <- weight_bounds[[name]]
  linear <- calibrated(design)
  margins <- list(~stype, ~met_target)
  known <- list(by_type, by_target)
  raked <- rake(design, margins, known, control = list(maxit = 500, epsilon = 1e-16))
  limits <- as.numeric(quantile(weights(linear), c(0.1, 0.9)))
  small <- calibrate(design, ~stype + met_target, totals[1:4], calfun = "raking", epsilon = tight,
                     maxit = 500)
  list(
    poststratified = figures_of(postStratify(design, ~stype, by_type)),
    poststratified_crossed = figures_of(postStratify(design, ~stype + met_target, crossed)),
    raked = figures_of(raked),
    raked_by_calibration = figures_of(small),
    linear = figures_of(linear),
    raking = figures_of(calibrated(design, calfun = "raking")),
    logit = c(figures_of(calibrated(design, calfun = "logit", bounds = bounds)),
              list(bounds = bounds)),
    linear_bounded = c(figures_of(calibrated(design, bounds = bounds)), list(bounds = bounds)),
    raking_bounded = c(figures_of(calibrated(design, calfun = "raking", bounds = bounds)),
                       list(bounds = bounds)),
    linear_on_weight = c(figures_of(calibrated(design, bounds = on_weight, bounds.const = TRUE)),
                         list(bounds = on_weight)),
    logit_on_weight = c(figures_of(calibrated(design, calfun = "logit", bounds = on_weight,
                                              bounds.const = TRUE)), list(bounds = on_weight)),
    trimmed = c(figures_of(trimWeights(linear, lower = limits[1], upper = limits[2])),
                list(bounds = limits)),
    trimmed_strictly = c(figures_of(trimWeights(linear, lower = limits[1], upper = limits[2],
                                                strict = TRUE)), list(bounds = limits)),
    trimmed_above = c(figures_of(trimWeights(linear, upper = limits[2], strict = TRUE)),
                      list(bounds = c(0, limits[2])))
  )
}

# Nonresponse that depends on the school: who answers is fixed arithmetic, not chance.
nonresponse_of <- function(name) {
  rows <- read_design(name)$variables
  rows$responded <- as.integer((rows$api00 * 7 + rows$api99 * 3) %% 10 < ifelse(rows$stype == "E", 8, 5))
  rows$relative <- rows$pw / mean(rows$pw)
  fit <- function(weights) {
    rows$counted <- weights
    glm(responded ~ stype + api99, quasibinomial, rows, weights = counted,
        control = list(epsilon = 1e-15, maxit = 100))
  }
  weighted <- fit(rows$relative)
  plain <- fit(rep(1, nrow(rows)))
  rates <- tapply(rows$pw * rows$responded, rows$stype, sum) / tapply(rows$pw, rows$stype, sum)
  list(responded = rows$responded,
       weighted = list(coefficients = as.numeric(coef(weighted)),
                       propensity = as.numeric(fitted(weighted))),
       plain = list(coefficients = as.numeric(coef(plain)), propensity = as.numeric(fitted(plain))),
       class_factor = as.list(1 / rates))
}

names_of <- c("apistrat", "apiclus1", "apiclus2")
figures <- list(
  steps = sapply(names_of, steps_of, simplify = FALSE),
  nonresponse = sapply(names_of, nonresponse_of, simplify = FALSE)
)
write_figures(figures, file.path(folder, "weights.json"))
