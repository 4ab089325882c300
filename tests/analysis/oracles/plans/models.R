# Regressions: linear, logistic, Poisson, ordinal; Wald tests of terms; predicted margins.
# Usage: Rscript models.R FOLDER   (reads *.csv, writes models.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))
source(file.path(folder, "regressions.R"))

record_model <- function(plan, name, fit, categories = character(), df = fit$df.residual) {
  record_coefficients(plan, name, coef(fit), as.numeric(SE(fit)), df,
                      named(names(coef(fit)), categories))
  for (term in attr(terms(fit), "term.labels")) {
    test <- regTermTest(fit, term, df = df)
    say <- function(field, value) record(plan, "models", name, field, value, part = "terms",
                                         term = term, iterated = TRUE)
    say("statistic", test$Ftest)
    say("df_numerator", test$df)
    say("df_denominator", test$ddf)
    say("p_value", test$p)
  }
}
record_margins <- function(plan, name, fit, column) {
  design <- used_design(fit)
  margins <- predicted_margins(fit, column)
  for (level in names(margins)) {
    margin <- margins[[level]]$value
    error <- as.numeric(SE(svytotal(margins[[level]]$influence, design)))
    half <- qt(0.975, degf(design)) * error
    say <- function(field, value) record(plan, "models", name, field, value, part = "margins",
                                         term = paste0(column, "[", level, "]"), iterated = TRUE)
    say("value", margin)
    say("standard_error", error)
    say("low", margin - half)
    say("high", margin + half)
  }
}

# ---- generalised linear models ---------------------------------------------------------------------
apistrat <- read_rows(folder, "apistrat")
stratified <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
plan <- "models_stratified.toml"
linear <- svyglm(api00 ~ ell + meals + stype + ell:meals, stratified, control = tight)
record_model(plan, "linear", linear, "stype")
record_margins(plan, "linear", linear, "stype")
relevelled <- update(stratified, stype = relevel(stype, "M"))
record_model(plan, "reference", svyglm(api00 ~ stype + api99, relevelled, control = tight), "stype")
record_model(plan, "counts", svyglm(api.stu ~ stype + api99, stratified, control = tight,
                                    family = quasipoisson), "stype")

apiclus2 <- read_rows(folder, "apiclus2")
apiclus2$met <- as.integer(apiclus2$sch.wide == "Yes")
districts <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
plan <- "models_two_stages.toml"
logistic <- svyglm(met ~ ell + meals + mobility, districts, family = quasibinomial,
                   control = tight)
record_model(plan, "logistic", logistic)
met <- svyglm(met ~ stype + api99, districts, family = quasibinomial, control = tight)
record_model(plan, "met", met, "stype")
record_margins(plan, "met", met, "stype")
record_model(plan, "missing", svyglm(enroll ~ stype + ell, districts, control = tight), "stype")
record_model(plan, "domain", svyglm(api00 ~ ell + api99, subset(districts, stype != "H"),
                                    control = tight))
together <- regTermTest(logistic, ~ ell + meals)
record_test <- function(name, test) {
  record(plan, "tests", name, "statistic", test$Ftest, iterated = TRUE)
  record(plan, "tests", name, "df_numerator", test$df)
  record(plan, "tests", name, "df_denominator", test$ddf)
  record(plan, "tests", name, "p_value", test$p, iterated = TRUE)
}
record_test("ell_meals", together)

nhanes <- read_rows(folder, "nhanes")
nhanes$race <- factor(nhanes$race)
nhanes$sex <- factor(ifelse(nhanes$RIAGENDR == 1, "men", "women"))
cholesterol <- svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE,
                         data = nhanes)
adults <- subset(cholesterol, agecat != "0-19")
high <- svyglm(HI_CHOL ~ agecat + race * sex, update(adults, agecat = droplevels(agecat)),
               family = quasibinomial, control = tight)
record_model("models_nhanes.toml", "high", high, c("agecat", "race", "sex"))

# ---- replicates fit the model again -----------------------------------------------------------------
replicates <- read_rows(folder, "people_replicates")
replicates$happy <- as.integer(replicates$q1 >= 4)
halves <- svrepdesign(data = replicates, repweights = replicates[grep("^brr", names(replicates))],
                      weights = ~w, type = "BRR", combined.weights = TRUE)
record_model("models_brr.toml", "linear",
             svyglm(waiting ~ visits + sex, halves, control = tight), "sex", 9 + 1 - 3)
record_model("models_brr.toml", "logistic",
             suppressWarnings(svyglm(happy ~ sex + area, halves, family = quasibinomial,
                                     control = tight)), c("sex", "area"), 9 + 1 - 4)

# ---- ordinal ---------------------------------------------------------------------------------------
people <- read_rows(folder, "people_2026")
communes <- svydesign(id = ~commune, strata = ~area, weights = ~w, data = people)
record_ordinal <- function(plan, name, formula, design, categories, parameters) {
  # R differentiates the likelihood numerically: with steps fine enough, to eight digits or so.
  control <- list(reltol = 1e-16, maxit = 1000, ndeps = rep(1e-4, parameters))
  fit <- svyolr(formula, design, control = control)
  fit <- svyolr(formula, design, control = control,
                start = c(fit$coefficients, fit$zeta[1], log(diff(fit$zeta))))
  errors <- sqrt(diag(vcov(fit)))
  df <- degf(design[!is.na(model.frame(formula, design$variables, na.action = na.pass)[[1]]), ]) +
    1 - length(fit$coefficients)
  slopes <- seq_along(fit$coefficients)
  record_coefficients(plan, name, fit$coefficients, errors[slopes], df - 1,
                      named(names(fit$coefficients), categories))
  for (i in seq_along(fit$zeta)) {
    say <- function(field, value) record(plan, "models", name, field, value, part = "coefficients",
                                         term = names(fit$zeta)[i], iterated = TRUE)
    say("value", fit$zeta[i])
    say("standard_error", errors[-slopes][i])
  }
}
people_known <- update(communes, rating = factor(q1), years = age / 10)
record_ordinal("models_people.toml", "rating", rating ~ years + sex + area, people_known,
               c("sex", "area"), 8)
women <- subset(people_known, sex == "female")
record_ordinal("models_people.toml", "women", rating ~ years + online, women, character(), 6)
write_cases(folder, "models")
