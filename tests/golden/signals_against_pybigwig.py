"""Signals of a data set against the bigWig that they were read from, by pyBigWig.

    python tests/golden/signals_against_pybigwig.py DATASET TRACK signal.bw [--genes 300] [--seed 42]

Draws genes, reads their signals from signals.bin with a reader of its own (the format stands at the head of
crates/dataset/src/signal_windows.rs) and computes them anew: values on the sense strand, 0 where there is none, asinh,
single, then half precision. Needs pyarrow, numpy and pyBigWig. Ends with an error at the first window that differs.
"""

import argparse
import json
import mmap
import pathlib
import random
import struct

import numpy
import pyarrow.parquet
import pyBigWig


def expected(bigwig, gene, upstream, downstream):
    if gene["strand"] == "+":
        start, end = gene["tss"] - upstream, gene["tss"] + downstream
    else:
        start, end = gene["tss"] - downstream + 1, gene["tss"] + upstream + 1
    first, last = max(start, 0), min(end, bigwig.chroms(gene["chrom"]))
    values = numpy.zeros(upstream + downstream)
    values[first - start : last - start] = numpy.nan_to_num(bigwig.values(gene["chrom"], first, last, numpy=True))
    values = values if gene["strand"] == "+" else values[::-1]
    return numpy.arcsinh(values).astype(numpy.float32).astype(numpy.float16)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=pathlib.Path)
    parser.add_argument("track")
    parser.add_argument("bigwig")
    parser.add_argument("--genes", type=int, default=300)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    manifest = json.load(open(options.dataset / "dataset.json"))
    track = [track["name"] for track in manifest["tracks"]].index(options.track)
    columns = ["gene_id", "chrom", "tss", "strand"]
    genes = pyarrow.parquet.read_table(options.dataset / "genes.parquet", columns=columns).to_pylist()
    with open(options.dataset / "signals.bin", "rb") as file:
        signals = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    magic, version, upstream, downstream, tracks, count = struct.unpack("<8sIIIIQ", signals[:32])
    assert (magic, version, tracks, count) == (b"TATABOXS", 1, len(manifest["tracks"]), len(genes))
    length = upstream + downstream
    bigwig = pyBigWig.open(options.bigwig)
    drawn = random.Random(options.seed).sample(range(len(genes)), min(options.genes, len(genes)))
    for index in drawn:
        start = 32 + (index * tracks + track) * length * 2
        found = numpy.frombuffer(signals[start : start + length * 2], dtype="<f2")
        should = expected(bigwig, genes[index], upstream, downstream)
        if not numpy.array_equal(found, should):
            at = int(numpy.flatnonzero(found != should)[0])
            raise SystemExit(f"{genes[index]['gene_id']} differs at base {at}: {found[at]}, pyBigWig {should[at]}")
    print(f"{len(drawn)} windows, {len(drawn) * length:,} bases: identical")


if __name__ == "__main__":
    main()
