//! Readers of `tatabox-sequence`, each run on arbitrary bytes: it gives data that keep their promises, or an error.

#[path = "files.rs"]
mod files;

use std::path::Path;

use tatabox_sequence::{
    AnnotationDetail, CagePeaks, FastaRecords, InfoField, Interval, MotifComparison, MotifFile, ReferenceGenome,
    SignalTrack, Strand, Tss, TssChoice, UNIFORM_BACKGROUND, VariantEntry, VariantFile, VariantFormat, VariantOutput,
    VariantWriter, WindowGeometry, half_life_features, open_genome, read_annotation, read_tss_bed, scan_motifs,
};

use files::Files;

/// Function that reads bytes as a file of one kind and checks the result.
pub type Parser = fn(&[u8]);

/// Names of the fuzz targets with their parsers.
pub const PARSERS: [(&str, Parser); 12] = [
    ("fasta", fasta),
    ("fasta_index", fasta_index),
    ("bgzip_index", bgzip_index),
    ("two_bit", two_bit),
    ("gtf", annotation),
    ("gff3", annotation),
    ("bed", bed),
    ("cage", cage),
    ("vcf", vcf),
    ("bcf", bcf),
    ("motif", motif),
    ("bigwig", bigwig),
];

/// Genome behind the index targets, and behind the annotation.
const GENOME: &[u8] = b">chr1 first\nACGTNACGTA\nACGTAACGTC\nAC\n>chr2\nTTTGG\nGGC\n";

/// Most bases that are read of a contig, whose stated length may be gigabytes.
const MAX_BASES: u64 = 200;

/// FASTA, plain or compressed, as records and as a genome: both give the same bases.
pub fn fasta(bytes: &[u8]) {
    let files = Files::new(&[("x.fa", bytes)]);
    let path = files.path("x.fa");
    let mut records = Vec::new();
    if let Ok(reader) = FastaRecords::open(&path) {
        records.extend(reader);
        assert!(FastaRecords::count(&path).is_err() || records.iter().any(Result::is_err) || !records.is_empty());
    }
    let Ok(genome) = open_genome(&path) else { return };
    check_genome(&*genome);
    for record in records.iter().flatten() {
        let is_unique = genome.contigs().iter().filter(|contig| *contig.name == *record.id).count() == 1;
        let interval = Interval::new(&*record.id, 0, record.sequence.len() as u64);
        if let (true, Ok(found)) = (is_unique, genome.fetch(&interval)) {
            assert!(found == record.sequence, "{} differs between record and genome", record.id);
        }
    }
}

/// `.fai` index next to a FASTA file: bases are right with any index.
pub fn fasta_index(bytes: &[u8]) {
    check_index(&Files::new(&[("x.fa", GENOME), ("x.fa.fai", bytes)]), "x.fa");
}

/// `.gzi` index next to a bgzip FASTA file: bases are right with any index.
pub fn bgzip_index(bytes: &[u8]) {
    check_index(&Files::new(&[("x.fa.gz", &bgzip(GENOME)), ("x.fa.gz.gzi", bytes)]), "x.fa.gz");
}

fn check_index(files: &Files, name: &str) {
    let Ok(genome) = open_genome(files.path(name)) else { return };
    for (contig, bases) in [("chr1", "ACGTNACGTAACGTAACGTCAC"), ("chr2", "TTTGGGGC")] {
        for start in [0, 3, bases.len() - 2] {
            let interval = Interval::new(contig, start as u64, bases.len() as u64);
            if let Ok(found) = genome.fetch(&interval) {
                assert_eq!(found.to_ascii(), bases[start..], "{contig} from {start}");
            }
        }
    }
}

/// 2bit genome.
pub fn two_bit(bytes: &[u8]) {
    let files = Files::new(&[("x.2bit", bytes)]);
    if let Ok(genome) = open_genome(files.path("x.2bit")) {
        check_genome(&*genome);
    }
}

fn check_genome(genome: &dyn ReferenceGenome) {
    for contig in genome.contigs() {
        let length = contig.length.min(MAX_BASES);
        for start in [0, length / 2, contig.length - length] {
            let end = (start + length).min(contig.length);
            if let Ok(sequence) = genome.fetch(&Interval::new(&*contig.name, start, end)) {
                assert_eq!(sequence.len() as u64, end - start);
                assert!(sequence.codes().iter().all(|&code| code <= 4));
            }
        }
    }
}

/// GTF or GFF3, with the choice of a TSS and the half-life features of each gene.
pub fn annotation(bytes: &[u8]) {
    let files = Files::new(&[("x.gtf", bytes), ("x.fa", GENOME)]);
    let genome = open_genome(files.path("x.fa")).expect("the genome is valid");
    let sites = read_annotation(files.path("x.gtf"), AnnotationDetail::Sites);
    let Ok(annotation) = read_annotation(files.path("x.gtf"), AnnotationDetail::Structure) else { return };
    assert_eq!(sites.map(|sites| sites.genes.len()).ok(), Some(annotation.genes.len()));
    for gene in &annotation.genes {
        for choice in TssChoice::ALL {
            let chosen = gene.choose_tss(choice);
            assert!(gene.alternative_tss(&chosen, 1).len() <= gene.transcripts.len());
        }
        for transcript in &gene.transcripts {
            assert!(transcript.exons.windows(2).all(|pair| pair[0].end <= pair[1].start));
            assert!(transcript.cds.windows(2).all(|pair| pair[0].end <= pair[1].start));
            if let Ok(Ok(features)) = half_life_features(transcript, "chr1", gene.strand, &*genome) {
                assert!(features.iter().all(|feature| feature.is_finite()));
            }
        }
    }
}

