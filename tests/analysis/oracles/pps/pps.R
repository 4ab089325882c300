# Counties drawn with unequal probabilities: every variance that R's survey package has for them.
# Usage: Rscript pps.R FOLDER   (writes election.csv, election_joint.csv and pps.json there)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "..", "survey_figures.R"))
data(election)

save_rows <- function(frame, name) {
  for (column in names(frame))
    if (is.double(frame[[column]])) frame[[column]] <- sprintf("%.17g", frame[[column]])
  write.csv(frame, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
}
counties <- election_pps[, c("Bush", "Kerry", "Nader", "votes", "p")]
# Strata of our own, alternating: the joint probabilities of the data are not theirs.
counties$stratum <- rep(1:2, length.out = nrow(counties))
save_rows(counties, "election")
save_rows(as.data.frame(election_jointprob), "election_joint")
votes <- ~Bush + Kerry + Nader
figures_of <- function(design) {
  few <- subset(design, votes < 30000)
  list(covariance = as.matrix(vcov(svytotal(votes, design))),
       mean = as.numeric(SE(svymean(~Bush, design))),
       ratio = as.numeric(SE(svyratio(~Bush, ~Kerry, design))),
       few = as.numeric(SE(svytotal(~Kerry, few))),
       few_ratio = as.numeric(SE(svyratio(~Bush, ~Kerry, few))),
       df = degf(design))
}
constant <- sum(election$p^2) / 40
figures <- list(constant = constant)
for (variance in c("HT", "YG")) {
  counties_of <- function(pps, ...)
    svydesign(id = ~1, fpc = ~p, data = counties, pps = pps, variance = variance, ...)
  name <- function(of) paste(of, tolower(variance), sep = "_")
  figures[[name("joint")]] <- figures_of(counties_of(ppsmat(election_jointprob, tolerance = 0)))
  figures[[name("hartley_rao")]] <- figures_of(counties_of(HR()))
  figures[[name("hartley_rao_known")]] <- figures_of(counties_of(HR(constant)))
  figures[[name("overton")]] <- figures_of(counties_of("overton"))
  figures[[name("hartley_rao_strata")]] <- figures_of(counties_of(HR(), strata = ~stratum))
  figures[[name("overton_strata")]] <- figures_of(counties_of("overton", strata = ~stratum))
}
figures$brewer <- figures_of(svydesign(id = ~1, fpc = ~p, data = counties, pps = "brewer"))
figures$brewer_strata <- figures_of(
  svydesign(id = ~1, strata = ~stratum, fpc = ~p, data = counties, pps = "brewer"))
figures$with_replacement <- figures_of(svydesign(id = ~1, probs = ~p, data = counties))

# Where two probabilities add up to exactly 1, R's Hartley-Rao takes the pair for independent.
# With equal probabilities of a half the design is a simple random sample, whose variance is
# known; R's Hartley-Rao is not it, R's Overton is.
half <- data.frame(y = c(3, 5, 9, 2), p = 0.5)
variance_of <- function(...)
  as.numeric(SE(svytotal(~y, svydesign(id = ~1, fpc = ~p, data = half, ...))))^2
figures$half <- list(simple = variance_of(), hartley_rao = variance_of(pps = HR(0.5)),
                     overton = variance_of(pps = "overton"))

# A county drawn with certainty cannot make the total vary; R's approximations let it.
certain <- data.frame(y = c(300, 500, 900, 200), p = c(0.3, 0.2, 0.4, 1))
error_with <- function(y4, pps) {
  certain$y[4] <- y4
  as.numeric(SE(svytotal(~y, svydesign(id = ~1, fpc = ~p, data = certain, pps = pps))))
}
figures$certain <- list(overton = c(error_with(200, "overton"), error_with(2000, "overton")),
                        hartley_rao = c(error_with(200, HR()), error_with(2000, HR())),
                        joint = error_with(200, ppsmat(rbind(
                          c(0.30, 0.04, 0.10, 0.3), c(0.04, 0.20, 0.06, 0.2),
                          c(0.10, 0.06, 0.40, 0.4), c(0.30, 0.20, 0.40, 1.0)), tolerance = 0)))
write_figures(figures, file.path(folder, "pps.json"))
