//! Effects of variants on promoters.
//!
//! For each allele and each TSS whose window contains it, the promoter is predicted with and without the allele. See
//! [`score`] for the variants of a file and [`saturate`] for all single-nucleotide variants of a promoter.

mod batch;
mod contigs;
mod effect;
mod effect_table;
mod info_field;
mod reader;
mod request;
mod saturation;
mod scorer;
mod sites;
mod summary;
mod writer;

use std::path::Path;
use std::sync::Arc;

use tatabox_model::EffectBackground;
use tatabox_sequence::{ReferenceGenome, VariantFile, VariantResolver, WindowGeometry, counted};

use crate::error::{Context, Error, Result};
use crate::inputs::{GeneFeatureTable, Shard, open_genome, refuse_tracks};
use crate::model_store::Model;
use crate::observer::Observer;
use crate::output_paths::OutputPaths;
use crate::pipeline;
use crate::progress::{Progress, Unit};

use batch::{Batch, ScoredBatch};
use contigs::{VariantContigs, mismatch_warning};
use effect_table::EffectTable;
use reader::{BatchReader, PromoterCache};
use writer::{AnnotatedFile, EffectWriter};

pub use request::{
    AnnotatedOutput, MalformedRecordPolicy, ReferenceMismatchPolicy, TssSource, VariantRequest, WindowShifts,
};
pub use saturation::{SaturatedPromoters, SaturationRequest, saturate};
pub use summary::VariantSummary;

#[cfg(feature = "train")]
pub(crate) use effect::Effect;
pub(crate) use scorer::Scorer;
#[cfg(feature = "train")]
pub(crate) use sites::open as open_sites;

/// Limits of variant effects, written to the header of annotated files and reported in every run.
pub const KNOWN_LIMITS: &str = "models of this kind often get the sign of a variant's effect wrong between people \
                                (doi:10.1038/s41588-023-01574-w, doi:10.1038/s41588-023-01524-6); a stable sign does \
                                not show that it is right";

