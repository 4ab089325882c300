# Replicates made by R's survey package, and variances from given replicate weights.
# Usage: Rscript replicates.R FOLDER   (writes *.csv and replicates.json there)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "..", "survey_figures.R"))
options(survey.lonely.psu = "fail")
data(api)
data(scd)
data(nhanes)

# Totals of PSUs are all that estimates of totals and ratios need.
save_rows <- function(frame, name) {
  for (column in names(frame))
    if (is.double(frame[[column]])) frame[[column]] <- sprintf("%.17g", frame[[column]])
  write.csv(frame, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
}
psu_sums <- function(stratum, psu, weight, x, y) {
  sums <- rowsum(cbind(w = weight, wx = weight * x, wy = weight * y),
                 paste(stratum, psu), reorder = FALSE)
  stratum <- rep(stratum, length.out = length(psu))
  first <- !duplicated(paste(stratum, psu))
  data.frame(stratum = stratum[first], psu = psu[first], sums)
}

# Standard errors of the total of x, the mean of y and the ratio y / x.
errors <- function(design) {
  list(total = as.numeric(SE(svytotal(~x, design))),
       mean = as.numeric(SE(svymean(~y, design))),
       ratio = as.numeric(SE(svyratio(~y, ~x, design))),
       df = degf(design))
}
both <- function(make) list(estimate = errors(make(TRUE)), mean = errors(make(FALSE)))
figures <- list()

# --- made ---------------------------------------------------------------------------------
scd <- transform(scd, w = 1, x = arrests, y = alive)
save_rows(psu_sums(scd$ESA, scd$ambulance, scd$w, scd$x, scd$y), "scd")
scdes <- svydesign(id = ~ambulance, strata = ~ESA, weights = ~w, data = scd, nest = TRUE)
for (type in c("BRR", "JKn"))
  figures[[paste0("scd_", tolower(type))]] <-
    both(function(mse) as.svrepdesign(scdes, type = type, mse = mse))
figures$scd_fay <- both(function(mse) as.svrepdesign(scdes, type = "Fay", fay.rho = 0.3, mse = mse))

strat <- transform(apistrat, x = enroll, y = api00, school = seq_along(pw))
save_rows(psu_sums(strat$stype, strat$school, strat$pw, strat$x, strat$y), "apistrat")
save_rows(data.frame(stratum = c("E", "H", "M"),
                     size = as.numeric(tapply(strat$fpc, strat$stype, unique))),
          "apistrat_size")
open <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = strat)
closed <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat)
figures$apistrat_jkn <- both(function(mse) as.svrepdesign(open, type = "JKn", mse = mse))
figures$apistrat_jkn_fpc <- both(function(mse) as.svrepdesign(closed, type = "JKn", mse = mse))

clus <- transform(apiclus1, x = enroll, y = api00)
save_rows(psu_sums(0, clus$dnum, clus$pw, clus$x, clus$y), "apiclus1")
open <- svydesign(id = ~dnum, weights = ~pw, data = clus)
closed <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = clus)
figures$apiclus1_jk1 <- both(function(mse) as.svrepdesign(open, type = "JK1", mse = mse))
figures$apiclus1_jk1_fpc <- both(function(mse) as.svrepdesign(closed, type = "JK1", mse = mse))

health <- nhanes[!is.na(nhanes$HI_CHOL), ]
health <- transform(health, w = WTMEC2YR, x = 1 + (RIAGENDR == 2), y = HI_CHOL)
health <- health[order(health$SDMVSTRA, health$SDMVPSU), ]
save_rows(psu_sums(health$SDMVSTRA, health$SDMVPSU, health$w, health$x, health$y), "nhanes")
whole <- svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~w, data = health, nest = TRUE)
figures$nhanes_jkn <- both(function(mse) as.svrepdesign(whole, type = "JKn", mse = mse))
pairs <- health[health$SDMVSTRA != 86, ]  # the only stratum with three PSUs
paired <- svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~w, data = pairs, nest = TRUE)
figures$nhanes_brr <- both(function(mse) as.svrepdesign(paired, type = "BRR", mse = mse))
figures$nhanes_fay <- both(function(mse)
  as.svrepdesign(paired, type = "Fay", fay.rho = 0.5, mse = mse))

