"""A synthetic annotation of the size and layout of GENCODE, over the contigs of a genome's index.

    python tests/golden/synthetic_annotation.py genome.fa.fai --genes 60000 --seed 42 -o made_up.gtf.gz --expression tpm.tsv

Every gene has one to nine transcripts with exons, CDS, UTR, start and stop codons in the attributes that GENCODE has
(versioned identifiers, gene_type, gene_name, level, tags, havana ids), sorted as GENCODE is; a third are protein-coding.
About 3 million lines for 60,000 genes. --expression writes a table of --measured of the coding genes in eight cell
lines. The same seed gives the same bytes.
"""

import argparse
import gzip
import random

CELL_LINES = ["K562", "HepG2", "GM12878", "H1-ESC", "MCF7", "HeLa-S3", "A549", "Jurkat"]
TYPES = [("protein_coding", 1 / 3), ("lncRNA", 1 / 3), ("processed_pseudogene", 1 / 3)]


def contigs(path):
    for line in open(path):
        name, length = line.split("\t")[:2]
        if name.startswith("chr") and "_" not in name and int(length) > 1_000_000:
            yield name, int(length)


def attributes(gene, transcript=None, exon=None):
    number, kind = gene
    fields = [f'gene_id "ENSG{number:011}.{number % 20 + 1}"']
    if transcript is not None:
        fields.append(f'transcript_id "ENST{transcript:011}.{transcript % 9 + 1}"')
    fields += [f'gene_type "{kind}"', f'gene_name "MADE{number}"']
    if transcript is not None:
        fields += [f'transcript_type "{kind}"', f'transcript_name "MADE{number}-{transcript % 9 + 201}"']
    if exon is not None:
        fields += [f"exon_number {exon}", f'exon_id "ENSE{transcript * 37 + exon:011}.1"']
    fields += ["level 2", f'havana_gene "OTTHUMG{number:011}.{number % 7 + 1}"']
    if transcript is not None:
        fields += [f'protein_id "ENSP{transcript:011}.1"', 'transcript_support_level "1"', f'hgnc_id "HGNC:{number}"']
        fields += ['tag "basic"', 'tag "Ensembl_canonical"' if exon is None and transcript % 5 == 0 else 'tag "CCDS"']
    return "; ".join(fields) + ";"


def write_gene(out, rng, chrom, start, gene, first_transcript):
    """Writes a gene whose first base is `start`, 1-based; returns how many transcripts it has and how many lines."""
    number, kind = gene
    strand = "+" if rng.random() < 0.5 else "-"
    transcripts = rng.randint(1, 9) if kind == "protein_coding" else rng.randint(1, 4)
    lines = []

    def add(feature, begin, end, frame=".", **names):
        lines.append(f"{chrom}\tHAVANA\t{feature}\t{begin}\t{end}\t.\t{strand}\t{frame}\t{attributes(gene, **names)}\n")

    last = start
    for index in range(transcripts):
        transcript = first_transcript + index
        exons, place = [], start + rng.randint(0, 400) * (index > 0)
        for _ in range(rng.randint(2, 16) if kind == "protein_coding" else rng.randint(1, 5)):
            length = rng.randint(60, 400)
            exons.append((place, place + length))
            place += length + rng.randint(80, 4_000)
        last = max(last, exons[-1][1])
        add("transcript", exons[0][0], exons[-1][1], transcript=transcript)
        in_order = exons if strand == "+" else exons[::-1]
        for rank, (begin, end) in enumerate(in_order, 1):
            add("exon", begin, end, transcript=transcript, exon=rank)
            if kind == "protein_coding":
                add("CDS", begin, end, frame="0", transcript=transcript, exon=rank)
        if kind == "protein_coding":
            begin, end = in_order[0]
            codon = (begin, begin + 2) if strand == "+" else (end - 2, end)
            add("start_codon", *codon, frame="0", transcript=transcript, exon=1)
            begin, end = in_order[-1]
            codon = (end - 2, end) if strand == "+" else (begin, begin + 2)
            add("stop_codon", *codon, frame="0", transcript=transcript, exon=len(exons))
            add("UTR", in_order[-1][0], in_order[-1][1], transcript=transcript)
    out.write(f"{chrom}\tHAVANA\tgene\t{start}\t{last}\t.\t{strand}\t.\t{attributes(gene)}\n")
    out.writelines(lines)
    return transcripts, len(lines) + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index")
    parser.add_argument("--genes", type=int, default=60_000)
    parser.add_argument("--measured", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--expression")
    parser.add_argument("-o", "--output", required=True)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    places = list(contigs(options.index))
    total = sum(length for _, length in places)
    number, transcript, lines, coding = 0, 1, 0, []
    with gzip.GzipFile(options.output, "wb", mtime=0, compresslevel=4) as packed:
        import io

        out = io.TextIOWrapper(packed, write_through=False)
        out.write("##description: synthetic annotation\n##provider: nobody\n##format: gtf\n")
        for chrom, length in places:
            share = round(options.genes * length / total)
            for start in sorted(rng.randrange(20_000, length - 200_000) for _ in range(share)):
                number += 1
                kind = rng.choices([name for name, _ in TYPES], [weight for _, weight in TYPES])[0]
                if kind == "protein_coding":
                    coding.append(number)
                count, written = write_gene(out, rng, chrom, start, (number, kind), transcript)
                transcript, lines = transcript + count, lines + written
        out.flush()
    print(f"{number} genes, {transcript - 1} transcripts, {lines} lines")
    if options.expression:
        with open(options.expression, "w") as table:
            table.write("gene_id\t" + "\t".join(CELL_LINES) + "\n")
            for gene in rng.sample(coding, min(options.measured, len(coding))):
                values = "\t".join(f"{2 ** rng.uniform(0, 10) - 1:.3f}" for _ in CELL_LINES)
                table.write(f"ENSG{gene:011}\t{values}\n")


if __name__ == "__main__":
    main()
