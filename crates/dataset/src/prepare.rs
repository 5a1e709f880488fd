//! From sequence and expression files to a prepared data set.

mod assembly;
mod candidate;
mod collector;
mod config;
mod gene_features;
pub mod gene_filter;
mod genome_source;
mod input_checksums;
mod output_folder;
mod progress;
mod promoter_source;
mod qc;
mod sites;
mod tracks;

use std::collections::BTreeMap;

use tatabox_sequence::{AnnotationDetail, ContigNames, open_genome_with, read_annotation};

use crate::error::Result;
use crate::expression::{ExpressionRecord, read_sources, recognise};
use crate::gene_features::GeneFeatureRecord;
use crate::manifest::TrackRecord;
use crate::prepared::check_cell_type_names;
use crate::split::SplitSummary;

use candidate::CandidateStore;
use collector::{Collector, EXPRESSION};
use gene_features::FoundFeatures;
use genome_source::GenomeSource;
use input_checksums::InputChecksums;
use output_folder::OutputFolder;
use sites::{places_of_annotation, places_of_bed};
use tracks::Tracks;

pub use config::PrepareConfig;
pub use gene_features::GeneFeatureSource;
pub use gene_filter::{FilterRecord, GeneFilter};
pub use progress::{PrepareProgress, PrepareStage};
pub use qc::DropReason;
pub use sites::{TssRecord, TssSettings};
pub use tracks::TrackSource;

/// Windows in the order met, until the order of the genes is known.
const UNSORTED_FILE: &str = "windows.unsorted";

/// What came of a preparation.
#[derive(Debug, Clone, PartialEq)]
pub struct PrepareReport {
    /// Genes in the data set.
    pub kept: usize,
    /// Rows of `qc.tsv` for each reason.
    pub dropped: BTreeMap<DropReason, usize>,
    /// The splits with their genes and chromosomes.
    pub split: SplitSummary,
    /// Contigs that annotation names and the genome lacks, with the genes on each.
    pub unmatched_contigs: BTreeMap<String, usize>,
    /// The tables that expression came from.
    pub expression: ExpressionRecord,
    /// What each filter left out.
    pub filters: Vec<FilterRecord>,
    /// Where TSSs were taken from, where annotation was given.
    pub tss: Option<TssRecord>,
    /// Genes that were given the identifier under which a table measures their symbol.
    pub renamed: usize,
    /// Features of the genes, if there are any.
    pub gene_features: Option<GeneFeatureRecord>,
    /// Signals along the windows.
    pub tracks: Vec<TrackRecord>,
}

/// Prepares a data set in the folder `config.out_dir`, which appears when it is whole.
///
/// A gene is kept when a table of expression has a value for it and a source has a window with enough known bases;
/// everything else is listed in `qc.tsv` with its reason. Windows are streamed through a file, so memory does not
/// grow with their length. The same inputs and configuration give the same bytes.
///
/// # Errors
///
/// Any variant but [`UnknownGene`](crate::DatasetError::UnknownGene) and its like; nothing is left under
/// `config.out_dir` then.
pub fn prepare(config: &PrepareConfig, progress: &mut dyn FnMut(PrepareProgress)) -> Result<PrepareReport> {
    config.check()?;
    let output = OutputFolder::create(&config.out_dir, config.force)?;
    let sources = recognise(&config.expression)?;
    let tracks = Tracks::open(&config.tracks)?;
    let checksums = InputChecksums::start(config.inputs(&sources));

    progress(PrepareProgress::new(PrepareStage::Expression, 0, None));
    let joined = read_sources(&config.expression, &sources)?;
    check_cell_type_names(&joined.table.cell_types)?;

    let unsorted = output.file(UNSORTED_FILE);
    let store = CandidateStore::create(&unsorted, config.geometry, config.min_known_bp as usize)?;
    let mut collector = Collector::new(&joined.table, store);
    for (gene_id, reason, place) in &joined.left_out {
        collector.qc.drop(gene_id, EXPRESSION, *reason, place);
    }
    let mut of_genome = collect_from_genome(config, &mut collector, progress)?;
    if let Some(promoters) = &config.promoters {
        promoter_source::collect(promoters, config.tss_offset, config.geometry, &mut collector, progress)?;
    }
    let mut collected = collector.finish(&config.drop)?;
    tracks.keep_readable(&mut collected.genes, &mut collected.qc)?;
    if let Some(GeneFeatureSource::Table(table)) = &config.gene_features {
        of_genome.features = Some(FoundFeatures::of_table(table, &collected.genes)?);
    }
    if let Some(features) = &mut of_genome.features {
        features.extend_to(&collected.genes);
        if config.require_features {
            collected.require(features)?;
        }
    }
    let inputs = checksums.finish(progress)?;

    let report = assembly::Assembly { config, expression: &joined, output: &output, of_genome, tracks, inputs }
        .write(collected, &unsorted, progress)?;
    output.commit()?;
    tracing::info!(path = %config.out_dir.display(), kept = report.kept, dropped = ?report.dropped, "data set prepared");
    Ok(report)
}

