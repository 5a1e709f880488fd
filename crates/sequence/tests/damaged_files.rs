//! Readers of damaged files: every input gives data or an error, never a panic.

use std::io::{Read, Write};
use std::path::Path;

use proptest::prelude::*;
use tatabox_sequence::{
    AnnotationDetail, CagePeaks, FastaRecords, InfoField, Interval, MissingHalfLife, MotifComparison, MotifFile,
    Strand, Tss, TssChoice, TssIndex, UNIFORM_BACKGROUND, UnscoredReason, VariantEntry, VariantFile, VariantFormat,
    VariantOutput, VariantResolver, VariantWriter, half_life_features, open_genome, read_annotation, read_tss_bed,
    scan_motifs,
};

const FASTA: &[u8] = b">chr1 gene_name=A\nACGTN\nACGTA\nAC\n>chr2\nTTTGG\nGGC\n";
/// Peaks in the form of FANTOM5.
const CAGE: &[u8] = b"chr1\t10\t30\tp1@A,p2@B\t50\t+\t15\t16\t255,0,0\nchr1\t40\t60\thg_1.1\t9\t-\t50\t51\t0,0,255\n";
const BED: &[u8] = b"chr1\t10\t11\tENSG00000000003.15\t0\t+\nchr2\t20\t21\tG2\t0\t-\n";
const GTF: &[u8] = b"#!genome-build GRCh38\n\
    chr1\tx\tgene\t11\t90\t.\t-\t.\tgene_id \"ENSG1.2\"; gene_name \"A\\\\B\";\n\
    chr1\tx\ttranscript\t11\t80\t.\t-\t.\tgene_id \"ENSG1.2\"; transcript_id \"T\"; tag \"basic\"; tag \"MANE_Select\";\n\
    chr1\tx\texon\t11\t80\t.\t-\t.\tgene_id \"ENSG1.2\"; transcript_id \"T\";\n\
    chr1\tx\tCDS\t24\t60\t.\t-\t.\tgene_id \"ENSG1.2\"; transcript_id \"T\";\n\
    chr1\tx\tstop_codon\t21\t23\t.\t-\t.\tgene_id \"ENSG1.2\"; transcript_id \"T\";\n";
const GFF3: &[u8] = b"##gff-version 3\n\
    NC_1.1\tRefSeq\tregion\t1\t99\t.\t+\t.\tID=r;chromosome=1;genome=chromosome\n\
    NC_1.1\tRefSeq\tgene\t11\t90\t.\t-\t.\tID=gene-A%3BB;Dbxref=GeneID:1,HGNC:2;gene=A\n\
    NC_1.1\tRefSeq\tmRNA\t11\t80\t.\t-\t.\tID=rna-1;Parent=gene-A%3BB;tag=RefSeq Select;transcript_id=NM_1.1\n\
    NC_1.1\tRefSeq\texon\t51\t80\t.\t-\t.\tID=e1;Parent=rna-1\n\
    NC_1.1\tRefSeq\texon\t11\t40\t.\t-\t.\tID=e2;Parent=rna-1\n\
    NC_1.1\tRefSeq\tCDS\t21\t35\t.\t-\t0\tID=c;Parent=rna-1\n";
const MEME: &[u8] = b"MEME version 4\nALPHABET= ACGT\nBackground letter frequencies\nA .2 C .3 G .3 T .2\n\
    MOTIF MA1 Arnt\nletter-probability matrix: alength= 4 w= 2 nsites= 17 E= 0\n.2 .8 0 0\n.95 0 .05 0\nURL x\n";
const JASPAR: &[u8] = b">MA1.1 Arnt\nA [ 4 19 ]\nC [ 16 0 ]\nG [ 0 1 ]\nT [ 0 0 ]\n";
const HOMER: &[u8] = b">CA\tX(Zf)/Homer\t5.1\n.2\t.8\t0\t0\n.95\t0\t.05\t0\n";
const TRANSFAC: &[u8] = b"AC  M1\nXX\nNA  X\nP0 A C G T\n01 2 8 0 0 C\n02 9 0 1 0 A\nXX\n//\n";
const CIS_BP: &[u8] = b"TF Name\tX\nMotif\tM1\nPos\tA\tC\tG\tT\n1\t.2\t.8\t0\t0\n2\t.95\t0\t.05\t0\n";
const UNIPROBE: &[u8] = b"Protein: X\tSeed\nA:\t.2\t.95\nC:\t.8\t0\nG:\t0\t.05\nT:\t0\t0\n";
const MOTIFS: [&[u8]; 6] = [MEME, JASPAR, HOMER, TRANSFAC, CIS_BP, UNIPROBE];
const FAI: &[u8] = b"chr1\t12\t18\t5\t6\nchr2\t8\t39\t5\t6\n";

