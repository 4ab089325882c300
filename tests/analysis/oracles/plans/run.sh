#!/bin/sh
# Remake the data and every figure of this folder that R says. Needs R with survey and jsonlite:
#   apt-get install r-cran-survey r-cran-jsonlite
# The figures of svy are remade by second_opinion.py, see there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v Rscript >/dev/null || {
    echo "Rscript is missing: apt-get install r-cran-survey r-cran-jsonlite" >&2
    exit 1
}
for topic in datasets satisfaction replicates designs unequal_probabilities single_psus \
    estimates quantiles contrasts models model_contrasts tests weights nonresponse \
    combinations index further; do
    Rscript "$here/$topic.R" "$here" 2>&1 | grep -v -e '^$' -e 'Warning' -e 'Recycling' \
        -e 'Use c()' -e 'thetas - meantheta' || true
    test -f "$here/$topic.json" || case $topic in datasets | satisfaction) ;; *) exit 1 ;; esac
done
