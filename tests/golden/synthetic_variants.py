#!/usr/bin/env python3
"""Writes a VCF of synthetic variants around TSSs, of every kind that `tatabox variants` meets. The same seed gives the
same bytes.

    synthetic_variants.py GENOME.fa.gz TSS.bed [--records 10000] [--seed 42] [--valid] [--broken N] > out.vcf

The genome is bgzip FASTA with .fai and .gzi. With --valid only records that `bcftools norm -c e` accepts; with
--broken N also N lines that are no records.
"""

import argparse
import random
import struct
import sys
import zlib

UPSTREAM, DOWNSTREAM = 600, 200
LETTERS = "ACGT"


class Genome:
    """Bases of a bgzip FASTA by position."""

    def __init__(self, path):
        self.file = open(path, "rb")
        with open(path + ".fai") as lines:
            fields = [line.split("\t") for line in lines]
        self.contigs = {name: tuple(map(int, rest)) for name, *rest in fields}
        with open(path + ".gzi", "rb") as index:
            count = struct.unpack("<Q", index.read(8))[0]
            pairs = struct.unpack(f"<{2 * count}Q", index.read(16 * count))
        self.blocks = [(0, 0), *zip(pairs[1::2], pairs[0::2])]
        self.starts = [start for start, _ in self.blocks]

    def fetch(self, chrom, start, end):
        length, offset, bases, width = self.contigs[chrom]
        start, end = max(0, start), min(length, end)
        if start >= end:
            return ""
        first = offset + start // bases * width + start % bases
        last = offset + (end - 1) // bases * width + (end - 1) % bases
        return self.read(first, last + 1).replace(b"\n", b"").decode().upper()

    def read(self, first, last):
        low, high = 0, len(self.starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.starts[middle] <= first else (low, middle)
        text, block = b"", low
        while self.starts[low] + len(text) < last and block < len(self.blocks):
            self.file.seek(self.blocks[block][1])
            text += zlib.decompress(self.file.read(1 << 16), 31)
            block += 1
        return text[first - self.starts[low] : last - self.starts[low]]


def other_than(draw, letter):
    return draw.choice([base for base in LETTERS if base != letter])


def bases(draw, length):
    return "".join(draw.choice(LETTERS) for _ in range(length))


def alleles(draw, kind, sequence):
    """REF and ALT of a record that begins where `sequence` does."""
    first = sequence[0]
    length = min(1 + int(draw.expovariate(0.2)), len(sequence) - 2)
    if kind == "snv":
        return first, other_than(draw, first)
    if kind == "mnv":
        size = draw.randint(2, 4)
        return sequence[:size], "".join(other_than(draw, base) for base in sequence[:size])
    if kind == "insertion":
        return first, first + bases(draw, length)
    if kind == "deletion":
        return sequence[: length + 1], first
    if kind == "long_deletion":
        return sequence, first
    if kind == "delins":
        return sequence[: length + 1], other_than(draw, first) + bases(draw, draw.randint(0, 5))
    if kind == "repeat":
        # One more or one fewer copy of the base, at its right end.
        return (sequence[:2], first) if draw.random() < 0.5 else (first, first + first)
    if kind == "multiallelic":
        return sequence[:2], ",".join([first, other_than(draw, first) + sequence[1], sequence[:2] + bases(draw, 2)])
    if kind == "symbolic":
        return first, draw.choice(["<DEL>", "<INS>", "<DUP>"])
    if kind == "breakend":
        return first, draw.choice([f"{first}[chr1:1000[", f"]chr2:500]{first}"])
    if kind == "star":
        return first, other_than(draw, first) + ",*"
    if kind == "missing":
        return first, "."
    if kind == "lower":
        return first.lower(), other_than(draw, first).lower()
    if kind == "ambiguous":
        return first, draw.choice("RYSWKMN")
    if kind == "invalid":
        return first, draw.choice(["E", "AX", "-"])
    if kind == "no_change":
        return first, first
    if kind == "mismatch":
        return other_than(draw, first), "".join(base for base in LETTERS if base != first)[-1]
    if kind == "swapped":
        return other_than(draw, first), first
    raise ValueError(kind)


VALID = {"snv": 50, "mnv": 6, "insertion": 8, "deletion": 8, "long_deletion": 1, "delins": 5, "repeat": 6,
         "multiallelic": 4, "symbolic": 2, "breakend": 1, "star": 2, "missing": 1}
OTHERS = {"lower": 2, "ambiguous": 1, "invalid": 1, "no_change": 1, "mismatch": 1, "swapped": 1, "unknown": 1,
          "past_end": 1, "other_contig": 1, "zero": 1}


def record(draw, kind, genome, sites):
    """Contig, position from 1, REF and ALT."""
    chrom, tss, strand = draw.choice(sites)
    length = genome.contigs[chrom][0]
    if kind == "past_end":
        return chrom, length + draw.randint(1, 50), "A", "C"
    if kind == "zero":
        return chrom, 0, "N", "A"
    if kind == "other_contig":
        return "chr99", draw.randint(1, 9999), "A", "G"
    if kind == "unknown":
        return "chr1", draw.randint(1, 9000), "N", "A"
    distance = draw.randint(-UPSTREAM, DOWNSTREAM)
    start = tss + distance if strand == "+" else tss - distance
    size = draw.randint(100, 400) if kind == "long_deletion" else 60
    sequence = genome.fetch(chrom, start, start + size)
    if len(sequence) < 5 or set(sequence) - set(LETTERS):
        return None
    return chrom, start + 1, *alleles(draw, kind, sequence)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("genome")
    arguments.add_argument("tss")
    arguments.add_argument("--records", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=42)
    arguments.add_argument("--valid", action="store_true")
    arguments.add_argument("--broken", type=int, default=0)
    arguments = arguments.parse_args()
    draw = random.Random(arguments.seed)
    genome = Genome(arguments.genome)
    with open(arguments.tss) as lines:
        fields = [line.rstrip("\n").split("\t") for line in lines]
    sites = [(chrom, int(start), strand) for chrom, start, _, _, _, strand in fields if chrom in genome.contigs]
    weights = VALID if arguments.valid else VALID | OTHERS
    records = []
    while len(records) < arguments.records:
        kind = draw.choices(list(weights), list(weights.values()))[0]
        made = record(draw, kind, genome, sites)
        if made:
            records.append((*made, kind))
    order = {name: index for index, name in enumerate([*genome.contigs, "chr99"])}
    records.sort(key=lambda made: (order[made[0]], made[1]))

    out = sys.stdout
    print("##fileformat=VCFv4.3", file=out)
    for name, (length, *_) in genome.contigs.items():
        print(f"##contig=<ID={name},length={length}>", file=out)
    if not arguments.valid:
        print("##contig=<ID=chr99>", file=out)
    print('##FILTER=<ID=q10,Description="Quality below 10">', file=out)
    for name in ["DEL", "INS", "DUP"]:
        print(f'##ALT=<ID={name},Description="{name}">', file=out)
    print('##INFO=<ID=KIND,Number=1,Type=String,Description="How it was made">', file=out)
    print('##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth">', file=out)
    print('##INFO=<ID=CSQ,Number=.,Type=String,Description="Text with p.Thr92%3D and c.76A>C">', file=out)
    print('##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">', file=out)
    print('##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">', file=out)
    print("\t".join("#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT S1 S2".split()), file=out)
    broken_at = set(draw.sample(range(len(records)), arguments.broken))
    for number, (chrom, position, reference, alternate, kind) in enumerate(records):
        info = f"KIND={kind};DP={draw.randint(1, 400)};CSQ=T:c.76A>C|p.Thr92%3D,x"
        name = f"rs{number}" if draw.random() < 0.5 else "."
        samples = [draw.choice(["0/1:30", "0|0:9", "./.:.", ".", "1:7"]) for _ in range(2)]
        quality = draw.choice([".", "30", "9.5"])
        columns = [chrom, str(position), name, reference, alternate, quality, "PASS", info, "GT:GQ", *samples]
        if number in broken_at:
            print(draw.choice(["\t".join(columns[:4]), "\t".join([chrom, "x", *columns[2:]]), "no record"]), file=out)
        print("\t".join(columns), file=out)


main()
