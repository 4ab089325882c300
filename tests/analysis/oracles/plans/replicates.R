# Replicate weights: given in the file, and made from strata and clusters.
# Usage: Rscript replicates.R FOLDER   (reads *.csv, writes people_replicates.csv, replicates.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))

people <- read_rows(folder, "people_2026")
people <- people[c("area", "commune", "pair", "age_group", "sex", "w", "q1", "q2", "visits",
                   "waiting", "in_time")]
paired <- svydesign(id = ~commune, strata = ~pair, weights = ~w, data = people)
multipliers <- function(replicated) unclass(weights(replicated, "replication"))
named <- function(x, prefix) {
  x <- as.data.frame(as.matrix(x))
  setNames(x, paste0(prefix, seq_len(ncol(x))))
}
brr <- multipliers(as.svrepdesign(paired, type = "BRR", compress = FALSE))
fay <- multipliers(as.svrepdesign(paired, type = "Fay", fay.rho = 0.3, compress = FALSE))
set.seed(7)
boot <- multipliers(as.svrepdesign(paired, type = "subbootstrap", replicates = 24,
                                   compress = FALSE))
# One of two per pair is dropped, the other counts twice.
first <- with(people, ave(as.integer(commune), pair, FUN = min) == as.integer(commune))
jk2 <- sapply(levels(people$pair), function(h) ifelse(people$pair != h, 1, ifelse(first, 2, 0)))
jkn <- multipliers(as.svrepdesign(paired, type = "JKn", compress = FALSE))
jk1 <- outer(people$commune, levels(people$commune), "!=") * 18 / 17
# Successive differences of the 18 communes along a ring, on rows of a Hadamard matrix of 20
# [Fay and Train 1995; Ash 2014].
signs <- 2 * hadamard(19) - 1
stopifnot(nrow(signs) == 20, all(signs %*% t(signs) == 20 * diag(20)))
position <- as.integer(people$commune)
following <- position %% 18 + 1
sdr <- 1 + 2^-1.5 * signs[position + 1, ] - 2^-1.5 * signs[following + 1, ]
write_rows(cbind(people, named(brr * people$w, "brr"), named(fay, "fay"), named(boot, "boot"),
                 named(jk2, "jk2_"), named(jkn, "jkn"), named(jk1, "jk1_"), named(sdr, "sdr")),
           folder, "people_replicates")
people <- read_rows(folder, "people_replicates")
people$people <- 1

record_replicated <- function(plan, design, df_of, number, category, ratio, by) {
  rows <- design$variables
  answered <- !is.na(rows[[number]])
  formula <- as.formula(paste0("~`", number, "`"))
  inside <- design[answered, ]
  df <- df_of(answered)
  record_estimate(plan, "total", svytotal(formula, inside), df, variable = number)
  record_estimate(plan, "mean", svymean(formula, inside), df, variable = number)
  spread <- svyvar(formula, inside)
  record(plan, "estimates", "variance", "value", as.numeric(spread), variable = number)
  record(plan, "estimates", "variance", "standard_error", as.numeric(SE(spread)),
         variable = number)
  rated <- !is.na(rows[[category]])
  chosen <- design[rated, ]
  chosen$variables$category <- factor(chosen$variables[[category]])
  shares <- svymean(~category, chosen)
  for (i in seq_along(coef(shares)))
    record_share(plan, "share", coef(shares)[i], SE(shares)[i],
                 logit_ends(coef(shares)[i], SE(shares)[i], df_of(rated)), df_of(rated),
                 variable = category, category = levels(chosen$variables$category)[i])
  # "xlogit" linearises the log-odds, "logit" replicates them: without replicates they are equal.
  last <- tail(levels(chosen$variables$category), 1)
  chosen$variables$trait <- as.numeric(chosen$variables$category == last)
  odds <- suppressWarnings(svyglm(trait ~ 1, chosen, family = quasibinomial,
                                  control = list(epsilon = 1e-14, maxit = 50)))
  half <- qt(0.975, df_of(rated)) * as.numeric(SE(odds))
  for (end in 1:2)
    record(plan, "estimates", "share_logit", c("low", "high")[end],
           plogis(coef(odds) + c(-half, half)[end]), variable = category, category = last,
           iterated = TRUE)
  both <- stats::complete.cases(rows[ratio])
  record_estimate(plan, "ratio",
                  svyratio(as.formula(paste0("~`", ratio[1], "`")),
                           as.formula(paste0("~`", ratio[2], "`")), design[both, ]), df_of(both))
  for (level in sort(unique(as.character(rows[[by]])))) {
    here <- answered & rows[[by]] %in% level
    record_estimate(plan, "mean_by", svymean(formula, design[here, ]), df_of(here),
                    variable = number, domain = setNames(list(level), by))
  }
}
of_people <- function(plan, columns, type, ..., combined = FALSE, df = 9, mse = TRUE) {
  design <- suppressWarnings(svrepdesign(
    data = people, repweights = people[grep(columns, names(people))], weights = ~w, type = type,
    combined.weights = combined, mse = mse, ...))
  record_replicated(plan, design, function(rows) df, "waiting", "q1", c("in_time", "visits"),
                    "age_group")
}
of_people("people_brr.toml", "^brr", "BRR", combined = TRUE)
of_people("people_brr_mean.toml", "^brr", "BRR", combined = TRUE, mse = FALSE)
of_people("people_fay.toml", "^fay", "Fay", rho = 0.3)
of_people("people_bootstrap.toml", "^boot", "bootstrap", scale = 1 / 23, rscales = rep(1, 24))
of_people("people_jk2.toml", "^jk2_", "JK2")
of_people("people_jkn.toml", "^jkn", "JKn", scale = 1, rscales = rep(0.5, 18))
of_people("people_jk1.toml", "^jk1_", "JK1", scale = 17 / 18, rscales = rep(1, 18), df = 17)
of_people("people_sdr.toml", "^sdr", "successive-difference", df = 17)
# Something else: a jackknife that leaves out one commune of each pair, each of them once.
of_people("people_other.toml", "^jk2_", "other", scale = 0.9, rscales = seq(0.8, 1.2, 0.05))