const VCF: &[u8] = b"##fileformat=VCFv4.3\n##contig=<ID=1,length=99>\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n##INFO=<ID=T,Number=.,Type=String,Description=\"t\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n\
    1\t5\trs1\tAC\tA,<DEL>\t9.5\tPASS\tDP=3;T=a%3Bb,c\tGT\t0/1\n1\t9\t.\tG\t.\t.\t.\t.\tGT\t.\n";

/// Genome with chr1 of 8 bases, one N block and one masked block.
const TWO_BIT: &[u8] = b"\x43\x27\x41\x1a\0\0\0\0\x01\0\0\0\0\0\0\0\x04chr1\x19\0\0\0\
    \x08\0\0\0\x01\0\0\0\x04\0\0\0\x02\0\0\0\x01\0\0\0\x06\0\0\0\x02\0\0\0\0\0\0\0\x9c\x09";

/// Damage: changed bytes, then truncation.
#[derive(Clone, Debug)]
struct Damage {
    changes: Vec<(usize, u8)>,
    kept: usize,
}

impl Damage {
    fn any() -> impl Strategy<Value = Self> {
        let interesting =
            prop_oneof![any::<u8>(), Just(b'\n'), Just(b'\t'), Just(b'"'), Just(b'>'), Just(b'9'), Just(0)];
        (prop::collection::vec((0usize..800, interesting), 0..4), 0usize..400)
            .prop_map(|(changes, kept)| Self { changes, kept })
    }

    fn of(&self, content: &[u8]) -> Vec<u8> {
        let mut damaged = content.to_vec();
        for &(at, byte) in &self.changes {
            let at = at % damaged.len();
            damaged[at] = byte;
        }
        // Half of the files are not truncated.
        if self.kept < 200 {
            damaged.truncate(self.kept % (content.len() + 1));
        }
        damaged
    }
}

fn read_all_bases(path: &Path) {
    let Ok(genome) = open_genome(path) else { return };
    for contig in genome.contigs().to_vec() {
        // A damaged length may state gigabytes.
        let end = contig.length.min(100);
        if let Ok(sequence) = genome.fetch(&Interval::new(&*contig.name, 0, end)) {
            assert_eq!(sequence.len() as u64, end);
        }
    }
}

/// Reads variants up to the first error and writes them in `format`; returns the output and the number of records.
fn rewrite_variants(path: &Path, format: VariantFormat) -> (Vec<u8>, usize) {
    let Ok(mut file) = VariantFile::open(path) else { return Default::default() };
    let header = file.header().annotated(InfoField { id: "X", description: "x" }, &[], &[]);
    let Ok(mut writer) = VariantWriter::new(Vec::new(), VariantOutput::new(format, path), &header, "X") else {
        return Default::default();
    };
    let mut records = 0;
    while let Ok(Some(entry)) = file.next_entry() {
        if let VariantEntry::Record(line) = entry {
            records += usize::from(writer.write(&line, Some("1")).is_ok());
        }
    }
    (writer.finish().expect("writing to memory cannot fail"), records)
}

/// Rewrites damaged variants in both formats and checks that the output is valid: all of its records are read.
fn assert_rewritten_variants_are_valid(path: &Path) {
    for format in [VariantFormat::Vcf, VariantFormat::Bcf] {
        let (output, written) = rewrite_variants(path, format);
        if output.is_empty() {
            continue;
        }
        let folder = tempfile::tempdir().expect("temporary folder");
        let again = folder.path().join("again");
        std::fs::write(&again, output).expect("written");
        let mut file = VariantFile::open(&again).expect("own output");
        let mut records = 0;
        while let Some(entry) = file.next_entry().expect("own output") {
            assert!(matches!(entry, VariantEntry::Record(_)), "{entry:?}");
            records += 1;
        }
        assert_eq!(records, written);
    }
}

/// [`VCF`] as decompressed BCF, so that damage reaches the records.
fn bcf() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("x.vcf");
    std::fs::write(&path, VCF).expect("written");
    let (compressed, records) = rewrite_variants(&path, VariantFormat::Bcf);
    assert_eq!(records, 2);
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(&compressed[..]).read_to_end(&mut bytes).expect("bgzip");
    bytes
}

