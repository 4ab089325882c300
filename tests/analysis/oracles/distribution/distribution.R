# Quantiles, variances, correlations, intervals of shares, design effects and
# intraclass correlations on the api data of R's survey package.
# Usage: Rscript distribution.R FOLDER   (writes *.csv and distribution.json there)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "..", "survey_figures.R"))
data(api)

# 17 digits: the numbers Python reads are the numbers R had.
write_rows <- function(frame, name) {
  reals <- sapply(frame, is.double)
  frame[reals] <- lapply(frame[reals], function(x) ifelse(is.na(x), "", sprintf("%.17g", x)))
  path <- file.path(folder, paste0(name, ".csv"))
  write.csv(frame, path, row.names = FALSE, quote = FALSE, na = "")
  read.csv(path)
}
keep <- function(frame, design_columns) {
  met_target <- as.integer(frame$sch.wide == "Yes")
  frame <- frame[, unique(c(design_columns, "stype", "api00", "api99", "meals", "enroll"))]
  frame$stype <- as.character(frame$stype)
  frame$met_target <- met_target
  frame$school <- seq_len(nrow(frame))
  frame
}
srs <- write_rows(keep(apisrs, c("pw", "fpc")), "srs")
strat <- write_rows(keep(apistrat, c("stype", "pw", "fpc")), "strat")
clus1 <- write_rows(keep(apiclus1, c("dnum", "pw", "fpc")), "clus1")
clus2 <- write_rows(keep(apiclus2, c("dnum", "snum", "pw", "fpc1", "fpc2")), "clus2")

designs <- list(
  srs = svydesign(id = ~1, weights = ~pw, fpc = ~fpc, data = srs),
  strat = svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat),
  clus1 = svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = clus1),
  clus2 = svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = clus2)
)
# Half of the schools of each district are reweighted: weights that differ within clusters.
clus1$pw2 <- clus1$pw * (1 + (clus1$school %% 3))
designs$unequal <- svydesign(id = ~dnum, weights = ~pw2, data = clus1)
designs$elementary <- subset(designs$clus1, stype == "E")

rules <- c("math", "school", "shahvaish", paste0("hf", 1:9))
# None of them meets a sum of weights exactly but for 1/4 and 1/2, where R does not round.
shares <- c(0.123, 0.25, 0.5, 0.771, 0.9025)

# The same design with weights of mean 1, for the one rule that depends on their unit.
unit_weights <- function(design) {
  design$prob <- design$prob * mean(1 / design$prob)
  design
}

quantiles <- function(design, variable, rule, interval, shares) {
  if (rule == "shahvaish") design <- unit_weights(design)
  formula <- as.formula(paste0("~", variable))
  rows <- do.call(rbind, lapply(shares, function(p) {
    svyquantile(formula, design, p, qrule = rule, interval.type = interval)[[1]]
  }))
  data.frame(variable = variable, rule = rule, interval = interval, share = shares,
             value = rows[, 1], low = rows[, 2], high = rows[, 3], error = rows[, 4])
}

# Values of the sample that a test does not reject: every one is tested, no root finder.
score <- function(design, variable, p) {
  x <- design$variables[[variable]]
  tq <- qt(0.975, degf(design))
  at <- sort(unique(x))
  found <- sapply(at[-length(at)], function(value) {
    m <- svymean(as.numeric(x <= value), design)
    c((p - coef(m)) / SE(m), coef(m))
  })
  inside <- found[1, ]
  data.frame(variable = variable, share = p, low = min(at[-length(at)][inside <= tq]),
             high = min(at[-length(at)][inside < -tq]),
             changes = sum(diff(sign(inside - tq)) != 0) + sum(diff(sign(inside + tq)) != 0))
}

