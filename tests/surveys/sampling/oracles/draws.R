# Inclusion probabilities of draws, first and joint, worked out by R's package `sampling`.
# Usage: Rscript draws.R FOLDER   (writes draws.json there)
suppressMessages({library(jsonlite); library(sampling)})
folder <- commandArgs(trailingOnly = TRUE)[1]
figures <- list()

# Sizes of villages, of communes with one far larger than the others, equal ones.
sizes <- list(
  villages = c(120, 85, 240, 61, 19, 133, 97, 310, 44, 76, 158, 90),
  uneven = c(5200, 410, 380, 150, 900, 75, 60, 33, 700, 12, 1, 260, 340, 95),
  equal = rep(7, 9),
  ascending = 1:20)
takes <- list(villages = c(2, 3, 5, 9), uneven = c(1, 3, 6, 10), equal = c(2, 4), ascending = c(3, 8, 13))

figures$first <- do.call(c, lapply(names(sizes), function(name) lapply(takes[[name]], function(n)
  list(name = name, n = n, size = sizes[[name]],
       probabilities = inclusionprobabilities(sizes[[name]], n)))))

joint_of <- function(how) do.call(c, lapply(names(sizes), function(name) lapply(takes[[name]], function(n) {
  p <- inclusionprobabilities(sizes[[name]], n)
  open <- p < 1
  if (sum(open) < 2 || sum(p[open]) < 1.5) return(NULL)
  list(name = name, n = n, size = sizes[[name]], open = which(open), joint = how(p[open]))
})))
figures$sampford <- Filter(Negate(is.null), joint_of(UPsampfordpi2))
figures$systematic <- Filter(Negate(is.null), joint_of(UPsystematicpi2))
# What has the most entropy: not drawn here, but Sampford's method is close to it.
figures$entropy <- Filter(Negate(is.null), joint_of(UPmaxentropypi2))

figures$versions <- list(R = as.character(getRversion()),
                         sampling = as.character(packageVersion("sampling")),
                         jsonlite = as.character(packageVersion("jsonlite")))
write_json(figures, file.path(folder, "draws.json"), digits = NA, auto_unbox = TRUE, matrix = "rowmajor")
