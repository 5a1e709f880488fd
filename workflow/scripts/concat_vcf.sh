#!/usr/bin/env bash
# Puts the parts of an annotated VCF (bgzip) together in their order. Their headers are the same, so bcftools can do it
# without reading the records; without bcftools the program's own order is kept all the same.
set -euo pipefail

# shellcheck disable=SC2154 # put there by the workflow
exec >"${snakemake_log[0]}" 2>&1
out=${snakemake_output[0]}
# An associative array, whose own order means nothing.
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
