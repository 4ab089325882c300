# Quantiles: every definition, Woodruff intervals of every type, domains, replicates.
# Usage: Rscript quantiles.R FOLDER   (reads *.csv, writes quantiles.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))

definitions <- c("math", "school", "shahvaish", paste0("hf", 1:9))
wanted <- c(0.1, 0.25, 0.5, 0.75, 0.9)

# For shares below that of the smallest value R 4.1-1 gives the second smallest; F reaches such a share
# at the smallest.
mathematical <- function(x, w, p) {
  if (p < sum(w[x == min(x)]) / sum(w)) min(x) else survey:::qrule_math(x, w, p)
}

record_quantiles <- function(plan, name, design, variable, ..., domain = NULL, type = "mean",
                             definition = "math", at = wanted) {
  design <- design[!is.na(design$variables[[variable]]), ]
  # R 4.1-1 scales the weights of Shah and Vaish to mean 1, but subtracts half of the weight as it
  # was: the answer depends on the unit of the weights. With weights of mean 1 it is what is meant.
  if (definition == "shahvaish") design$prob <- design$prob * mean(1 / design$prob)
  rule <- if (definition == "math") mathematical else definition
  found <- svyquantile(as.formula(paste0("~`", variable, "`")), design, at, qrule = rule,
                       interval.type = type, df = degf(design), na.rm = TRUE)[[1]]
  for (i in seq_along(at)) {
    say <- function(field, value) record(plan, "estimates", name, field, value,
                                         variable = variable, quantile = at[i], domain = domain)
    say("value", found[i, 1])
    say("low", found[i, 2])
    say("high", found[i, 3])
    say("standard_error", found[i, 4])
    if (i == 1) say("df", degf(design))
  }
}

apistrat <- read_rows(folder, "apistrat")
apiclus1 <- read_rows(folder, "apiclus1")
people <- read_rows(folder, "people_2026")
stratified <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
clustered <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
communes <- svydesign(id = ~commune, strata = ~area, weights = ~w, data = people)
for (definition in definitions) {
  record_quantiles("quantiles_stratified.toml", definition, stratified, "api00",
                   definition = definition)
  # Whole numbers from 1 to 5: nearly everything is tied, and some have not answered.
  record_quantiles("quantiles_tied.toml", definition, communes, "q1", definition = definition,
                   at = c(0.25, 0.5, 0.75))
}
for (type in c("mean", "beta", "xlogit", "asin")) {
  record_quantiles("quantiles_one_stage.toml", paste0("of_", type), clustered, "enroll",
                   type = type)
  record_quantiles("quantiles_people.toml", paste0("of_", type), communes, "waiting", type = type)
}
for (group in levels(people$sex))
  record_quantiles("quantiles_people.toml", "by_sex", subset(communes, sex == group), "waiting",
                   domain = list(sex = group))

# At the ends of the distribution.
for (type in c("mean", "beta", "xlogit", "asin"))
  record_quantiles("quantiles_ends.toml", paste0("of_", type), clustered, "enroll", type = type,
                   at = c(0.005, 0.02, 0.98))

# The median under half samples: Woodruff's interval with replicate variances of the shares.
replicates <- read_rows(folder, "people_replicates")
halves <- svrepdesign(data = replicates, repweights = replicates[grep("^brr", names(replicates))],
                      weights = ~w, type = "BRR", combined.weights = TRUE)
inside <- halves[!is.na(replicates$waiting), ]
found <- svyquantile(~waiting, inside, c(0.25, 0.5, 0.75), df = 9)[[1]]
for (i in 1:3)
  for (field in 1:4)
    record("quantiles_brr.toml", "estimates", "waiting",
           c("value", "low", "high", "standard_error")[field], found[i, field],
           variable = "waiting", quantile = c(0.25, 0.5, 0.75)[i])
write_cases(folder, "quantiles")
