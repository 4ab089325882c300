# Functions of coefficients and of predicted margins, of one regression or of several.
# Usage: Rscript model_contrasts.R FOLDER   (reads *.csv, writes model_contrasts.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))
source(file.path(folder, "regressions.R"))

record_contrast <- function(plan, name, value, error, df) {
  say <- function(field, value)
    record(plan, "contrasts", name, field, value, iterated = TRUE)
  half <- qt(0.975, df) * error
  say("value", value)
  say("standard_error", error)
  say("df", df)
  say("low", value - half)
  say("high", value + half)
  say("p_value", 2 * pt(-abs(value / error), df))
}
record_svycontrast <- function(plan, name, fit, contrast, df = fit$df.residual) {
  stat <- svycontrast(fit, contrast)
  record_contrast(plan, name, as.numeric(coef(stat)), as.numeric(SE(stat)), df)
}
# What R has no function for: the influence of the whole, zero for rows that are not used, as a total.
record_influence <- function(plan, name, value, influence, design, df)
  record_contrast(plan, name, value, as.numeric(SE(svytotal(influence, design))), df)
of_all_rows <- function(fit, influence, design) {
  rows <- matrix(0, nrow(design), ncol(as.matrix(influence)))
  rows[match(rownames(model.frame(fit)), rownames(design$variables)), ] <- influence
  rows
}

# ---- two stages ------------------------------------------------------------------------------------
apiclus2 <- read_rows(folder, "apiclus2")
apiclus2$met <- as.integer(apiclus2$sch.wide == "Yes")
districts <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
plan <- "contrasts_models.toml"
met <- svyglm(met ~ stype + api99, districts, family = quasibinomial, control = tight)
record_svycontrast(plan, "high_less_middle", met, c(stypeH = 1, stypeM = -1))
record_svycontrast(plan, "odds", met, quote(exp(100 * api99)))
enrolled <- svyglm(enroll ~ stype + ell, districts, control = tight)
record_svycontrast(plan, "many_learners", enrolled, c(`(Intercept)` = 1, stypeM = 1, ell = 30))
points <- svyglm(api00 ~ ell + meals, districts, control = tight)
record_svycontrast(plan, "turning_point", points, quote(-`(Intercept)` / meals))

margins <- predicted_margins(met, "stype")
gap <- margins$H$influence - margins$M$influence
record_influence(plan, "gap", margins$H$value - margins$M$value, gap, districts, degf(districts))
ratio <- margins$H$value / margins$E$value
record_influence(plan, "ratio", ratio,
                 (margins$H$influence - ratio * margins$E$influence) / margins$E$value,
                 districts, degf(districts))

# Two regressions, of which one leaves out schools without an answer.
first <- of_all_rows(enrolled, coefficient_influences(enrolled), districts)[, 4]
second <- of_all_rows(points, coefficient_influences(points), districts)[, 2]
record_influence(plan, "two_models", coef(enrolled)["ell"] - coef(points)["ell"], first - second,
                 districts, degf(districts) + 1 - 4)

# A margin against what was seen.
w <- weights(districts)
high <- districts$variables$stype == "H"
seen <- sum((w * apiclus2$met)[high]) / sum(w[high])
record_influence(plan, "predicted_less_seen", margins$H$value - seen,
                 margins$H$influence - ifelse(high, apiclus2$met - seen, 0) / sum(w[high]),
                 districts, degf(districts))

# ---- calibrated ------------------------------------------------------------------------------------
totals <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069)
calibrated <- calibrate(districts, ~ stype + api99, totals)
plan <- "contrasts_models_calibrated.toml"
points <- svyglm(api00 ~ ell + meals, calibrated, control = tight)
record_svycontrast(plan, "both", points, c(ell = 10, meals = 10))
chance <- svyglm(met ~ ell + meals, calibrated, family = quasibinomial, control = tight)
record_svycontrast(plan, "odds", chance, quote(exp(ell) / exp(meals)))

# ---- half samples ----------------------------------------------------------------------------------
people <- read_rows(folder, "people_replicates")
people$happy <- as.integer(people$q1 >= 4)
halves <- svrepdesign(data = people, repweights = people[grep("^brr", names(people))],
                      weights = ~w, type = "BRR", combined.weights = TRUE)
plan <- "contrasts_models_brr.toml"
waiting <- svyglm(waiting ~ visits + sex, halves, control = tight, return.replicates = TRUE)
# svycontrast of R 4.1-1 stops at linear functions of replicated regressions: the same by vcov.
less <- c(0, 1, -1)
record_contrast(plan, "visit_less_sex", sum(less * coef(waiting)),
                sqrt(drop(less %*% vcov(waiting) %*% less)), 9 + 1 - 3)
# Every replicate has its own ratio.
ratio <- svycontrast(waiting, quote(visits / `(Intercept)`))$nlcon
record_contrast(plan, "relative", as.numeric(ratio), sqrt(as.numeric(attr(ratio, "var"))), 9 + 1 - 3)
write_cases(folder, "model_contrasts")
