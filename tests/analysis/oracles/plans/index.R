# A composite index with its change between rounds, and how alike people of a place are.
# Usage: Rscript index.R FOLDER   (reads *.csv, writes index.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "figures.R"))

# ---- an index: a smooth function of totals of all items in both rounds --------------------------
both <- rbind(cbind(read_rows(folder, "people_2025"), round = "2025"),
              cbind(read_rows(folder, "people_2026"), round = "2026"))
terms <- list()
for (round in c("2025", "2026"))
  for (item in paste0("q", 1:5)) {
    here <- both$round == round & !is.na(both[[item]])
    score <- ifelse(here, both[[item]], 0)
    terms[[paste0("good_", item, "_", round)]] <- here & score >= 4
    terms[[paste0("bad_", item, "_", round)]] <- here & score <= 2
    terms[[paste0("rated_", item, "_", round)]] <- here
    terms[[paste0("score_", item, "_", round)]] <- score
  }
columns <- as.data.frame(lapply(terms, as.numeric))
overlapping <- svydesign(id = ~commune, strata = ~area, weights = ~w, data = cbind(both, columns))
totals <- svytotal(as.formula(paste("~", paste(names(columns), collapse = "+"))), overlapping)

nodes <- function(round, kind) {
  rate <- function(item) sprintf("%s_%s_%s / rated_%s_%s", kind, item, round, item, round)
  access <- sprintf("((%s_q1_%s + %s_q2_%s) / (rated_q1_%s + rated_q2_%s))", kind, round, kind, round,
                    round, round)
  results <- paste0("((", paste(sapply(c("q3", "q4", "q5"), rate), collapse = " + "), ") / 3)")
  c(access = access, results = results,
    overall = sprintf("(2 * %s + %s) / 3", access, results))
}
scored <- function(round) c(
  mood = sprintf("(score_q1_%s + score_q5_%s) / (rated_q1_%s + rated_q5_%s)", round, round, round, round),
  points = sprintf("10 * ((score_q1_%s + score_q5_%s) / (rated_q1_%s + rated_q5_%s) - 1) / 4",
                   round, round, round, round))
record_node <- function(section, name, expression, ...) {
  stat <- svycontrast(totals, parse(text = expression)[[1]])
  record("index.toml", section, name, "value", coef(stat), ...)
  record("index.toml", section, name, "standard_error", SE(stat), ...)
}
for (kind in c("good", "bad")) {
  measure <- c(good = "satisfied", bad = "dissatisfied")[[kind]]
  now <- nodes("2026", kind)
  before <- nodes("2025", kind)
  for (node in names(now)) {
    record_node("estimates", "index", now[[node]], variable = node, category = measure,
                domain = list(round = "2026"))
    record_node("contrasts", "change", paste(now[[node]], "-", before[[node]]), variable = node,
                category = measure)
  }
}
for (node in c("mood", "points")) {
  record_node("estimates", "index", scored("2026")[[node]], variable = node,
              domain = list(round = "2026"))
  record_node("contrasts", "change", paste(scored("2026")[[node]], "-", scored("2025")[[node]]),
              variable = node)
}

# ---- intraclass correlation ------------------------------------------------------------------------
# Analysis of variance, weights in the place of counts (Henderson's first method, Searle, Casella and
# McCulloch 1992, ch. 5). Not in R's survey. The influence of each respondent is the derivative by the
# weight, exact by a complex step.
incidence <- function(codes) outer(codes, unique(codes), "==") + 0
correlations <- function(w, y, levels) {
  groups <- lapply(levels, incidence)
  people <- length(groups) + 1
  sums <- matrix(0i, people, people - 1)
  squares <- complex(people)
  for (g in seq_along(groups)) {
    size <- drop(w %*% groups[[g]])
    squares[g] <- sum(drop((w * y) %*% groups[[g]])^2 / size)
    for (l in 2:people) {
      unit <- if (l == people) w^2 %*% groups[[g]] else
        (drop(w %*% groups[[l]])^2) %*% (crossprod(groups[[l]], groups[[g]]) > 0)
      sums[g, l - 1] <- if (l <= g) sum(w) else sum(drop(unit) / size)
    }
  }
  squares[people] <- sum(w * y^2)
  sums[people, ] <- sum(w)
  parts <- solve(diff(sums), diff(squares))
  cumsum(parts)[-length(parts)] / sum(parts)
}
record_likeness <- function(plan, name, design, rows, y, levels, stages, variable, domain = NULL) {
  w <- weights(design)
  inside <- which(rows)
  of <- function(w) correlations(w, y[inside], lapply(levels, function(x) as.character(x[inside])))
  value <- Re(of(w[inside] + 0i))
  influence <- matrix(0, length(w), length(value))
  for (i in seq_along(inside)) {
    step <- w[inside] + 0i
    step[i] <- step[i] + 1e-20i
    influence[inside[i], ] <- Im(of(step)) / 1e-20
  }
  errors <- SE(svytotal(influence, design))
  for (s in seq_along(stages)) {
    record(plan, "estimates", name, "value", value[s], variable = variable, category = stages[s],
           domain = domain)
    record(plan, "estimates", name, "standard_error", errors[s], variable = variable,
           category = stages[s], domain = domain)
  }
}
people <- read_rows(folder, "people_2026")
villages <- paste(people$commune, people$village)
communes <- svydesign(id = ~commune, strata = ~area, weights = ~w, data = people)
one <- rep("all", nrow(people))
known <- !is.na(people$waiting)
record_likeness("likeness.toml", "icc", communes, known, people$waiting,
                list(one, people$commune, villages), c("commune", "village"), "waiting")
for (who in levels(people$sex))
  record_likeness("likeness.toml", "within", communes, known & people$sex == who, people$waiting,
                  list(people$area, people$commune, villages), c("commune", "village"), "waiting",
                  list(sex = who))
schools <- read_rows(folder, "apiclus1")
districts <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = schools)
record_likeness("likeness_schools.toml", "icc", districts, rep(TRUE, nrow(schools)), schools$api00,
                list(rep("all", nrow(schools)), schools$dnum), "dnum", "api00")
# With equal weights it is the ordinary estimator of the analysis of variance.
squares <- anova(lm(api00 ~ factor(dnum), schools))[["Mean Sq"]]
n <- table(schools$dnum)
typical <- (sum(n) - sum(n^2) / sum(n)) / (length(n) - 1)
ordinary <- (squares[1] - squares[2]) / (squares[1] + (typical - 1) * squares[2])
stopifnot(abs(ordinary / recorded$cases[[length(recorded$cases) - 1]]$value - 1) < 1e-9)
write_cases(folder, "index")
