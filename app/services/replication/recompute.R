# Work the published table out again with R's package survey.
#
# Usage: Rscript recompute.R      (needs the package survey)
#
# Totals and variances between primary sampling units are those of survey; what a component is, is
# said by nodes.csv and items.csv. README.txt says what every file holds.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust", digits = 12)
limit <- 1e-9
edge <- 1e-12
this <- sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE))
here <- dirname(gsub("~+~", " ", this, fixed = TRUE))
read <- function(name) {
  read.csv(file.path(here, name), colClasses = "character", na.strings = character(),
           check.names = FALSE, encoding = "UTF-8")
}
words <- function(text) {
  found <- strsplit(text, " ", fixed = TRUE)[[1]]
  found[found != ""]
}

rows <- read("rows.csv")
items <- read("items.csv")
nodes <- read("nodes.csv")
published <- read("published.csv")
settings <- read("settings.csv")
level <- as.numeric(settings$value[settings$name == "level"])
weight <- as.numeric(rows$weight)
node_of <- function(code) as.list(nodes[nodes$node == code, ])

# The sample as survey sees it: units of each stratum, weights.
frame <- data.frame(stratum = rows$stratum, psu = rows$psu, weight = weight)
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = frame, nest = TRUE)

# ---- what the answers are

given <- list()
for (item in unique(items$item)) {
  whole <- items$code[items$item == item]
  given[[item]] <- lapply(rows[[item]], function(text) {
    if (text %in% whole) text else words(text)
  })
}
has_cache <- new.env()
has <- function(item, codes) {
  key <- paste(c(item, codes), collapse = " ")
  if (is.null(has_cache[[key]])) {
    has_cache[[key]] <- as.numeric(vapply(given[[item]], function(g) any(g %in% codes), TRUE))
  }
  has_cache[[key]]
}
codes_with <- function(item, what) items$code[items$item == item & items[[what]] == "1"]
counted <- function(chosen, what) {
  Reduce(`+`, lapply(chosen, function(item) has(item, codes_with(item, what))))
}
best <- function(chosen, top) {
  if (top == 0) return(counted(chosen, "satisfied"))
  Reduce(`+`, lapply(chosen, function(item) {
    scale <- items[items$item == item & items$rated == "1", ]
    first <- scale$satisfied[1] == "1" && scale$satisfied[nrow(scale)] != "1"
    kept <- if (first) head(scale$code, top) else tail(scale$code, top)
    has(item, kept)
  }))
}
scored <- function(chosen, column) {
  Reduce(`+`, lapply(chosen, function(item) {
    scale <- items[items$item == item & items$rated == "1", ]
    Reduce(`+`, lapply(seq_len(nrow(scale)), function(k) {
      as.numeric(scale[[column]][k]) * has(item, scale$code[k])
    }))
  }))
}

# What was not asked of anybody. Behind the rows every influence has a place for each such value
# that has a standard error.
given_values <- if (file.exists(file.path(here, "given.csv"))) read("given.csv") else NULL
uncertain <- sort(unique(given_values$node[as.numeric(given_values$error) > 0]))
more <- rep(0, length(uncertain))

# ---- values with the weighted influence of every row on them

