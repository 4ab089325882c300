# Means of six variables by domain with R's survey package, from columns written as raw numbers.
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
n <- as.integer(arguments[2])
column <- function(name, what, size) {
  readBin(file.path(folder, name), what, n, size = size, endian = "little")
}
people <- data.frame(
  stratum = column("stratum", "integer", 2),
  psu = column("psu", "integer", 4),
  domain = column("domain", "integer", 2),
  weight = column("weight", "double", 8)
)
for (k in 0:5) people[[paste0("y", k)]] <- column(paste0("y", k), "integer", 1)
began <- proc.time()[["elapsed"]]
design <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = people, nest = TRUE)
means <- svyby(~ y0 + y1 + y2 + y3 + y4 + y5, ~domain, design, svymean)
seconds <- proc.time()[["elapsed"]] - began
peak <- grep("VmHWM", readLines("/proc/self/status"), value = TRUE)
cat(sprintf(
  '{"seconds": %.3f, "megabytes": %.1f, "first": [%.17g, %.17g], "survey": "%s", "R": "%s"}\n',
  seconds, as.numeric(gsub("[^0-9]", "", peak)) / 1024, means$y0[1], means$se.y0[1],
  as.character(packageVersion("survey")), as.character(getRversion())
))
