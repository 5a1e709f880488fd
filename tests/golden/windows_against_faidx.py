"""Windows of a data set against what `samtools faidx` cuts from the genome, base by base.

    python tests/golden/windows_against_faidx.py DATASET genome.fa.gz [--genes 200] [--seed 42]

Draws genes, half of them on each strand, reads their windows from windows.bin with a reader of its own (the format
stands at the head of crates/dataset/src/packed_windows.rs) and asks samtools for the same intervals. Needs pyarrow, and
samtools on the PATH. Ends with an error at the first window that differs.
"""

import argparse
import json
import mmap
import pathlib
import random
import struct
import subprocess

import pyarrow.parquet

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


class Windows:
    def __init__(self, path):
        self.file = open(path, "rb")
        self.map = mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, version, self.upstream, self.downstream, _, self.count = struct.unpack("<8sIIIIQ", self.map[:32])
        assert magic == b"TATABOXW" and version == 1, (magic, version)

    def __getitem__(self, window):
        length = self.upstream + self.downstream
        bases, mask = -(-length // 4), -(-length // 8)
        start = 32 + window * (bases + mask)
        packed, unknown = self.map[start : start + bases], self.map[start + bases : start + bases + mask]
        return "".join(
            "N" if unknown[at // 8] >> at % 8 & 1 else "ACGT"[packed[at // 4] >> 2 * (at % 4) & 3] for at in range(length)
        )


def expected(genome, gene, upstream, downstream, length):
    if gene["strand"] == "+":
        start, end = gene["tss"] - upstream, gene["tss"] + downstream
    else:
        start, end = gene["tss"] - downstream + 1, gene["tss"] + upstream + 1
    first, last = max(start, 0), min(end, length)
    # samtools counts from 1 and includes the end.
    answer = subprocess.run(
        ["samtools", "faidx", genome, f"{gene['chrom']}:{first + 1}-{last}"], check=True, capture_output=True, text=True
    ).stdout
    bases = "N" * (first - start) + "".join(answer.split("\n")[1:]).upper() + "N" * (end - last)
    return bases if gene["strand"] == "+" else bases.translate(COMPLEMENT)[::-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=pathlib.Path)
    parser.add_argument("genome")
    parser.add_argument("--genes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    manifest = json.load(open(options.dataset / "dataset.json"))
    columns = ["gene_id", "chrom", "tss", "strand"]
    genes = pyarrow.parquet.read_table(options.dataset / "genes.parquet", columns=columns).to_pylist()
    windows = Windows(options.dataset / "windows.bin")
    assert windows.count == len(genes) == manifest["genes"]
    lengths = {name: int(length) for name, length, *_ in map(str.split, open(options.genome + ".fai"))}
    rng = random.Random(options.seed)
    drawn = []
    for strand in "+-":
        on_strand = [index for index, gene in enumerate(genes) if gene["strand"] == strand]
        drawn += rng.sample(on_strand, options.genes // 2)
    for index in drawn:
        gene = genes[index]
        found = windows[index]
        should = expected(options.genome, gene, windows.upstream, windows.downstream, lengths[gene["chrom"]])
        if found != should:
            at = next(at for at, (one, other) in enumerate(zip(found, should)) if one != other)
            raise SystemExit(f"{gene['gene_id']} differs at base {at} of its window: {found[at]}, samtools {should[at]}")
    bases = len(drawn) * (windows.upstream + windows.downstream)
    known = sum(len(windows[index]) - windows[index].count("N") for index in drawn)
    print(f"{len(drawn)} windows, {bases:,} bases ({known:,} other than N), {options.genes // 2} on each strand: identical")


if __name__ == "__main__":
    main()
