# Differences and other functions of estimates: between domains, variables and two rounds.
# Usage: Rscript contrasts.R FOLDER   (reads *.csv, writes contrasts.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))

record_contrast <- function(plan, name, stat, ...) {
  record(plan, "contrasts", name, "value", as.numeric(coef(stat)), ...)
  record(plan, "contrasts", name, "standard_error", as.numeric(SE(stat)), ...)
}

# Covariances of the figures of one estimate, each pair once.
record_covariances <- function(plan, name, stat, labels) {
  covariance <- vcov(stat)
  for (i in seq_along(labels))
    for (j in seq_len(i))
      record(plan, "covariances", name, paste0("matrix", i, j), covariance[i, j],
             first = labels[[i]], second = labels[[j]])
}

# ---- between domains, one design -------------------------------------------------------------------
apistrat <- read_rows(folder, "apistrat")
stratified <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
apiclus1 <- read_rows(folder, "apiclus1")
clustered <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
for (plan in c("contrasts_stratified.toml", "contrasts_one_stage.toml")) {
  design <- if (plan == "contrasts_stratified.toml") stratified else clustered
  by <- svyby(~api00, ~stype, design, svymean, covmat = TRUE)
  record_contrast(plan, "high_less_elementary", svycontrast(by, c(E = -1, H = 1)))
  record_contrast(plan, "high_over_elementary", svycontrast(by, quote(H / E)))
  record_contrast(plan, "log_ratio", svycontrast(by, quote(log(H / E))))
  record_contrast(plan, "squares", svycontrast(by, quote(sqrt(H^2 + M^2) - exp(E / 700))))
  for (other in c("H", "M"))
    record_contrast(plan, "against", svycontrast(by, setNames(c(-1, 1), c("E", other))),
                    domain = list(stype = other))
  means <- svymean(~api00 + api99, design)
  record_contrast(plan, "growth", svycontrast(means, c(api00 = 1, api99 = -1)))
  record_covariances(plan, "by_type", by, lapply(c("E", "H", "M"), function(type)
    list(variable = "api00", domain = list(stype = type))))
  record_covariances(plan, "both", means, list(list(variable = "api00"), list(variable = "api99")))
  # A mean and a ratio together: the influence of the combination, as a total.
  w <- weights(design)
  rows <- design$variables
  known <- !is.na(rows$enroll) & !is.na(rows$api.stu)
  share <- sum((w * rows$api.stu)[known]) / sum((w * rows$enroll)[known])
  mean_api <- sum(w * rows$api00) / sum(w)
  u <- (rows$api00 - mean_api) / sum(w) -
    1000 * ifelse(known, rows$api.stu - share * rows$enroll, 0) / sum((w * rows$enroll)[known])
  record(plan, "contrasts", "mean_less_ratio", "value", mean_api - 1000 * share)
  record(plan, "contrasts", "mean_less_ratio", "standard_error", SE(svytotal(u, design)))
  # Within every other domain: types of school that met their target less those that did not.
  both <- svyby(~api00, ~interaction(sch.wide, stype), design, svymean, covmat = TRUE)
  for (type in c("E", "H", "M"))
    record_contrast(plan, "met_less_not",
                    svycontrast(both, setNames(c(1, -1), paste0(c("Yes.", "No."), type))),
                    domain = list(stype = type))
}

# ---- two rounds ----------------------------------------------------------------------------------
before <- read_rows(folder, "people_2025")
now <- read_rows(folder, "people_2026")
both <- rbind(cbind(before, round = "2025"), cbind(now, round = "2026"))
both$happy <- as.integer(both$q1 >= 4)
both$content <- as.integer(both$q3 >= 4)
both$era <- factor(both$round)
# The same commune in both rounds is one PSU; communes of one round only count as zeros in the other.
overlapping <- svydesign(id = ~commune, strata = ~area, weights = ~w, data = both)
# Or each round is a sample of its own.
independent <- svydesign(id = ~interaction(commune, round), strata = ~interaction(area, round),
                         weights = ~w, data = both, nest = TRUE)
for (plan in c("rounds_overlapping.toml", "rounds_independent.toml")) {
  design <- if (plan == "rounds_overlapping.toml") overlapping else independent
  for (variable in c("happy", "content")) {
    answered <- design[!is.na(both[[variable]]), ]
    by <- svyby(as.formula(paste0("~", variable)), ~era, answered, svymean, covmat = TRUE)
    record_contrast(plan, "change", svycontrast(by, c(`2025` = -1, `2026` = 1)),
                    variable = variable)
    record(plan, "estimates", "rate", "value", coef(by)[2], variable = variable,
           domain = list(round = "2026"))
    record(plan, "estimates", "rate", "standard_error", SE(by)[2], variable = variable,
           domain = list(round = "2026"))
    for (s in levels(both$sex)) {
      group <- svyby(as.formula(paste0("~", variable)), ~era, subset(answered, sex == s), svymean,
                     covmat = TRUE)
      record_contrast(plan, "change_by", svycontrast(group, c(`2025` = -1, `2026` = 1)),
                      variable = variable, domain = list(sex = s))
    }
    if (variable == "happy")
      record_contrast(plan, "growth", svycontrast(by, quote(100 * (`2026` / `2025` - 1))))
  }
  quotient <- svyby(~in_time, ~era, denominator = ~visits, design, svyratio, covmat = TRUE)
  record_contrast(plan, "in_time", svycontrast(quotient, c(-1, 1)))
  answered <- design[!is.na(both$waiting), ]
  totals <- svyby(~waiting, ~era, answered, svytotal, covmat = TRUE)
  record_contrast(plan, "waiting", svycontrast(totals, c(-1, 1)))
}
write_cases(folder, "contrasts")
