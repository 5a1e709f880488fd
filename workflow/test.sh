#!/usr/bin/env bash
# Runs the workflow on the demo data from nothing to the report, once undisturbed, once with a job killed and then the
# whole of Snakemake killed, and compares what both wrote: workflow/test.sh [TATABOX]
# Snakemake comes from PyPI into a throwaway environment, or is what SNAKEMAKE names. KEEP=1 keeps the folders.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
tatabox=$(command -v "${1:-tatabox}") || {
  echo "skipped: ${1:-tatabox} is not a program; give its path" >&2
  exit 77
}
tatabox=$(realpath "$tatabox")
work=$(mktemp -d)
trap '[ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"' EXIT

snakemake=${SNAKEMAKE:-$work/venv/bin/snakemake}
if [ -z "${SNAKEMAKE:-}" ]; then
  if ! { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet snakemake; }; then
    echo "skipped: Snakemake cannot be installed from PyPI here; name one with SNAKEMAKE" >&2
    exit 77
  fi
fi
echo "Snakemake $("$snakemake" --version), $("$tatabox" --version)"

failed() {
  echo "FAILED: $*" >&2
  tail -n 40 "$work"/*.log >&2
  exit 1
}

new_folder() { # NAME: a folder to run in, with the demo data beside it
  mkdir "$work/$1"
  for name in config data models workflow; do
    ln -s "$root/$name" "$work/$1/$name"
  done
}

flow() { # NAME OPTION..: Snakemake in a folder
  local name=$1
  shift
  (cd "$work/$name" && exec "$snakemake" --configfile config/demo.yaml --config tatabox="$tatabox" \
    --workflow-profile workflow/profiles/local --cores 2 "$@")
}

# A training job of a folder that has finished an epoch but not its network: its process and its cell type and fold.
training_job() { # NAME [FOLD NOT-THIS-PROCESS]
  local process words fold
  for process in /proc/[0-9]*; do
    # Nothing here starts a process, so that a look at all of them takes a moment.
    mapfile -d '' -t words 2>/dev/null <"$process/cmdline" || continue
    [[ "${words[*]}" =~ --cell-type\ ([^ ]+)\ .*--fold\ ([0-9]+) ]] || continue
    fold="${BASH_REMATCH[1]}/fold${BASH_REMATCH[2]}"
    [ "$process/cwd" -ef "$work/$1" ] && [ "$process/exe" -ef "$tatabox" ] || continue
    [ "$fold" = "${2:-$fold}" ] && [ "${process#/proc/}" != "${3:-}" ] || continue
    if compgen -G "$work/$1/results/demo/crossval/$fold.partial/checkpoint-*/state.json" >/dev/null; then
      echo "${process#/proc/} $fold"
      return
    fi
  done
  return 1
}

wait_for_job() { # NAME PID-OF-SNAKEMAKE [FOLD NOT-THIS-PROCESS]
  local job
  for _ in $(seq 6000); do
    if job=$(training_job "$1" "${@:3}"); then
      echo "$job"
      return
    fi
    kill -0 "$2" 2>/dev/null || return 1
    sleep 0.02
  done
  return 1
}

echo "== lint"
new_folder whole
flow whole --lint || failed "lint"
echo "== rules"
flow whole --rulegraph 2>/dev/null
flow whole --dag >"$work/dag.dot" 2>/dev/null
echo "DAG: $(grep -c '\[label' "$work/dag.dot") jobs, $(grep -c -- '->' "$work/dag.dot") edges"

echo "== undisturbed"
started=$SECONDS
flow whole >"$work/whole.log" 2>&1 || failed "the undisturbed run"
echo "$((SECONDS - started)) s"

echo "== killed"
new_folder killed
started=$SECONDS
# In a process group of its own, so that all of it can be killed at once.
set -m
flow killed >"$work/killed.log" 2>&1 &
snakemake_pid=$!
set +m
first=$(wait_for_job killed "$snakemake_pid") || failed "no training job to kill"
kill -9 "${first% *}"
echo "killed the job of ${first#* } after $((SECONDS - started)) s"
# Snakemake starts it again, in the same run.
fold=${first#* }
second=$(wait_for_job killed "$snakemake_pid" "$fold" "${first% *}") || failed "$fold was not started again"
kill -9 -- "-$snakemake_pid"
wait "$snakemake_pid" 2>/dev/null || true
echo "killed Snakemake with all jobs, process ${second% *} of $fold among them, after $((SECONDS - started)) s"
unfinished=$work/killed/results/demo/crossval/$fold
[ -d "$unfinished.partial" ] && [ ! -d "$unfinished" ] || failed "$fold was not killed in training"
[ ! -e "$work/killed/results/demo/SHA256SUMS" ] || failed "the workflow had ended before it was killed"

echo "== resumed"
started=$SECONDS
flow killed --unlock >"$work/unlock.log" 2>&1 || failed "unlocking"
flow killed >"$work/resumed.log" 2>&1 || failed "the resumed run"
echo "$((SECONDS - started)) s"
resumed=$(sed -n 's/.*"resumed": \([0-9]*\).*/\1/p' "$work/killed/results/demo/crossval/$fold/run.json")
[ "$resumed" -ge 1 ] || failed "$fold was trained anew, not resumed"
echo "$fold: times resumed from an epoch: $resumed"

echo "== compared"
sums=results/demo/SHA256SUMS
cmp "$work/whole/$sums" "$work/killed/$sums" || {
  diff "$work/whole/$sums" "$work/killed/$sums" >&2 || true
  failed "the killed run wrote something else"
}
for name in whole killed; do
  (cd "$work/$name/results/demo" && sha256sum --check --quiet SHA256SUMS) || failed "checksums of $name"
done
# Shards together are what one run writes.
(cd "$work/whole" && "$tatabox" predict --fasta data/demo/promoters.fa --model models/human --device cpu \
  -o "$work/unsharded.tsv" 2>"$work/unsharded.log") || failed "predict"
cmp "$work/unsharded.tsv" "$work/whole/results/demo/predictions.tsv" || failed "predictions in shards"
(cd "$work/whole" && "$tatabox" variants --vcf workflow/.test/variants.vcf --genome data/demo/promoters.fa \
  --tss workflow/.test/tss.bed --model models/human --device cpu --cell-type K562 --shifts 0 \
  -o "$work/unsharded_variants.tsv" --annotated "$work/unsharded.vcf.gz" --report "$work/unscored.tsv" \
  2>"$work/unsharded.log") || failed "variants"
cmp "$work/unsharded_variants.tsv" "$work/whole/results/demo/variants.tsv" || failed "variants in shards"
cmp "$work/unscored.tsv" "$work/whole/results/demo/variants_unscored.tsv" || failed "unscored variants in shards"
cmp <(gzip -dc "$work/unsharded.vcf.gz") <(gzip -dc "$work/whole/results/demo/variants.vcf.gz") ||
  failed "annotated variants in shards"
flow killed --dry-run >"$work/again.log" 2>&1
grep -q "Nothing to be done" "$work/again.log" || failed "something is left to do"
echo "$(wc -l <"$work/whole/$sums") files are the same, $(grep -c weights "$work/whole/$sums") networks among them"