# Ratios depend on the Hadamard matrix. R has matrices of its own of orders 28 and 36, so 24 to
# 27 and 32 to 35 strata are not compared; nor are those where it makes more replicates than
# needed.
set.seed(20261120)
n_strata <- 47
many <- data.frame(stratum = rep(100 + seq_len(n_strata), each = 2), psu = rep(1:2, n_strata),
                   w = round(runif(2 * n_strata, 5, 20), 3))
many$x <- round(rexp(2 * n_strata, 1 / 40), 3)
many$y <- round(many$x * runif(2 * n_strata, 0.2, 0.9), 3)
save_rows(psu_sums(many$stratum, many$psu, many$w, many$x, many$y), "pairs")
figures$pairs <- lapply(c(2, 5, 9, 14, 18, 21, 30, 38, 42, 47), function(n) {
  design <- svydesign(id = ~psu, strata = ~stratum, weights = ~w, nest = TRUE,
                      data = many[many$stratum <= 100 + n, ])
  replicated <- as.svrepdesign(design, type = "BRR", mse = TRUE, compress = FALSE)
  list(n_strata = n, n_replicates = ncol(replicated$repweights), figures = errors(replicated))
})

# --- given: the same weights, read as every method that R knows ------------------------------
set.seed(7)
drawn <- as.svrepdesign(open, type = "bootstrap", replicates = 12, compress = FALSE)
factor <- as.matrix(drawn$repweights)[!duplicated(clus$dnum), ]
save_rows(as.data.frame(factor), "factors")
rows <- factor[match(clus$dnum, unique(clus$dnum)), ]
rscales <- seq_len(12) / 20
given <- function(mse, combined = FALSE, ...)
  suppressWarnings(svrepdesign(data = clus, weights = clus$pw,
                               repweights = if (combined) rows * clus$pw else rows,
                               combined.weights = combined, mse = mse, ...))
figures$given_jk1 <- both(function(mse) given(mse, TRUE, type = "JK1"))
figures$given_jk2 <- both(function(mse) given(mse, type = "JK2"))
figures$given_brr <- both(function(mse) given(mse, type = "BRR"))
figures$given_fay <- both(function(mse) given(mse, type = "Fay", rho = 0.4))
figures$given_bootstrap <- both(function(mse) given(mse, type = "bootstrap"))
figures$given_sdr <- both(function(mse) given(mse, type = "successive-difference"))
figures$given_jkn <- both(function(mse) given(mse, type = "JKn", scale = 1, rscales = rscales))
figures$given_jkn_guessed <- both(function(mse) given(mse, type = "JKn", scale = 1))
figures$given_other <- both(function(mse)
  given(mse, type = "other", scale = 0.3, rscales = rscales))

# --- the scale of the bootstrap of Canty and Davison ------------------------------------------
unequal <- svydesign(id = ~psu, strata = ~stratum, nest = TRUE, weights = ~w,
                     data = data.frame(stratum = c(1, 1, 2, 2, 2, 3, 3, 3, 3, 3),
                                       psu = 1:10, w = 1))
figures$canty_davison_scale <- as.svrepdesign(unequal, type = "bootstrap", replicates = 40)$scale
figures$rao_wu_yue_scale <- as.svrepdesign(unequal, type = "subbootstrap", replicates = 40)$scale

# --- a stratum with one PSU: R's jackknife and R's variance between PSUs differ ----------------
single <- data.frame(stratum = c(1, 1, 1, 2, 3, 3), psu = 1:6, w = 2, y = c(3, 8, 4, 9, 1, 6))
lonely_errors <- function(policy) {
  options(survey.lonely.psu = policy)
  design <- svydesign(id = ~psu, strata = ~stratum, weights = ~w, data = single, nest = TRUE)
  list(between = as.numeric(SE(svytotal(~y, design))),
       jackknife = as.numeric(SE(svytotal(~y, as.svrepdesign(design, type = "JKn", mse = TRUE)))))
}
figures$lonely <- sapply(c("remove", "certainty", "average", "adjust"), lonely_errors,
                         simplify = FALSE)
write_figures(figures, file.path(folder, "replicates.json"))
