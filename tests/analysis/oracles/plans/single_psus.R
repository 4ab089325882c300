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

# A commune that is all there is of its zone represents itself: nothing is missing at the first
# stage, so no policy is needed, and its villages are the sample that counts.
options(survey.lonely.psu = "fail")
people$communes <- ifelse(ave(as.integer(people$commune), people$zone,
                              FUN = function(x) length(unique(x))) == 1, 1, people$n_communes)
self <- list(
  self_representing.toml = svydesign(id = ~commune + village, strata = ~zone, weights = ~w,
                                     nest = TRUE, fpc = ~communes + n_villages, data = people),
  self_representing_one_stage.toml = svydesign(id = ~commune, strata = ~zone, weights = ~w,
                                               fpc = ~communes, data = people))
for (plan in names(self)) {
  design <- self[[plan]]
  answered <- subset(design, !is.na(happy))
  record_estimate(plan, "happy", svymean(~happy, answered), degf(answered), variable = "happy")
  record_estimate(plan, "visits", svytotal(~visits, design), degf(design), variable = "visits")
  for (where in levels(people$zone)) {
    inside <- subset(answered, zone == where)
    share <- svymean(~happy, inside)
    record(plan, "estimates", "happy_by", "value", coef(share), variable = "happy",
           domain = list(zone = where))
    if (SE(share) > 0)
      record(plan, "estimates", "happy_by", "standard_error", SE(share), variable = "happy",
             domain = list(zone = where))
  }
}

# A single unit at the second stage: one cluster with one municipality. ("average" is NaN in R then.)
mu284 <- read_rows(folder, "mu284")
mu284 <- mu284[!(mu284$id1 == 19 & mu284$id2 > 1), ]
write_rows(mu284, folder, "mu284_single")
for (policy in c("remove", "certainty", "adjust")) {
  options(survey.lonely.psu = policy)
  plan <- paste0("single_ssu_", policy, ".toml")
  design <- svydesign(id = ~id1 + id2, fpc = ~n1 + n2, data = mu284)
  record_estimate(plan, "mean", svymean(~y1, design), degf(design), variable = "y1")
  # Influences of a mean do not add up to zero within a cluster, but over all of them: there R's
  # forgotten centre is no harm. It is one for totals.
  if (policy != "adjust")
    record_estimate(plan, "total", svytotal(~y1, design), degf(design), variable = "y1")
}
write_cases(folder, "single_psus")
