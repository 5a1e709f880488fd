//! Preparation of a data set from sequence and expression files.

mod assembly;
mod candidate;
mod collector;
mod config;
mod gene_filter;
mod input_checksums;
mod output_folder;
mod progress;
mod qc_log;
mod source;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use tatabox_sequence::{AnnotationDetail, ContigNames, open_genome_with, read_annotation};

use crate::drop_reason::DropReason;
use crate::error::Result;
use crate::expression::{ExpressionRecord, read_sources, resolve_sources};
use crate::prepared::{FilterRecord, GeneFeatureRecord, TrackRecord, TssRecord, check_cell_type_names};
use crate::split::SplitSummary;

use candidate::CandidateStore;
use collector::{Collector, EXPRESSION_ROLE};
use input_checksums::InputChecksums;
use output_folder::OutputFolder;
use source::gene_features::FoundFeatures;
use source::gene_tss::{tss_from_annotation, tss_from_bed};
use source::genome::GenomeSource;
use source::tracks::Tracks;
use source::{genome, promoters};

pub use config::PrepareConfig;
pub use gene_filter::GeneFilter;
pub use progress::{PrepareProgress, PrepareStage};
pub use source::feature_table::FeatureTable;
pub use source::gene_features::GeneFeatureSource;
pub use source::gene_tss::TssSettings;
pub use source::tracks::TrackSource;

/// File of windows in input order, until the order of the genes is known.
const UNSORTED_FILE: &str = "windows.unsorted";

/// Report of a preparation.
#[derive(Debug, Clone, PartialEq)]
pub struct PrepareReport {
    /// Number of genes in the data set.
    pub kept: usize,
    /// Number of rows of `qc.tsv` by reason.
    pub dropped: BTreeMap<DropReason, usize>,
    /// Splits with their genes and chromosomes.
    pub split: SplitSummary,
    /// Contigs of the annotation that the genome lacks, with their numbers of genes.
    pub unmatched_contigs: BTreeMap<String, usize>,
    /// Record of the expression tables.
    pub expression: ExpressionRecord,
    /// Gene filters and their effect.
    pub filters: Vec<FilterRecord>,
    /// Record of the TSS selection, for TSSs from annotation.
    pub tss: Option<TssRecord>,
    /// Number of genes whose identifier was replaced by that of the expression table.
    pub renamed: usize,
    /// Record of the gene features, if any.
    pub gene_features: Option<GeneFeatureRecord>,
    /// Signal tracks.
    pub tracks: Vec<TrackRecord>,
}

/// Prepares a data set in the folder `config.out_dir`, which is created when the data set is complete.
///
/// A gene is kept if an expression table has a value for it and a source has a window with enough known bases; every
/// other gene is listed in `qc.tsv` with its reason. Windows are streamed through a file, so memory use is independent
/// of their length. The same inputs and configuration give the same bytes.
///
/// # Errors
///
/// [`DatasetError::InvalidSetting`](crate::DatasetError::InvalidSetting) for incompatible settings, the errors of
/// reading the inputs, and the errors of inputs that do not match. On error, `config.out_dir` is unchanged.
pub fn prepare(config: &PrepareConfig, progress: &mut dyn FnMut(PrepareProgress)) -> Result<PrepareReport> {
    config.check()?;
    let output = OutputFolder::create(&config.out_dir, config.force)?;
    let sources = resolve_sources(&config.expression)?;
    let tracks = Tracks::open(&config.tracks)?;
    let checksums = InputChecksums::start(config.inputs(&sources));

    progress(PrepareProgress::new(PrepareStage::Expression, 0, None));
    let joined = read_sources(&config.expression, &sources)?;
    check_cell_type_names(&joined.table.cell_types)?;

    let unsorted = output.file(UNSORTED_FILE);
    let store = CandidateStore::create(&unsorted, config.geometry, config.min_known_bp as usize)?;
    let mut collector = Collector::new(&joined.table, store);
    for (gene_id, reason, location) in &joined.excluded {
        collector.qc.drop(gene_id, EXPRESSION_ROLE, *reason, location);
    }
    let mut genome_context = collect_from_genome(config, &mut collector, progress)?;
    if let Some(promoters) = &config.promoters {
        promoters::collect(promoters, config.tss_offset, config.geometry, &mut collector, progress)?;
    }
    let mut collected = collector.finish(&config.drop)?;
    tracks.keep_readable(&mut collected.genes, &mut collected.qc)?;
    if let Some(GeneFeatureSource::Table(table)) = &config.gene_features {
        genome_context.features = Some(FoundFeatures::from_table(table, &collected.genes)?);
    }
    if let Some(features) = &mut genome_context.features {
        features.extend_to(&collected.genes);
        if config.require_features {
            collected.require(features)?;
        }
    }
    let inputs = checksums.finish(progress)?;

    let report = assembly::Assembly { config, expression: &joined, output: &output, genome_context, tracks, inputs }
        .write(collected, &unsorted, progress)?;
    output.commit()?;
    tracing::info!(path = %config.out_dir.display(), kept = report.kept, dropped = ?report.dropped, "data set prepared");
    Ok(report)
}

/// Data from genome and annotation, in addition to windows.
#[derive(Default)]
struct GenomeContext {
    unmatched_contigs: BTreeMap<String, usize>,
    renamed: usize,
    features: Option<FoundFeatures>,
}

fn collect_from_genome(
    config: &PrepareConfig,
    collector: &mut Collector<'_>,
    progress: &mut dyn FnMut(PrepareProgress),
) -> Result<GenomeContext> {
    let Some(genome) = &config.genome else {
        return Ok(GenomeContext::default());
    };
    progress(PrepareProgress::new(PrepareStage::Annotation, 0, None));
    let needs_half_life = config.gene_features == Some(GeneFeatureSource::HalfLife);
    let detail = if needs_half_life { AnnotationDetail::Structure } else { config.tss.annotation_detail() };
    let annotation = config.annotation.as_ref().map(|path| read_annotation(path, detail)).transpose()?;
    let (role, mut sites) = match (&annotation, &config.tss_bed) {
        (Some(annotation), _) => ("annotation", tss_from_annotation(annotation, &config.tss)?),
        (None, Some(bed)) => ("tss_bed", tss_from_bed(bed)?),
        (None, None) => return Ok(GenomeContext::default()),
    };
    let renamed = collector.match_measured_ids(&mut sites);
    let genome = open_genome_with(genome, config.index_cache.as_deref(), &mut |index| {
        progress(PrepareProgress::new(PrepareStage::IndexGenome, index.bytes_done, Some(index.bytes_total)));
    })?;
    let mut names = ContigNames::new(genome.contigs());
    if let Some(annotation) = &annotation {
        names = names.with_accessions(&annotation.chromosome_accessions);
    }
    let mut features = None;
    if let (true, Some(annotation)) = (needs_half_life, &annotation) {
        let is_measured = |gene_id: &str| collector.measures(gene_id);
        let found = FoundFeatures::half_life(annotation, &sites, &names, genome.as_ref(), is_measured, progress)?;
        features = Some(found);
    }
    let source = GenomeSource { genome: genome.as_ref(), names, role, geometry: config.geometry };
    let unmatched_contigs = genome::collect(&source, sites, collector, progress)?;
    Ok(GenomeContext { unmatched_contigs, renamed, features })
}