/// What is known of genome and annotation beside the windows.
#[derive(Default)]
struct OfGenome {
    unmatched_contigs: BTreeMap<String, usize>,
    renamed: usize,
    features: Option<FoundFeatures>,
}

fn collect_from_genome(
    config: &PrepareConfig,
    collector: &mut Collector<'_>,
    progress: &mut dyn FnMut(PrepareProgress),
) -> Result<OfGenome> {
    let Some(genome) = &config.genome else {
        return Ok(OfGenome::default());
    };
    progress(PrepareProgress::new(PrepareStage::Annotation, 0, None));
    let wants_half_life = config.gene_features == Some(GeneFeatureSource::HalfLife);
    let detail = if wants_half_life { AnnotationDetail::Structure } else { config.tss.annotation_detail() };
    let annotation = config.annotation.as_ref().map(|path| read_annotation(path, detail)).transpose()?;
    let (role, mut places) = match (&annotation, &config.tss_bed) {
        (Some(annotation), _) => ("annotation", places_of_annotation(annotation, &config.tss)?),
        (None, Some(bed)) => ("tss_bed", places_of_bed(bed)?),
        (None, None) => return Ok(OfGenome::default()),
    };
    let renamed = collector.rename_as_measured(&mut places);
    let genome = open_genome_with(genome, config.index_cache.as_deref(), &mut |index| {
        progress(PrepareProgress::new(PrepareStage::IndexGenome, index.bytes_done, Some(index.bytes_total)));
    })?;
    let mut names = ContigNames::new(genome.contigs());
    if let Some(annotation) = &annotation {
        names = names.with_accessions(&annotation.chromosome_accessions);
    }
    let mut features = None;
    if let (true, Some(annotation)) = (wants_half_life, &annotation) {
        let is_wanted = |gene_id: &str| collector.measures(gene_id);
        let found = FoundFeatures::half_life(annotation, &places, &names, genome.as_ref(), is_wanted, progress)?;
        features = Some(found);
    }
    let source = GenomeSource { genome: genome.as_ref(), names, role, geometry: config.geometry };
    let unmatched_contigs = genome_source::collect(&source, places, collector, progress)?;
    Ok(OfGenome { unmatched_contigs, renamed, features })
}