proptest! {
    #[test]
    fn variant_files_damaged_never_panic(damage in Damage::any(), at_end in any::<bool>()) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x");
        std::fs::write(&path, damage.of(VCF))?;
        assert_rewritten_variants_are_valid(&path);
        let bcf = bcf();
        // The header is longer than the records, so damage near the end is tested separately.
        let split = if at_end { bcf.len() - 120 } else { 0 };
        std::fs::write(&path, [&bcf[..split], &damage.of(&bcf[split..])[..]].concat())?;
        assert_rewritten_variants_are_valid(&path);
        let _ = VariantFile::count(&path);
    }

    #[test]
    fn text_files_damaged_never_panic(damage in Damage::any()) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x");
        std::fs::write(&path, damage.of(FASTA))?;
        if let Ok(records) = FastaRecords::open(&path) {
            prop_assert!(records.count() < 100);
        }
        std::fs::write(&path, damage.of(BED))?;
        let _ = read_tss_bed(&path);
        std::fs::write(&path, damage.of(CAGE))?;
        if let Ok(peaks) = CagePeaks::read(&path) {
            prop_assert!(peaks.len() < 100);
            let tss = Tss { chrom: "chr1".to_owned(), position: 20, strand: Strand::Forward };
            if let Some(chosen) = peaks.peak_near(&tss, Some("A"), 500) {
                prop_assert!(chosen.tss.position.abs_diff(20) <= 500);
            }
        }
    }

    #[test]
    fn annotations_damaged_never_panic(damage in Damage::any()) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x");
        std::fs::write(folder.path().join("x.fa"), FASTA)?;
        let genome = open_genome(folder.path().join("x.fa"))?;
        for content in [GTF, GFF3] {
            std::fs::write(&path, damage.of(content))?;
            let _ = read_annotation(&path, AnnotationDetail::Sites);
            let Ok(annotation) = read_annotation(&path, AnnotationDetail::Structure) else { continue };
            for gene in &annotation.genes {
                for choice in TssChoice::ALL {
                    let chosen = gene.choose_tss(choice);
                    prop_assert!(gene.alternative_tss(&chosen, 1).len() <= gene.transcripts.len());
                }
                for transcript in &gene.transcripts {
                    prop_assert!(transcript.exons.windows(2).all(|pair| pair[0].end <= pair[1].start));
                    prop_assert!(transcript.cds.windows(2).all(|pair| pair[0].end < pair[1].start));
                    let features = half_life_features(transcript, "chr1", gene.strand, &*genome)?;
                    if let Ok(features) = features {
                        prop_assert!(features.iter().all(|feature| feature.is_finite()));
                    }
                }
            }
        }
    }

    #[test]
    fn motif_files_damaged_never_panic(damage in Damage::any()) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x");
        for content in MOTIFS {
            std::fs::write(&path, damage.of(content))?;
            let Ok(file) = MotifFile::read(&path) else { continue };
            // A motif that was read is valid for information content, scanning and comparison.
            for motif in &file.motifs {
                prop_assert!(motif.information(file.background.unwrap_or(UNIFORM_BACKGROUND)).is_finite());
                prop_assert_eq!(motif.consensus().len(), motif.len());
                for found in MotifComparison::new(&file.motifs).compare(motif) {
                    prop_assert!((0.0..=1.0).contains(&found.p_value));
                }
            }
            for hit in scan_motifs(&file.motifs, &[0, 1, 2, 3, 4, 1, 0], 0.5) {
                prop_assert!(hit.end <= 7 && hit.score_bits.is_finite() && hit.p_value <= 0.5);
            }
        }
    }

    #[test]
    fn genomes_damaged_never_panic(damage in Damage::any()) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x.fa");
        std::fs::write(&path, damage.of(FASTA))?;
        read_all_bases(&path);
        let path = folder.path().join("y.fa");
        std::fs::write(&path, FASTA)?;
        std::fs::write(folder.path().join("y.fa.fai"), damage.of(FAI))?;
        read_all_bases(&path);
        let path = folder.path().join("x.2bit");
        std::fs::write(&path, damage.of(TWO_BIT))?;
        read_all_bases(&path);
    }

    #[test]
    fn bgzip_genomes_damaged_never_panic(damage in Damage::any()) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x.fa.gz");
        let gzi = path.with_added_extension("gzi");
        let compressed = bgzip(FASTA);
        std::fs::write(&path, &compressed)?;
        read_all_bases(&path);
        let index = std::fs::read(&gzi)?;
        std::fs::write(&gzi, damage.of(&index))?;
        read_all_bases(&path);
        std::fs::write(&gzi, index)?;
        std::fs::write(&path, damage.of(&compressed))?;
        read_all_bases(&path);
    }
}

