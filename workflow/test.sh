#!/usr/bin/env bash
# Runs the workflow on the demo data twice, without interruption and with a killed job and a killed Snakemake, and compares the
# results. Also tests auxiliary inputs and the assignment of GPUs to jobs.
#
# Usage: workflow/test.sh [TATABOX]
#
# Snakemake is installed from PyPI into a temporary environment, unless SNAKEMAKE is its path. KEEP=1 keeps the folders.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
tatabox=$(command -v "${1:-tatabox}") || {
  echo "skipped: ${1:-tatabox} was not found; pass the path of the binary" >&2
  exit 77
}
tatabox=$(realpath "$tatabox")
work=$(mktemp -d)
trap '[ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"' EXIT

snakemake=${SNAKEMAKE:-$work/venv/bin/snakemake}
if [ -z "${SNAKEMAKE:-}" ]; then
  if ! { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet snakemake; }; then
    echo "skipped: cannot install Snakemake from PyPI; set SNAKEMAKE to its path" >&2
    exit 77
  fi
fi
echo "Snakemake $("$snakemake" --version), $("$tatabox" --version)"

failed() {
  echo "FAILED: $*" >&2
  tail -n 40 "$work"/*.log >&2
  exit 1
}

new_folder() { # NAME: working folder with links to the demo data
  mkdir "$work/$1"
  for name in config data models workflow; do
    ln -s "$root/$name" "$work/$1/$name"
  done
}

run_workflow() { # NAME OPTION..: Snakemake in a working folder, with the demo configuration or $configfile
  local name=$1
  shift
  (cd "$work/$name" && exec "$snakemake" --configfile "${configfile:-config/demo.yaml}" --config tatabox="$tatabox" \
    --workflow-profile workflow/profiles/local --cores 2 "$@")
}

# Prints process, cell type and fold of a training job that has completed an epoch but not its network.
training_job() { # NAME [FOLD NOT-THIS-PROCESS]
  local process words fold
  for process in /proc/[0-9]*; do
    # No external commands, so that a scan of all processes is fast.
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
new_folder uninterrupted
run_workflow uninterrupted --lint || failed "lint"
echo "== rules"
run_workflow uninterrupted --rulegraph 2>/dev/null
run_workflow uninterrupted --dag >"$work/dag.dot" 2>/dev/null
echo "DAG: $(grep -c '\[label' "$work/dag.dot") jobs, $(grep -c -- '->' "$work/dag.dot") edges"

echo "== GPUs, with a mock program"
assign() { # NAME ARGUMENT..: job that logs its start and end; arguments of on_device
  (
    LOCKS=$work/locks
    # shellcheck source=workflow/scripts/device.sh
    . "$root/workflow/scripts/device.sh"
    # shellcheck disable=SC2016
    on_device "${@:2}" bash -c 'echo "begin $*"; sleep 0.5; echo "end $*"' mock "$1" >>"$work/gpu_jobs.txt"
  ) &
}
for job in 1 2 3 4; do assign "$job" one_each cuda:0,cuda:1; done
assign 5 shared cuda:0,cuda:1
assign 6 as_given cpu
wait
[ "$(grep -c '^end' "$work/gpu_jobs.txt")" -eq 6 ] || failed "not all GPU jobs ran"
grep -q "^begin 6 --device cpu" "$work/gpu_jobs.txt" || failed "as_given did not pass the device"
grep -q "^begin 5 --devices cuda:0,cuda:1" "$work/gpu_jobs.txt" || failed "shared did not pass all GPUs"
awk '$1 == "begin" || $1 == "end" {
  count = split($4, gpus, ",")
  for (i = 1; i <= count; i++) {
    busy[gpus[i]] += $1 == "begin" ? 1 : -1
    if (gpus[i] != "cpu" && busy[gpus[i]] > 1) exit 1
    used[gpus[i]] = 1
  }
}
END { exit !(used["cuda:0"] && used["cuda:1"]) }' "$work/gpu_jobs.txt" ||
  failed "two jobs share a GPU, or a GPU was not used: $(cat "$work/gpu_jobs.txt")"

echo "== commands with all inputs of prepare"
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
configfile=inputs.yaml run_workflow inputs --dry-run --resources gpu=2 >"$work/inputs.txt" 2>"$work/inputs.log" ||
  failed "dry run with all inputs"
for expected in \
  "input: genome.2bit, genes.gtf, tpm.tsv, cage.bed, dnase.bw, h3k27ac.bw" \
  "tatabox prepare --genome genome.2bit --annotation genes.gtf --expression tpm.tsv --cage cage.bed \
--track dnase=dnase.bw --track h3k27ac=h3k27ac.bw --tss-choice longest-cds --half-life --drop no-features -o results/data" \
  "on_device shared cuda:0,cuda:1 tatabox crossval .* --gene-features --tracks all --fold 3" \
  "on_device one_each cuda:0,cuda:1 tatabox predict --bed tss.bed --genome genome.2bit \
--gene-features half_life.tsv --track dnase=dnase.bw --model" \
  "gpu=2" "gpu=1"; do
  grep -q -e "$expected" "$work/inputs.txt" || failed "missing command: $expected"
done
sed 's/^devices/device: cpu\n&/' "$work/inputs/inputs.yaml" >"$work/inputs/both.yaml"
sed '/^      annotation/d' "$work/inputs/inputs.yaml" >"$work/inputs/sites.yaml"
sed 's/longest-cds/longest/' "$work/inputs/inputs.yaml" >"$work/inputs/choice.yaml"
for invalid in both sites choice; do
  if configfile=$invalid.yaml run_workflow inputs --dry-run >"$work/invalid.txt" 2>&1; then
    failed "$invalid.yaml was accepted"
  fi
  grep -q "Error validating config file" "$work/invalid.txt" || failed "$invalid.yaml was rejected for another reason"
done

echo "== gene features"
new_folder features
# A feature that is correlated with expression, and one that is not.
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
configfile=features.yaml run_workflow features >"$work/features.log" 2>&1 || failed "run with gene features"
grep -q '"stability"' "$work/features/results/crossval/K562/fold1/config.json" ||
  failed "the network does not use gene features"
awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
  $column["model"] == "gene-features" && !r { r = $column["pearson"] }
  END { print "Pearson of gene features alone: " r; exit !(r > 0.2) }' \
  "$work/features/results/crossval/K562/metrics.tsv" || failed "gene features are not predictive"

echo "== uninterrupted run"
started=$SECONDS
run_workflow uninterrupted >"$work/uninterrupted.log" 2>&1 || failed "uninterrupted run"
echo "$((SECONDS - started)) s"

echo "== interrupted run"
new_folder killed
started=$SECONDS
# In a separate process group, which can be killed at once.
set -m
run_workflow killed >"$work/killed.log" 2>&1 &
snakemake_pid=$!
set +m
first=$(wait_for_job killed "$snakemake_pid") || failed "no training job found"
kill -9 "${first% *}"
echo "killed the job of ${first#* } after $((SECONDS - started)) s"
# Snakemake restarts the job in the same run.
fold=${first#* }
second=$(wait_for_job killed "$snakemake_pid" "$fold" "${first% *}") || failed "$fold was not restarted"
kill -9 -- "-$snakemake_pid"
wait "$snakemake_pid" 2>/dev/null || true
echo "killed Snakemake with all jobs, process ${second% *} of $fold among them, after $((SECONDS - started)) s"
unfinished=$work/killed/results/demo/crossval/$fold
[ -d "$unfinished.partial" ] && [ ! -d "$unfinished" ] || failed "$fold was not killed during training"
[ ! -e "$work/killed/results/demo/SHA256SUMS" ] || failed "the workflow completed before it was killed"

echo "== resumed run"
started=$SECONDS
run_workflow killed --unlock >"$work/unlock.log" 2>&1 || failed "unlock"
run_workflow killed >"$work/resumed.log" 2>&1 || failed "resumed run"
echo "$((SECONDS - started)) s"
resumed=$(sed -n 's/.*"resumed": \([0-9]*\).*/\1/p' "$work/killed/results/demo/crossval/$fold/run.json")
[ "$resumed" -ge 1 ] || failed "$fold was retrained instead of resumed"
echo "$fold: resumed $resumed times"

echo "== comparison"
sums=results/demo/SHA256SUMS
cmp "$work/uninterrupted/$sums" "$work/killed/$sums" || {
  diff "$work/uninterrupted/$sums" "$work/killed/$sums" >&2 || true
  failed "results of the interrupted run differ"
}
for name in uninterrupted killed; do
  (cd "$work/$name/results/demo" && sha256sum --check --quiet SHA256SUMS) || failed "checksums of $name"
done
# Merged shards equal a run without shards.
(cd "$work/uninterrupted" && "$tatabox" predict --fasta data/demo/promoters.fa --model models/human --device cpu \
  -o "$work/unsharded.tsv" 2>"$work/unsharded.log") || failed "predict"
cmp "$work/unsharded.tsv" "$work/uninterrupted/results/demo/predictions.tsv" || failed "merged predictions differ"
(cd "$work/uninterrupted" && "$tatabox" variants --vcf workflow/.test/variants.vcf --genome data/demo/promoters.fa \
  --tss workflow/.test/tss.bed --model models/human --device cpu --cell-type K562 --shifts 0 \
  -o "$work/unsharded_variants.tsv" --annotated "$work/unsharded.vcf.gz" --report "$work/unscored.tsv" \
  2>"$work/unsharded.log") || failed "variants"
cmp "$work/unsharded_variants.tsv" "$work/uninterrupted/results/demo/variants.tsv" || failed "merged variants differ"
cmp "$work/unscored.tsv" "$work/uninterrupted/results/demo/variants_unscored.tsv" || failed "merged unscored variants differ"
cmp <(gzip -dc "$work/unsharded.vcf.gz") <(gzip -dc "$work/uninterrupted/results/demo/variants.vcf.gz") ||
  failed "merged annotated variants differ"
run_workflow killed --dry-run >"$work/again.log" 2>&1
grep -q "Nothing to be done" "$work/again.log" || failed "jobs remain after the resumed run"
echo "$(wc -l <"$work/uninterrupted/$sums") identical files, including $(grep -c weights "$work/uninterrupted/$sums") networks"
