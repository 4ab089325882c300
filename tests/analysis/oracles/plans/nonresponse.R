# Who could not be reached, who refused: chains of weights from the drawn to the population.
# Replicates that go through the adjustments again.
# Usage: Rscript nonresponse.R FOLDER   (reads *.csv, writes nonresponse.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))

# ---- chains; R has no function for the first two steps, so they are written out -----------------
drawn <- read_rows(folder, "satisfaction")
known <- drawn$status != "unknown"
responded <- drawn$status == "respondent"
eligible <- responded | drawn$status == "refused"
share_of <- function(w, takes, gives, cell) {
  factor <- ave(w * (takes | gives), cell, FUN = sum) / ave(w * takes, cell, FUN = sum)
  ifelse(takes, w * factor, ifelse(gives, 0, w))
}
reached <- share_of(drawn$w, known, !known, drawn$area)
by_class <- share_of(reached, responded, eligible & !responded,
                     interaction(drawn$area, drawn$sex, drop = TRUE))
fit <- glm(responded ~ age + sex + area, quasibinomial, data = drawn, subset = eligible,
           weights = reached / mean(reached[eligible]), epsilon = 1e-14, maxit = 100)
propensity <- predict(fit, drawn, type = "response")
inverse <- ifelse(responded, reached / propensity, ifelse(eligible, 0, reached))
edges <- quantile(propensity[eligible], (1:4) / 5)
class <- findInterval(propensity, edges, left.open = TRUE)
by_propensity <- share_of(reached, responded, eligible & !responded, class)

people <- data.frame(sex = c("female", "male"), Freq = c(66000, 61000))
record_chain <- function(plan, w, iterated = FALSE, poststratified = TRUE) {
  # Variances take the adjusted weights as they are; every commune has respondents.
  design <- svydesign(id = ~commune, strata = ~area, weights = w[responded],
                      data = drawn[responded, ])
  if (poststratified) design <- postStratify(design, ~sex, people)
  design <- update(design, happy = as.integer(q1 >= 4))
  answered <- !is.na(design$variables$happy)
  df <- degf(design)
  record_estimate(plan, "happy", svymean(~happy, design, na.rm = TRUE), df, variable = "happy",
                  iterated = iterated)
  record_estimate(plan, "visits", svytotal(~visits, design), df, variable = "visits",
                  iterated = iterated)
  record_estimate(plan, "in_time", svyratio(~in_time, ~visits, design), df, iterated = iterated)
  for (where in levels(drawn$area)) {
    inside <- subset(design, area == where)
    record_estimate(plan, "happy_by", svymean(~happy, inside, na.rm = TRUE), degf(inside),
                    variable = "happy", domain = list(area = where), iterated = iterated)
  }
}
record_chain("chain_by_class.toml", by_class)
record_chain("chain_by_class_alone.toml", by_class, poststratified = FALSE)
record_chain("chain_by_propensity_classes.toml", by_propensity)
record_chain("chain_by_propensity.toml", inverse, iterated = TRUE)

# ---- replicates of adjusted weights ----------------------------------------------------------------
apiclus1 <- read_rows(folder, "apiclus1")
one <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1)
left_out <- as.svrepdesign(one, type = "JK1", compress = FALSE)
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
targets <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
with_points <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069)
record_again <- function(plan, design, iterated) {
  say <- function(name, stat, ...)
    record_estimate(plan, name, stat, 14, ..., iterated = iterated)
  say("points", svymean(~api00, design), variable = "api00")
  say("students", svytotal(~api.stu, design), variable = "api.stu")
  say("tested", svyratio(~api00, ~api99, design))
  won <- svymean(~I(as.numeric(awards == "Yes")), design)
  record(plan, "estimates", "awards", "value", coef(won), variable = "awards", category = "Yes",
         iterated = iterated)
  record(plan, "estimates", "awards", "standard_error", SE(won), variable = "awards",
         category = "Yes", iterated = iterated)
}
record_again("replicates_poststratified.toml",
             postStratify(left_out, ~stype, types, compress = FALSE), FALSE)
record_again("replicates_raked.toml",
             rake(left_out, list(~stype, ~sch.wide), list(types, targets),
                  control = list(epsilon = 1e-13, maxit = 500), compress = FALSE), TRUE)
record_again("replicates_calibrated.toml",
             calibrate(left_out, ~ stype + api99, with_points, compress = FALSE), FALSE)
# Weights adjusted once, multipliers put on top: what "adjust = false" asks for.
adjusted <- postStratify(one, ~stype, types)
fixed <- svrepdesign(data = apiclus1, type = "JK1", combined.weights = FALSE,
                     weights = weights(adjusted), repweights = weights(left_out, "replication"),
                     scale = 14 / 15, rscales = rep(1, 15))
record_again("replicates_not_adjusted.toml", fixed, FALSE)

# ---- replicates given: adjusted too; df are those R counts, the rank of the weights less one -------
replicates <- read_rows(folder, "people_replicates")
for (combined in c(TRUE, FALSE)) {
  halves <- svrepdesign(data = replicates, weights = ~w, type = if (combined) "BRR" else "Fay",
                        rho = if (combined) NULL else 0.3, combined.weights = combined,
                        repweights = replicates[grep(if (combined) "^brr" else "^fay",
                                                     names(replicates))])
  fitted <- postStratify(halves, ~sex, people, compress = FALSE)
  plan <- if (combined) "given_poststratified.toml" else "given_factors_poststratified.toml"
  record_estimate(plan, "visits", svytotal(~visits, fitted), degf(halves), variable = "visits")
  asked <- !is.na(replicates$waiting)
  for (where in levels(replicates$area)) {
    inside <- replicates$area == where
    record_estimate(plan, "waiting", svymean(~waiting, fitted[inside & asked, ]),
                    degf(halves[inside & asked, ]), variable = "waiting",
                    domain = list(area = where))
  }
}
write_cases(folder, "nonresponse")
