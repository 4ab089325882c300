# Features together: everything after calibration, under unequal probabilities, with replicates.
# Usage: Rscript combinations.R FOLDER   (reads *.csv, writes combinations.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))
tight <- list(epsilon = 1e-14, maxit = 100)

record_slopes <- function(plan, name, fit, terms, df = fit$df.residual)
  record_coefficients(plan, name, coef(fit), as.numeric(SE(fit)), df, terms)
record_medians <- function(plan, name, design, variable, df, ...) {
  found <- svyquantile(as.formula(paste0("~`", variable, "`")), design, c(0.25, 0.5), df = df,
                       na.rm = TRUE)[[1]]
  for (i in 1:2)
    for (field in 1:4)
      record(plan, "estimates", name, c("value", "low", "high", "standard_error")[field],
             found[i, field], variable = variable, quantile = c(0.25, 0.5)[i], ...)
}
record_independence <- function(plan, design, rows, columns) {
  formula <- as.formula(paste0("~`", rows, "` + `", columns, "`"))
  forms <- c(F = "F", "chi-square" = "Chisq", wald = "Wald", "adjusted-wald" = "adjWald")
  for (form in names(forms)) {
    test <- svychisq(formula, design, statistic = forms[[form]])
    record(plan, "tests", form, "statistic", test$statistic)
    record(plan, "tests", form, "p_value", test$p.value)
    record(plan, "tests", form, "df_numerator", test$parameter[1])
  }
}
record_groups <- function(plan, name, design, formula) {
  test <- svyttest(formula, design)
  record(plan, "tests", name, "statistic", test$statistic, iterated = TRUE)
  record(plan, "tests", name, "df_denominator", test$parameter)
  record(plan, "tests", name, "p_value", test$p.value, iterated = TRUE)
}
record_correlation <- function(plan, name, design, a, b) {
  v <- svyvar(as.formula(paste0("~`", a, "` + `", b, "`")), design)
  both <- matrix(as.numeric(v)[1:4], 2)
  spread <- attr(v, "var")
  r <- both[1, 2] / sqrt(both[1, 1] * both[2, 2])
  slope <- c(-r / (2 * both[1, 1]), 1 / sqrt(both[1, 1] * both[2, 2]), 0, -r / (2 * both[2, 2]))
  record(plan, "estimates", name, "value", r)
  record(plan, "estimates", name, "standard_error", sqrt(drop(slope %*% spread %*% slope)))
}

# ---- after calibration -----------------------------------------------------------------------------
apiclus2 <- read_rows(folder, "apiclus2")
apiclus2$met <- as.integer(apiclus2$sch.wide == "Yes")
two <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
with_points <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069)
calibrated <- calibrate(two, ~ stype + api99, with_points)
plan <- "calibrated_all.toml"
df <- degf(calibrated)
record_slopes(plan, "linear", svyglm(api00 ~ ell + meals, calibrated, control = tight),
              c("(intercept)", "ell", "meals"))
record_slopes(plan, "logistic", svyglm(met ~ ell + meals, calibrated, control = tight,
                                       family = quasibinomial), c("(intercept)", "ell", "meals"))
record_medians(plan, "medians", calibrated, "api00", df)
record_independence(plan, calibrated, "awards", "stype")
record_groups(plan, "ell", calibrated, ell ~ comp.imp)
record_correlation(plan, "correlation", calibrated, "api00", "meals")
for (answer in c("No", "Yes")) {
  inside <- subset(calibrated, sch.wide == answer)
  record_estimate(plan, "points", svymean(~api00, inside), degf(inside), variable = "api00",
                  domain = list(sch.wide = answer))
}
# svyby(covmat = TRUE) of R stops at calibrated designs: the influence of the difference, as a total.
w <- weights(calibrated)
met <- apiclus2$met
mean_of <- function(rows) sum(w * rows * apiclus2$api00) / sum(w * rows)
gap_of <- function(rows) rows * (apiclus2$api00 - mean_of(rows)) / sum(w * rows)
record(plan, "contrasts", "gain", "value", mean_of(met) - mean_of(1 - met))
record(plan, "contrasts", "gain", "standard_error",
       SE(svytotal(gap_of(met) - gap_of(1 - met), calibrated)))

