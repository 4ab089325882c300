# Regressions, tests of terms, tables, t tests and predicted margins by R's survey package.
# Usage: Rscript models.R FOLDER   (writes the csv files and models.json there)
suppressMessages({
  library(survey)
  library(jsonlite)
})
folder <- commandArgs(trailingOnly = TRUE)[1]
data(api)
data(nhanes)
options(survey.lonely.psu = "fail")

# --- rows: 17 digits, so that the numbers Python reads are the numbers R had ---------------
save_rows <- function(frame, name) {
  out <- frame
  for (column in names(out)) {
    if (is.factor(out[[column]])) out[[column]] <- as.character(out[[column]])
    if (is.double(out[[column]])) {
      out[[column]] <- ifelse(is.na(out[[column]]), "", sprintf("%.17g", out[[column]]))
    }
  }
  write.csv(out, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE, na = "")
  invisible(frame)
}
api_columns <- function(frame, design_columns) {
  frame <- frame[, unique(c(design_columns, "stype", "pw", "api00", "api99", "enroll", "ell",
                            "meals", "mobility", "avg.ed", "full", "col.grad", "api.stu"))]
  frame
}
add_categories <- function(frame, source) {
  frame$sch <- as.integer(source$sch.wide == "Yes")
  frame$comp <- ifelse(source$comp.imp == "Yes", "Yes", "No")
  frame$band <- as.character(cut(source$api00, c(0, 550, 650, 750, 1000), labels = c("a", "b", "c", "d")))
  frame
}
strat <- save_rows(add_categories(api_columns(apistrat, c("snum", "fpc")), apistrat), "strat")
clus1 <- save_rows(add_categories(api_columns(apiclus1, c("dnum", "snum", "fpc")), apiclus1), "clus1")
clus2 <- save_rows(
  add_categories(api_columns(apiclus2, c("dnum", "snum", "fpc1", "fpc2")), apiclus2), "clus2"
)
health <- nhanes
health$agecat <- c("(0,19]" = "a00", "(19,39]" = "a20", "(39,59]" = "a40", "(59,Inf]" = "a60")[
  as.character(nhanes$agecat)]
health$race <- paste0("r", nhanes$race)
health <- save_rows(health, "health")
for (name in c("strat", "clus1", "clus2")) {
  frame <- get(name)
  frame$stype <- as.character(frame$stype)
  assign(name, frame)
}

designs <- list(
  strat = svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat),
  clus1 = svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = clus1),
  clus2 = svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, weights = ~pw, data = clus2),
  health = svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE,
                     data = health)
)
without_fpc <- svydesign(id = ~dnum, weights = ~pw, data = clus1)
designs$clus1_jk1 <- as.svrepdesign(without_fpc, type = "JK1", mse = TRUE)
designs$health_jkn <- as.svrepdesign(designs$health, type = "JKn")
designs$clus1_cal <- calibrate(
  without_fpc, ~stype + api99, c(6194, 755, 1018, 3914069)
)
names(designs$clus1_cal$prob) <- NULL
save_rows(data.frame(weight = weights(designs$clus1_cal)), "clus1_cal")
designs$strat_cells <- designs$strat

tight <- glm.control(epsilon = 1e-15, maxit = 100)
plain <- function(x) as.numeric(x)