/// BED of TSSs.
pub fn bed(bytes: &[u8]) {
    let files = Files::new(&[("x.bed", bytes)]);
    let _ = read_tss_bed(files.path("x.bed"));
}

/// CAGE peaks.
pub fn cage(bytes: &[u8]) {
    let files = Files::new(&[("x.bed", bytes)]);
    let Ok(peaks) = CagePeaks::read(files.path("x.bed")) else { return };
    for strand in [Strand::Forward, Strand::Reverse] {
        for position in [0, 20, u64::MAX] {
            let tss = Tss { chrom: "chr1".to_owned(), position, strand };
            if let Some(chosen) = peaks.peak_near(&tss, Some("A"), 500) {
                assert!(chosen.tss.position.abs_diff(position) <= 500);
            }
        }
    }
}

/// VCF, plain or compressed.
pub fn vcf(bytes: &[u8]) {
    let files = Files::new(&[("x", bytes)]);
    let count = VariantFile::count(files.path("x"));
    let is_bcf = VariantFile::open(files.path("x")).is_ok_and(|file| file.is_bcf());
    let is_text = bytes.iter().all(|byte| byte.is_ascii_graphic() || b" \t\r\n".contains(byte));
    for format in [VariantFormat::Vcf, VariantFormat::Bcf] {
        let Some((written, records, complete)) = rewrite(&files.path("x"), format) else { continue };
        if let (Ok(count), true) = (&count, complete) {
            assert!(records <= *count, "{records} of {count} records");
        }
        let again = Files::new(&[("again", &written)]);
        // Text of BCF may have characters that VCF cannot represent.
        let reread_format = if is_bcf { format } else { VariantFormat::Vcf };
        let reread = rewrite(&again.path("again"), reread_format).map(|(_, records, complete)| (records, complete));
        // Control characters in a header are written unchanged, and make the output look like another kind of file.
        if is_text || reread.is_some() {
            assert_eq!(reread, Some((records, true)), "records of the own output, of {records}");
        }
    }
}

/// BCF, plain or compressed. Damage of a library that panics on damaged records is an error of the reader.
pub fn bcf(bytes: &[u8]) {
    vcf(bytes);
}

/// Reads variants up to the first error and writes them in `format`; `None` if the header cannot be read or written.
/// Else the output, the number of records written, and whether all were read.
pub fn rewrite(path: &Path, format: VariantFormat) -> Option<(Vec<u8>, u64, bool)> {
    let mut file = VariantFile::open(path).ok()?;
    let header = file.header().annotated(InfoField { id: "X", description: "x" }, &[], &[]);
    let mut writer = VariantWriter::new(Vec::new(), VariantOutput::new(format, path), &header, "X").ok()?;
    let mut records = 0;
    let complete = loop {
        match file.next_entry() {
            Ok(Some(VariantEntry::Record(record))) => records += u64::from(writer.write(&record, Some("1")).is_ok()),
            Ok(Some(_)) => {}
            Ok(None) => break true,
            Err(_) => break false,
        }
    };
    Some((writer.finish().expect("writing to memory cannot fail"), records, complete))
}

/// Motif files of every format.
pub fn motif(bytes: &[u8]) {
    let files = Files::new(&[("x.txt", bytes)]);
    let Ok(file) = MotifFile::read(files.path("x.txt")) else { return };
    assert!(!file.motifs.is_empty());
    if let Some(background) = file.background {
        assert!(
            background.iter().all(|frequency| *frequency > 0.0) && (background.iter().sum::<f64>() - 1.0).abs() < 1e-9
        );
    }
    // Scanning and comparison take time with the product of the lengths.
    let motifs: Vec<_> = file.motifs.into_iter().filter(|motif| motif.len() < 50).take(4).collect();
    for motif in &motifs {
        assert!(motif.columns().iter().all(|column| (column.iter().sum::<f64>() - 1.0).abs() < 1e-9));
        assert!(motif.sites().is_finite() && motif.sites() > 0.0);
        assert!(motif.information(file.background.unwrap_or(UNIFORM_BACKGROUND)).is_finite());
        for found in MotifComparison::new(&motifs).compare(motif) {
            assert!((0.0..=1.0).contains(&found.p_value));
        }
    }
    for hit in scan_motifs(&motifs, &[0, 1, 2, 3, 4, 1, 0], 0.5) {
        assert!(hit.end <= 7 && hit.score_bits.is_finite() && hit.p_value <= 0.5);
    }
}

/// bigWig signals, with a window at either end of each contig.
pub fn bigwig(bytes: &[u8]) {
    let files = Files::new(&[("x.bw", bytes)]);
    let Ok(track) = SignalTrack::open(files.path("x.bw")) else { return };
    let Ok(mut reader) = track.reader() else { return };
    let geometry = WindowGeometry::new(40, 40).expect("a valid window");
    for contig in track.contigs().iter().take(4) {
        for position in [0, contig.length / 2, contig.length.saturating_sub(1)] {
            for strand in [Strand::Forward, Strand::Reverse] {
                let tss = Tss { chrom: contig.name.clone(), position, strand };
                if let Ok(values) = reader.window(&tss, geometry) {
                    assert_eq!(values.len(), geometry.len());
                }
            }
        }
    }
}

/// Text compressed with bgzip, one block per line.
pub fn bgzip(text: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = noodles::bgzf::io::Writer::new(Vec::new());
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        writer.write_all(line).expect("writing to memory cannot fail");
        writer.flush().expect("writing to memory cannot fail");
    }
    writer.finish().expect("writing to memory cannot fail")
}