/// Text compressed with bgzip, one block per line.
fn bgzip(text: &[u8]) -> Vec<u8> {
    let mut writer = noodles::bgzf::io::Writer::new(Vec::new());
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        writer.write_all(line).expect("writing to memory cannot fail");
        writer.flush().expect("writing to memory cannot fail");
    }
    writer.finish().expect("writing to memory cannot fail")
}

/// Positions at the limits of 64 bits, in every text format with positions.
#[test]
fn text_files_extreme_positions_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    let genome = open_genome({
        let fasta = folder.path().join("g.fa");
        std::fs::write(&fasta, FASTA).unwrap();
        fasta
    })
    .unwrap();
    let genome: std::sync::Arc<dyn tatabox_sequence::ReferenceGenome> = genome.into();
    let max = u64::MAX;
    for strand in ["+", "-"] {
        for start in [0, 1, max - 1] {
            std::fs::write(&path, format!("chr1\t{start}\t{max}\tG\t0\t{strand}\n")).unwrap();
            let sites = read_tss_bed(&path).unwrap();
            assert_eq!(TssIndex::new(sites, &*genome).outside_contig(), usize::from(strand == "-" || start > 1));
            let peaks = CagePeaks::read(&path).unwrap();
            let tss = Tss { chrom: "1".to_owned(), position: max, strand: strand.parse().unwrap() };
            let _ = peaks.peak_near(&tss, None, max);
        }
        let rows: String = ["gene", "transcript", "exon", "CDS", "stop_codon"]
            .map(|kind| format!("chr1\tx\t{kind}\t{max}\t{max}\t.\t{strand}\t.\tgene_id \"G\"; transcript_id \"T\";\n"))
            .concat();
        std::fs::write(&path, rows).unwrap();
        let annotation = read_annotation(&path, AnnotationDetail::Structure).unwrap();
        let gene = &annotation.genes[0];
        for choice in TssChoice::ALL {
            let chosen = gene.choose_tss(choice);
            assert!(chosen.tss.position >= max - 1);
            assert!(gene.alternative_tss(&chosen, max).is_empty());
        }
        let features = half_life_features(&gene.transcripts[0], "chr1", gene.strand, &*genome).unwrap();
        assert_eq!(features, Err(MissingHalfLife::OutsideContig { length: 12 }));
    }
    let mut resolver = VariantResolver::new(genome, false);
    let unscored = resolver.reference("chr1", max, "ACGT").unwrap().unwrap_err();
    assert_eq!(unscored.reason, UnscoredReason::OutsideContig);
}

#[test]
fn undamaged_files_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.fa");
    std::fs::write(&path, FASTA).unwrap();
    std::fs::write(folder.path().join("x.fa.fai"), FAI).unwrap();
    let genome = open_genome(&path).unwrap();
    assert_eq!(genome.fetch(&Interval::new("chr2", 4, 8)).unwrap().to_ascii(), "GGGC");
    assert_eq!(std::fs::read(folder.path().join("x.fa.fai")).unwrap(), FAI);
    let path = folder.path().join("x.2bit");
    std::fs::write(&path, TWO_BIT).unwrap();
    let genome = open_genome(&path).unwrap();
    assert_eq!(genome.fetch(&Interval::new("chr1", 0, 8)).unwrap().to_ascii(), "ACGTNNAC");
    std::fs::write(&path, GTF).unwrap();
    assert_eq!(read_annotation(&path, AnnotationDetail::Sites).unwrap().genes[0].tss().position, 79);
    for content in [GTF, GFF3] {
        std::fs::write(&path, content).unwrap();
        let annotation = read_annotation(&path, AnnotationDetail::Structure).unwrap();
        assert_eq!(annotation.genes[0].transcripts[0].cds_length(), if content == GTF { 40 } else { 15 });
    }
    std::fs::write(&path, CAGE).unwrap();
    assert_eq!(CagePeaks::read(&path).unwrap().len(), 2);
    std::fs::write(&path, bcf()).unwrap();
    assert_eq!(rewrite_variants(&path, VariantFormat::Vcf).1, 2);
    std::fs::write(&path, BED).unwrap();
    assert_eq!(read_tss_bed(&path).unwrap().len(), 2);
    for content in MOTIFS {
        std::fs::write(&path, content).unwrap();
        assert_eq!(MotifFile::read(&path).unwrap().motifs[0].consensus(), "CA");
    }
}
