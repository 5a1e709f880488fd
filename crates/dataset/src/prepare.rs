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
mod row_match;
mod source;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use tatabox_sequence::{
    AnnotationDetail, Contig, ContigNames, GenomeProgress, InputCopies, check_sites, open_genome_read_only,
    open_genome_with, read_annotation,
};

use crate::assay::AssaySummary;
use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};
use crate::expression::{ExpressionRecord, GeneModel, ResolvedSource, read_sources, resolve_sources};
use crate::gene_match::{GeneMatchSummary, GeneName};
use crate::prepared::{
    FilterRecord, GeneFeatureRecord, PromoterChoiceRecord, TrackRecord, TssRecord, check_cell_type_names,
};
use crate::split::SplitSummary;

use candidate::CandidateStore;
use collector::{Collector, EXPRESSION_ROLE};
use input_checksums::InputChecksums;
use output_folder::OutputFolder;
use row_match::SourceGene;
use source::gene_features::FoundFeatures;
use source::gene_tss::{GeneTss, par_y_copies, tss_from_annotation, tss_from_bed};
use source::genome::{ContigMatch, GenomeSource};
use source::promoter_activity::{ChosenEntries, PromoterActivity};
use source::tracks::Tracks;
use source::{genome, promoters};

pub use config::PrepareConfig;
pub use gene_filter::GeneFilter;
pub use progress::{PrepareProgress, PrepareStage};
pub use source::feature_table::FeatureTable;
pub use source::gene_features::GeneFeatureSource;
pub use source::gene_tss::TssSettings;
pub use source::promoter_activity::PromoterActivitySource;
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
    /// Number of contigs with genes in the annotation, or TSSs in the BED file, that the genome has. `None` without a
    /// genome.
    pub matched_contigs: Option<usize>,
    /// Contigs of the annotation that the genome lacks, with their numbers of genes.
    pub unmatched_contigs: BTreeMap<String, usize>,
    /// Cell types, in the order of their columns.
    pub cell_types: Vec<String>,
    /// Record of the expression tables.
    pub expression: ExpressionRecord,
    /// Gene filters and their effect.
    pub filters: Vec<FilterRecord>,
    /// Record of the TSS selection, for TSSs from annotation.
    pub tss: Option<TssRecord>,
    /// Record of the choice of promoters by activity, if any.
    pub promoters: Option<PromoterChoiceRecord>,
    /// How expression rows and genes were matched.
    pub gene_match: GeneMatchSummary,
    /// First examples of dropped promoter records by reason, with details.
    pub record_examples: BTreeMap<DropReason, String>,
    /// Record of the gene features, if any.
    pub gene_features: Option<GeneFeatureRecord>,
    /// Signal tracks.
    pub tracks: Vec<TrackRecord>,
    /// Assays.
    pub assays: Vec<AssaySummary>,
    /// Conditions of the inputs that affect how the data set is to be read, each in one line.
    pub warnings: Vec<String>,
}

