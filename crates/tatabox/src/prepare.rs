//! Preparation of data sets from sequence and expression.

mod summary;

use std::fs;

use tatabox_dataset::audit::AUDIT_DIR;
use tatabox_dataset::schema::{
    ASSAYS_DIR, GENE_FEATURES_FILE, GENES_FILE, MANIFEST_FILE, QC_FILE, SIGNALS_FILE, WINDOWS_FILE,
};
use tatabox_dataset::{
    AssaySource, DropReason, FilterRecord, GeneFeatureSource, PrepareConfig, PrepareProgress, PrepareReport,
    PrepareStage, Split, SplitMethod, SplitSummary, prepare,
};
use tatabox_sequence::{counted, is_or_are};

use crate::error::{Error, Result};
use crate::few_genes::FEW_GENES;
use crate::inputs::{GenomeSource, note_unpacking};
use crate::observer::Observer;
use crate::output_paths::OutputPaths;
use crate::progress::{Progress, Unit};
use crate::remedy::Remedy;
pub use summary::PrepareSummary;

/// Files and folders of a data set.
const DATASET_FILES: [&str; 8] =
    [MANIFEST_FILE, GENES_FILE, WINDOWS_FILE, GENE_FEATURES_FILE, SIGNALS_FILE, ASSAYS_DIR, QC_FILE, AUDIT_DIR];

/// Prepares a data set of promoter windows and expression, and warns of inputs that do not match.
///
/// Genes that are not in the data set are listed in `qc.tsv` with the reason.
///
/// # Errors
/// An input cannot be read, the inputs share no genes, the folder exists and may not be replaced, or a file in it is an input or not
/// part of a data set.
///
/// # Examples
///
/// ```no_run
/// use tatabox::{Silent, prepare};
/// use tatabox_dataset::PrepareConfig;
/// use tatabox_sequence::WindowGeometry;
///
/// let geometry = WindowGeometry::new(250, 50)?;
/// let mut config = PrepareConfig::new("tpm.tsv", "data/human300", geometry);
/// config.promoters = Some("promoters.fa".into());
/// let report = prepare::run(&config, &Silent)?;
/// println!("{} genes", report.kept);
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(config: &PrepareConfig, observer: &dyn Observer) -> Result<PrepareReport> {
    check_output(config)?;
    let mut stages = Stages { config, observer, current: None };
    let report = prepare(config, &mut |progress| stages.report(progress))?;
    stages.finish();
    for warning in warnings(&report) {
        observer.warn(&warning);
    }
    Ok(report)
}

/// Refuses to replace a folder that holds an input or a file that is not part of a data set.
fn check_output(config: &PrepareConfig) -> Result<()> {
    if config.dry_run {
        return Ok(());
    }
    let mut paths = OutputPaths::default();
    for path in config.expression.paths() {
        paths.input("expression", path);
    }
    if let Some(genome) = &config.genome {
        paths.genome(&GenomeSource::new(genome));
    }
    if let Some(GeneFeatureSource::Table(path)) = &config.gene_features {
        paths.input("gene features", path);
    }
    if let Some(source) = &config.promoter_activity {
        paths.input("promoter activity", &source.table);
    }
    for track in &config.tracks {
        paths.input("signal track", &track.path);
    }
    for path in config.assays.iter().flat_map(AssaySource::paths) {
        paths.input("assay", path);
    }
    let others = [("promoters", &config.promoters), ("annotation", &config.annotation), ("TSSs", &config.tss_bed)];
    for (role, path) in others {
        if let Some(path) = path {
            paths.input(role, path);
        }
    }
    paths.output_folder("out", &config.out_dir, &[""]);
    paths.check()?;
    if !config.force || !config.out_dir.join(MANIFEST_FILE).is_file() {
        return Ok(());
    }
    let unreadable = |source| Error::Io { action: "read", path: config.out_dir.clone(), source };
    for entry in fs::read_dir(&config.out_dir).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let name = name.to_string_lossy();
        if !DATASET_FILES.contains(&&*name) && !name.starts_with('.') && !name.ends_with(".partial") {
            let message = format!(
                "{} holds {name}, which is not part of a data set and would be deleted; move it to another folder",
                config.out_dir.display()
            );
            return Err(Error::input_with(Remedy::ChooseOutputFolder, message));
        }
    }
    Ok(())
}

