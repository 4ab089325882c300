# Strata with a single PSU: standard errors under every policy.
# Usage: Rscript lonely_policies.R FOLDER   (reads lonely.csv, writes lonely_policies.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "survey_figures.R"))
rows <- read.csv(file.path(folder, "lonely.csv"))
rows$happy <- as.numeric(rows$access_1 %in% c(4, 5))
design <- svydesign(id = ~psu, strata = ~stratum, weights = ~base_weight, data = rows, nest = TRUE)
figures <- list()
for (policy in c("certainty", "remove", "adjust", "average")) {
  options(survey.lonely.psu = policy)
  figures[[policy]] <- list(
    share = as.numeric(SE(svymean(~happy, design))),
    women = as.numeric(SE(svymean(~happy, subset(design, sex == "female")))),
    total = as.numeric(SE(svytotal(~happy, design)))
  )
}
# R survey 4.1 leaves the single PSU's total uncentred under "adjust", although
# its manual says it is centred at the mean of all; for shares the two agree
# because influences add up to zero. The figure meant is worked out here.
psu_totals <- with(rows, tapply(base_weight * happy, paste(stratum, psu), sum))
strata <- sub(" .*", "", names(psu_totals))
spread <- sapply(split(psu_totals, strata), function(z) {
  if (length(z) == 1) (z - mean(psu_totals))^2 else length(z) * var(z)
})
figures$adjust$total_centred <- sqrt(sum(spread))
write_figures(figures, file.path(folder, "lonely_policies.json"))
