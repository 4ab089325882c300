# Post-stratification, raking, calibration, trimming, and standard errors after them.
# Usage: Rscript weights.R FOLDER   (reads *.csv, writes weights.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))

apiclus1 <- read_rows(folder, "apiclus1")
apiclus2 <- read_rows(folder, "apiclus2")
one <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
two <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
# Of the 6194 schools.
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
targets <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
known <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018)
margins <- c(known, sch.wideYes = 5122)
with_points <- c(known, api99 = 3914069)

record_weighted <- function(plan, design, iterated = FALSE) {
  say <- function(name, stat, rows, ...)
    record_estimate(plan, name, stat, degf(subset(design, rows)), ..., iterated = iterated)
  rows <- design$variables
  everywhere <- rep(TRUE, nrow(rows))
  asked <- !is.na(rows$enroll)
  say("points", svymean(~api00, design), everywhere, variable = "api00")
  say("students", svytotal(~enroll, design, na.rm = TRUE), asked, variable = "enroll")
  say("tested", svyratio(~api.stu, ~enroll, design, na.rm = TRUE), asked & !is.na(rows$api.stu))
  won <- svymean(~I(as.numeric(awards == "Yes")), design)
  ends <- logit_ends(coef(won), SE(won), degf(design))
  record_share(plan, "awards", coef(won), SE(won), ends, degf(design), variable = "awards",
               category = "Yes", iterated = iterated)
  for (type in c("E", "H", "M")) {
    inside <- subset(design, stype == type)
    record_estimate(plan, "points_by", svymean(~api00, inside), degf(inside), variable = "api00",
                    domain = list(stype = type), iterated = iterated)
    record_estimate(plan, "points_total_by", svytotal(~api00, inside), degf(inside),
                    variable = "api00", domain = list(stype = type), iterated = iterated)
  }
  record(plan, "estimates", "spread", "value", as.numeric(svyvar(~api00, design)),
         variable = "api00", iterated = iterated)
  record(plan, "estimates", "spread", "standard_error",
         sqrt(as.numeric(attr(svyvar(~api00, design), "var"))), variable = "api00",
         iterated = iterated)
}

record_weighted("poststratify_one_stage.toml", postStratify(one, ~stype, types))
record_weighted("poststratify_two_stages.toml", postStratify(two, ~stype, types))
# Both types and targets at once.
cells <- as.data.frame(xtabs(~ stype + sch.wide, apiclus2))
cells$Freq <- c(467, 273, 332, 3954, 482, 686)
write_rows(setNames(cells, c("stype", "sch.wide", "total")), folder, "apiclus2_cells")
record_weighted("poststratify_cells.toml", postStratify(two, ~ stype + sch.wide, cells))

# Raking is calibration with the multiplicative distance. R's rake() ends at the same weights, but
# its standard errors take residuals from unweighted averages, ten times around; those of calibrate()
# are taken from one regression under the weights before, which is what Deville and Sarndal prove.
tight <- function(design, formula, population, ...)
  calibrate(design, formula, population, epsilon = 1e-13, maxit = 200, ...)
for (name in c("one", "two")) {
  design <- get(name)
  raked <- tight(design, ~ stype + sch.wide, margins, calfun = "raking")
  by_margins <- rake(design, list(~stype, ~sch.wide), list(types, targets),
                     control = list(epsilon = 1e-13, maxit = 500))
  stopifnot(max(abs(weights(raked) / weights(by_margins) - 1)) < 1e-9)
  # With equal weights the two standard errors meet.
  if (name == "one")
    stopifnot(abs(SE(svymean(~api00, raked)) / SE(svymean(~api00, by_margins)) - 1) < 1e-4)
  plan <- if (name == "one") "rake_one_stage.toml" else "rake_two_stages.toml"
  record_weighted(plan, raked, iterated = TRUE)
}
record_weighted("calibrate_linear_one_stage.toml",
                calibrate(one, ~ stype + api99, with_points))
record_weighted("calibrate_linear_two_stages.toml",
                calibrate(two, ~ stype + api99, with_points))