/// Prepares a data set in the folder `config.out_dir`, which is created when the data set is complete.
///
/// Rows of assays are added to the genes, and follow their splits.
///
/// A gene is kept if an expression table has a value for it and a source has a window with enough known bases; every
/// other gene is listed in `qc.tsv` with its reason. Genes match expression rows by identifier, then by symbol. Inputs
/// may be pipes, which are copied first, except genomes and signal tracks. Windows are streamed through a file, so memory
/// use is independent of their length. The same inputs and configuration give the same bytes. A dry run does the same in
/// a temporary folder that it removes.
///
/// # Errors
///
/// [`DatasetError::InvalidSetting`](crate::DatasetError::InvalidSetting) for incompatible settings, the errors of
/// reading the inputs, and the errors of inputs that do not match. On error, `config.out_dir` is unchanged.
pub fn prepare(config: &PrepareConfig, progress: &mut dyn FnMut(PrepareProgress)) -> Result<PrepareReport> {
    config.check()?;
    let create = if config.dry_run { OutputFolder::temporary } else { OutputFolder::create };
    let output = create(&config.out_dir, config.force)?;
    let _copies = InputCopies::of(config.given_inputs())?;
    let sources = resolve_sources(&config.expression)?;
    let inputs = config.inputs(&sources);
    let _listed = InputCopies::of(inputs.iter().map(|(role, path)| (*role, path.as_path())))?;
    let tracks = Tracks::open(&config.tracks)?;
    let checksums = InputChecksums::start(inputs);

    progress(PrepareProgress::new(PrepareStage::Expression, 0, None));
    let uses_genes = sources.iter().any(ResolvedSource::uses_gene_model);
    let gives_features = config.gene_features == Some(GeneFeatureSource::Structure);
    if config.genome.is_none() && config.annotation.is_some() && !uses_genes && !gives_features {
        return Err(DatasetError::InvalidSetting {
            field: "genome",
            value: "none".to_owned(),
            expected: "annotation requires the genome it refers to".to_owned(),
        });
    }
    let gene_model = GeneModel::for_sources(config.annotation.as_deref(), &sources)?;
    let joined = read_sources(&config.expression, &sources, gene_model.as_ref())?;
    check_cell_type_names(&joined.table.cell_types)?;
    progress(PrepareProgress::new(PrepareStage::Assays, 0, None));
    let assays = config.assays.iter().map(crate::assay::read).collect::<Result<Vec<_>>>()?;

    let unsorted = output.file(UNSORTED_FILE);
    let store = CandidateStore::create(&unsorted, config.geometry, config.min_known_bp as usize)?;
    let mut collector = Collector::new(&joined.table, store);
    if !config.dry_run {
        collector.qc.set_failed_details(output.failed_details().filter(|_| !config.dry_run));
    }
    for (gene_id, reason, location) in &joined.excluded {
        collector.qc.drop(gene_id, EXPRESSION_ROLE, *reason, location);
    }
    let activity = config.promoter_activity.as_ref().map(PromoterActivity::read).transpose()?;
    let mut genome_context = collect_from_genome(config, activity.as_ref(), &mut collector, progress)?;
    if let Some(promoters) = &config.promoters {
        let (offset, geometry) = (config.tss_offset, config.geometry);
        promoters::collect(promoters, offset, geometry, activity.as_ref(), &mut collector, progress)?;
    }
    genome_context.activity = activity;
    let mut collected = collector.finish(&config.drop)?;
    let record_examples = promoters::unusable_records(&collected.qc);
    tracks.keep_readable(&mut collected, &mut genome_context)?;
    match (&config.gene_features, &config.annotation) {
        (Some(GeneFeatureSource::Table(table)), _) => {
            genome_context.features = Some(FoundFeatures::from_table(table, &collected.genes)?);
        }
        (Some(GeneFeatureSource::Structure), Some(annotation)) => {
            genome_context.features = Some(FoundFeatures::structure(annotation, &collected.genes)?);
        }
        _ => {}
    }
    if let Some(features) = &mut genome_context.features {
        features.extend_to(&collected.genes);
        if config.require_features {
            collected.require(features)?;
        }
    }
    let inputs = checksums.finish(progress)?;

    let report =
        assembly::Assembly { config, expression: &joined, output: &output, genome_context, tracks, assays, inputs }
            .write(collected, &unsorted, progress)?;
    let report = PrepareReport { record_examples, ..report };
    if config.dry_run {
        return Ok(report);
    }
    output.commit()?;
    tracing::info!(path = %config.out_dir.display(), kept = report.kept, dropped = ?report.dropped, "data set prepared");
    Ok(report)
}

/// Data from genome and annotation, in addition to windows.
#[derive(Default)]
struct GenomeContext {
    /// Path of the genome, for messages.
    path: String,
    contigs: Vec<Contig>,
    warnings: Vec<String>,
    matched_contigs: Option<usize>,
    unmatched_contigs: BTreeMap<String, usize>,
    features: Option<FoundFeatures>,
    activity: Option<PromoterActivity>,
}

