# Regressions as R fits them, by the names of ours, with the influences of respondents.
tight <- list(epsilon = 1e-14, maxit = 100)

# "(Intercept)" and "stypeH" of R are "(intercept)" and "stype[H]" of ours.
named <- function(names, categories) {
  parts <- strsplit(names, ":")
  ours <- function(part) {
    for (column in categories)
      if (startsWith(part, column)) return(paste0(column, "[", substring(part, nchar(column) + 1), "]"))
    part
  }
  renamed <- sapply(parts, function(pieces) paste(sapply(pieces, ours), collapse = ":"))
  sub("(Intercept)", "(intercept)", renamed, fixed = TRUE)
}
# svypredmeans of R 4.1-1 adds the variance of the coefficients and that of the people averaged over
# as if they were independent. They come from the same sample, so here both are one total: the
# influence of a respondent as one of the people plus by the coefficients [Graubard and Korn 1999].
used_design <- function(fit) {
  design <- fit$survey.design
  design[match(rownames(model.frame(fit)), rownames(design$variables)), ]
}
coefficient_influences <- function(fit) {
  design <- used_design(fit)
  x <- model.matrix(fit)
  link <- fit$family
  mu <- fitted(fit)
  score <- x * (fit$y - mu) * link$mu.eta(fit$linear.predictors) / link$variance(mu)
  bread <- crossprod(x, x * weights(design) * link$mu.eta(fit$linear.predictors)^2 /
                       link$variance(mu))
  of_beta <- score %*% solve(bread)
  # One of R's own standard errors, as a check of the influences.
  stopifnot(abs(SE(svytotal(of_beta[, 2], design)) / SE(fit)[2] - 1) < 1e-6)
  of_beta
}
predicted_margins <- function(fit, column) {
  design <- used_design(fit)
  w <- weights(design)
  of_beta <- coefficient_influences(fit)
  sapply(levels(design$variables[[column]]), simplify = FALSE, function(level) {
    everybody <- design$variables
    everybody[[column]] <- factor(level, levels(everybody[[column]]))
    x1 <- model.matrix(delete.response(terms(fit)), everybody)
    eta <- drop(x1 %*% coef(fit))
    predicted <- fit$family$linkinv(eta)
    margin <- sum(w * predicted) / sum(w)
    slope <- colSums(w * fit$family$mu.eta(eta) * x1) / sum(w)
    list(value = margin, influence = (predicted - margin) / sum(w) + drop(of_beta %*% slope))
  })
}
