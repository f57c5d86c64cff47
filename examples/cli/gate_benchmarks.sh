#!/bin/sh
# Judges this project's own benchmarks: measures one of their cases some times
# with mitata, keeps every sample as a run, and judges the last runs by those
# before.
#
#   examples/cli/gate_benchmarks.sh RESULTS [CASE [BASELINES [CANDIDATES]]]
set -eu
cd "$(dirname "$0")/../.."
results=$1
case=${2:-lookups}
baselines=${3:-8}
candidates=${4:-3}

cli() { deno task -q cli "$@" --results "$results"; }

measure() {
  deno task -q bench:mitata --json "$case" |
    cli import - "$1" --format mitata --replace --label case="$case"
}

for i in $(seq "$baselines"); do measure "base_$i"; done
for i in $(seq "$candidates"); do measure "now_$i"; done
cli gate $(seq -f now_%g "$candidates") --baseline $(seq -f base_%g "$baselines")
