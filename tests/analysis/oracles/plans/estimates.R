# Shares with every interval, moments, design effects, domains crossed, zero weights, contrasts.
# Usage: Rscript estimates.R FOLDER   (reads *.csv, writes estimates.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))

# ---- intervals of shares -------------------------------------------------------------------------
# R 4.1-1 reads the ends of method "likelihood" off a spline through the profile; the equation it
# means is solved here: scaled log-likelihood ratio = t^2, with R's scale and R's dispersion.
likelihood_ends <- function(p, variance, n, df) {
  effective <- p * (1 - p) / variance
  loss <- function(x) 2 * effective * (p * log(p / x) + (1 - p) * log((1 - p) / (1 - x))) -
    qt(0.975, df)^2 * n / (n - 1)
  find <- function(from, to) uniroot(loss, c(from, to), tol = 1e-15, maxiter = 10000)$root
  c(find(p * 1e-9, p), find(p, 1 - (1 - p) * 1e-9))
}
# Not in R 4.1-1: Wilson's interval with t for z on the effective size [Kott 2017].
wilson_ends <- function(p, variance, df) {
  n <- p * (1 - p) / variance
  z <- qt(0.975, df)
  (p + z^2 / (2 * n) + c(-1, 1) * z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))) / (1 + z^2 / n)
}
record_intervals <- function(plan, design, trait, domain = NULL, category = NULL) {
  design <- design[!is.na(design$variables[[trait]]), ]
  design$variables$trait <- design$variables[[trait]]
  df <- degf(design)
  share <- svymean(~trait, design)
  p <- as.numeric(coef(share))
  variance <- as.numeric(vcov(share))
  r_likelihood <- suppressWarnings(as.numeric(confint(
    svyciprop(~trait, design, method = "likelihood"))))
  ends <- list(likelihood = likelihood_ends(p, variance, nrow(design), df),
               wilson = wilson_ends(p, variance, df),
               logit = logit_ends(p, sqrt(variance), df))
  stopifnot(abs(ends$likelihood / r_likelihood - 1) < 1e-3)
  for (method in c("mean", "xlogit", "asin", "beta"))
    ends[[method]] <- as.numeric(confint(svyciprop(~trait, design, method = method, df = df)))
  for (method in names(ends))
    record_share(plan, paste0("share_", method), p, sqrt(variance), ends[[method]], df,
                 variable = trait, category = category, domain = domain)
}
nhanes <- read_rows(folder, "nhanes")
cholesterol <- svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE,
                         data = nhanes)
for (group in levels(nhanes$agecat)[-1])
  record_intervals("nhanes_intervals.toml", subset(cholesterol, agecat == group), "HI_CHOL",
                   list(agecat = group))
schools <- read_rows(folder, "apiclus1")
schools$high <- as.integer(schools$stype == "H")
record_intervals("one_stage_intervals.toml",
                 svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = schools), "high")

# ---- nobody or everybody --------------------------------------------------------------------------
# R has no interval there: Korn and Graubard's on Kish's effective size.
people <- read_rows(folder, "people_2026")
communes <- svydesign(id = ~commune, strata = ~area, weights = ~w, data = people)
record_flat <- function(plan, name, design, variable, value) {
  w <- weights(design)
  df <- degf(design)
  size <- sum(w)^2 / sum(w^2) * (qt(0.025, length(w) - 1) / qt(0.025, df))^2
  say <- function(field, x) record(plan, "estimates", name, field, x, variable = variable)
  say("value", value)
  say("low", if (value == 0) 0 else qbeta(0.025, size * value, size * (1 - value) + 1))
  say("high", if (value == 1) 1 else qbeta(0.975, size * value + 1, size * (1 - value)))
}
people$never <- 0
people$always <- 1
communes$variables <- people
for (sex in levels(people$sex)) {
  inside <- communes[people$sex == sex & !is.na(people$q1), ]
  record_flat("flat_shares.toml", paste0("never_", sex), inside, "never", 0)
  record_flat("flat_shares.toml", paste0("always_", sex), inside, "always", 1)
}

