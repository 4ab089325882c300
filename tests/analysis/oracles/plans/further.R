# What is left: mixtures of chi-squares, likelihood ratios, other links, pairs, rounds combined, and
# what is said of weights.
# Usage: Rscript further.R FOLDER   (reads *.csv, writes further.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))
tight <- list(epsilon = 1e-14, maxit = 100)

# P(sum of a chi-square_1 over chi-square_df / df > x) by Imhof's integral: R needs a package that
# may be missing, and approximates without it.
mixture_above <- function(x, a, df) {
  scale <- c(a, -x / df)
  count <- c(rep(1, length(a)), df)
  integrand <- function(u) sapply(u, function(v)
    sin(sum(count * atan(scale * v)) / 2) / (v * prod((1 + (scale * v)^2)^(count / 4))))
  whole <- integrate(integrand, 0, 5, rel.tol = 1e-12, subdivisions = 10000)$value +
    integrate(integrand, 5, Inf, rel.tol = 1e-10, subdivisions = 10000)$value
  0.5 + whole / pi
}

# ---- tests ---------------------------------------------------------------------------------------
apiclus2 <- read_rows(folder, "apiclus2")
apiclus2$met <- as.integer(apiclus2$sch.wide == "Yes")
two <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
plan <- "further_tests.toml"
mm <- model.matrix(~ interaction(stype, sch.wide) - 1, apiclus2)
shares <- svymean(mm, two)
p <- as.numeric(coef(shares))
full <- model.matrix(~ stype * sch.wide, expand.grid(stype = factor(1:3), sch.wide = factor(1:2)))
interaction_part <- qr.resid(qr(full[, 1:4]), full[, 5:6])
middle <- crossprod(interaction_part, diag(1 / p))
delta <- solve(middle %*% interaction_part / nrow(apiclus2),
               middle %*% vcov(shares) %*% t(middle))
effects <- Re(eigen(delta, only.values = TRUE)$values)
pearson <- svychisq(~ stype + sch.wide, two, statistic = "Chisq")$statistic
satterthwaite <- sum(effects)^2 / sum(effects^2)
record(plan, "tests", "mixture", "statistic", pearson)
record(plan, "tests", "mixture", "p_value",
       mixture_above(pearson, effects, satterthwaite * degf(two)), iterated = TRUE)
paired <- svyttest(gain ~ 0, update(two, gain = api00 - api99))
record(plan, "tests", "paired", "statistic", paired$statistic)
record(plan, "tests", "paired", "p_value", paired$p.value)
record(plan, "tests", "paired", "df_denominator", paired$parameter)
fit <- svyglm(met ~ ell + meals + mobility, two, family = quasibinomial, control = tight)
ratio <- suppressWarnings(regTermTest(fit, ~ ell + meals, method = "LRT"))
record(plan, "tests", "ratio", "statistic", ratio$chisq, iterated = TRUE)
record(plan, "tests", "ratio", "p_value", mixture_above(ratio$chisq, ratio$lambda, ratio$ddf),
       iterated = TRUE)
record(plan, "tests", "ratio", "df_denominator", ratio$ddf)
wald <- regTermTest(fit, ~ ell + meals, df = Inf)
record(plan, "tests", "wald", "statistic", wald$chisq, iterated = TRUE)
record(plan, "tests", "wald", "p_value", wald$p, iterated = TRUE)

# ---- other links of ordinal models -------------------------------------------------------------
people <- read_rows(folder, "people_2026")
communes <- svydesign(id = ~commune, strata = ~area, weights = ~w, data = people)
rated <- update(communes, rating = factor(q1))
# What R calls "cloglog" is complementary for the share above a threshold; by the cumulative share, as
# links are named here, it is "loglog".
links <- c(probit = "probit", loglog = "cloglog")
for (link in names(links)) {
  control <- list(reltol = 1e-16, maxit = 1000, ndeps = rep(1e-4, 6))
  ordinal <- svyolr(rating ~ online + sex, rated, method = links[[link]], control = control)
  ordinal <- svyolr(rating ~ online + sex, rated, method = links[[link]], control = control,
                    start = c(ordinal$coefficients, ordinal$zeta[1], log(diff(ordinal$zeta))))
  errors <- sqrt(diag(vcov(ordinal)))
  terms <- c("online", "sex[male]", names(ordinal$zeta))
  for (i in seq_along(terms)) {
    record("further_links.toml", "models", link, "value", c(ordinal$coefficients, ordinal$zeta)[i],
           part = "coefficients", term = terms[i], iterated = TRUE)
    record("further_links.toml", "models", link, "standard_error", errors[i],
           part = "coefficients", term = terms[i], iterated = TRUE)
  }
}

# ---- quantiles replicated -------------------------------------------------------------------------
replicates <- read_rows(folder, "people_replicates")
halves <- svrepdesign(data = replicates, repweights = replicates[grep("^brr", names(replicates))],
                      weights = ~w, type = "BRR", combined.weights = TRUE)
known <- halves[!is.na(replicates$waiting), ]
found <- svyquantile(~waiting, known, c(0.25, 0.5, 0.75), df = 9, interval.type = "quantile")[[1]]
for (i in 1:3)
  for (field in 1:4)
    record("further_quantiles.toml", "estimates", "waiting",
           c("value", "low", "high", "standard_error")[field], found[i, field],
           variable = "waiting", quantile = c(0.25, 0.5, 0.75)[i])

# ---- rounds combined, weights scaled and divided by probabilities ----------------------------------
both <- rbind(cbind(read_rows(folder, "people_2025"), round = "2025"), cbind(people, round = "2026"))
record_combined <- function(plan, w) {
  design <- svydesign(id = ~commune, strata = ~area, weights = w, data = both)
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
in_round <- function(x) ave(x, both$round, FUN = sum)
effective <- tapply(both$w, both$round, sum)^2 / tapply(both$w^2, both$round, sum)
sizes <- table(both$round)
shares_of <- function(size) as.numeric((size / sum(size))[both$round])
record_combined("combine_effective.toml", both$w * shares_of(effective))
record_combined("combine_sample.toml", both$w * shares_of(sizes))
record_combined("combine_given.toml", both$w * c("2025" = 0.25, "2026" = 0.75)[both$round])
record_combined("scale_sample.toml", both$w * in_round(rep(1, nrow(both))) / in_round(both$w))
record_combined("scale_population.toml", both$w / 0.8 * 250000 / sum(both$w / 0.8))

# ---- what is said of weights -------------------------------------------------------------------
calibrated <- calibrate(two, ~ stype + api99,
                        c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069))
say <- function(part, w) {
  fields <- list(n = length(w), total = sum(w), smallest = min(w), largest = max(w),
                 effective_n = sum(w)^2 / sum(w^2), design_effect = length(w) * sum(w^2) / sum(w)^2)
  for (field in names(fields))
    record("calibrated_all.toml", "weights", "calibrate", field, fields[[field]], part = part)
}
say("before", weights(two))
say("after", weights(calibrated))
say("factor", weights(calibrated) / weights(two))
write_cases(folder, "further")
