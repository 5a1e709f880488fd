"""A synthetic genome as dense as a real one: random bases over the contigs of an index, as bgzip FASTA and as 2bit.

    python tests/golden/synthetic_genome.py genome.fa.fai --fasta made_up.fa.gz --two-bit made_up.2bit

Every contig begins and ends with 10,000 N and has a gap of N and lower-case (soft-masked) stretches inside, as hg38 has.
bgzip (of samtools' htslib) must be on the PATH. The same seed gives the same bases.
"""

import argparse
import random
import struct
import subprocess

LETTERS = b"TCAG"  # the codes 0 to 3 of 2bit
PLANES = [bytes(LETTERS[byte >> shift & 3] for byte in range(256)) for shift in (6, 4, 2, 0)]
TELOMERE, GAP, LINE = 10_000, 50_000, 60


def contigs(path):
    for line in open(path):
        name, length = line.split("\t")[:2]
        yield name, int(length)


def stretches(rng, length):
    """Runs of N and of lower case, as lists of (start, length)."""
    telomere = min(TELOMERE, length // 10)
    unknown = [(0, telomere), (length // 2, min(GAP, length // 10)), (length - telomere, telomere)]
    masked = [(start, rng.randint(200, 3_000)) for start in range(2 * telomere, length - 2 * TELOMERE, 8_000)]
    return unknown, masked


def letters(packed, length, unknown, masked):
    bases = bytearray(4 * len(packed))
    for plane, table in enumerate(PLANES):
        bases[plane::4] = packed.translate(table)
    del bases[length:]
    for start, run in masked:
        bases[start : start + run] = bases[start : start + run].lower()
    for start, run in unknown:
        bases[start : start + run] = b"N" * run
    return bases


def two_bit_record(length, unknown, masked, packed):
    blocks = b"".join(
        struct.pack(f"<I{len(runs)}I{len(runs)}I", len(runs), *[run[0] for run in runs], *[run[1] for run in runs])
        for runs in (unknown, masked)
    )
    return struct.pack("<I", length) + blocks + struct.pack("<I", 0) + packed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index")
    parser.add_argument("--fasta", required=True)
    parser.add_argument("--two-bit", required=True)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    places = list(contigs(options.index))
    planned = [stretches(rng, length) for _, length in places]
    with open(options.fasta, "wb") as file, open(options.two_bit, "wb") as two_bit:
        bgzip = subprocess.Popen(["bgzip", "-c", "-l", "1", "-@", "2"], stdin=subprocess.PIPE, stdout=file)
        offset = 16 + sum(1 + len(name) + 4 for name, _ in places)
        two_bit.write(struct.pack("<4I", 0x1A412743, 0, len(places), 0))
        for (name, length), (unknown, masked) in zip(places, planned):
            two_bit.write(bytes([len(name)]) + name.encode() + struct.pack("<I", offset))
            offset += 16 + 8 * (len(unknown) + len(masked)) + (length + 3) // 4
        for (name, length), (unknown, masked) in zip(places, planned):
            packed = rng.randbytes((length + 3) // 4)
            two_bit.write(two_bit_record(length, unknown, masked, packed))
            bases = letters(packed, length, unknown, masked)
            bgzip.stdin.write(f">{name}\n".encode())
            bgzip.stdin.write(b"\n".join(bases[at : at + LINE] for at in range(0, length, LINE)) + b"\n")
        bgzip.stdin.close()
        if bgzip.wait():
            raise SystemExit("bgzip failed")
    print(f"{len(places)} contigs, {sum(length for _, length in places):,} bases")


if __name__ == "__main__":
    main()
