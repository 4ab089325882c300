# Chi-square tests of independence in every form, t tests.
# Usage: Rscript tests.R FOLDER   (reads *.csv, writes tests.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))

record_table <- function(plan, design, rows, columns, prefix = "") {
  # Respondents with both answers: R counts the df of the test before it leaves the others out.
  known <- design[!is.na(design$variables[[rows]]) & !is.na(design$variables[[columns]]), ]
  known$variables$rows <- factor(known$variables[[rows]])
  known$variables$columns <- factor(known$variables[[columns]])
  forms <- c(F = "F", "chi-square" = "Chisq", wald = "Wald", "adjusted-wald" = "adjWald")
  for (ours in names(forms)) {
    test <- svychisq(~rows + columns, known, statistic = forms[[ours]])
    name <- paste0(prefix, ours)
    say <- function(field, value) record(plan, "tests", name, field, value)
    say("statistic", test$statistic)
    say("df_numerator", test$parameter[1])
    if (length(test$parameter) == 2) say("df_denominator", test$parameter[2])
    say("p_value", test$p.value)
  }
}
# A mean is tested against a number by shifting it; what is estimated is shifted back.
record_t <- function(plan, name, design, formula, shift = 0) {
  test <- svyttest(formula, design)
  say <- function(field, value) record(plan, "tests", name, field, value)
  say("statistic", test$statistic)
  say("df_denominator", test$parameter)
  say("p_value", test$p.value)
  say("estimate", test$estimate + shift)
  say("standard_error", test$estimate / test$statistic)
  say("low", test$conf.int[1] + shift)
  say("high", test$conf.int[2] + shift)
}

apiclus2 <- read_rows(folder, "apiclus2")
districts <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
record_table("tests_two_stages.toml", districts, "stype", "sch.wide")
record_t("tests_two_stages.toml", "enroll", districts, enroll ~ comp.imp)
record_t("tests_two_stages.toml", "growth", update(districts, gain = api00 - api99), gain ~ 0)
record_t("tests_two_stages.toml", "mean_is_650", update(districts, off = api00 - 650), off ~ 0,
         shift = 650)

apistrat <- read_rows(folder, "apistrat")
stratified <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
record_table("tests_stratified.toml", stratified, "comp.imp", "sch.wide")
record_t("tests_stratified.toml", "api00", stratified, api00 ~ sch.wide)
record_t("tests_stratified.toml", "domain", subset(stratified, stype != "E"), api00 ~ comp.imp)

# Two strata of which everybody was drawn, and a sample of the third.
apistrat$partly <- ifelse(apistrat$stype == "E", apistrat$fpc, 50)
partly <- svydesign(id = ~1, strata = ~stype, fpc = ~partly, data = apistrat)
record_table("tests_part_census.toml", partly, "comp.imp", "sch.wide")

# Everybody was drawn: the table is as it is, and R ends in errors, 0/0 or an infinite ratio. Recorded:
# no statistic and no p value, shares without error, Pearson's chi-square of the counts.
apistrat$everybody <- ifelse(apistrat$stype == "E", 100, 50)
census <- svydesign(id = ~1, strata = ~stype, fpc = ~everybody, data = apistrat)
shares <- svymean(~interaction(comp.imp, sch.wide), census)
stopifnot(all(SE(shares) == 0))
pearson <- chisq.test(table(apistrat$comp.imp, apistrat$sch.wide), correct = FALSE)
for (form in c("F", "chi-square", "mixture", "wald", "adjusted-wald")) {
  record("tests_census.toml", "tests", form, "statistic", NA)
  record("tests_census.toml", "tests", form, "p_value", NA)
  record("tests_census.toml", "tests", form, "pearson", pearson$statistic)
}
yes <- svymean(~I(comp.imp == "Yes"), census)
record("tests_census.toml", "estimates", "improved", "value", coef(yes)[2], category = "Yes")
record("tests_census.toml", "estimates", "improved", "standard_error", 0, category = "Yes")

nhanes <- read_rows(folder, "nhanes")
cholesterol <- svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE,
                         data = nhanes)
record_table("tests_nhanes.toml", cholesterol, "agecat", "HI_CHOL")
record_table("tests_nhanes.toml", subset(cholesterol, agecat == "60+"), "race", "HI_CHOL", "old_")

people <- read_rows(folder, "people_2026")
communes <- svydesign(id = ~commune, strata = ~area, weights = ~w, data = people)
record_table("tests_people.toml", communes, "q3", "sex")
record_t("tests_people.toml", "waiting", communes, waiting ~ sex)
write_cases(folder, "tests")