# --- regressions ----------------------------------------------------------------------------
glm_figures <- function(design, formula, family, terms = list(), where = NULL) {
  inside <- design
  if (!is.null(where)) inside <- eval(bquote(subset(design, .(where))))
  fit <- eval(bquote(svyglm(.(formula), design = inside, family = family, control = tight)))
  found <- summary(fit)
  list(
    names = names(coef(fit)),
    value = plain(coef(fit)), error = plain(SE(fit)), df = fit$df.residual,
    p = plain(found$coefficients[, 4]), low = plain(confint(fit)[, 1]),
    high = plain(confint(fit)[, 2]), dispersion = plain(found$dispersion),
    covariance = plain(vcov(fit)),
    wald = lapply(terms, function(term) {
      test <- regTermTest(fit, term, method = "Wald")
      square <- regTermTest(fit, term, method = "Wald", df = Inf)
      list(terms = all.vars(term), label = attr(terms(term), "term.labels"),
           f = plain(test$Ftest), df = test$df, ddf = test$ddf, p = plain(test$p),
           chisq = plain(square$chisq), chisq_p = plain(square$p))
    })
  )
}
regressions <- list(
  list(name = "plain", design = "strat", kind = "linear", formula = api00 ~ ell + meals + mobility,
       terms = list(~ell, ~ell + meals)),
  list(name = "product", design = "strat", kind = "linear", formula = api00 ~ ell + stype * meals,
       terms = list(~stype, ~stype:meals)),
  list(name = "two_categories", design = "strat", kind = "linear",
       formula = api00 ~ stype * comp + ell, terms = list(~stype:comp)),
  list(name = "no_intercept", design = "strat", kind = "linear",
       formula = api00 ~ 0 + stype + comp + ell, terms = list(~stype)),
  list(name = "product_alone", design = "strat", kind = "linear",
       formula = api00 ~ meals + ell:stype, terms = list(~ell:stype)),
  list(name = "domain", design = "strat", kind = "linear", formula = api00 ~ ell + meals,
       terms = list(~ell), where = quote(stype != "M")),
  list(name = "missing", design = "clus2", kind = "linear", formula = enroll ~ ell + meals + stype,
       terms = list(~stype)),
  list(name = "shares", design = "clus2", kind = "logistic", formula = sch ~ ell + meals + mobility,
       terms = list(~ell + mobility)),
  list(name = "counts", design = "clus2", kind = "poisson", formula = api.stu ~ stype + ell,
       terms = list(~stype)),
  list(name = "counts_one_stage", design = "clus1", kind = "poisson",
       formula = enroll ~ stype + meals, terms = list(~stype)),
  list(name = "cholesterol", design = "health", kind = "logistic",
       formula = HI_CHOL ~ race + agecat + RIAGENDR, terms = list(~race, ~agecat)),
  list(name = "cholesterol_product", design = "health", kind = "logistic",
       formula = HI_CHOL ~ race * RIAGENDR, terms = list(~race:RIAGENDR)),
  list(name = "cholesterol_women", design = "health", kind = "logistic",
       formula = HI_CHOL ~ race + agecat, terms = list(~race), where = quote(RIAGENDR == 2)),
  list(name = "replicates", design = "clus1_jk1", kind = "linear", formula = api00 ~ ell + stype,
       terms = list(~stype)),
  list(name = "replicates_shares", design = "clus1_jk1", kind = "logistic",
       formula = sch ~ ell + meals, terms = list(~ell + meals)),
  list(name = "replicates_cholesterol", design = "health_jkn", kind = "logistic",
       formula = HI_CHOL ~ race + RIAGENDR, terms = list(~race)),
  list(name = "calibrated", design = "clus1_cal", kind = "linear", formula = api00 ~ ell + meals,
       terms = list(~ell)),
  list(name = "calibrated_shares", design = "clus1_cal", kind = "logistic",
       formula = sch ~ ell + meals, terms = list(~ell))
)
families <- list(linear = gaussian(), logistic = quasibinomial(), poisson = quasipoisson())
regression_figures <- lapply(regressions, function(one) {
  c(list(name = one$name, design = one$design, kind = one$kind,
         response = all.vars(one$formula)[1],
         terms = c(if (attr(terms(one$formula), "intercept") == 0) "0",
                   attr(terms(one$formula), "term.labels")),
         where = if (is.null(one$where)) NA else deparse(one$where)),
    glm_figures(designs[[one$design]], one$formula, families[[one$kind]], one$terms, one$where))
})

# Probability that a sum of chi-squares times lambda is above x times chi-square(ddf) / ddf, by
# Imhof's integral. The package takes a saddle point approximation where CompQuadForm is missing.
imhof <- function(x, lambda, ddf) {
  lambda <- c(lambda, -x / ddf) / max(lambda)
  freedom <- c(rep(1, length(lambda) - 1), ddf)
  integrand <- function(u) sapply(u, function(one) {
    sin(sum(freedom * atan(lambda * one)) / 2) /
      (one * exp(sum(freedom * log1p((lambda * one)^2)) / 4))
  })
  0.5 + integrate(integrand, 0, Inf, rel.tol = 1e-11, subdivisions = 5000)$value / pi
}