levels3 <- c("satisfied", "neutral", "dissatisfied")
linear <- function(value, influence, low = 0, high = 1, is_share = TRUE) {
  list(value = value, influence = influence, low = low, high = high, is_share = is_share)
}
ratio <- function(top, bottom, w) {
  below <- sum(w * bottom)
  if (below == 0) return(NULL)
  value <- sum(w * top) / below
  linear(value, w * (top - value * bottom) / below)
}
average <- function(parts, weights, fails) {
  counts <- weights > 0
  there <- counts & !vapply(parts, is.null, TRUE)
  if (!any(there) || (fails && sum(there) < sum(counts))) return(NULL)
  share <- weights[there] / sum(weights[there])
  parts <- parts[there]
  linear(
    sum(vapply(parts, `[[`, 0, "value") * share),
    Reduce(`+`, Map(function(p, s) p$influence * s, parts, share)),
    min(vapply(parts, `[[`, 0, "low")), max(vapply(parts, `[[`, 0, "high")),
    all(vapply(parts, `[[`, TRUE, "is_share"))
  )
}
measures_of <- function(node) {
  if (node$operation %in% c("pooled_top_box", "top_box", "mean_top_box")) {
    return(if (as.integer(node$top) > 0) "satisfied" else levels3)
  }
  if (node$operation == "all_items_top_box") return("satisfied")
  if (node$operation %in% c("mean", "weighted_mean")) {
    below <- lapply(words(node$of), function(code) measures_of(node_of(code)))
    common <- Reduce(intersect, c(list(levels3), below))
    if (length(common)) return(common)
  }
  "value"
}
has_corner <- function(code) {
  node <- node_of(code)
  node$operation %in% c("cap", "floor", "piecewise_points") ||
    any(vapply(words(node$of), has_corner, TRUE))
}
items_of <- function(code) {
  node <- node_of(code)
  unique(c(words(node$items), unlist(lapply(words(node$of), items_of))))
}
straight <- function(part, slope, start) {
  ends <- sort(start + slope * c(part$low, part$high))
  linear(start + slope * part$value, slope * part$influence, ends[1], ends[2], FALSE)
}
level_of <- function(chosen, measure, top) {
  if (measure == "satisfied") best(chosen, top) else counted(chosen, measure)
}
leaf <- function(node, measure, w) {
  chosen <- words(node$items)
  top <- as.integer(node$top)
  rated <- counted(chosen, "rated")
  switch(node$operation,
    pooled_top_box = , top_box = ratio(level_of(chosen, measure, top), rated, w),
    mean_top_box = average(lapply(chosen, function(item) {
      ratio(level_of(item, measure, top), counted(item, "rated"), w)
    }), rep(1, length(chosen)), node$when_absent == "fail"),
    all_items_top_box = ratio(as.numeric(rated > 0 & best(chosen, top) == rated),
                              as.numeric(rated > 0), w),
    option_share = ratio(Reduce(`+`, lapply(chosen, has, words(node$options))), rated, w),
    mean_score = {
      part <- ratio(scored(chosen, "score"), rated, w)
      scores <- as.numeric(items$score[items$item %in% chosen & items$rated == "1"])
      if (!is.null(part)) {
        linear(part$value, part$influence, min(scores), max(scores), FALSE)
      }
    },
    scaled_mean = {
      part <- ratio(scored(chosen, "scaled"), rated, w)
      if (!is.null(part)) linear(part$value, part$influence, 0, 1, FALSE)
    },
    stop("operation ", node$operation)
  )
}
inner <- function(node, parts) {
  first <- parts[[1]]
  number <- function(name) as.numeric(node[[name]])
  operation <- node$operation
  if (operation == "sum") {
    return(linear(sum(vapply(parts, `[[`, 0, "value")), Reduce(`+`, lapply(parts, `[[`, "influence")),
                  sum(vapply(parts, `[[`, 0, "low")), sum(vapply(parts, `[[`, 0, "high")), FALSE))
  }
  if (operation %in% c("deduct", "change") && length(parts) == 2 && node$is_relative != "1") {
    other <- parts[[2]]
    return(linear(first$value - other$value, first$influence - other$influence,
                  first$low - other$high, first$high - other$low, FALSE))
  }
  if (operation == "change") {
    before <- parts[[2]]
    return(linear((first$value - before$value) / before$value,
                  first$influence / before$value - first$value * before$influence / before$value^2,
                  -Inf, Inf, FALSE))
  }
  if (operation == "deduct") return(straight(first, 1, -number("amount")))
  if (operation == "linear_points") return(straight(first, number("points"), 0))
  if (operation == "min_max") {
    to <- as.numeric(words(node$to))
    slope <- (to[2] - to[1]) / (number("maximum") - number("minimum"))
    if (node$is_reversed == "1") return(straight(first, -slope, to[2] + slope * number("minimum")))
    return(straight(first, slope, to[1] - slope * number("minimum")))
  }
  if (operation == "piecewise_points") {
    knots <- do.call(rbind, lapply(strsplit(words(node$knots), ":"), as.numeric))
    slopes <- c(0, diff(knots[, 2]) / diff(knots[, 1]), 0)
    left <- slopes[sum(knots[, 1] < first$value) + 1]
    right <- slopes[sum(knots[, 1] <= first$value) + 1]
    slope <- if (abs(left) > abs(right)) left else right
    value <- approx(knots[, 1], knots[, 2], first$value, rule = 2)$y
    return(linear(value, first$influence * slope, min(knots[, 2]), max(knots[, 2]), FALSE))
  }
  if (operation %in% c("cap", "floor")) {
    choose <- if (operation == "cap") min else max
    value <- choose(first$value, number("limit"))
    return(linear(value, first$influence * (value == first$value),
                  choose(first$low, number("limit")), choose(first$high, number("limit")), FALSE))
  }
  stop("operation ", operation)
}
given_of <- function(code, place) {
  own <- given_values[given_values$node == code, ]
  row <- own[own$domain_kind == place[1] & own$domain_code == place[2], ]
  if (nrow(row) == 0) row <- own[own$domain_kind == "*", ]
  if (nrow(row) == 0) return(NULL)
  errors <- more
  errors[uncertain == code] <- as.numeric(row$error)
  linear(as.numeric(row$value), c(rep(0, nrow(rows)), errors), as.numeric(row$low),
         as.numeric(row$high), row$is_share == "1")
}
# The ends of a node, whether anybody answered here or not: those of everybody.
ends_of <- function(code) {
  node <- node_of(code)
  if (node$operation == "given") {
    own <- given_values[given_values$node == code, ]
    return(as.numeric(c(own$low[1], own$high[1])))
  }
  found <- value_of(code, measures_of(node)[1], weight, c("", ""))
  if (is.null(found)) stop("operation sum over ", code, ", which nobody answered")
  c(found$low, found$high)
}
# What is there, each from its lowest value, stretched to what could have been reached.
stretched <- function(parts, ends) {
  there <- !vapply(parts, is.null, TRUE)
  if (!any(there)) return(NULL)
  low <- vapply(ends, `[[`, 0, 1)
  high <- vapply(ends, `[[`, 0, 2)
  stretch <- sum(high - low) / sum((high - low)[there])
  linear(sum(low) + stretch * sum(vapply(parts[there], `[[`, 0, "value") - low[there]),
         Reduce(`+`, lapply(parts[there], function(p) p$influence * stretch)),
         sum(low), sum(high), FALSE)
}
value_of <- function(code, measure, w, place) {
  node <- node_of(code)
  if (node$operation == "given") return(given_of(code, place))
  if (node$of == "") {
    found <- leaf(node, measure, w)
    if (!is.null(found)) found$influence <- c(found$influence, more)
    return(found)
  }
  parts <- lapply(words(node$of), function(child) {
    read <- if (measure %in% levels3) measure else measures_of(node_of(child))[1]
    value_of(child, read, w, place)
  })
  if (node$operation %in% c("mean", "weighted_mean")) {
    return(average(parts, as.numeric(words(node$weights)), node$when_absent == "fail"))
  }
  if (node$operation == "sum" && node$when_absent == "rescale") {
    return(stretched(parts, lapply(words(node$of), ends_of)))
  }
  if (any(vapply(parts, is.null, TRUE))) return(NULL)
  inner(node, parts)
}

