//! `tatabox variants`: what variants of a VCF do to promoters.

mod batch;
mod effect;
mod info_field;
mod reading;
mod saturation;
mod scoring;
mod sites;
mod table;
mod tally;
mod writing;

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use tatabox_sequence::{Contig, ReferenceGenome, VariantFile, VariantResolver, WindowGeometry};

use crate::args::{Format, ReferenceMismatch, Shard, VariantsArgs};
use crate::beside_bases::{GivenFeatures, refuse_tracks};
use crate::console::Console;
use crate::failure::usage;
use crate::genome_choice;
use crate::interrupt::Interrupt;
use crate::model_choice::ChosenModel;
use crate::output::Sink;
use crate::pipeline;
use crate::progress::{Progress, Unit};
use batch::{Batch, ScoredBatch};
use reading::{BatchReader, KeptPromoters};
use scoring::Scorer;
use table::EffectTable;
use writing::{AnnotatedFile, EffectWriter};

/// What stands in the header of annotated files and is told in every run.
const KNOWN_LIMITS: &str = "models of this kind often get the sign of a variant's effect wrong between people \
                            (doi:10.1038/s41588-023-01574-w, doi:10.1038/s41588-023-01524-6); a stable sign is no \
                            proof of a right one";

pub(crate) fn run(args: &VariantsArgs, console: &Console) -> Result<()> {
    if args.saturate { saturation::run(args, console) } else { score_file(args, console) }
}

