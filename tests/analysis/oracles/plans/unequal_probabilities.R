# Counties drawn with probabilities by size: every variance R has for them.
# Usage: Rscript unequal_probabilities.R FOLDER   (reads *.csv, writes unequal_probabilities.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))

counties <- read_rows(folder, "election")
joint <- as.matrix(read.csv(file.path(folder, "election_joint.csv")))
counties$ahead <- ifelse(counties$Bush > counties$Kerry, "Bush", "Kerry")

record_votes <- function(plan, design) {
  df <- degf(design)
  for (who in c("Bush", "Kerry", "Nader"))
    record_estimate(plan, "votes", svytotal(as.formula(paste0("~", who)), design), df,
                    variable = who)
  record_estimate(plan, "mean", svymean(~votes, design), df, variable = "votes")
  record_estimate(plan, "share", svyratio(~Bush, ~votes, design), df)
  record(plan, "design", "design", "df", df)
  for (winner in c("Bush", "Kerry")) {
    inside <- subset(design, ahead == winner)
    record_estimate(plan, "votes_by", svytotal(~votes, inside), degf(inside), variable = "votes",
                    domain = list(ahead = winner))
    record_estimate(plan, "share_by", svyratio(~Kerry, ~votes, inside), degf(inside),
                    domain = list(ahead = winner))
  }
}

counties_of <- function(pps, variance)
  svydesign(id = ~1, fpc = ~p, data = counties, pps = pps, variance = variance)
for (variance in c("HT", "YG")) {
  record_votes(paste0("election_joint_", tolower(variance), ".toml"),
               counties_of(ppsmat(joint), variance))
  record_votes(paste0("election_hartley_rao_", tolower(variance), ".toml"),
               counties_of(HR(), variance))
  record_votes(paste0("election_overton_", tolower(variance), ".toml"),
               counties_of("overton", variance))
}
record_votes("election_brewer.toml",
             svydesign(id = ~1, fpc = ~p, data = counties, pps = "brewer"))
record_votes("election_with_replacement.toml",
             svydesign(id = ~1, weights = ~wt, data = counties))
# Two strata of 20, each drawn with probabilities by size. R's Overton wants numbers for strata.
counties$half_code <- as.integer(counties$half)
stratified <- function(pps)
  svydesign(id = ~1, strata = ~half_code, fpc = ~p, data = counties, pps = pps)
record_votes("election_strata_brewer.toml", stratified("brewer"))
record_votes("election_strata_overton.toml", stratified("overton"))
record_votes("election_strata_hartley_rao.toml", stratified(HR()))
write_cases(folder, "unequal_probabilities")