fn collect_from_genome(
    config: &PrepareConfig,
    activity: Option<&PromoterActivity>,
    collector: &mut Collector<'_>,
    progress: &mut dyn FnMut(PrepareProgress),
) -> Result<GenomeContext> {
    let Some(genome) = &config.genome else {
        return Ok(GenomeContext::default());
    };
    // First, because a genome that cannot be read is found out sooner than an annotation is read.
    let mut report = |opening: GenomeProgress| {
        let stage = PrepareStage::OpenGenome(opening.stage);
        progress(PrepareProgress::new(stage, opening.bytes_done, Some(opening.bytes_total)));
    };
    let cache = config.genome_cache.as_deref();
    let genome = if config.dry_run {
        open_genome_read_only(genome, cache, &mut report)?
    } else {
        open_genome_with(genome, cache, &mut report)?
    };
    progress(PrepareProgress::new(PrepareStage::Annotation, 0, None));
    let needs_half_life = config.gene_features == Some(GeneFeatureSource::HalfLife);
    let detail = if needs_half_life { AnnotationDetail::Structure } else { config.tss.annotation_detail() };
    let annotation = config.annotation.as_ref().map(|path| read_annotation(path, detail)).transpose()?;
    let peaks = if annotation.is_some() { config.tss.peaks()? } else { None };
    let (role, mut sites) = match (&annotation, &config.tss_bed) {
        (Some(annotation), _) => {
            ("annotation", tss_from_annotation(annotation, &config.tss, peaks.as_ref(), activity)?)
        }
        (None, Some(bed)) => ("tss_bed", tss_from_bed(bed)?),
        (None, None) => return Ok(GenomeContext::default()),
    };
    if let Some(annotation) = &annotation {
        collector.exclude(&annotation.excluded, role);
    }
    let copies = par_y_copies(&sites);
    let names: Vec<GeneName<'_>> =
        sites.iter().map(|site| GeneName::new(&site.gene_id, site.gene_name.as_deref())).collect();
    let mut genes = collector.match_genes(&names, |site| copies[site]);
    for (site, gene) in sites.iter_mut().zip(&genes) {
        if let SourceGene::Listed { gene_id, .. } = gene {
            site.gene_id.clone_from(gene_id);
        }
    }
    if let (None, Some(activity)) = (&annotation, activity) {
        (sites, genes) = most_active_sites(activity, sites, genes, role, collector)?;
    }
    let mut names = ContigNames::new(genome.contigs());
    if let Some(annotation) = &annotation {
        names = names.with_accessions(&annotation.chromosome_accessions);
    }
    let mut warnings = match (&annotation, &config.annotation, &config.tss_bed) {
        (Some(annotation), Some(path), _) => annotation.check_genome(path, genome.as_ref(), &names)?.warnings(),
        (_, _, Some(path)) => {
            let sites = sites.iter().map(|site| &site.tss);
            check_sites(path, sites, genome.as_ref(), &names)?.warnings()
        }
        _ => Vec::new(),
    };
    if let Some(peaks) = &peaks {
        warnings.extend(peaks.check_genome(genome.as_ref(), &names)?.warnings());
    }
    let mut features = None;
    if let (true, Some(annotation)) = (needs_half_life, &annotation) {
        let is_measured = |gene_id: &str| collector.measures(gene_id);
        let found = FoundFeatures::half_life(annotation, &sites, &names, genome.as_ref(), is_measured, progress)?;
        features = Some(found);
    }
    let (path, contigs) = (genome.path().display().to_string(), genome.contigs().to_vec());
    let source = GenomeSource { genome: genome.as_ref(), names, role, geometry: config.geometry };
    let ContigMatch { matched, unmatched } = genome::collect(&source, sites, &genes, collector, progress)?;
    Ok(GenomeContext {
        path,
        contigs,
        warnings,
        matched_contigs: Some(matched),
        unmatched_contigs: unmatched,
        features,
        activity: None,
    })
}

/// TSSs of a BED file without those that are less active than another of their gene.
fn most_active_sites(
    activity: &PromoterActivity,
    sites: Vec<GeneTss>,
    genes: Vec<SourceGene>,
    role: &'static str,
    collector: &mut Collector<'_>,
) -> Result<(Vec<GeneTss>, Vec<SourceGene>)> {
    let (row_of, name_of) =
        (|site: usize| activity.of_site(&sites[site].tss), |site: usize| sites[site].tss.to_string());
    let chosen = ChosenEntries::of(activity, role, &genes, row_of, name_of)?;
    let mut kept = (Vec::with_capacity(sites.len()), Vec::with_capacity(genes.len()));
    for (index, (site, gene)) in sites.into_iter().zip(genes).enumerate() {
        let location = site.tss.to_string();
        if let Some(origin) = chosen.origin(index, &gene, role, &location, &mut collector.qc) {
            kept.0.push(GeneTss { promoter: Some(origin.clone()), ..site });
            kept.1.push(gene);
        }
    }
    Ok(kept)
}
