# A satisfaction survey nobody ever answered: two rounds, three strata, communes, villages, people.
# Usage: Rscript satisfaction.R FOLDER
# Writes satisfaction.csv (everybody drawn in 2026, answered or not), people_2025.csv and
# people_2026.csv (respondents of both rounds; 11 communes are in both).
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))
set.seed(20261120)

frame <- data.frame(
  area = rep(c("urban", "rural", "upland"), c(60, 120, 40)),
  commune = sprintf("C%03d", 1:220),
  n_communes = rep(c(60, 120, 40), c(60, 120, 40)),
  villages = sample(4:10, 220, TRUE),
  level = rnorm(220, 0, 0.5)
)
drawn <- c(urban = 6, rural = 8, upland = 4)
first <- unlist(lapply(names(drawn), function(a) sample(which(frame$area == a), drawn[[a]])))
kept <- first[c(1:4, 7:11, 15:16)]
second <- c(kept, unlist(lapply(names(drawn), function(a) {
  n_kept <- sum(frame$area[kept] == a)
  sample(setdiff(which(frame$area == a), first), drawn[[a]] - n_kept)
})))
second <- second[order(match(frame$area[second], names(drawn)), second)]

people_of <- function(communes, shift) {
  out <- list()
  for (c in communes) {
    villages <- sort(sample(frame$villages[c], 3))
    for (v in villages) {
      size <- sample(90:260, 1)
      n <- sample(18:22, 1)
      out[[length(out) + 1]] <- data.frame(
        area = frame$area[c], commune = frame$commune[c], village = paste0("V", v),
        n_communes = frame$n_communes[c], n_villages = frame$villages[c], n_people = size,
        drawn_here = n, latent = frame$level[c] + rnorm(1, 0, 0.3) + shift + rnorm(n)
      )
    }
  }
  out <- do.call(rbind, out)
  n <- nrow(out)
  out$sex <- ifelse(runif(n) < 0.52, "female", "male")
  out$age <- pmin(pmax(round(rnorm(n, 46, 15)), 18), 90)
  out$age_group <- as.character(cut(out$age, c(0, 29, 44, 59, 99),
                                    c("18-29", "30-44", "45-59", "60+")))
  out$online <- as.integer(runif(n) < plogis(0.5 - 0.04 * (out$age - 45) + 0.3 * out$latent))
  out$visits <- rpois(n, 1.2 + 0.8 * (out$sex == "female")) + 1
  out$waiting <- round(rgamma(n, 2, 0.04 * exp(0.3 * out$latent)), 1)
  out$in_time <- rbinom(n, out$visits, plogis(1 + 0.6 * out$latent))
  for (item in 1:5) {
    score <- out$latent + 0.3 * item - 0.6 + 0.7 * rnorm(n) + 0.3 * (out$sex == "male")
    answer <- as.integer(cut(score, c(-Inf, -1.4, -0.5, 0.2, 1.1, Inf)))
    answer[runif(n) < 0.03 + 0.03 * item] <- NA
    out[[paste0("q", item)]] <- answer
  }
  out$w <- with(out, n_communes / drawn[area] * n_villages / 3 * n_people / drawn_here)
  answers <- plogis(0.2 + 0.02 * (out$age - 46) + 0.4 * (out$sex == "female"))
  out$status <- ifelse(runif(n) < 0.05, "unknown",
                ifelse(runif(n) < 0.04, "ineligible",
                ifelse(runif(n) < answers, "respondent", "refused")))
  out
}

everybody <- people_of(second, 0.25)
everybody <- everybody[order(everybody$area, everybody$commune, everybody$village), ]
before <- people_of(first, 0)
before <- before[order(before$area, before$commune, before$village), ]

asked <- c(paste0("q", 1:5), "visits", "waiting", "in_time", "online")
everybody[everybody$status != "respondent", asked] <- NA
everybody$responded <- ifelse(everybody$status == "respondent", 1L,
                              ifelse(everybody$status == "refused", 0L, NA))
frame_columns <- c("area", "commune", "village", "n_communes", "n_villages", "n_people", "sex",
                   "age", "age_group", "w")
write_rows(everybody[c(frame_columns, "status", "responded", asked)], folder, "satisfaction")
respondents <- function(people) {
  people <- people[people$status == "respondent", ]
  n <- ave(people$w, people$commune, people$village, FUN = length)
  people$w <- with(people, n_communes / drawn[area] * n_villages / 3 * n_people / n)
  # Consecutive communes of an area are taken as a pair, for the methods that need pairs.
  order_in_area <- ave(as.integer(factor(people$commune)), people$area,
                       FUN = function(x) as.integer(factor(x)))
  people$pair <- paste0(people$area, (order_in_area + 1) %/% 2)
  # Zones of the upland are so small that one of them has a single commune.
  people$zone <- ifelse(people$area == "upland", paste0("upland", order_in_area %/% 2), people$area)
  people$person <- ave(people$w, people$commune, people$village, FUN = seq_along)
  people[c(frame_columns, "person", "pair", "zone", asked)]
}
for (round in c("2025", "2026")) {
  rows <- respondents(if (round == "2025") before else everybody)
  write_rows(rows, folder, paste0("people_", round))
  cat(round, nrow(rows), "respondents,", length(unique(rows$commune)), "communes\n")
}
