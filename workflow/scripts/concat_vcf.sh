#!/usr/bin/env bash
# Puts the parts of an annotated VCF (bgzip) together in their order: concat_vcf.sh OUT PART..
# Their headers are the same, so bcftools can do it without reading the records.
set -euo pipefail

out=$1
shift
if command -v bcftools >/dev/null; then
  bcftools concat --naive --no-version -o "$out.partial" -O z "$@"
else
  pack=$(command -v bgzip || command -v gzip)
  {
    gzip -dc "$1"
    shift
    for part in "$@"; do
      gzip -dc "$part" | awk '!/^#/'
    done
  } | "$pack" -c >"$out.partial"
fi
mv "$out.partial" "$out"
