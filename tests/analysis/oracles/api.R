# Means, ratios, shares and their intervals on the api data of R's survey package.
# Usage: Rscript api.R FOLDER   (writes apistrat.csv, apiclus1.csv, apiclus2.csv, api.json)
folder <- commandArgs(trailingOnly = TRUE)[1]
source(file.path(folder, "survey_figures.R"))
data(api)

keep <- function(frame, design_columns) {
  frame <- frame[, c(design_columns, "api00", "api99", "enroll", "stype", "sch.wide")]
  frame$stype <- as.character(frame$stype)
  frame$sch.wide <- as.integer(frame$sch.wide == "Yes")
  names(frame)[names(frame) == "sch.wide"] <- "met_target"
  frame
}
apistrat <- keep(apistrat, c("stype", "dnum", "pw", "fpc"))
apistrat <- apistrat[, !duplicated(names(apistrat))]
apistrat$school <- seq_len(nrow(apistrat))
apiclus1 <- keep(apiclus1, c("dnum", "pw", "fpc"))
apiclus2 <- keep(apiclus2, c("dnum", "pw", "fpc1"))
for (name in c("apistrat", "apiclus1", "apiclus2")) {
  # 17 digits: the numbers Python reads are the numbers R had.
  out <- get(name)
  reals <- sapply(out, is.double)
  out[reals] <- lapply(out[reals], function(x) ifelse(is.na(x), "", sprintf("%.17g", x)))
  write.csv(out, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE, na = "")
  assign(name, read.csv(file.path(folder, paste0(name, ".csv"))))
}

designs <- list(
  apistrat = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat),
  apistrat_fpc = svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat),
  apiclus1 = svydesign(id = ~dnum, weights = ~pw, data = apiclus1),
  apiclus1_fpc = svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1),
  apiclus2 = svydesign(id = ~dnum, weights = ~pw, data = apiclus2),
  apiclus2_fpc = svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc1, data = apiclus2)
)

ends <- function(design, method) {
  found <- try(suppressWarnings(svyciprop(~met_target, design, method = method)), silent = TRUE)
  if (inherits(found, "try-error")) c(NA, NA) else as.numeric(confint(found))
}

figures_of <- function(design) {
  mean_api <- svymean(~api00, design, deff = "replace")
  total <- svytotal(~met_target, design, deff = "replace")
  enrolled <- subset(design, !is.na(enroll))
  mean_enroll <- svymean(~enroll, enrolled, deff = "replace")
  ratio <- svyratio(~api00, ~api99, design, deff = "replace")
  share <- svymean(~met_target, design, deff = "replace")
  df <- degf(design)
  one <- function(x, df) list(value = as.numeric(coef(x)), error = as.numeric(SE(x)),
                              deff = as.numeric(deff(x)), df = df,
                              mean = as.numeric(confint(x, df = df)))
  list(
    mean_api00 = one(mean_api, df),
    total_met_target = one(total, df),
    mean_enroll = one(mean_enroll, degf(enrolled)),
    ratio_api = list(value = as.numeric(coef(ratio)), error = as.numeric(SE(ratio)),
                     deff = as.numeric(attr(ratio, "deff")), df = df,
                     mean = as.numeric(confint(ratio, df = df))),
    share_met_target = c(one(share, df), list(
      logit = ends(design, "logit"), xlogit = ends(design, "xlogit"), beta = ends(design, "beta")))
  )
}

figures <- lapply(designs, function(design) {
  by_type <- lapply(sort(unique(design$variables$stype)), function(type) {
    inside <- subset(design, stype == type)
    c(list(stype = type), figures_of(inside))
  })
  by <- svyby(~met_target, ~stype, design, svymean)
  list(whole = figures_of(design), by_type = by_type,
       svyby = data.frame(stype = as.character(by$stype), value = by$met_target, error = SE(by)))
})
write_figures(figures, file.path(folder, "api.json"))