# The ends of the likelihood interval as R defines them, to the last digit: the
# binomial deviance over the dispersion of the fitted model meets the squared
# quantile of t times the variance of the log-odds over the naive one.
likelihood <- function(design, level) {
  design$variables$one <- design$variables$met_target
  fit <- suppressWarnings(svyglm(one ~ 1, design, family = quasibinomial,
                                 control = glm.control(epsilon = 1e-15, maxit = 100)))
  lambda <- as.numeric(fit$cov.unscaled / fit$naive.cov)
  limit <- qt((1 + level) / 2, degf(design))^2 * lambda * as.numeric(summary(fit)$dispersion)
  w <- fit$prior.weights
  y <- fit$y
  deviance <- function(x) -2 * sum(w * (y * log(x) + (1 - y) * log1p(-x)))
  p <- plogis(as.numeric(coef(fit)))
  least <- deviance(p)
  beyond <- function(x) deviance(x) - least - limit
  ends <- c(uniroot(beyond, c(1e-12, p), tol = 1e-15, maxiter = 10000)$root,
            uniroot(beyond, c(p, 1 - 1e-12), tol = 1e-15, maxiter = 10000)$root)
  profile <- as.numeric(confint(suppressWarnings(
    svyciprop(~met_target, design, method = "likelihood", level = level))))
  list(exact = ends, profile = profile)
}

share_intervals <- function(design, level) {
  m <- svymean(~met_target, design)
  ends <- lapply(c(mean = "mean", logit = "logit", xlogit = "xlogit", asin = "asin", beta = "beta"),
                 function(method) as.numeric(confint(suppressWarnings(
                   svyciprop(~met_target, design, method = method, level = level)))))
  c(list(level = level, value = as.numeric(coef(m)), error = as.numeric(SE(m)),
         n = sum(weights(design) != 0), df = degf(design)), ends,
    list(likelihood = likelihood(design, level)))
}

# Standard deviations and correlations by the delta method on svyvar's own covariance.
spreads <- function(design) {
  v <- svyvar(~ api00 + api99, design)
  m <- as.vector(v)
  root <- sqrt(m[c(1, 4)])
  r <- m[2] / prod(root)
  jacobian <- rbind(c(0.5 / root[1], 0, 0, 0),
                    c(-r / (2 * m[1]), 1 / prod(root), 0, -r / (2 * m[4])))
  delta <- jacobian %*% attr(v, "var") %*% t(jacobian)
  one <- svyvar(~meals, design)
  known <- svyvar(~enroll, subset(design, !is.na(enroll)))
  list(covariance = m[c(1, 2, 4)], error = sqrt(diag(attr(v, "var")))[c(1, 2, 4)],
       between = attr(v, "var")[1, 4],
       deviation = root[1], deviation_error = sqrt(delta[1, 1]),
       correlation = r, correlation_error = sqrt(delta[2, 2]),
       meals = as.numeric(one), meals_error = as.numeric(SE(one)),
       enroll = as.numeric(known), enroll_error = as.numeric(SE(known)),
       ends = as.numeric(confint(one, df = degf(design))))
}

effects <- function(design) {
  of <- function(formula, function_, kind) as.numeric(deff(function_(formula, design, deff = kind)))
  list(mean = list(replace = of(~api00, svymean, "replace"), without = of(~api00, svymean, TRUE)),
       total = list(replace = of(~api00, svytotal, "replace"), without = of(~api00, svytotal, TRUE)),
       share = list(replace = of(~met_target, svymean, "replace"),
                    without = of(~met_target, svymean, TRUE)),
       cv = as.numeric(cv(svymean(~api00, design))))
}

figures <- lapply(designs, function(design) {
  all_rules <- do.call(rbind, lapply(rules, function(rule)
    do.call(rbind, lapply(c("api00", "meals"), function(variable)
      quantiles(design, variable, rule, "mean", shares)))))
  all_intervals <- do.call(rbind, lapply(c("xlogit", "beta"), function(interval)
    do.call(rbind, lapply(c("math", "hf7"), function(rule)
      quantiles(design, "api00", rule, interval, shares)))))
  # asin only where its ends stay on the scale, in the middle.
  asin <- do.call(rbind, lapply(c("math", "hf7"), function(rule)
    quantiles(design, "api00", rule, "asin", c(0.25, 0.5, 0.771))))
  list(quantiles = rbind(all_rules, all_intervals, asin),
       score = do.call(rbind, lapply(c(0.25, 0.5, 0.771), function(p) score(design, "api00", p))),
       intervals = lapply(c(0.9, 0.95), function(level) share_intervals(design, level)),
       spread = spreads(design), effects = effects(design))
})
# R's own score intervals, with equal weights.
figures$srs$own_score <- do.call(rbind, lapply(c(0.25, 0.5, 0.771), function(p)
  quantiles(designs$srs, "api00", "math", "score", p)))

