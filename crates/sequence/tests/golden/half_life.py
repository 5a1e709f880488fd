"""Half-life features of genes from a GTF and a genome, with the standard library only; checked by tests/half_life.rs.

    python half_life.py half_life.gtf half_life.fa > half_life.tsv
    python half_life.py annotation.gtf.gz hg38_sparse.fa.gz --means > means.txt

Both files may be gzip or bgzip; the genome is read one contig at a time. Output: one line per gene with gene, transcript, and
the eight features or the reason why there are none. --means prints the number of genes with features and the mean of each feature.

The transcript is the first with a CDS tagged MANE_Select, else the first with a CDS tagged Ensembl_canonical, else the one with the
longest CDS; ties are resolved by 5' UTR, 3' UTR and order. The script works on lists of single positions in the order of the mRNA,
so that it shares no interval arithmetic with the crate.
"""

import argparse
import gzip
import math
import re
import sys

MAX_UNKNOWN_FRACTION = 0.05


def lines_of(path):
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else open(path, "rb")


def read_annotation(path):
    genes, transcripts = {}, {}
    for raw in lines_of(path):
        line = raw.decode().rstrip("\n")
        if not line or line.startswith("#"):
            continue
        chrom, _, kind, first, last, _, strand, _, text = line.split("\t")
        names = dict(re.findall(r'(\w+) "([^"]*)"', text))
        tags = re.findall(r'tag "([^"]*)"', text)
        if kind == "gene":
            genes[names["gene_id"]] = {"chrom": chrom, "strand": strand, "transcripts": []}
        elif kind == "transcript":
            transcripts[names["transcript_id"]] = {"gene": names["gene_id"], "tags": tags, "exons": [], "coding": set()}
        elif kind == "exon":
            transcripts[names["transcript_id"]]["exons"].append(range(int(first), int(last) + 1))
        elif kind in ("CDS", "stop_codon"):
            transcripts[names["transcript_id"]]["coding"].update(range(int(first), int(last) + 1))
    for name, transcript in transcripts.items():
        gene = genes[transcript["gene"]]
        # Positions of the mRNA, and the exon number of each position.
        mrna = []
        for exon in sorted(transcript["exons"], key=lambda exon: exon.start):
            mrna.extend(exon)
        numbers = {}
        for number, exon in enumerate(transcript["exons"]):
            for base in exon:
                numbers[base] = number
        if gene["strand"] == "-":
            mrna.reverse()
        coding = [index for index, base in enumerate(mrna) if base in transcript["coding"]]
        transcript.update(name=name, mrna=mrna, utr5=[], cds=[], utr3=[], junctions=0)
        if coding:
            begin, end = coding[0], coding[-1] + 1
            transcript["utr5"], transcript["cds"], transcript["utr3"] = mrna[:begin], mrna[begin:end], mrna[end:]
            inside = [numbers[base] for base in transcript["cds"]]
            transcript["junctions"] = sum(a != b for a, b in zip(inside, inside[1:]))
        gene["transcripts"].append(transcript)
    return genes


def chosen(gene):
    coding = [transcript for transcript in gene["transcripts"] if transcript["cds"]]
    for tag in ("MANE_Select", "Ensembl_canonical"):
        for transcript in coding:
            if tag in transcript["tags"]:
                return transcript
    sizes = lambda transcript: [len(transcript[part]) for part in ("cds", "utr5", "utr3")]
    return max(coding, key=sizes, default=None)


def features(transcript, bases):
    """The eight features, or the name of the reason why there are none; `bases` is the contig in upper case."""
    if max(transcript["mrna"]) > len(bases):
        return "outside_contig"
    contents = []
    for part in ("utr5", "cds", "utr3"):
        letters = [chr(bases[base - 1]) for base in transcript[part]]
        known = [letter for letter in letters if letter in "ACGT"]
        if len(letters) - len(known) > MAX_UNKNOWN_FRACTION * len(letters):
            return "unknown_bases"
        contents.append(sum(letter in "GC" for letter in known) / len(known) if known else 0.0)
    span = abs(transcript["mrna"][-1] - transcript["mrna"][0]) + 1
    sizes = [
        len(transcript["utr5"]),
        len(transcript["cds"]),
        span - len(transcript["mrna"]),
        len(transcript["utr3"]),
        transcript["junctions"] / (len(transcript["cds"]) / 1000),
    ]
    return [math.log10(size + 0.1) for size in sizes] + contents


def contigs_of(path):
    name, parts = None, []
    for line in lines_of(path):
        if line.startswith(b">"):
            if name is not None:
                yield name, b"".join(parts).upper()
            name, parts = line[1:].split()[0].decode(), []
        else:
            parts.append(line.rstrip())
    yield name, b"".join(parts).upper()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotation")
    parser.add_argument("genome")
    parser.add_argument("--means", action="store_true")
    options = parser.parse_args()
    genes = read_annotation(options.annotation)
    results = {}
    for name, gene in genes.items():
        transcript = chosen(gene)
        results[name] = (transcript, "non_coding" if transcript is None else "contig_not_in_genome")
    for contig, bases in contigs_of(options.genome):
        for name, gene in genes.items():
            transcript = results[name][0]
            if gene["chrom"] == contig and transcript is not None:
                results[name] = (transcript, features(transcript, bases))
    if options.means:
        found = [values for _, values in results.values() if isinstance(values, list)]
        print(len(found), *[f"{math.fsum(column) / len(found):.9f}" for column in zip(*found)], sep="\n")
        return
    for name, (transcript, values) in results.items():
        shown = values if isinstance(values, str) else "\t".join(f"{value:.9f}" for value in values)
        print(name, transcript["name"] if transcript else ".", shown, sep="\t")


if __name__ == "__main__":
    sys.exit(main())
