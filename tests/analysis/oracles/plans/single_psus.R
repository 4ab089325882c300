# Strata with a single PSU: two of the five zones have one commune. Every policy, one and two stages.
# Usage: Rscript single_psus.R FOLDER   (reads people_2026.csv, writes single_psus.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))
people <- read_rows(folder, "people_2026")
people$happy <- as.integer(people$q1 >= 4)
one <- svydesign(id = ~commune, strata = ~zone, weights = ~w, data = people)
stages <- svydesign(id = ~commune + village, strata = ~zone, weights = ~w, nest = TRUE,
                    fpc = ~n_communes + n_villages, data = people)

# R survey 4.1-1 leaves the single PSU of a total uncentred under "adjust", although its manual says
# that it is centred at the mean of all PSUs; for means and shares it makes no difference, because
# their influences add up to zero. What is meant is worked out here; of two stages the second is
# R's own, which has more than one village in every commune.
centred <- function(design, z) {
  stratum <- as.character(design$strata[, 1])
  psu <- as.character(design$cluster[, 1])
  sampled <- unique(data.frame(stratum, psu))
  totals <- tapply(z, psu, sum)[sampled$psu]
  count <- table(sampled$stratum)[sampled$stratum]
  population <- design$fpc$popsize[match(sampled$psu, psu), 1]
  fraction <- if (is.null(population)) rep(0, length(count)) else count / population
  around <- ifelse(count == 1, mean(totals), ave(totals, sampled$stratum))
  sum((1 - fraction) * ifelse(count == 1, 1, count / (count - 1)) * (totals - around)^2)
}
total_variance <- function(design, policy, z) {
  if (policy != "adjust") {
    return(as.numeric(vcov(svytotal(z, design))))
  }
  options(survey.lonely.psu = "certainty", survey.ultimate.cluster = FALSE)
  both <- as.numeric(vcov(svytotal(z, design)))
  options(survey.ultimate.cluster = TRUE)
  first <- as.numeric(vcov(svytotal(z, design)))
  options(survey.lonely.psu = policy, survey.ultimate.cluster = FALSE)
  both - first + centred(design, z * weights(design))
}

for (policy in c("remove", "certainty", "adjust", "average")) {
  options(survey.lonely.psu = policy)
  for (name in c("one", "two")) {
    design <- if (name == "one") one else stages
    plan <- paste0("single_psu_", policy, if (name == "two") "_two_stages", ".toml")
    answered <- subset(design, !is.na(happy))
    stopifnot(degf(answered) == 13)
    say <- function(name, value, variance, variable, domain = NULL) {
      record(plan, "estimates", name, "value", value, variable = variable, domain = domain)
      record(plan, "estimates", name, "standard_error", sqrt(variance), variable = variable,
             domain = domain)
      record(plan, "estimates", name, "df", 13, variable = variable, domain = domain)
    }
    share <- svymean(~happy, answered)
    say("happy", coef(share), vcov(share), "happy")
    say("visits", sum(people$w * people$visits, na.rm = TRUE),
        total_variance(design, policy, ifelse(is.na(people$visits), 0, people$visits)), "visits")
    quotient <- svyratio(~in_time, ~visits, design)
    record_estimate(plan, "in_time", quotient, 13)
    for (who in levels(people$sex)) {
      group <- svymean(~happy, subset(answered, sex == who))
      say("happy_by", coef(group), vcov(group), "happy", list(sex = who))
      say("visits_by", sum((people$w * people$visits)[people$sex == who]),
          total_variance(design, policy, people$visits * (people$sex == who)), "visits",
          list(sex = who))
    }
  }
}
write_cases(folder, "single_psus")