/// Scores the variants of a VCF or BCF file, in constant memory.
///
/// Records keep their order. Alleles that cannot be scored are counted by reason in the summary.
///
/// # Errors
/// An output is an input or another output, an input cannot be read, no contig of the records is in the genome, REF or the declared length of a contig
/// differs from the genome (unless the request allows it), an output cannot be written, or
/// the observer cancels.
///
/// # Examples
///
/// ```no_run
/// use tatabox::inputs::GenomeSource;
/// use tatabox::tables::TableOutput;
/// use tatabox::variants::{self, TssSource, VariantRequest};
/// use tatabox::{Model, Silent};
///
/// let model = Model::bundled()?;
/// let sites = TssSource::Bed("tss.bed".into());
/// let mut request = VariantRequest::new("in.vcf.gz", GenomeSource::new("hg38.fa.gz"), sites);
/// request.table = Some(TableOutput::to_file("effects.tsv"));
/// let summary = variants::score(&model, &request, &Silent)?;
/// println!("{} alleles scored", summary.scored);
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn score(model: &Model, request: &VariantRequest, observer: &dyn Observer) -> Result<VariantSummary> {
    request.validate()?;
    request.list_paths(OutputPaths::of_model(model)).check()?;
    let rows = request.table.as_ref().map(|table| table.destination.open()).transpose()?;
    let report = request.report.as_ref().map(|path| crate::tables::Sink::create(Some(path))).transpose()?;
    let annotated = request.annotated.as_ref();
    let annotated_sink = annotated.map(|annotated| crate::tables::Sink::create(Some(&annotated.path))).transpose()?;
    let destinations: Vec<String> =
        [&rows, &annotated_sink].into_iter().flatten().map(|sink| sink.name().to_owned()).collect();
    let destination = destinations.join(" and ");

    let predictor = model.predictor();
    let mut file = VariantFile::open(&request.variants)?;
    let (skipped, left) = part(request.shard, &request.variants, &mut file)?;
    let cell_types = model.select_cell_types(&request.cell_types)?;
    let names: Vec<String> = cell_types.iter().map(|&index| model.cell_types()[index].clone()).collect();
    let background = background_of(model, &cell_types, &request.shifts, observer)?;
    let genome: Arc<dyn ReferenceGenome> = open_genome(&request.genome, observer)?.into();
    refuse_tracks(predictor, "the effect of a variant on them is not known")?;
    let features = GeneFeatureTable::open(request.gene_features.as_deref(), predictor, observer)?;
    let sites = sites::open(&request.sites, &*genome, features.as_ref(), observer)?;
    let of_sites = |features: GeneFeatureTable| {
        sites.sites().iter().filter_map(|site| features.of(&site.gene_id, site.gene_name.as_deref())).collect()
    };
    let features: Vec<Arc<[f32]>> = features.map(of_sites).unwrap_or_default();
    let extent = model.extent();
    observer.note(&format!("{}, windows of {extent}", counted(sites.sites().len(), "TSS")));
    observer.note(&format!("known limits: {KNOWN_LIMITS}"));

    let annotated = annotated.zip(annotated_sink).map(|(annotated, sink)| AnnotatedFile {
        sink,
        format: annotated.format,
        header: file.header().clone(),
        remarks: remarks(model, &names, &request.shifts),
        contigs: genome.contigs().to_vec(),
        path: annotated.path.clone(),
    });
    if annotated.is_none() {
        file.read_sites_only();
    }
    let table = EffectTable {
        cell_types: names,
        has_shifts: request.shifts.len() > 1,
        has_members: model.members() > 1,
        background,
        all: request.all,
        remark: model.is_simulated().then_some("model trained on simulated data"),
    };
    let mut scorer = Scorer::new(predictor, features, request.shifts.to_vec(), cell_types);
    let use_genome = request.reference_mismatch == ReferenceMismatchPolicy::UseGenome;
    let contigs = VariantContigs::new(&file, Arc::clone(&genome), request.reference_mismatch, request.shard.is_some());
    let contig_warnings = contigs.warnings();
    let (variants, genome_path) = (file.path().display().to_string(), genome.path().display().to_string());
    let reader = BatchReader {
        file,
        resolver: VariantResolver::new(genome, use_genome),
        contigs,
        sites,
        geometry: WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).context("the model's extent")?,
        extent,
        max_shift_bp: request.shifts.max_bp(),
        batch_alleles: scorer.batch_alleles(),
        reference_mismatch: request.reference_mismatch,
        malformed: request.malformed,
        left,
        promoters: PromoterCache::default(),
    };
    let format = request.table.as_ref().map(|table| table.format).unwrap_or_default();
    let writer = EffectWriter { table, format, rows, annotated, report };

    let total = request.shard.is_some().then_some(left);
    let mut progress = Progress::start(observer, "scoring", total, Unit::Records);
    let mut done = 0;
    let compute = |batches: Vec<Batch>| {
        if observer.is_cancelled() {
            return Err(Error::Cancelled(format!(
                "interrupted after {}; {destination} was not written",
                counted(done, "record")
            )));
        }
        let mut scored = ScoredBatch { records: Vec::new(), effects: Vec::new() };
        // The pipeline below passes one batch at a time.
        for batch in batches {
            done += batch.records.len() as u64;
            scored = ScoredBatch { effects: scorer.score(&batch.alleles)?, records: batch.records };
        }
        progress.set(done);
        Ok(scored)
    };
    let ((sinks, mut summary), timing) =
        pipeline::run_in_chunks(1, reader, compute, move |batches| writer.write(batches))?;
    progress.clear();
    let of_reference = mismatch_warning(summary.reference_mismatches(), summary.compared(), &variants, &genome_path);
    for warning in contig_warnings.take().into_iter().chain(of_reference) {
        observer.warn(&warning);
    }
    for sink in sinks {
        sink.commit()?;
    }
    summary.skipped = skipped;
    summary.total = timing.total;
    summary.computing = timing.computing;
    summary.destination = destination;
    Ok(summary)
}

/// Skips the records before a shard; returns the number of skipped records and of records to read.
fn part(shard: Option<Shard>, variants: &Path, file: &mut VariantFile) -> Result<(u64, u64)> {
    let Some(shard) = shard else { return Ok((0, u64::MAX)) };
    let (first, count) = shard.part_of(VariantFile::count(variants)?);
    Ok((file.skip_records(first)?, count))
}

/// Effects of random SNVs in some cell types of the model; without them, and where they were averaged over other shifts of
/// the window, there is a note.
fn background_of(
    model: &Model,
    cell_types: &[usize],
    shifts: &[i64],
    observer: &dyn Observer,
) -> Result<Option<EffectBackground>> {
    let Some(background) = model.effect_background()? else {
        observer.note(&format!(
            "no percentile and z: model {} has no {}; `tatabox verify` records it with the data set of the training",
            model.name(),
            EffectBackground::FILE
        ));
        return Ok(None);
    };
    if background.shifts_bp() != shifts {
        let listed = |shifts: &[i64]| shifts.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        observer.note(&format!(
            "percentile and z compare effects at shifts {} with random SNVs at shifts {}",
            listed(shifts),
            listed(background.shifts_bp())
        ));
    }
    Ok(Some(background.select(cell_types)))
}

/// Header lines with the origin of the INFO field, without paths, since annotated files are shared.
fn remarks(model: &Model, cell_types: &[String], shifts: &WindowShifts) -> Vec<(&'static str, String)> {
    let origin = format!(
        "version {}; model {}, {} around the TSS; shifts {shifts}; cell types {}",
        env!("CARGO_PKG_VERSION"),
        model.name(),
        model.extent(),
        cell_types.join(",")
    );
    vec![("tatabox_variants", origin), ("tatabox_limits", KNOWN_LIMITS.to_owned())]
}
