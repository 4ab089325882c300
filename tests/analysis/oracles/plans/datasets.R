# The data sets of R's survey package that the plans of this folder read, as CSV files.
# Usage: Rscript datasets.R FOLDER
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))
data(api)
data(nhanes)
data(scd)
data(fpc)
data(mu284)
data(election)
data(crowd)

schools <- c("stype", "sch.wide", "comp.imp", "awards", "api00", "api99", "enroll", "api.stu",
             "ell", "meals", "mobility")
apisrs$school <- seq_len(nrow(apisrs))
apistrat$school <- seq_len(nrow(apistrat))
write_rows(apisrs[c(schools, "school", "pw", "fpc")], folder, "apisrs")
write_rows(apistrat[c(schools, "school", "dnum", "pw", "fpc")], folder, "apistrat")
write_rows(apiclus1[c(schools, "dnum", "snum", "pw", "fpc")], folder, "apiclus1")
apiclus2$share1 <- ave(apiclus2$dnum, FUN = function(x) length(unique(x))) / apiclus2$fpc1
apiclus2$share2 <- ave(apiclus2$snum, apiclus2$dnum, FUN = length) / apiclus2$fpc2
write_rows(apiclus2[c(schools, "dnum", "snum", "pw", "fpc1", "fpc2", "share1", "share2")],
           folder, "apiclus2")
nhanes$agecat <- c("0-19", "20-39", "40-59", "60+")[as.integer(nhanes$agecat)]
write_rows(nhanes, folder, "nhanes")
write_rows(scd, folder, "scd")
write_rows(fpc, folder, "fpc")
# Probabilities are invented: mu284 was drawn with equal ones. They serve PPS at the first stage.
mu284$p1 <- c("19" = 0.08, "31" = 0.15, "45" = 0.12, "47" = 0.05, "50" = 0.1)[as.character(mu284$id1)]
mu284$p2 <- 3 / mu284$n2
write_rows(mu284, folder, "mu284")
crowd$rooms <- as.numeric(crowd$rooms)
write_rows(crowd, folder, "crowd")
election_pps$id <- sprintf("county%02d", seq_len(nrow(election_pps)))
election_pps$half <- rep(c("first", "second"), each = 20)
election_pps$County <- NULL
write_rows(election_pps[c("id", "half", "Bush", "Kerry", "Nader", "votes", "p", "wt")], folder,
           "election")
joint <- as.data.frame(as.matrix(election_jointprob))
names(joint) <- election_pps$id
write_rows(joint, folder, "election_joint")