# Given for six ambulances, as in the manual of svrepdesign.
scd <- read_rows(folder, "scd")
halves <- 2 * cbind(c(1, 0, 1, 0, 1, 0), c(1, 0, 0, 1, 0, 1), c(0, 1, 1, 0, 0, 1),
                    c(0, 1, 0, 1, 1, 0))
write_rows(cbind(scd, named(halves, "half")), folder, "scd_halves")
for (mse in c(TRUE, FALSE)) {
  design <- suppressWarnings(svrepdesign(data = scd, type = "BRR", repweights = halves,
                                         weights = rep(1, 6), combined.weights = FALSE, mse = mse))
  plan <- if (mse) "scd_brr.toml" else "scd_brr_mean.toml"
  record_estimate(plan, "survival", svyratio(~alive, ~arrests, design), 3)
  record_estimate(plan, "alive", svytotal(~alive, design), 3, variable = "alive")
}

made <- function(plan, linear, type, category = "stype") {
  design <- as.svrepdesign(linear, type = type, compress = FALSE)
  record_replicated(plan, design, function(rows) degf(linear[rows, ]), "enroll", category,
                    c("api.stu", "enroll"), "sch.wide")
}
apistrat <- read_rows(folder, "apistrat")
apiclus1 <- read_rows(folder, "apiclus1")
apiclus2 <- read_rows(folder, "apiclus2")
made("made_jkn.toml", svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat), "JKn",
     "awards")
made("made_jkn_fpc.toml",
     svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat), "JKn",
     "awards")
made("made_jk1.toml", svydesign(id = ~dnum, weights = ~pw, data = apiclus1), "JK1")
made("made_jk1_fpc.toml", svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1),
     "JK1")
# Clusters of two stages: the first alone is replicated.
made("made_jk1_two_stages.toml",
     svydesign(id = ~dnum + snum, weights = ~pw, data = apiclus2), "JK1")

# Half samples of linear statistics give the variance of pairs exactly, whichever Hadamard
# matrix is taken; that of anything else depends on it, so totals are compared.
asked <- paired[!is.na(people$waiting), ]
pairs <- svytotal(~waiting, asked)
for (plan in c("made_brr.toml", "made_fay.toml", "made_jk2.toml")) {
  record_estimate(plan, "total", pairs, degf(asked), variable = "waiting")
  for (level in levels(people$sex))
    record_estimate(plan, "total_by", svytotal(~waiting, asked[asked$variables$sex == level, ]),
                    9, variable = "waiting", domain = list(sex = level))
}
# Successive differences: each commune and the next of its area along a list, the last and the
# first; the sum of squared differences of weighted totals, halved [Ash 2014].
list_place <- as.integer(substring(levels(people$commune), 2)) %% 75
stopifnot(!duplicated(list_place))
along_list <- function(values) {
  z <- tapply(people$w * values, people$commune, sum)
  area <- tapply(as.character(people$area), people$commune, unique)
  sum(sapply(unique(area), function(h) {
    ordered <- z[area == h][order(list_place[area == h])]
    sum((ordered - c(ordered[-1], ordered[1]))^2) / 2
  }))
}
for (who in c("female", "male")) {
  record("made_sdr.toml", "estimates", "total_by", "value",
         sum((people$w * people$visits)[people$sex == who]), variable = "visits",
         domain = list(sex = who))
  record("made_sdr.toml", "estimates", "total_by", "standard_error",
         sqrt(along_list(people$visits * (people$sex == who))), variable = "visits",
         domain = list(sex = who))
}
record("made_sdr.toml", "estimates", "total", "standard_error", sqrt(along_list(people$visits)),
       variable = "visits")
record("made_sdr.toml", "estimates", "total", "df", 15, variable = "visits")
write_cases(folder, "replicates")
