#!/bin/sh
# Recompute every stored figure of this folder. Needs R with survey and jsonlite:
#   apt-get install r-cran-survey r-cran-jsonlite
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v Rscript >/dev/null || {
    echo "Rscript is missing: apt-get install r-cran-survey r-cran-jsonlite" >&2
    exit 1
}
Rscript "$here/api.R" "$here"
Rscript "$here/lonely_policies.R" "$here"
for topic in distribution models pps replicates weights; do
    Rscript "$here/$topic/$topic.R" "$here/$topic"
done
for config in "$here"/*.config.json; do
    Rscript "$here/demo_round.R" "$config" "${config%.config.json}.json"
done
Rscript "$here/demo_weighted.R" "$here"
sh "$here/plans/run.sh"
