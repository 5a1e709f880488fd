#!/usr/bin/env bash
# Concatenates the shards of an annotated VCF (bgzip) in order. Their headers are identical, so bcftools can concatenate them
# without parsing the records. Without bcftools, the script decompresses the shards and compresses their records with bgzip, or
# with Python, which writes the same kind of blocks. Plain gzip would give a file that cannot be indexed.
set -euo pipefail

# shellcheck disable=SC2154 # set by Snakemake
exec >"${snakemake_log[0]}" 2>&1
out=${snakemake_output[0]}
# snakemake_input is an associative array without a defined order.
parts=()
for ((part = 0; part < ${#snakemake_input[@]}; part++)); do
  parts+=("${snakemake_input[$part]}")
done

trap 'rm -f "$out.partial"' EXIT

# Standard input, compressed in the blocks of bgzip (SAM specification, section 4.1).
compress_with_python() {
  python3 -c '
import struct, sys, zlib

BLOCK_BYTES = 65280
END_BLOCK = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")

while data := sys.stdin.buffer.read(BLOCK_BYTES):
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = deflate.compress(data) + deflate.flush()
    if len(packed) > 65000:
        stored = zlib.compressobj(0, zlib.DEFLATED, -15)
        packed = stored.compress(data) + stored.flush()
    header = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(packed) + 25)
    sys.stdout.buffer.write(header + packed + struct.pack("<II", zlib.crc32(data), len(data)))
sys.stdout.buffer.write(END_BLOCK)
'
}

if command -v bcftools >/dev/null; then
  bcftools concat --naive --no-version -o "$out.partial" -O z "${parts[@]}"
else
  if command -v bgzip >/dev/null; then
    compress() { bgzip -c; }
  elif python3 -c 'import struct, zlib' 2>/dev/null; then
    compress() { compress_with_python; }
  else
    echo "concat_vcf.sh: cannot write $out: it has to be compressed with bgzip, and none of bcftools, bgzip and python3 was found;" \
      "install bcftools"
    exit 1
  fi
  {
    gzip -dc "${parts[0]}"
    for part in "${parts[@]:1}"; do
      gzip -dc "$part" | LC_ALL=C awk '!/^#/'
    done
  } | compress >"$out.partial"
fi
mv "$out.partial" "$out"
