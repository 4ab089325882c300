# Sizes, powers and allocations worked out by R.
# Usage: Rscript sizes.R FOLDER   (writes sizes.json there)
suppressMessages({library(jsonlite); library(survey); library(sampling); library(nloptr)})
folder <- commandArgs(trailingOnly = TRUE)[1]
figures <- list()

# stats::power.prop.test: chances, sizes, and the second share that is just seen.
sided <- c("one.sided", "two.sided")
pairs <- list(c(0.15, 0.18), c(0.84, 0.88), c(0.9, 0.95), c(0.5, 0.53), c(0.02, 0.05))
figures$power <- do.call(rbind, lapply(pairs, function(p) do.call(rbind, lapply(1:2, function(sides) {
  chance <- power.prop.test(n = 450, p1 = p[1], p2 = p[2], alternative = sided[sides])$power
  size <- power.prop.test(power = 0.9, p1 = p[1], p2 = p[2], sig.level = 0.1,
                          alternative = sided[sides], tol = 1e-12)$n
  rise <- power.prop.test(n = 700, p1 = p[1], power = 0.8, alternative = sided[sides],
                          tol = 1e-12)$p2 - p[1]
  data.frame(p1 = p[1], p2 = p[2], sides = sides, power = chance, n = size, rise = rise)
}))))

# A stratified sample as survey sees it: its strata as what is expected, its own error as answer.
data(api)
design <- svydesign(id = ~1, strata = ~stype, fpc = ~fpc, data = apistrat)
apistrat$big <- as.numeric(apistrat$enroll > 500)
design <- update(design, big = as.numeric(enroll > 500))
by_stratum <- function(f) as.numeric(tapply(seq_len(nrow(apistrat)), apistrat$stype, f))
figures$stratified <- list(
  strata = levels(apistrat$stype),
  population = by_stratum(function(i) apistrat$fpc[i[1]]),
  interviews = by_stratum(length),
  api00 = list(mean = by_stratum(function(i) mean(apistrat$api00[i])),
               sd = by_stratum(function(i) sd(apistrat$api00[i])),
               error = as.numeric(SE(svymean(~api00, design))),
               effect = as.numeric(deff(svymean(~api00, design, deff = TRUE)))),
  big = list(mean = by_stratum(function(i) mean(apistrat$big[i])),
             sd = by_stratum(function(i) sd(apistrat$big[i])),
             error = as.numeric(SE(svymean(~big, design))),
             effect = as.numeric(deff(svymean(~big, design, deff = TRUE)))),
  # Kish: n * sum(w^2) / sum(w)^2.
  weighting = nrow(apistrat) * sum(apistrat$pw^2) / sum(apistrat$pw)^2)

# sampling::inclusionprobabilities: in proportion to size, at most 1, the rest shared out again.
size <- c(1200, 5, 18, 90, 33, 420, 61, 2, 77, 150)
figures$certain <- list(size = size, n = 6, probabilities = inclusionprobabilities(size, 6))

# nloptr: allocations by a solver that knows nothing of sampling.
set.seed(20250701)
n_strata <- 12
population <- round(exp(rnorm(n_strata, 6.5, 1)))
p <- cbind(runif(n_strata, 0.6, 0.97), runif(n_strata, 0.3, 0.8))
cost <- round(runif(n_strata, 1, 4), 1)
variance <- p * (1 - p) * population / (population - 1)
share <- population / sum(population)
lower <- rep(5, n_strata); upper <- population
solve <- function(objective, slope, inequality, jacobian, start)
  nloptr(start, objective, eval_grad_f = slope, lb = lower, ub = upper, eval_g_ineq = inequality,
         eval_jac_g_ineq = jacobian,
         opts = list(algorithm = "NLOPT_LD_SLSQP", xtol_rel = 1e-14, maxeval = 20000))
# Least variance of the whole for 600 interviews.
whole <- share^2 * variance[, 1]
neyman <- solve(function(x) 1e6 * sum(whole / x), function(x) -1e6 * whole / x^2,
                function(x) sum(x) - 600, function(x) matrix(1, 1, n_strata),
                rep(50, n_strata))
# Cheapest with every stratum within 9 points and the whole within 2.5, for both shares.
z <- qnorm(0.975)
wanted <- c(rep((0.09 / z)^2, 2 * n_strata), rep((0.025 / z)^2, 2))
spread <- rbind(diag(variance[, 1]), diag(variance[, 2]),
                share^2 * variance[, 1], share^2 * variance[, 2])
loads <- spread / (wanted + as.numeric(spread %*% (1 / population)))
targets <- solve(function(x) sum(cost * x), function(x) cost,
                 function(x) as.numeric(loads %*% (1 / x)) - 1,
                 function(x) -t(t(loads) / x^2), upper * 0.999)
figures$optimum <- list(
  population = population, access = p[, 1], feedback = p[, 2], cost = cost, minimum = lower,
  neyman = list(n = 600, interviews = neyman$solution),
  targets = list(each = 0.09, overall = 0.025, interviews = targets$solution,
                 cost = targets$objective))

figures$versions <- list(R = R.version.string, survey = as.character(packageVersion("survey")),
                         sampling = as.character(packageVersion("sampling")),
                         nloptr = as.character(packageVersion("nloptr")))
write_json(figures, file.path(folder, "sizes.json"), auto_unbox = TRUE, digits = NA, pretty = TRUE)