# ---- shares that the strata or known totals fix: another sample would give the same --------------
apistrat <- read_rows(folder, "apistrat")
stratified <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
fitted <- postStratify(svydesign(id = ~dnum, weights = ~pw, data = schools), ~stype, types)
for (plan in c("fixed_by_strata.toml", "fixed_by_totals.toml")) {
  shares <- svymean(~stype, if (plan == "fixed_by_strata.toml") stratified else fitted)
  stopifnot(SE(shares) < 1e-12)
  for (i in 1:3)
    for (field in c("value", "standard_error", "low", "high"))
      record(plan, "estimates", "types", field, if (field == "standard_error") 0 else
        as.numeric(coef(shares))[i], variable = "stype", category = types$stype[i])
}

# ---- variance, standard deviation, covariance, correlation ---------------------------------------
record_moments <- function(plan, design, a, b, domain = NULL) {
  rows <- design$variables
  say <- function(name, value, variance, df, variable = NULL) {
    record(plan, "estimates", name, "value", value, variable = variable, domain = domain)
    record(plan, "estimates", name, "standard_error", sqrt(variance), variable = variable,
           domain = domain)
    record(plan, "estimates", name, "df", df, variable = variable, domain = domain)
  }
  for (one in c(a, b)) {
    known <- design[!is.na(rows[[one]]), ]
    v <- svyvar(as.formula(paste0("~`", one, "`")), known)
    value <- as.numeric(v)
    error2 <- as.numeric(attr(v, "var"))
    say("variance", value, error2, degf(known), one)
    say("deviation", sqrt(value), error2 / (4 * value), degf(known), one)
  }
  known <- design[!is.na(rows[[a]]) & !is.na(rows[[b]]), ]
  v <- svyvar(as.formula(paste0("~`", a, "` + `", b, "`")), known)
  both <- unclass(v)
  spread <- attr(v, "var")
  say("covariance", both[1, 2], spread[2, 2], degf(known))
  r <- both[1, 2] / sqrt(both[1, 1] * both[2, 2])
  slope <- c(-r / (2 * both[1, 1]), 1 / sqrt(both[1, 1] * both[2, 2]), 0, -r / (2 * both[2, 2]))
  say("correlation", r, drop(slope %*% spread %*% slope), degf(known))
}
apiclus2 <- read_rows(folder, "apiclus2")
districts <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
record_moments("moments_stratified.toml", stratified, "api00", "api99")
for (met in c("No", "Yes"))
  record_moments("moments_domains.toml", subset(stratified, sch.wide == met), "api00", "enroll",
                 list(sch.wide = met))
record_moments("moments_two_stages.toml", districts, "api.stu", "enroll")
record_moments("moments_people.toml", communes, "q1", "q2")

# ---- design effects against a sample without replacement -----------------------------------------
record_effects <- function(plan, design, number) {
  design <- design[!is.na(design$variables[[number]]), ]
  formula <- as.formula(paste0("~`", number, "`"))
  for (kind in c("with", "without")) {
    deff <- if (kind == "with") "replace" else TRUE
    say <- function(name, stat, ...) {
      effect <- as.numeric(if (is.null(attr(stat, "deff"))) NA else attr(stat, "deff"))
      record(plan, "estimates", paste0(name, "_", kind), "design_effect", effect, ...)
    }
    say("total", svytotal(formula, design, deff = deff), variable = number)
    say("mean", svymean(formula, design, deff = deff), variable = number)
    say("ratio", svyratio(~api.stu, ~enroll, design, deff = deff))
    for (met in c("No", "Yes"))
      say("mean_by", svymean(formula, subset(design, sch.wide == met), deff = deff),
          variable = number, domain = list(sch.wide = met))
  }
  mean <- svymean(formula, design, deff = "replace")
  record(plan, "estimates", "mean_with", "effective_n", nrow(design) / deff(mean),
         variable = number)
  record(plan, "estimates", "mean_with", "cv", cv(mean), variable = number)
}
record_effects("effects_stratified.toml", stratified, "enroll")
record_effects("effects_two_stages.toml", districts, "enroll")

