//! Real signals and positions, read and compared with genomes of their own and of other assemblies.

#[path = "support/real_files.rs"]
mod real_files;

use std::path::Path;

use real_files::real_files;
use tatabox_sequence::{
    CagePeaks, Contig, ContigNames, Interval, ReferenceGenome, Sequence, SequenceError, SignalTrack, Strand, Tss,
    WindowGeometry, check_sites, read_promoter_bed, read_tss_bed,
};

/// Primary chromosomes of GRCh38.
const HG38: [(&str, u64); 24] = [
    ("chr1", 248_956_422),
    ("chr2", 242_193_529),
    ("chr3", 198_295_559),
    ("chr4", 190_214_555),
    ("chr5", 181_538_259),
    ("chr6", 170_805_979),
    ("chr7", 159_345_973),
    ("chr8", 145_138_636),
    ("chr9", 138_394_717),
    ("chr10", 133_797_422),
    ("chr11", 135_086_622),
    ("chr12", 133_275_309),
    ("chr13", 114_364_328),
    ("chr14", 107_043_718),
    ("chr15", 101_991_189),
    ("chr16", 90_338_345),
    ("chr17", 83_257_441),
    ("chr18", 80_373_285),
    ("chr19", 58_617_616),
    ("chr20", 64_444_167),
    ("chr21", 46_709_983),
    ("chr22", 50_818_468),
    ("chrX", 156_040_895),
    ("chrY", 57_227_415),
];

/// Contigs of a genome whose bases are not needed.
struct Contigs(Vec<Contig>);

impl Contigs {
    fn new(contigs: &[(&str, u64)]) -> Self {
        Self(contigs.iter().map(|&(name, length)| Contig { name: name.to_owned(), length }).collect())
    }
}

impl ReferenceGenome for Contigs {
    fn contigs(&self) -> &[Contig] {
        &self.0
    }

    fn fetch(&self, interval: &Interval) -> Result<Sequence, SequenceError> {
        Ok(Sequence::unknown(interval.len() as usize))
    }

    fn path(&self) -> &Path {
        Path::new("hg38.fa")
    }
}

#[test]
fn signal_track_window_means_match_other_readers() {
    let Some(table) = real_files().map(|folder| folder.join("expected/bigwig.means.tsv")) else { return };
    let table = std::fs::read_to_string(table).unwrap();
    let mut compared = 0;
    for line in table.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [file, contig, start, end, count, mean, mean_over_all] = columns[..] else { panic!("{line}") };
        let Some(path) = real_files().map(|folder| folder.join(file)) else { continue };
        let [start, end] = [start, end].map(|text| text.parse::<u64>().unwrap());
        // The window starts at its TSS; a shorter interval is its beginning.
        let geometry = WindowGeometry::new(0, (end - start).max(60) as u32).unwrap();
        let tss = Tss { chrom: contig.to_owned(), position: start, strand: Strand::Forward };
        let values = SignalTrack::open(path).unwrap().reader().unwrap().window(&tss, geometry).unwrap();
        let values = &values[..(end - start) as usize];
        let known: Vec<f64> = values.iter().filter(|value| !value.is_nan()).map(|&value| f64::from(value)).collect();
        assert_eq!(known.len(), count.parse::<usize>().unwrap(), "{line}");
        let sum: f64 = known.iter().sum();
        for (found, expected) in [(sum / known.len() as f64, mean), (sum / values.len() as f64, mean_over_all)] {
            let expected: f64 = expected.parse().unwrap();
            assert!((found - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{line}: {found}");
        }
        compared += 1;
    }
    assert!(compared >= 18, "{compared} intervals");
}

#[test]
fn signal_of_hg19_with_genome_of_hg38_is_refused() {
    let Some(path) = real_files().map(|folder| folder.join("ENCFF826FLP.bw")) else { return };
    let track = SignalTrack::open(path).unwrap();
    let genome = Contigs::new(&HG38);
    let sites = ["chr22"].map(|chrom| Tss { chrom: chrom.to_owned(), position: 20_000_000, strand: Strand::Forward });
    let check = |contigs: &[Contig]| track.check_genome("track dnase", "genes", sites.iter(), "hg38.fa", contigs);
    let message = check(genome.contigs()).unwrap_err().to_string();
    for part in ["track dnase", "51304566", "50818468", "GRCh37 (hg19)", "GRCh38 (hg38)"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(check(track.contigs()).unwrap().warnings(), [""; 0]);
}

#[test]
fn cage_peaks_without_names_are_named_by_position() {
    let Some(path) = real_files().map(|folder| folder.join("cage_heart.bed.gz")) else { return };
    let genome = Contigs::new(&HG38);
    let names = ContigNames::new(genome.contigs());
    let peaks = CagePeaks::read(&path).unwrap();
    assert_eq!(peaks.len(), 500);
    assert_eq!(peaks.check_genome(&genome, &names).unwrap().total, 500);
    let sites = read_promoter_bed(&path).unwrap();
    assert_eq!((sites.len(), sites[0].gene_id.as_str()), (500, "chr1:2556379-2556380(+)"));
    assert!(read_tss_bed(&path).unwrap_err().to_string().contains("line 1: column 4 is empty"));
    let roman = Contigs::new(&[("I", 1_000), ("II", 1_000), ("X", 1_000)]);
    let message = peaks.check_genome(&roman, &ContigNames::new(roman.contigs())).unwrap_err().to_string();
    assert!(message.contains("it has chr") && message.contains("has I, II, X"), "{message}");
}

#[test]
fn tss_of_hg38_are_within_their_contigs() {
    let Some(path) = real_files().map(|folder| folder.join("tss_hg38.bed.gz")) else { return };
    let genome = Contigs::new(&HG38);
    let sites = read_tss_bed(&path).unwrap();
    let tss = || sites.iter().map(|site| &site.tss);
    let report = check_sites(&path, tss(), &genome, &ContigNames::new(genome.contigs())).unwrap();
    assert_eq!((report.total, report.outside, report.missing.len()), (18_413, 0, 0));
    let scaffolds = Contigs::new(&[("scaffold_1", 5_000)]);
    let error = check_sites(&path, tss(), &scaffolds, &ContigNames::new(scaffolds.contigs())).unwrap_err();
    assert!(matches!(error, SequenceError::AssemblyMismatch(_)), "{error}");
}