# The working likelihood ratio test.
ratio_figures <- lapply(list(
  list(design = "strat", kind = "linear", response = "api00", terms = c("ell", "meals", "stype"),
       test = ~stype),
  list(design = "clus2", kind = "logistic", response = "sch", terms = c("ell", "meals"),
       test = ~meals),
  list(design = "health", kind = "logistic", response = "HI_CHOL", terms = c("race", "agecat"),
       test = ~race)
), function(one) {
  design <- designs[[one$design]]
  if (one$design == "health") design <- subset(design, !is.na(HI_CHOL))
  fit <- eval(bquote(svyglm(.(reformulate(one$terms, one$response)), design = design,
                            family = .(families[[one$kind]]), control = tight)))
  test <- regTermTest(fit, one$test, method = "LRT")
  list(design = one$design, kind = one$kind, response = one$response, terms = one$terms,
       test = all.vars(one$test), chisq = plain(test$chisq), lambda = sort(plain(test$lambda)),
       ddf = test$ddf, p = plain(test$p),
       exact = imhof(plain(test$chisq), plain(test$lambda), test$ddf))
})

# --- ordinal --------------------------------------------------------------------------------
# The package differentiates its Hessian numerically: small steps and no early stop.
ordinal_of <- function(from, formula, method) {
  # regTermTest looks for the design by this name in the global environment.
  design <<- update(from, band = factor(band))
  k <- ncol(model.matrix(formula, model.frame(design))) - 1 + nlevels(model.frame(design)$band) - 1
  eval(bquote(svyolr(.(formula), design = design, method = .(method),
                     control = list(reltol = 1e-16, maxit = 1000, ndeps = rep(1e-5, .(k))))))
}
ordinal_figures <- lapply(list(
  list(design = "clus1", formula = band ~ ell + mobility + stype, method = "logistic"),
  list(design = "clus2", formula = band ~ meals + mobility, method = "logistic"),
  list(design = "strat", formula = band ~ ell + stype, method = "logistic"),
  list(design = "strat", formula = band ~ ell + stype, method = "probit"),
  list(design = "strat", formula = band ~ ell + meals, method = "cloglog"),
  list(design = "clus1_cal", formula = band ~ ell, method = "logistic")
), function(one) {
  fit <- ordinal_of(designs[[one$design]], one$formula, one$method)
  last <- attr(terms(one$formula), "term.labels")
  test <- regTermTest(fit, reformulate(last[length(last)]), method = "Wald")
  list(design = one$design, method = one$method, response = "band", terms = last,
       names = names(coef(fit)), value = plain(coef(fit)), error = plain(SE(fit)),
       df = fit$df.residual, f = plain(test$Ftest), ddf = test$ddf, p = plain(test$p))
})
# Replicates: every replicate fitted as tightly as the whole.
polr_of <- function(weights, frame) {
  frame$.w <- weights
  frame$band <- factor(frame$band)
  fit <- suppressWarnings(MASS::polr(band ~ ell + stype, data = frame[weights > 0, ], weights = .w,
                                     control = list(reltol = 1e-16, maxit = 1000)))
  c(fit$coefficients, fit$zeta)
}
replicated <- withReplicates(designs$clus1_jk1, polr_of)
ordinal_replicates <- list(value = plain(coef(replicated)), error = plain(SE(replicated)))

