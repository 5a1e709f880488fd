#!/usr/bin/env bash
# Runs the workflow on the demo data from nothing to the report, once undisturbed, once with a job killed and then the
# whole of Snakemake killed, and compares what both wrote; then what is read beside the bases, and how GPUs are dealt out:
# workflow/test.sh [TATABOX]
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

flow() { # NAME OPTION..: Snakemake in a folder, with the configuration of the demo or the one that $configfile names
  local name=$1
  shift
  (cd "$work/$name" && exec "$snakemake" --configfile "${configfile:-config/demo.yaml}" --config tatabox="$tatabox" \
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

echo "== GPUs, with a stand-in for the program"
deal() { # NAME on_device's words..: a job that tells when it begins and ends
  (
    LOCKS=$work/locks
    # shellcheck source=workflow/scripts/device.sh
    . "$root/workflow/scripts/device.sh"
    # shellcheck disable=SC2016
    on_device "${@:2}" bash -c 'echo "begin $*"; sleep 0.5; echo "end $*"' stand-in "$1" >>"$work/dealt.txt"
  ) &
}
for job in 1 2 3 4; do deal "$job" one_each cuda:0,cuda:1; done
deal 5 shared cuda:0,cuda:1
deal 6 as_given cpu
wait
[ "$(grep -c '^end' "$work/dealt.txt")" -eq 6 ] || failed "a job has not run"
grep -q "^begin 6 --device cpu" "$work/dealt.txt" || failed "a device as it is given"
grep -q "^begin 5 --devices cuda:0,cuda:1" "$work/dealt.txt" || failed "all GPUs for a job"
awk '$1 == "begin" || $1 == "end" {
  count = split($4, gpus, ",")
  for (i = 1; i <= count; i++) {
    busy[gpus[i]] += $1 == "begin" ? 1 : -1
    if (gpus[i] != "cpu" && busy[gpus[i]] > 1) exit 1
    used[gpus[i]] = 1
  }
}
END { exit !(used["cuda:0"] && used["cuda:1"]) }' "$work/dealt.txt" || failed "two jobs on a GPU: $(cat "$work/dealt.txt")"

echo "== commands with everything that prepare may read"
new_folder inputs
touch "$work"/inputs/{genome.2bit,genes.gtf,tpm.tsv,cage.bed,dnase.bw,h3k27ac.bw,tss.bed,half_life.tsv}
cat >"$work/inputs/inputs.yaml" <<'EOF'
results: results
devices: [cuda:0, cuda:1]
device_use: shared
data:
  prepare:
    files:
      genome: genome.2bit
      annotation: genes.gtf
      expression: tpm.tsv
      cage: cage.bed
      tracks: {dnase: dnase.bw, h3k27ac: h3k27ac.bw}
    tss_choice: longest-cds
    half_life: true
    options: --drop no-features
crossval:
  folds: 3
  training: --gene-features --tracks all
predict:
  files: {bed: tss.bed, genome: genome.2bit, gene_features: half_life.tsv, tracks: {dnase: dnase.bw}}
  shards: 1
EOF
configfile=inputs.yaml flow inputs --dry-run --resources gpu=2 >"$work/inputs.txt" 2>"$work/inputs.log" || failed "a dry run"
for expected in \
  "input: genome.2bit, genes.gtf, tpm.tsv, cage.bed, dnase.bw, h3k27ac.bw" \
  "tatabox prepare --genome genome.2bit --annotation genes.gtf --expression tpm.tsv --cage cage.bed \
--track dnase=dnase.bw --track h3k27ac=h3k27ac.bw --tss-choice longest-cds --half-life --drop no-features -o results/data" \
  "on_device shared cuda:0,cuda:1 tatabox crossval .* --gene-features --tracks all --fold 3" \
  "on_device one_each cuda:0,cuda:1 tatabox predict --bed tss.bed --genome genome.2bit \
--gene-features half_life.tsv --track dnase=dnase.bw --model" \
  "gpu=2" "gpu=1"; do
  grep -q -e "$expected" "$work/inputs.txt" || failed "no such command: $expected"
done
sed 's/^devices/device: cpu\n&/' "$work/inputs/inputs.yaml" >"$work/inputs/both.yaml"
sed '/^      annotation/d' "$work/inputs/inputs.yaml" >"$work/inputs/sites.yaml"
sed 's/longest-cds/longest/' "$work/inputs/inputs.yaml" >"$work/inputs/choice.yaml"
for refused in both sites choice; do
  if configfile=$refused.yaml flow inputs --dry-run >"$work/refused.txt" 2>&1; then failed "$refused.yaml is not refused"; fi
  grep -q "Error validating config file" "$work/refused.txt" || failed "$refused.yaml is refused for another reason"
done

echo "== gene features"
new_folder features
# A feature that tells of expression, and one that tells of nothing.
awk -F'\t' 'NR == 1 { print "gene_id\tstability\tnoise"; next } { print $1 "\t" log(1 + $4) "\t" NR % 7 }' \
  "$root/data/demo/expression.tsv" >"$work/features/features.tsv"
cat >"$work/features/features.yaml" <<'EOF'
results: results
device: cpu
data:
  prepare:
    files: {promoters: data/demo/promoters.fa, expression: data/demo/expression.tsv, gene_features: features.tsv}
    options: --name demo --upstream 500 --downstream 100 --drop no-features
crossval:
  folds: 3
  cell_types: [K562]
  baselines: train-mean,kmer-ridge,gene-features
  training: --epochs 2 --gene-features
  bootstrap: 20
  threads: 2
EOF
configfile=features.yaml flow features >"$work/features.log" 2>&1 || failed "the run with gene features"
grep -q '"stability"' "$work/features/results/crossval/K562/fold1/config.json" || failed "a network without features"
awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
  $column["model"] == "gene-features" && !r { r = $column["pearson"] }
  END { print "Pearson of the features alone: " r; exit !(r > 0.2) }' \
  "$work/features/results/crossval/K562/metrics.tsv" || failed "features tell nothing"

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