# ---- three stages raked ------------------------------------------------------------------------------
people <- read_rows(folder, "people_2026")
people$online_text <- factor(ifelse(people$online == 1, "yes", "no"))
stages <- svydesign(id = ~commune + village + person, strata = ~area, nest = TRUE,
                    fpc = ~n_communes + n_villages + n_people, data = people)
raked <- calibrate(stages, ~ sex + age_group, calfun = "raking", epsilon = 1e-13, maxit = 200,
                   population = c(`(Intercept)` = 300000, sexmale = 144000, `age_group30-44` = 80000,
                                  `age_group45-59` = 95000, `age_group60+` = 65000))
plan <- "three_stages_raked.toml"
for (group in levels(people$age_group))
  for (who in levels(people$sex)) {
    inside <- subset(raked, age_group == group & sex == who & !is.na(waiting))
    record_estimate(plan, "waiting", svymean(~waiting, inside, na.rm = TRUE), degf(inside),
                    variable = "waiting", domain = list(age_group = group, sex = who),
                    iterated = TRUE)
  }
record_estimate(plan, "in_time", svyratio(~in_time, ~visits, raked), degf(raked), iterated = TRUE)

# ---- unequal probabilities -----------------------------------------------------------------------
counties <- read_rows(folder, "election")
counties$ahead <- factor(ifelse(counties$Bush > counties$Kerry, "Bush", "Kerry"))
counties$size <- factor(ifelse(counties$votes > 1e5, "large", "small"))
counties$share <- counties$Kerry / counties$votes
joint <- as.matrix(read.csv(file.path(folder, "election_joint.csv")))
for (name in c("joint", "brewer")) {
  plan <- paste0("election_", name, "_all.toml")
  design <- if (name == "joint")
    svydesign(id = ~1, fpc = ~p, data = counties, pps = ppsmat(joint), variance = "YG") else
    svydesign(id = ~1, fpc = ~p, data = counties, pps = "brewer")
  record_medians(plan, "medians", design, "share", degf(design))
  fit <- svyglm(share ~ ahead + I(votes / 1e6), design, control = tight)
  record_slopes(plan, "share", fit, c("(intercept)", "ahead[Kerry]", "millions"))
  totals <- svytotal(~I(Kerry * (size == "large")) + I(Kerry * (size == "small")), design)
  difference <- svycontrast(totals, c(1, -1))
  record(plan, "contrasts", "large_less_small", "value", coef(difference))
  record(plan, "contrasts", "large_less_small", "standard_error", SE(difference))
}

# ---- replicates --------------------------------------------------------------------------------------
replicates <- read_rows(folder, "people_replicates")
replicates$happy <- factor(replicates$q1 >= 4, labels = c("no", "yes"))
halves <- svrepdesign(data = replicates, repweights = replicates[grep("^brr", names(replicates))],
                      weights = ~w, type = "BRR", combined.weights = TRUE)
plan <- "people_brr_all.toml"
answered <- halves[!is.na(replicates$happy), ]
record_independence(plan, answered, "happy", "area")
known <- halves[!is.na(replicates$waiting), ]
record_groups(plan, "waiting", known, waiting ~ sex)
for (who in c("female", "male"))
  record_medians(plan, "medians", known[known$variables$sex == who, ], "waiting", 9,
                 domain = list(sex = who))
by <- svyby(~waiting, ~area, known, svymean, covmat = TRUE)
gap <- svycontrast(by, quote(log(urban / rural)))
record(plan, "contrasts", "gap", "value", coef(gap))
# A smooth function of replicated estimates is replicated itself.
again <- withReplicates(known, function(w, rows) {
  mean_of <- function(a) sum((w * rows$waiting)[rows$area == a]) / sum(w[rows$area == a])
  log(mean_of("urban") / mean_of("rural"))
})
record(plan, "contrasts", "gap", "standard_error", SE(again))
r <- withReplicates(halves[!is.na(replicates$q1) & !is.na(replicates$q2), ], function(w, rows)
  cov.wt(rows[c("q1", "q2")], w, cor = TRUE)$cor[1, 2])
record(plan, "estimates", "correlation", "value", coef(r))
record(plan, "estimates", "correlation", "standard_error", SE(r))
write_cases(folder, "combinations")