/// The stage in progress.
struct Stages<'a> {
    config: &'a PrepareConfig,
    observer: &'a dyn Observer,
    current: Option<(PrepareStage, Progress<'a>)>,
}

impl Stages<'_> {
    fn report(&mut self, now: PrepareProgress) {
        if self.current.as_ref().is_none_or(|(stage, _)| *stage != now.stage) {
            self.finish();
            if let (PrepareStage::OpenGenome(stage), Some(genome)) = (now.stage, &self.config.genome) {
                note_unpacking(stage, genome, self.config.genome_cache.as_deref(), self.observer);
            }
            let unit = match now.stage {
                PrepareStage::Checksums | PrepareStage::OpenGenome(_) => Unit::Bytes,
                PrepareStage::GeneFeatures | PrepareStage::AssaySimilarity => Unit::Records,
                _ => Unit::Windows,
            };
            let progress = Progress::start(self.observer, now.stage.to_string(), now.total, unit);
            self.current = Some((now.stage, progress));
        }
        if let Some((_, progress)) = &mut self.current {
            progress.set(now.done);
        }
    }

    fn finish(&mut self) {
        if let Some((_, progress)) = self.current.take() {
            progress.finish();
        }
    }
}

/// Inputs of other assemblies, filters that match nothing, unusable promoter records, and ambiguous symbols.
fn warnings(report: &PrepareReport) -> Vec<String> {
    let records = report.record_examples.iter().map(|(reason, example)| {
        let count = report.dropped.get(reason).copied().unwrap_or_default();
        format!("{count} promoter records are not used ({}), for example {example}; all are in qc.tsv", words(*reason))
    });
    let matching = &report.gene_match;
    let ambiguous = (matching.ambiguous > 0).then(|| {
        format!(
            "{} expression rows are not used, since their symbol names several genes or rows: {}",
            matching.ambiguous,
            first_names(&matching.ambiguous_examples, matching.ambiguous)
        )
    });
    let filters = report.filters.iter().filter_map(filter_warning);
    let assembly = report.warnings.iter().cloned();
    assembly
        .chain(filters)
        .chain(records)
        .chain(ambiguous)
        .chain(split_method(&report.split))
        .chain(few_genes(&report.split))
        .collect()
}

/// Warning of splits that do not hold out whole chromosomes.
fn split_method(split: &SplitSummary) -> Option<String> {
    let reason = match split.rule.method {
        SplitMethod::Chromosomes | SplitMethod::ListedGenes => return None,
        SplitMethod::OverlappingWindows => {
            "the genes are on fewer than three chromosomes, so that the splits are runs of genes with overlapping windows and \
             not whole chromosomes"
        }
        SplitMethod::Genes => {
            "no chromosome is known, so that the splits are single genes at random and not whole chromosomes"
        }
        SplitMethod::ChromosomesAndGenes => {
            "genes without a known chromosome are assigned to the splits singly, and all others by whole chromosomes"
        }
    };
    Some(format!("{reason}; similar genes in two splits make scores too high (`tatabox audit` looks for them)"))
}

/// Warning of held-out splits with few genes.
fn few_genes(split: &SplitSummary) -> Option<String> {
    let few = [Split::Validation, Split::Test].into_iter().map(|part| (part, split.part(part).genes));
    let few: Vec<String> = few
        .filter(|&(_, genes)| genes < FEW_GENES)
        .map(|(part, genes)| format!("{part} ({})", counted(genes, "gene")))
        .collect();
    (!few.is_empty()).then(|| {
        format!(
            "a score on so few genes means little: {}; {FEW_GENES} or more are expected, so prepare more genes or more \
             chromosomes, or cross-validate",
            few.join(", ")
        )
    })
}