record_weighted("calibrate_raking.toml",
                tight(two, ~ stype + api99, with_points, calfun = "raking"), iterated = TRUE)
record_weighted("calibrate_logit.toml",
                tight(two, ~ stype + api99, with_points, calfun = "logit", bounds = c(0.4, 2.2)),
                iterated = TRUE)
record_weighted("calibrate_linear_bounded.toml",
                tight(one, ~ stype + api99, with_points, calfun = "linear",
                      bounds = c(0.6, 1.7)), iterated = TRUE)
record_weighted("calibrate_bounds_on_weights.toml",
                tight(two, ~ stype + api99, with_points, calfun = "logit", bounds = c(15, 450),
                      bounds.const = TRUE), iterated = TRUE)

# Twice: types first, then points. R takes residuals of the first step first; by the chain rule the
# last comes first. With the weights of each step, both regressions are written out.
first <- postStratify(two, ~stype, types)
second <- calibrate(first, ~api99, c(`(Intercept)` = 6194, api99 = 3914069))
residual <- function(z, x, before)
  z - drop(x %*% solve(crossprod(x, x * before), crossprod(x, z * before)))
record_twice <- function(name, u, value, ...) {
  w0 <- weights(two)
  w1 <- weights(first)
  w2 <- weights(second)
  last <- residual(u, model.matrix(~api99, apiclus2), w1)
  both <- residual(last * w2 / w1, model.matrix(~stype, apiclus2), w0)
  record("calibrate_twice.toml", "estimates", name, "value", value, ...)
  record("calibrate_twice.toml", "estimates", name, "standard_error",
         SE(svytotal(both * w1 / w0, two)), ...)
}
w <- weights(second)
mean_of <- function(rows) sum((w * apiclus2$api00)[rows]) / sum(w[rows])
everybody <- rep(TRUE, nrow(apiclus2))
record_twice("points", (apiclus2$api00 - mean_of(everybody)) / sum(w), mean_of(everybody),
             variable = "api00")
for (type in c("E", "H", "M")) {
  rows <- apiclus2$stype == type
  record_twice("points_by", rows * (apiclus2$api00 - mean_of(rows)) / sum(w[rows]), mean_of(rows),
               variable = "api00", domain = list(stype = type))
}

# ---- trimming ------------------------------------------------------------------------------------
people <- read_rows(folder, "people_2026")
communes <- svydesign(id = ~commune, strata = ~area, weights = ~w, data = people)
record_trimmed <- function(plan, design) {
  for (variable in c("visits", "waiting")) {
    formula <- as.formula(paste0("~", variable))
    total <- svytotal(formula, design, na.rm = TRUE)
    mean <- svymean(formula, design, na.rm = TRUE)
    record(plan, "estimates", "total", "value", coef(total), variable = variable)
    record(plan, "estimates", "total", "standard_error", SE(total), variable = variable)
    record(plan, "estimates", "mean", "value", coef(mean), variable = variable)
    record(plan, "estimates", "mean", "standard_error", SE(mean), variable = variable)
  }
}
record_trimmed("trim_once.toml", trimWeights(communes, upper = 800, lower = 100))
record_trimmed("trim_strict.toml", trimWeights(communes, upper = 700, lower = 150, strict = TRUE))
ends <- quantile(weights(communes), c(0.05, 0.95))
record_trimmed("trim_quantiles.toml",
               trimWeights(communes, lower = ends[[1]], upper = ends[[2]], strict = TRUE))
# After calibration the trimmed weights miss the totals a little; the variance stays that of
# residuals, with the factors of trimming held fixed.
trimmed <- trimWeights(calibrate(two, ~ stype + api99, with_points), upper = 100, lower = 5,
                       strict = TRUE)
points <- svymean(~api00, trimmed)
record("calibrate_then_trim.toml", "estimates", "points", "value", coef(points),
       variable = "api00")
record("calibrate_then_trim.toml", "estimates", "points", "standard_error", SE(points),
       variable = "api00")
write_cases(folder, "weights")
