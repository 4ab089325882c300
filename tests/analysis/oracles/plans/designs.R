# The same five estimates under every design of one to three stages.
# Usage: Rscript designs.R FOLDER   (reads *.csv, writes designs.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))

# df of a domain: PSUs minus strata among the rows that are not missing.
df_where <- function(design, rows) degf(subset(design, eval(rows, design$variables)))

record_five <- function(plan, design, number, category, ratio, by) {
  answered <- design[!is.na(design$variables[[number]]), ]
  df <- degf(answered)
  formula <- as.formula(paste0("~`", number, "`"))
  of <- function(stat, name, df, ...) {
    record_estimate(plan, name, stat, df, ...)
    record(plan, "estimates", name, "design_effect", deff(stat), ...)
  }
  of(svytotal(formula, answered, deff = "replace"), "total", df, variable = number)
  mean <- svymean(formula, answered, deff = "replace")
  of(mean, "mean", df, variable = number)
  record(plan, "estimates", "mean", "cv", cv(mean), variable = number)
  record(plan, "estimates", "mean", "n", nrow(answered), variable = number)

  levels <- levels(factor(design$variables[[category]]))
  chosen <- design[!is.na(design$variables[[category]]), ]
  chosen$variables$category <- factor(chosen$variables[[category]], levels)
  shares <- svymean(~category, chosen, deff = "replace")
  for (i in seq_along(levels)) {
    ends <- logit_ends(coef(shares)[i], SE(shares)[i], degf(chosen))
    record_share(plan, "share", coef(shares)[i], SE(shares)[i], ends, degf(chosen),
                 variable = category, category = levels[i])
    record(plan, "estimates", "share", "design_effect", deff(shares)[i],
           variable = category, category = levels[i])
  }

  both <- design[stats::complete.cases(design$variables[ratio]), ]
  quotient <- svyratio(as.formula(paste0("~`", ratio[1], "`")),
                       as.formula(paste0("~`", ratio[2], "`")), both, deff = "replace")
  record_estimate(plan, "ratio", quotient, degf(both))
  record(plan, "estimates", "ratio", "design_effect", as.numeric(attr(quotient, "deff")))

  groups <- factor(answered$variables[[by]])
  for (level in levels(groups)) {
    inside <- answered[groups == level, ]
    domain <- setNames(list(level), by)
    of(svymean(formula, inside, deff = "replace"), "mean_by", degf(inside), variable = number,
       domain = domain)
    of(svytotal(formula, inside, deff = "replace"), "total_by", degf(inside), variable = number,
       domain = domain)
  }
  record(plan, "design", "design", "n", nrow(design))
  record(plan, "design", "design", "n_psu", length(unique(design$cluster[, 1])))
  record(plan, "design", "design", "n_strata", length(unique(design$strata[, 1])))
  record(plan, "design", "design", "df", degf(design))
}

schools <- function(plan, design, category = "stype")
  record_five(plan, design, "enroll", category, c("api.stu", "enroll"), "sch.wide")

apisrs <- read_rows(folder, "apisrs")
apistrat <- read_rows(folder, "apistrat")
apiclus1 <- read_rows(folder, "apiclus1")
apiclus2 <- read_rows(folder, "apiclus2")
schools("srs.toml", svydesign(id = ~1, fpc = ~fpc, data = apisrs))
schools("srs_no_fpc.toml", svydesign(id = ~1, weights = ~pw, data = apisrs))
schools("stratified.toml",
        svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat), "awards")
schools("stratified_no_fpc.toml",
        svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat), "awards")
schools("one_stage.toml", svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1))
schools("two_stages.toml",
        svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2))
schools("two_stages_shares.toml",
        svydesign(id = ~dnum + snum, weights = ~pw, fpc = ~share1 + share2, data = apiclus2))
# The second stage without a correction of the first adds nothing: one stage is all that counts.
schools("two_stages_no_fpc.toml", svydesign(id = ~dnum + snum, weights = ~pw, data = apiclus2))

mu284 <- read_rows(folder, "mu284")
mu284$twice <- mu284$y1 + 2 * mu284$n2
mu284$large <- ifelse(mu284$y1 >= 45, "yes", "no")
record_five("mu284.toml", svydesign(id = ~id1 + id2, fpc = ~n1 + n2, data = mu284),
            "y1", "large", c("y1", "twice"), "large")
# R 4.1-1 sums clusters in sorted order but takes their probabilities in order of appearance: with
# rows as they are in the file its Brewer gives one cluster the probability of another. Sorted first.
sorted <- mu284[order(mu284$id1, mu284$id2), ]
record_five("mu284_brewer.toml",
            svydesign(id = ~id1 + id2, fpc = ~p1 + p2, data = sorted, pps = "brewer"),
            "y1", "large", c("y1", "twice"), "large")

# PSU ids repeat between strata.
fpc <- read_rows(folder, "fpc")
fpc$size <- ifelse(fpc$x > 5, "large", "small")
fpc$one <- 1
record_five("fpc_nested.toml",
            svydesign(id = ~psuid, strata = ~stratid, weights = ~weight, fpc = ~Nh, data = fpc,
                      nest = TRUE), "x", "size", c("x", "one"), "size")
record_five("fpc_derived_weights.toml",
            svydesign(id = ~psuid, strata = ~stratid, fpc = ~Nh, data = fpc, nest = TRUE),
            "x", "size", c("x", "one"), "size")

crowd <- read_rows(folder, "crowd")
crowd$full <- ifelse(crowd$person >= 4, "yes", "no")
crowded <- svydesign(id = ~cluster, strata = ~stratum, weights = ~weight, data = crowd)
record_five("crowd.toml", crowded, "rooms", "full", c("person", "rooms"), "full")

scd <- read_rows(folder, "scd")
scd$well <- ifelse(scd$alive > 40, "yes", "no")
record_five("scd.toml",
            svydesign(id = ~ambulance, strata = ~ESA, data = scd, weights = rep(1, 6), nest = TRUE),
            "alive", "well", c("alive", "arrests"), "well")

people <- read_rows(folder, "people_2026")
answers <- function(plan, design)
  record_five(plan, design, "waiting", "q3", c("in_time", "visits"), "age_group")
answers("three_stages.toml",
        svydesign(id = ~commune + village + person, strata = ~area, nest = TRUE,
                  fpc = ~n_communes + n_villages + n_people, data = people))
answers("three_stages_weighted.toml",
        svydesign(id = ~commune + village + person, strata = ~area, nest = TRUE, weights = ~w,
                  fpc = ~n_communes + n_villages + n_people, data = people))
# The second stage is stratified too: by sex, which here plays the part of two lists of people.
people$list <- 300
answers("stratified_stages.toml",
        svydesign(id = ~commune + person_of_village, strata = ~area + sex, weights = ~w, nest = TRUE,
                  fpc = ~n_communes + list,
                  data = transform(people, person_of_village = paste(village, person))))

nhanes <- read_rows(folder, "nhanes")
nhanes$race <- factor(nhanes$race)
nhanes$people <- 1
record_five("nhanes.toml",
            svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE,
                      data = nhanes), "HI_CHOL", "race", c("HI_CHOL", "people"), "agecat")
write_cases(folder, "designs")