# Where a sum of equal weights meets the share, svyquantile leaves it to rounding, quantile does not.
figures$tie <- list(survey = as.numeric(coef(svyquantile(~api00, designs$srs, 0.1, ci = TRUE))),
                    base = as.numeric(quantile(srs$api00, 0.1, type = 1)),
                    below_first = as.numeric(coef(svyquantile(~api00, designs$srs, 0.004))),
                    smallest = min(srs$api00))

# Replicates: R's own jackknife of the one-stage clusters.
jackknife <- as.svrepdesign(designs$clus1, type = "JK1", mse = TRUE)
figures$jackknife <- list(
  mean = quantiles(jackknife, "api00", "math", "mean", shares),
  quantile = suppressWarnings(quantiles(jackknife, "api00", "math", "quantile", shares)),
  variance = local({
    v <- suppressWarnings(svyvar(~api00, jackknife))
    list(value = as.numeric(v), error = as.numeric(SE(v)))
  })
)
replicates <- as.data.frame(weights(jackknife, "analysis"))
names(replicates) <- paste0("r", seq_along(replicates))
invisible(write_rows(replicates, "jackknife"))
figures$jackknife$scale <- jackknife$scale
figures$jackknife$df <- degf(jackknife)

# Intraclass correlation: R's analysis of variance for equal weights, and for
# unequal ones the expected values of the same sums of squares out of matrices.
components <- function(y, w, groups) {
  n <- length(y)
  w <- w / mean(w)
  projection <- function(g) {
    same <- outer(g, g, "==") * 1
    of_group <- as.vector(same %*% w)
    (same / of_group) * outer(w, w)
  }
  forms <- lapply(c(groups, list(seq_len(n))), projection)
  differences <- lapply(2:length(forms), function(k) forms[[k]] - forms[[k - 1]])
  shapes <- lapply(c(groups[-1], list(seq_len(n))), function(g) outer(g, g, "==") * 1)
  expected <- sapply(shapes, function(v) sapply(differences, function(a) sum(a * v)))
  observed <- sapply(differences, function(a) sum(y * as.vector(a %*% y)))
  solve(expected, observed)
}
everybody <- function(frame) rep(1, nrow(frame))
parts <- aov(api00 ~ factor(dnum), data = clus1)
squares <- summary(parts)[[1]][["Mean Sq"]]
sizes <- table(clus1$dnum)
size <- (sum(sizes) - sum(sizes^2) / sum(sizes)) / (length(sizes) - 1)
between <- (squares[1] - squares[2]) / size
# With as many schools in every district, analysis of variance and restricted likelihood agree.
balanced <- do.call(rbind, lapply(split(clus1, clus1$dnum), function(d) if (nrow(d) >= 4) d[1:4, ]))
fit <- lme4::lmer(api00 ~ 1 + (1 | dnum), balanced,
                  control = lme4::lmerControl(optimizer = "bobyqa",
                                              optCtrl = list(rhoend = 1e-12)))
reml <- as.data.frame(lme4::VarCorr(fit))$vcov

figures$icc <- list(
  reml = reml, schools = balanced$school, lme4 = as.character(packageVersion("lme4")),
  anova = between / (between + squares[2]),
  weighted = components(clus1$api00, clus1$pw2, list(everybody(clus1), clus1$dnum)),
  two_stages = components(clus1$api00, clus1$pw2,
                          list(everybody(clus1), clus1$dnum, interaction(clus1$dnum, clus1$stype))),
  within = components(strat$api00, strat$pw, list(strat$stype, interaction(strat$stype, strat$school %/% 5)))
)

write_figures(figures, file.path(folder, "distribution.json"))