# ---- variance and interval

steps <- list()
if (file.exists(file.path(here, "auxiliary.csv"))) {
  auxiliary <- read("auxiliary.csv")
  number_of <- sub("\\..*", "", names(auxiliary))
  for (number in sort(as.integer(unique(number_of)))) {
    own <- names(auxiliary)[number_of == number & grepl("^[0-9]+\\.x", names(auxiliary))]
    x <- sapply(auxiliary[, own, drop = FALSE], as.numeric)
    q <- as.numeric(auxiliary[[paste0(number, ".regression")]])
    steps <- c(steps, list(list(
      x = x, q = q, after = as.numeric(auxiliary[[paste0(number, ".after")]]),
      fit = qr(x * sqrt(q), tol = 1e-11)
    )))
  }
}
# What the known totals explain of a weighted influence is not uncertain: last step first.
residuals_of <- function(influence) {
  for (step in rev(steps)) {
    per_unit <- ifelse(step$after != 0, influence / step$after, 0)
    beta <- qr.coef(step$fit, per_unit * sqrt(step$q))
    beta[is.na(beta)] <- 0
    influence <- influence - drop(step$x %*% beta) * step$after
  }
  influence
}
# Variance that given values bring to a figure.
outside_of <- function(part) sum(tail(part$influence, length(more))^2)
# Standard errors of several figures at once, a column each.
errors_of <- function(parts) {
  influences <- do.call(cbind, lapply(parts, function(p) head(p$influence, nrow(rows))))
  left <- apply(influences, 2, residuals_of)
  spread <- svyrecvar(left, design$cluster, design$strata, design$fpc)
  sqrt(pmax(diag(as.matrix(spread)), 0) + vapply(parts, outside_of, 0))
}
flat <- function(share, w, df) {
  if (df <= 0) return(c(NA, NA))
  tail <- (1 - level) / 2
  size <- sum(w)^2 / sum(w^2) * (qt(tail, length(w) - 1) / qt(tail, df))^2
  c(if (share <= 0) 0 else qbeta(tail, size * share, size * (1 - share) + 1),
    if (share >= 1) 1 else qbeta(1 - tail, size * share + 1, size * (1 - share)))
}
interval <- function(part, error, w, df) {
  width <- part$high - part$low
  quantile <- if (df > 0) qt((1 + level) / 2, df) else NA
  if (!(is.finite(width) && width > 0)) {
    return(c(error, part$value + c(-1, 1) * quantile * error))
  }
  share <- (part$value - part$low) / width
  spread <- error / width
  if (outside_of(part) == 0 && (share <= edge || share >= 1 - edge || spread <= edge)) {
    ends <- flat(min(max(share, 0), 1), w, df)
    error <- if (df > 0) 0 else NA
  } else if (part$is_share) {
    ends <- plogis(qlogis(share) + c(-1, 1) * quantile * spread / (share * (1 - share)))
  } else {
    ends <- share + c(-1, 1) * quantile * spread
  }
  c(error, ends * width + part$low)
}