fn score_file(args: &VariantsArgs, console: &Console) -> Result<()> {
    let (vcf, genome) = args.inputs()?;
    let (format, shifts, sites, annotated) = (args.format()?, args.shifts()?, args.sites()?, args.annotated()?);
    args.check_outputs()?;
    let writes_table = args.output.is_some() || annotated.is_none();
    if format == Format::Parquet && args.output.is_none() && writes_table && io::stdout().is_terminal() {
        return Err(usage("--format parquet: a terminal cannot show it; write to a file with --output"));
    }
    if args.shard.is_some() && vcf == Path::new("-") {
        return Err(usage("--shard: standard input cannot be read twice; write it to a file first"));
    }
    let rows = writes_table.then(|| Sink::create(args.output.as_deref())).transpose()?;
    let report = args.report.as_deref().map(|path| Sink::create(Some(path))).transpose()?;
    let annotated_sink = annotated.map(|(path, _)| Sink::create(Some(path))).transpose()?;
    let destinations: Vec<String> =
        [&rows, &annotated_sink].into_iter().flatten().map(|sink| sink.name().to_owned()).collect();
    let destination = destinations.join(" and ");
    // What stands in a pipe cannot be taken back, so only a file is worth ending well for.
    let to_file = args.output.is_some() || annotated.is_some();
    let interrupt = if to_file { Interrupt::watch(console)? } else { Interrupt::default() };

    let mut file = VariantFile::open(vcf)?;
    let (skipped, left) = part(args.shard, vcf, &mut file)?;
    let model = ChosenModel::load(args.model.model.as_deref(), args.model.device.select()?, console)?;
    let cell_types = args.cell_types.indices(model.predictor.cell_types())?;
    let names: Vec<String> = cell_types.iter().map(|&index| model.predictor.cell_types()[index].clone()).collect();
    let genome: Arc<dyn ReferenceGenome> = genome_choice::open(genome, console)?.into();
    refuse_tracks(&model.predictor, "what a variant does to it is not known")?;
    let features = GivenFeatures::open(args.gene_features.as_deref(), &model.predictor, console)?;
    let sites = sites::open(sites, &*genome, features.as_ref(), console)?;
    let of_sites =
        |features: GivenFeatures| sites.sites().iter().filter_map(|site| features.of(&site.gene_id)).collect();
    let features: Vec<Arc<[f32]>> = features.map(of_sites).unwrap_or_default();
    console.note(format!("{} TSSs, windows of {}", sites.sites().len(), model.predictor.extent()));
    console.note(format!("known limits: {KNOWN_LIMITS}"));

    let annotated = annotated.zip(annotated_sink).map(|((path, format), sink)| {
        let header = annotated_header(&file, &model, &names, &shifts, genome.contigs());
        AnnotatedFile { sink, format, header, path: path.to_owned() }
    });
    let table = EffectTable {
        cell_types: names,
        has_shifts: shifts.len() > 1,
        has_members: model.predictor.members().len() > 1,
        all: args.all,
        remark: model.is_simulated().then_some("model trained on simulated data"),
    };
    let extent = model.predictor.extent();
    let moved_bp = shifts.iter().map(|shift| shift.unsigned_abs() as u32).max().unwrap_or(0);
    let mut scorer = Scorer::new(&model.predictor, features, shifts, cell_types);
    let reader = BatchReader {
        file,
        resolver: VariantResolver::new(genome, args.ref_mismatch == ReferenceMismatch::UseGenome),
        sites,
        geometry: WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).context("the model's extent")?,
        extent,
        moved_bp,
        batch_haplotypes: scorer.batch_haplotypes(),
        ref_mismatch: args.ref_mismatch,
        broken_record: args.broken_record,
        left,
        promoters: KeptPromoters::default(),
    };
    let writer = EffectWriter { table, format, rows, annotated, report };

    let total = args.shard.is_some().then_some(left);
    let mut progress = Progress::start(console, "scoring", total, Unit::Records);
    let mut done = 0;
    let compute = |batches: Vec<Batch>| {
        if interrupt.is_wanted() {
            bail!("interrupted after {done} records; {destination} was not written");
        }
        let mut scored = ScoredBatch { records: Vec::new(), effects: Vec::new() };
        // One batch at a time is asked for below.
        for batch in batches {
            done += batch.records.len() as u64;
            scored = ScoredBatch { effects: scorer.score(&batch.haplotypes), records: batch.records };
        }
        progress.set(done);
        Ok(scored)
    };
    let ((sinks, tally), timing) = pipeline::run_in_chunks(1, reader, compute, move |batches| writer.write(batches))?;
    progress.clear();
    for sink in sinks {
        sink.commit()?;
    }

    tally.tell(args.report.is_some() || args.all, console);
    let total_s = timing.total.as_secs_f64().max(1e-9);
    tracing::info!("network {:.0}% of {total_s:.1} s", 100.0 * timing.computing.as_secs_f64() / total_s);
    let of_shard = if skipped > 0 { format!(" (after {skipped} passed over)") } else { String::new() };
    console.note(format!(
        "{} records{of_shard}, {} alleles scored, {:.0} records/s, model {} on {}, written to {destination}",
        tally.records,
        tally.scored(),
        tally.records as f64 / total_s,
        model.name,
        model.device.name,
    ));
    Ok(())
}

/// Passes over what comes before this part of the file; returns how many records that were and how many to read.
fn part(shard: Option<Shard>, vcf: &Path, file: &mut VariantFile) -> Result<(u64, u64)> {
    let Some(shard) = shard else { return Ok((0, u64::MAX)) };
    let (first, count) = shard.part_of(VariantFile::count(vcf)?);
    Ok((file.skip(first)?, count))
}

/// The header with the field, and with what made it. Paths stay out of it: the file may be handed on.
fn annotated_header(
    file: &VariantFile,
    model: &ChosenModel,
    cell_types: &[String],
    shifts: &[i64],
    contigs: &[Contig],
) -> tatabox_sequence::VariantHeader {
    let shifts: Vec<String> = shifts.iter().map(ToString::to_string).collect();
    let made_by = format!(
        "version {}; model {}, {} around the TSS; shifts {}; cell types {}",
        env!("CARGO_PKG_VERSION"),
        model.name,
        model.predictor.extent(),
        shifts.join(","),
        cell_types.join(",")
    );
    let remarks = [("tatabox_variants", made_by.as_str()), ("tatabox_limits", KNOWN_LIMITS)];
    file.header().annotated(info_field::FIELD, &remarks, contigs)
}