# --- predicted margins ------------------------------------------------------------------------
margin_figures <- lapply(list(
  list(design = "strat", kind = "linear", response = "api00", others = c("ell", "meals"), at = "stype"),
  list(design = "clus2", kind = "logistic", response = "sch", others = "ell", at = "stype"),
  list(design = "health", kind = "logistic", response = "HI_CHOL", others = c("agecat", "RIAGENDR"),
       at = "race")
), function(one) {
  design <- designs[[one$design]]
  if (one$design == "health") design <- subset(design, !is.na(HI_CHOL))
  at <- sort(unique(as.character(model.frame(design)[[one$at]])))
  # svypredmeans needs a factor, and takes its levels as they appear in the rows.
  design$variables[[one$at]] <- factor(design$variables[[one$at]], levels = at)
  fit <- eval(bquote(svyglm(.(reformulate(one$others, one$response)), design = design,
                            family = .(families[[one$kind]]), control = tight)))
  found <- svypredmeans(fit, reformulate(one$at))
  order_of <- match(at, names(coef(found)))
  parts <- lapply(attr(attr(found, "var"), "parts"), function(v) v[order_of, order_of])

  # The same margins linearised jointly: influence of the coefficients and of the averaging,
  # built from R's own fit, turned into a variance by svyrecvar.
  whole <- eval(bquote(svyglm(.(reformulate(c(one$others, one$at), one$response)), design = design,
                              family = .(families[[one$kind]]), control = tight)))
  w <- weights(design)
  scaled <- w / mean(w)
  x <- model.matrix(whole)
  bread <- whole$naive.cov
  scores <- x * (resid(whole, "working") * whole$weights)
  moved <- scores %*% bread
  joint <- sapply(at, function(level) {
    frame <- model.frame(design)
    frame[[one$at]] <- level
    frame[[one$at]] <- factor(frame[[one$at]], levels = at)
    xx <- model.matrix(reformulate(c(one$others, one$at)), frame)
    eta <- drop(xx %*% coef(whole))
    mu <- whole$family$linkinv(eta)
    slope <- colSums(w * whole$family$mu.eta(eta) * xx) / sum(w)
    drop(moved %*% slope) + w * (mu - sum(w * mu) / sum(w)) / sum(w)
  })
  v <- svyrecvar(joint, design$cluster, design$strata, design$fpc, postStrata = design$postStrata)
  list(design = one$design, kind = one$kind, response = one$response, terms = c(one$others, one$at),
       at = one$at, levels = at, value = plain(coef(found))[order_of],
       separate_error = plain(SE(found))[order_of],
       coefficient_covariance = plain(parts[[1]]), joint_covariance = plain(v))
})
predicted_of <- function(weights, frame) {
  frame$.w <- weights / mean(weights)
  fit <- suppressWarnings(glm(sch ~ ell + stype, data = frame, weights = .w, family = quasibinomial(),
                              control = tight))
  sapply(c("E", "H", "M"), function(level) {
    frame$stype <- level
    weighted.mean(predict(fit, frame, type = "response"), weights)
  })
}
replicated <- withReplicates(designs$clus1_jk1, predicted_of)
margin_replicates <- list(value = plain(coef(replicated)), covariance = plain(vcov(replicated)))

