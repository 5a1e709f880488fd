#!/usr/bin/env bash
# Concatenates the shards of an annotated VCF (bgzip) in order. Their headers are identical, so bcftools can concatenate them
# without parsing the records. Without bcftools, the script decompresses and compresses them.
set -euo pipefail

# shellcheck disable=SC2154 # set by Snakemake
exec >"${snakemake_log[0]}" 2>&1
out=${snakemake_output[0]}
# snakemake_input is an associative array without a defined order.
parts=()
for ((part = 0; part < ${#snakemake_input[@]}; part++)); do
  parts+=("${snakemake_input[$part]}")
done

if command -v bcftools >/dev/null; then
  bcftools concat --naive --no-version -o "$out.partial" -O z "${parts[@]}"
else
  pack=$(command -v bgzip || command -v gzip)
  {
    gzip -dc "${parts[0]}"
    for part in "${parts[@]:1}"; do
      gzip -dc "$part" | awk '!/^#/'
    done
  } | "$pack" -c >"$out.partial"
fi
mv "$out.partial" "$out"