# ---- the table

compared <- c("value", "standard_error", "low", "high", "n", "df")
inside_of <- function(kind, code) {
  if (kind == "") rep(TRUE, nrow(rows)) else rows[[paste0("domain.", kind)]] == code
}
df_cache <- new.env()
df_of <- function(chosen) {
  key <- paste(which(chosen), collapse = " ")
  if (is.null(df_cache[[key]])) df_cache[[key]] <- degf(design[chosen, ])
  df_cache[[key]]
}
figure <- function(row, part, error) {
  chosen <- inside_of(row$domain_kind, row$domain_code) & rated_of(row$node) & weight != 0
  if (!any(chosen) || is.null(part)) return(rep(NA, length(compared)))
  df <- df_of(chosen)
  c(part$value, interval(part, error, weight[chosen], df), sum(chosen), df)
}
rated_cache <- new.env()
rated_of <- function(code) {
  if (is.null(rated_cache[[code]])) rated_cache[[code]] <- counted(items_of(code), "rated") > 0
  rated_cache[[code]]
}
shown <- published[!(published$suppressed %in% c("True", "true", "1")), ]
largest <- 0
n_compared <- 0
skipped <- character()
told <- matrix(NA_real_, nrow(shown), length(compared), dimnames = list(NULL, compared))
for (place in unique(paste(shown$domain_kind, shown$domain_code, sep = "\r"))) {
  own <- which(paste(shown$domain_kind, shown$domain_code, sep = "\r") == place)
  w <- weight * inside_of(shown$domain_kind[own[1]], shown$domain_code[own[1]])
  parts <- lapply(own, function(k) tryCatch(
    value_of(shown$node[k], shown$measure[k], w, c(shown$domain_kind[k], shown$domain_code[k])),
    error = function(problem) {
      if (!grepl("^operation ", conditionMessage(problem))) stop(problem)
      skipped <<- union(skipped, paste0(shown$node[k], " (", conditionMessage(problem), ")"))
      NA
    }))
  known <- vapply(parts, is.list, TRUE)
  errors <- rep(NA_real_, length(own))
  if (any(known)) {
    errors[known] <- errors_of(parts[known])
  }
  for (j in seq_along(own)) {
    if (!is.list(parts[[j]]) && !is.null(parts[[j]])) next
    row <- as.list(shown[own[j], ])
    found <- figure(row, parts[[j]], errors[j])
    told[own[j], ] <- found
    cat(sprintf("%-28s %-13s %-14s %-12s %.9f %.9f %.9f\n", row$node, row$measure,
                row$domain_kind, row$domain_code, found[1], found[3], found[4]))
    own_compared <- compared
    if (has_corner(row$node)) {
      # Their errors come from a bootstrap.
      own_compared <- c("value", "n")
      skipped <- union(skipped, paste0("standard errors and intervals of ", row$node,
                                       " (by a bootstrap)"))
    }
    for (name in own_compared) {
      if (row[[name]] == "") next
      if (row$interval_method == "fixed" && name %in% c("low", "high")) next
      difference <- abs(told[own[j], name] - as.numeric(row[[name]]))
      largest <- max(largest, if (is.na(difference)) Inf else difference)
      n_compared <- n_compared + 1
    }
  }
}
written <- cbind(shown[, c("node", "measure", "domain_kind", "domain_code")],
                 apply(told, 2, function(column) sprintf("%.17g", column)))
write.csv(written, file.path(here, "table-r.csv"), row.names = FALSE, quote = FALSE)
for (name in skipped) cat("not worked out by this script:", name, "\n")
cat(n_compared, "numbers compared,", sum(published$suppressed %in% c("True", "true", "1")),
    "figures are not published\n")
cat(sprintf("largest difference: %.3g\n", largest))
quit(status = if (largest <= limit) 0 else 1)