# --- tables -----------------------------------------------------------------------------------
table_figures <- lapply(list(
  list(design = "health", rows = "race", columns = "HI_CHOL"),
  list(design = "health", rows = "agecat", columns = "race"),
  list(design = "health", rows = "race", columns = "HI_CHOL", where = quote(RIAGENDR == 2)),
  list(design = "strat", rows = "stype", columns = "comp"),
  list(design = "strat_cells", rows = "band", columns = "stype"),
  list(design = "clus2", rows = "stype", columns = "sch"),
  list(design = "clus1", rows = "comp", columns = "sch"),
  list(design = "health_jkn", rows = "race", columns = "HI_CHOL"),
  list(design = "clus1_jk1", rows = "comp", columns = "sch"),
  list(design = "clus1_cal", rows = "comp", columns = "sch")
), function(one) {
  design <- designs[[one$design]]
  if (one$columns == "HI_CHOL") design <- subset(design, !is.na(HI_CHOL))
  if (!is.null(one$where)) design <- eval(bquote(subset(design, .(one$where))))
  formula <- reformulate(c(one$rows, one$columns))
  tests <- lapply(c("F", "Chisq", "Wald", "adjWald", "lincom"), function(statistic) {
    test <- suppressWarnings(svychisq(formula, design, statistic = statistic))
    list(statistic = statistic, value = plain(test$statistic),
         parameter = if (is.null(test$parameter)) NA else plain(test$parameter),
         p = plain(test$p.value))
  })
  # The generalised design effects again, from their definition.
  p <- svymean(as.formula(paste0("~interaction(factor(", one$rows, "), factor(", one$columns, "))")),
               design)
  inverse <- diag(ifelse(coef(p) > 0, 1 / coef(p), 0))
  cells <- expand.grid(r = factor(seq_along(unique(design$variables[[one$rows]]))),
                       c = factor(seq_along(unique(design$variables[[one$columns]]))))
  main <- model.matrix(~r + c, cells)
  both <- qr.resid(qr(main), model.matrix(~r * c, cells)[, -seq_len(ncol(main)), drop = FALSE])
  effects <- Re(eigen(solve(t(both) %*% inverse %*% both,
                            nrow(design) * t(both) %*% inverse %*% vcov(p) %*% inverse %*% both))$values)
  ddf <- sum(effects)^2 / sum(effects^2) * tests[[3]]$parameter[2]
  exact <- imhof(tests[[2]]$value, effects, ddf)
  shares <- eval(bquote(svymean(~interaction(.(as.name(one$rows)), .(as.name(one$columns))), design)))
  list(design = one$design, rows = one$rows, columns = one$columns,
       where = if (is.null(one$where)) NA else deparse(one$where),
       n = nrow(design), tests = tests, effects = sort(effects), exact = exact, shares = plain(coef(shares)), error = plain(SE(shares)))
})

# --- t tests ----------------------------------------------------------------------------------
t_figures <- lapply(list(
  list(design = "clus2", of = "enroll", by = "comp"),
  list(design = "strat", of = "api00", by = "comp"),
  list(design = "strat", of = "api00", by = "comp", where = quote(stype == "E")),
  list(design = "clus1_jk1", of = "api00", by = "comp"),
  list(design = "health", of = "HI_CHOL", by = "RIAGENDR"),
  list(design = "strat", of = "api00", minus = "api99"),
  list(design = "clus2", of = "api00", minus = "api99"),
  list(design = "clus1", of = "api00", value = 650),
  list(design = "health", of = "HI_CHOL", value = 0.1)
), function(one) {
  design <- designs[[one$design]]
  if (one$of == "HI_CHOL") design <- subset(design, !is.na(HI_CHOL))
  if (one$of == "enroll") design <- subset(design, !is.na(enroll))
  if (!is.null(one$where)) design <- eval(bquote(subset(design, .(one$where))))
  of <- as.name(one$of)
  formula <- if (!is.null(one$by)) eval(bquote(.(of) ~ .(as.name(one$by))))
    else if (!is.null(one$minus)) eval(bquote(I(.(of) - .(as.name(one$minus))) ~ 0))
    else eval(bquote(I(.(of) - .(one$value)) ~ 0))
  test <- eval(bquote(svyttest(.(formula), design)))
  list(design = one$design, of = one$of, by = if (is.null(one$by)) NA else one$by,
       minus = if (is.null(one$minus)) NA else one$minus,
       against = if (is.null(one$value)) NA else one$value,
       where = if (is.null(one$where)) NA else deparse(one$where),
       t = plain(test$statistic), df = plain(test$parameter), p = plain(test$p.value),
       estimate = plain(test$estimate), low = plain(test$conf.int)[1],
       high = plain(test$conf.int)[2])
})

write_json(
  list(versions = list(R = paste(R.version$major, R.version$minor, sep = "."),
                       survey = as.character(packageVersion("survey")),
                       MASS = as.character(packageVersion("MASS"))),
       regressions = regression_figures, likelihood_ratios = ratio_figures,
       ordinal = ordinal_figures, ordinal_replicates = ordinal_replicates,
       margins = margin_figures, margin_replicates = margin_replicates,
       tables = table_figures, t_tests = t_figures),
  file.path(folder, "models.json"), digits = I(17), auto_unbox = TRUE, na = "null", pretty = TRUE
)