# ---- domains crossed -------------------------------------------------------------------------------
crossed <- subset(cholesterol, !is.na(HI_CHOL))
cells <- expand.grid(race = sort(unique(nhanes$race)), RIAGENDR = 1:2,
                     agecat = levels(nhanes$agecat), stringsAsFactors = FALSE)
for (i in seq_len(nrow(cells))) {
  cell <- cells[i, ]
  inside <- subset(crossed, race == cell$race & RIAGENDR == cell$RIAGENDR & agecat == cell$agecat)
  domain <- list(race = as.character(cell$race), RIAGENDR = as.character(cell$RIAGENDR),
                 agecat = cell$agecat)
  if (nrow(inside) > 0)
    record_estimate("nhanes_crossed.toml", "high", svymean(~HI_CHOL, inside), degf(inside),
                    variable = "HI_CHOL", domain = domain)
}

# ---- counts ----------------------------------------------------------------------------------------
apiclus1 <- read_rows(folder, "apiclus1")
whole <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
one_count <- function(name, trait, ...)
  record_estimate("counts.toml", name, svytotal(as.numeric(trait), whole),
                  if (name %in% c("by_target", "types_by")) count_df(...) else degf(whole), ...)
count_df <- function(domain, ...)
  degf(whole[as.character(apiclus1[[names(domain)]]) == domain[[1]], ])
one_count("schools", rep(1, nrow(apiclus1)))
for (type in levels(apiclus1$stype)) {
  one_count("types", apiclus1$stype == type, variable = "stype", category = type)
  for (won in levels(apiclus1$awards))
    if (type != "M")
      one_count("types_by", apiclus1$stype == type & apiclus1$awards == won, variable = "stype",
                category = type, domain = list(awards = won))
}
for (met in levels(apiclus1$sch.wide))
  one_count("by_target", apiclus1$sch.wide == met, domain = list(sch.wide = met))

# ---- zero weights are a domain ----------------------------------------------------------------------
counted <- subset(whole, stype != "M")
plan <- "zero_weights.toml"
record_estimate(plan, "api00", svymean(~api00, counted), degf(counted), variable = "api00")
record_estimate(plan, "students", svytotal(~enroll, counted), degf(counted), variable = "enroll")
record(plan, "estimates", "api00", "n", nrow(counted), variable = "api00")
# ---- other levels, df of the user, several ratios ------------------------------------------------
plan <- "levels.toml"
ends_of <- function(name, ends, ...) {
  record(plan, "estimates", name, "low", ends[1], ...)
  record(plan, "estimates", name, "high", ends[2], ...)
}
points <- svymean(~api00, whole)
ends_of("points", confint(points, level = 0.9, df = 14), variable = "api00")
ends_of("points_df", confint(points, level = 0.99, df = 30), variable = "api00")
record(plan, "estimates", "points_df", "df", 30, variable = "api00")
won <- svymean(~I(as.numeric(awards == "Yes")), whole)
ends_of("won", logit_ends(coef(won), SE(won), 14, 0.9), variable = "awards", category = "Yes")
beta <- svyciprop(~I(as.numeric(awards == "Yes")), whole, method = "beta", level = 0.8)
ends_of("won_beta", as.numeric(confint(beta)), variable = "awards", category = "Yes")
middle <- svyquantile(~api00, whole, 0.5, alpha = 0.1, df = 14)[[1]]
ends_of("median", middle[2:3], variable = "api00", quantile = 0.5)
quotients <- svyratio(~ api00 + api99, ~ enroll + api.stu, whole)
values <- as.numeric(coef(quotients))
errors <- as.numeric(SE(quotients))
pairs <- expand.grid(above = c("api00", "api99"), below = c("enroll", "api.stu"),
                     stringsAsFactors = FALSE)
for (i in 1:4) {
  name <- paste0("per_", pairs$below[i])
  variable <- paste(pairs$above[i], pairs$below[i], sep = "/")
  record(plan, "estimates", name, "value", values[i], variable = variable)
  record(plan, "estimates", name, "standard_error", errors[i], variable = variable)
}
write_cases(folder, "estimates")