fn words(reason: DropReason) -> String {
    reason.as_str().replace('_', " ")
}

/// Examples of `count` names, separated by commas.
fn first_names(examples: &[String], count: usize) -> String {
    let more = if count > examples.len() { ", ..." } else { "" };
    format!("{}{more}", examples.join(", "))
}

fn filter_warning(record: &FilterRecord) -> Option<String> {
    let FilterRecord { filter, dropped, unknown } = record;
    match (dropped, unknown) {
        (_, 1..) => {
            let genes = counted(*unknown, "gene");
            Some(format!("filter {filter}: {genes} of unknown chromosome or name {} kept", is_or_are(*unknown)))
        }
        (0, 0) => Some(format!("filter {filter}: no gene matches")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::{HeldOutChromosomes, SplitPart, SplitRule};

    use super::*;

    fn split(method: SplitMethod, [train, validation, test]: [usize; 3]) -> SplitSummary {
        let part = |genes| SplitPart { genes, chromosomes: Vec::new() };
        SplitSummary {
            rule: SplitRule {
                seed: 42,
                fractions: SplitRule::DEFAULT_FRACTIONS,
                method,
                held_out: HeldOutChromosomes::default(),
            },
            train: part(train),
            validation: part(validation),
            test: part(test),
        }
    }

    #[test]
    fn few_held_out_genes_are_a_warning() {
        assert_eq!(few_genes(&split(SplitMethod::Chromosomes, [97, 20, 30])), None);
        let warning = few_genes(&split(SplitMethod::Chromosomes, [97, 20, 3])).expect("three test genes");
        assert!(warning.contains("means little: test (3 genes); 20 or more"), "{warning}");
    }

    #[test]
    fn splits_that_are_not_chromosomes_are_a_warning() {
        assert_eq!(split_method(&split(SplitMethod::Chromosomes, [60, 30, 30])), None);
        let warning = split_method(&split(SplitMethod::OverlappingWindows, [60, 30, 30])).expect("one chromosome");
        assert!(warning.contains("fewer than three chromosomes"), "{warning}");
        assert!(split_method(&split(SplitMethod::Genes, [60, 30, 30])).is_some());
    }

    #[test]
    fn prepared_folder_with_an_input_or_a_file_of_the_user_is_not_replaced() {
        let folder = tempfile::tempdir().expect("folder");
        let geometry = tatabox_sequence::WindowGeometry::new(50, 10).expect("60 bp");
        let mut config = PrepareConfig::new(folder.path().join("tpm.tsv"), folder.path(), geometry);
        config.force = true;
        fs::write(folder.path().join(MANIFEST_FILE), "{}").expect("written");
        let message = check_output(&config).expect_err("an input").to_string();
        assert!(message.contains("an input (expression)"), "{message}");
        config.expression = "elsewhere.tsv".into();
        check_output(&config).expect("a data set alone");
        fs::write(folder.path().join("notes.txt"), "mine").expect("written");
        let message = check_output(&config).expect_err("a note").to_string();
        assert!(message.contains("holds notes.txt"), "{message}");
    }

    #[test]
    fn filter_warning_names_filters_without_effect_and_undecided_genes() {
        let record = |dropped, unknown| FilterRecord { filter: "chrY".to_owned(), dropped, unknown };
        assert_eq!(filter_warning(&record(3, 0)), None);
        assert_eq!(filter_warning(&record(0, 0)).as_deref(), Some("filter chrY: no gene matches"));
        assert!(
            filter_warning(&record(3, 2))
                .is_some_and(|warning| warning.contains("2 genes of unknown chromosome or name are kept"))
        );
    }
}