#[cfg(test)]
mod other_inputs;
#[cfg(test)]
mod published_tables;

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::fmt::Write as _;
    use std::fs;
    use std::path::{Path, PathBuf};

    use tatabox_sequence::WindowGeometry;

    use super::*;
    use crate::prepared::PreparedDataset;
    use crate::schema::{GENES_FILE, MANIFEST_FILE, QC_FILE, WINDOWS_FILE};
    use crate::simulate::{EXPRESSION_FILE, PROMOTERS_FILE, SimulateConfig, simulate};
    use crate::split::{Split, SplitMethod};
    use crate::{DatasetError, tpm_to_log2};

    const LINES: &str = "gene_id\tgene_name\tK562\tHepG2\n";

    fn geometry() -> WindowGeometry {
        WindowGeometry::new(50, 10).expect("valid")
    }

    /// A window of 60 bases that differs from gene to gene.
    fn bases(gene: usize) -> String {
        (0..60).map(|at| char::from(b"ACGT"[(gene >> (2 * (at % 8)) ^ at) & 3])).collect()
    }

    pub(super) fn put(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, text).expect("written");
        path
    }

    /// Forty genes on four chromosomes, with `tpm(gene)` in K562 and twice that in HepG2.
    pub(super) fn forty(folder: &Path, tpm: impl Fn(usize) -> f64) -> PrepareConfig {
        let (mut fasta, mut table) = (String::new(), LINES.to_owned());
        for gene in 0..40 {
            writeln!(fasta, ">G{gene:02} chrom=chr{} strand=+\n{}", gene % 4 + 1, bases(gene)).expect("text");
            writeln!(table, "G{gene:02}\tNAME{gene}\t{}\t{}", tpm(gene), 2.0 * tpm(gene)).expect("text");
        }
        let expression = put(folder, "expression.tsv", &table);
        let promoters = Some(put(folder, "promoters.fa", &fasta));
        PrepareConfig { promoters, ..PrepareConfig::new(expression, folder.join("set"), geometry()) }
    }

    pub(super) fn run(config: &PrepareConfig) -> Result<(PrepareReport, PreparedDataset)> {
        let report = prepare(config, &mut |_| {})?;
        Ok((report, PreparedDataset::open(&config.out_dir)?))
    }

    pub(super) fn qc(config: &PrepareConfig) -> HashMap<String, String> {
        let text = fs::read_to_string(config.out_dir.join(QC_FILE)).expect("qc");
        let row = |line: &str| {
            let mut cells = line.split('\t').map(str::to_owned);
            Some((cells.next()?, cells.nth(1)?))
        };
        text.lines().skip(1).filter_map(row).collect()
    }

    #[test]
    fn a_data_set_is_read_back_as_it_was_given() {
        let folder = tempfile::tempdir().expect("folder");
        let (report, dataset) = run(&forty(folder.path(), |gene| gene as f64)).expect("prepared");
        assert_eq!((report.kept, dataset.len(), report.dropped.len()), (40, 40, 0));
        let gene = dataset.find_gene("name7").expect("known");
        assert_eq!(
            (dataset.genes()[gene].gene_id.as_str(), dataset.genes()[gene].chrom.as_deref()),
            ("G07", Some("chr4"))
        );
        // TPM 7 is log2(8) = 3; HepG2 has 14, log2(15).
        assert!((dataset.log2_tpm(gene, 0) - 3.0).abs() < 1e-6);
        assert!((f64::from(dataset.log2_tpm(gene, 1)) - tpm_to_log2(14.0)).abs() < 1e-6);
        let mut codes = Vec::new();
        dataset.window_codes(gene, 10..60, &mut codes);
        let letters: String = codes.iter().map(|&code| char::from(b"ACGT"[code as usize])).collect();
        assert_eq!(letters, bases(7)[10..]);
        assert_eq!(dataset.extent_of(gene).to_string(), "-50..+10");
        dataset.verify().expect("whole");
    }

    #[test]
    fn no_gene_and_no_chromosome_is_in_two_splits() {
        let folder = tempfile::tempdir().expect("folder");
        let (report, dataset) = run(&forty(folder.path(), |gene| gene as f64)).expect("prepared");
        let mut split_of: HashMap<&str, Split> = HashMap::new();
        for gene in dataset.genes() {
            let chrom = gene.chrom.as_deref().expect("every header names one");
            assert_eq!(*split_of.entry(chrom).or_insert(gene.split), gene.split, "{chrom}");
        }
        let mut seen: Vec<usize> = Split::ALL.into_iter().flat_map(|split| dataset.genes_in(split)).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..40).collect::<Vec<_>>());
        assert_eq!(report.split.rule.method, SplitMethod::Chromosomes);
        assert!(Split::ALL.into_iter().all(|split| report.split.part(split).genes > 0));
    }

    #[test]
    fn targets_are_scaled_by_train_genes_only() {
        let folder = tempfile::tempdir().expect("folder");
        let (_, dataset) = run(&forty(folder.path(), |gene| gene as f64)).expect("prepared");
        let held_out: Vec<String> = [Split::Validation, Split::Test]
            .into_iter()
            .flat_map(|split| dataset.genes_in(split))
            .map(|gene| dataset.genes()[gene].gene_id.clone())
            .collect();
        let is_held_out = |gene: usize| held_out.contains(&format!("G{gene:02}"));
        let other = tempfile::tempdir().expect("folder");
        let changed = |gene: usize| if is_held_out(gene) { 5_000.0 } else { gene as f64 };
        let (_, other) = run(&forty(other.path(), changed)).expect("prepared");
        assert_eq!(dataset.transform(), other.transform());
        let train: Vec<f64> =
            dataset.genes_in(Split::Train).iter().map(|&gene| dataset.log2_tpm(gene, 0).into()).collect();
        let mean = train.iter().sum::<f64>() / train.len() as f64;
        assert!((dataset.transform().mean[0] - mean).abs() < 1e-9);
    }

    #[test]
    fn identical_inputs_give_identical_bytes() {
        let folder = tempfile::tempdir().expect("folder");
        let first = forty(folder.path(), |gene| gene as f64);
        let second = PrepareConfig { out_dir: folder.path().join("again"), ..first.clone() };
        let (_, one) = run(&first).expect("prepared");
        let (_, two) = run(&second).expect("prepared");
        for file in [MANIFEST_FILE, GENES_FILE, WINDOWS_FILE, QC_FILE] {
            let bytes = |config: &PrepareConfig| fs::read(config.out_dir.join(file)).expect("read");
            assert_eq!(bytes(&first), bytes(&second), "{file}");
        }
        assert_eq!(one.checksum(), two.checksum());
    }

    #[test]
    fn everything_dropped_stands_in_the_table_with_its_reason() {
        let folder = tempfile::tempdir().expect("folder");
        let mut config = forty(folder.path(), |gene| gene as f64);
        let fasta = fs::read_to_string(folder.path().join("promoters.fa")).expect("read");
        let more = format!(
            ">G00 chrom=chr1\n{0}\n>ONLY_WINDOW\n{0}\n>UNMEASURED\n{0}\n>SHORT\nACGT\n>BAD tss_offset=x\n{0}\n>EMPTY\n{1}\n>FEW\n{2}\n",
            bases(1),
            "N".repeat(60),
            "N".repeat(59) + "A"
        );
        config.promoters = Some(put(folder.path(), "more.fa", &(fasta + &more)));
        let table = fs::read_to_string(folder.path().join("expression.tsv")).expect("read");
        let rows = "SHORT\t\t1\t1\nBAD\t\t1\t1\nEMPTY\t\t1\t1\nFEW\t\t1\t1\nUNMEASURED\t\tNA\t\nONLY_TPM\t\t1\t1\n";
        config.expression = put(folder.path(), "more.tsv", &(table + rows)).into();
        let (report, _) = run(&config).expect("prepared");
        let qc = qc(&config);
        let expected = [
            ("G00", "duplicate_gene"),
            ("ONLY_WINDOW", "no_expression_row"),
            ("UNMEASURED", "no_measurement"),
            ("SHORT", "wrong_length"),
            ("BAD", "unreadable_header"),
            ("EMPTY", "no_known_bases"),
            ("FEW", "too_few_known_bases"),
            ("ONLY_TPM", "no_window"),
        ];
        for (gene, reason) in expected {
            assert_eq!(qc.get(gene).map(String::as_str), Some(reason), "{gene}");
        }
        assert_eq!((report.kept, qc.len(), report.dropped.values().sum::<usize>()), (40, 8, 8));
    }

    #[test]
    fn windows_are_cut_from_a_genome_and_fall_back_on_promoters() {
        let folder = tempfile::tempdir().expect("folder");
        let mut config = forty(folder.path(), |gene| gene as f64);
        let contig = |gene: usize| format!(">chr{}\n{}\n", gene + 1, bases(gene) + &"N".repeat(140));
        config.genome = Some(put(folder.path(), "genome.fa", &(0..3).map(contig).collect::<String>()));
        // The window of TSS 50 on the forward strand is [0, 60): all known. That of 90 is [40, 100): 20 known.
        let bed = "1\t50\t51\tG00\t0\t+\n2\t90\t91\tG01\t0\t+\n3\t200\t201\tG02\t0\t+\nchr9\t5\t6\tG03\t0\t+\n";
        config.tss_bed = Some(put(folder.path(), "tss.bed", bed));
        config.min_known_bp = 10;
        let (report, dataset) = run(&config).expect("prepared");
        assert_eq!(report.kept, 40);
        assert_eq!(report.unmatched_contigs, BTreeMap::from([("chr9".to_owned(), 1)]));
        let gene = |id: &str| &dataset.genes()[dataset.find_gene(id).expect("kept")];
        assert_eq!((gene("G00").chrom.as_deref(), gene("G00").tss), (Some("chr1"), Some(50)));
        assert_eq!((gene("G01").tss, gene("G01").known_upstream_bp), (None, 50));
        let qc = qc(&config);
        assert_eq!(qc["G01"], "other_source_used");
        assert_eq!(qc["G02"], "tss_outside_contig");
        assert_eq!(qc["G03"], "contig_not_in_genome");
    }

    #[test]
    fn inputs_that_share_nothing_are_shown_side_by_side() {
        let folder = tempfile::tempdir().expect("folder");
        let mut config = forty(folder.path(), |gene| gene as f64);
        config.expression = put(folder.path(), "other.tsv", "gene_id\tK562\nENSG1\t1\nENSG2\t2\n").into();
        let error = run(&config).expect_err("no common gene").to_string();
        assert!(error.starts_with("no gene of promoters is in expression"), "{error}");
        assert!(error.contains("G00, G01, G02, ...") && error.contains("ENSG1, ENSG2"), "{error}");

        config.genome = Some(put(folder.path(), "genome.fa", ">scaffold_1\nACGT\n"));
        config.tss_bed = Some(put(folder.path(), "tss.bed", "chr1\t5\t6\tG00\t0\t+\n"));
        let error = run(&config).expect_err("no common contig").to_string();
        assert!(error.contains("chr1") && error.contains("scaffold_1"), "{error}");
        assert!(!config.out_dir.exists());
        let left: Vec<_> = fs::read_dir(folder.path()).expect("readable").flatten().map(|entry| entry.path()).collect();
        assert!(left.iter().all(|path| path.extension().is_none_or(|ending| ending != "partial")), "{left:?}");
    }

    #[test]
    fn simulated_data_are_recorded_as_such() {
        let folder = tempfile::tempdir().expect("folder");
        let simulation = SimulateConfig { genes: 60, ..SimulateConfig::default() };
        let note = simulate(&simulation, folder.path()).expect("simulated");
        let config = PrepareConfig {
            promoters: Some(folder.path().join(PROMOTERS_FILE)),
            ..PrepareConfig::new(folder.path().join(EXPRESSION_FILE), folder.path().join("set"), simulation.geometry)
        };
        let (_, dataset) = run(&config).expect("prepared");
        let recorded = dataset.manifest().simulated.as_ref().expect("recorded");
        assert_eq!((recorded.seed, recorded.genes, dataset.len()), (note.seed, 60, 60));
    }

    #[test]
    fn a_changed_data_set_is_refused() {
        let folder = tempfile::tempdir().expect("folder");
        let config = forty(folder.path(), |gene| gene as f64);
        let (_, dataset) = run(&config).expect("prepared");
        let windows = config.out_dir.join(WINDOWS_FILE);
        let mut bytes = fs::read(&windows).expect("read");
        *bytes.last_mut().expect("not empty") ^= 1;
        // Under another inode, as the open data set has this one mapped.
        fs::remove_file(&windows).expect("removed");
        fs::write(&windows, &bytes).expect("written");
        assert!(matches!(dataset.verify(), Err(DatasetError::Damaged { .. })));
        bytes.pop();
        fs::write(&windows, &bytes).expect("written");
        assert!(matches!(PreparedDataset::open(&config.out_dir), Err(DatasetError::Damaged { .. })));
        let manifest = config.out_dir.join(MANIFEST_FILE);
        let newer =
            fs::read_to_string(&manifest).expect("read").replace("\"format_version\": 1", "\"format_version\": 2");
        fs::write(&manifest, newer).expect("written");
        assert!(matches!(PreparedDataset::open(&config.out_dir), Err(DatasetError::FormatVersion { found: 2, .. })));
        fs::remove_file(&manifest).expect("removed");
        assert!(matches!(PreparedDataset::open(&config.out_dir), Err(DatasetError::NotADataset { .. })));
    }

    #[test]
    fn a_prepared_data_set_may_be_read_by_many_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<PreparedDataset>();
    }
}
