//! Comparison of measured with predicted effects of variants.
//!
//! Saturation mutagenesis, reporter assays of SNP pairs, deletion scans and eQTLs are tables with one variant per row. [`run`]
//! predicts each variant as [`variants`](crate::variants) does, scores models and controls per element and over elements, and
//! writes tables, figures and a report.

mod constructs;
mod controls;
mod drawing;
mod effect_table;
mod evaluation;
mod exclusion;
mod genome_variants;
mod outputs;
mod prediction;
mod record;
mod request;
mod resolved;
mod spelled_alleles;

use tatabox_dataset::{AlleleLayout, Extent, MeasuredVariants, PreparedDataset};
use tatabox_eval::{
    EffectPredictor, MeasuredEffect, PredictorKind, VariantEffects, is_significant_effect, score_variant_effects,
};
use tatabox_sequence::InputCopies;

use crate::error::{Error, Result};
use crate::model_store::Model;
use crate::observer::Observer;
use crate::output_folder::OutputFolder;
use crate::output_paths::OutputPaths;

use effect_table::{write_excluded, write_variants};
use evaluation::contents;
use exclusion::ExclusionReason as Reason;
use outputs::OutputChoice;
use record::EvaluateVariantsRecord;
use resolved::ResolvedVariants;

pub use effect_table::ComparedVariant;
pub use evaluation::VariantEvaluation;
pub use exclusion::{ExcludedVariant, ExclusionReason};
pub use prediction::PredictedEffect;
pub use request::{Construct, EvaluateVariantsRequest};
pub use tatabox_dataset::{EffectColumn, EffectColumnNames};
pub use tatabox_eval::{EffectMetric, EffectScope, EffectScoreOptions};

/// Element of tables without a column of elements.
const ALL_VARIANTS: &str = "all";

/// Compares the measured effects of a table with the predictions of one or more models and of controls, and writes the results.
///
/// The first model is the reference of the tests. With a data set, the k-mer ridge trained on its expression is a control.
///
/// # Errors
/// The request is out of range; the table cannot be read or its alleles are incomplete; a sequence that they refer to is missing
/// or differs; two models have one name or read auxiliary inputs; no variant is left; the folder is not empty and may not be
/// replaced; a file cannot be written; the observer cancels.
///
/// # Examples
///
/// ```no_run
/// use tatabox::evaluate_variants::{self, EvaluateVariantsRequest};
/// use tatabox::inputs::GenomeSource;
/// use tatabox::{Model, Silent};
/// use tatabox_eval::TableExport;
///
/// let mut request = EvaluateVariantsRequest::new("saturation.tsv", "saturation-evaluation");
/// request.genome = Some(GenomeSource::new("hg38.fa.gz"));
/// let evaluation = evaluate_variants::run(&[Model::bundled()?], None, &request, &Silent)?;
/// println!("{}", evaluation.metrics.to_text());
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(
    models: &[Model],
    dataset: Option<&PreparedDataset>,
    request: &EvaluateVariantsRequest,
    observer: &dyn Observer,
) -> Result<VariantEvaluation> {
    request.validate()?;
    check_names(models, request)?;
    let mut paths = OutputPaths::default();
    for model in models {
        paths.model(model);
    }
    if let Some(dataset) = dataset {
        paths.dataset(dataset);
    }
    request.list_paths(paths, &contents()).check()?;
    let out = OutputFolder::create_with(&request.out_dir, request.overwrite, &contents())?;
    let _copies = InputCopies::of(request.input_files())?;
    let table = MeasuredVariants::read(&request.measured, &request.columns, request.layout)?;
    observer.note(&format!("{} measured effects, alleles as {}", table.rows.len(), table.layout));

    let outputs = OutputChoice::new(models, &request.outputs, &table)?;
    if let Some(listed) = outputs.of_all_rows() {
        observer.note(&format!("compared outputs: {listed}"));
    }
    let mut excluded = Vec::new();
    let mut usable = Vec::new();
    for (row, measured) in table.rows.iter().enumerate() {
        match (measured.effect, outputs.exclusion(row, measured)) {
            (None, _) => excluded.push(Reason::NoEffect.of(row, "the effect is missing")),
            (_, Some(unknown)) => excluded.push(unknown),
            _ => usable.push(row),
        }
    }
    let extents: Vec<(String, Extent)> = models.iter().map(|model| (model.name().to_owned(), model.extent())).collect();
    let mut resolved = resolve(&table, &usable, models, request, observer)?;
    resolved.require_windows(&extents)?;
    excluded.append(&mut resolved.excluded);
    excluded.sort_by_key(|excluded| excluded.row);
    if resolved.rows.is_empty() {
        let reasons = VariantEvaluation::new(tatabox_eval::EffectScores::default(), Vec::new(), excluded, Vec::new());
        let message = format!("{}: no variant can be compared: {}", table.path.display(), reasons.excluded_reasons());
        return Err(Error::input(message));
    }

    let comparison = Comparison { models, table: &table, resolved: &resolved, outputs: &outputs, request, observer };
    let predicted = comparison.predict()?;
    let measured = measured_effects(&table, &resolved, &outputs, request.significance_level);
    let variants = compared(&resolved, &measured, &predicted);
    let effects = comparison.with_predictors(measured, &predicted, dataset)?;
    if observer.is_cancelled() {
        return Err(Error::Cancelled("interrupted before scoring".to_owned()));
    }
    let scores = score_variant_effects(&effects, &request.scores);
    let notes = notes(&table, &effects, &resolved);
    let mut evaluation = VariantEvaluation::new(scores, variants, excluded, notes);

    let changes: Vec<&resolved::ResolvedVariant> =
        resolved.rows.iter().map(|&(_, variant)| &resolved.variants[variant]).collect();
    let has_members: Vec<bool> = models.iter().map(|model| model.members() > 1).collect();
    write_variants(out.path(), &table, &evaluation.variants, &changes, &effects.predictors, &has_members)?;
    write_excluded(out.path(), &table, &evaluation.excluded)?;
    let figures =
        if request.figures || request.report { drawing::figures(&evaluation, models, observer)? } else { Vec::new() };
    evaluation.figures = if request.figures { figures.len() } else { 0 };
    let record = EvaluateVariantsRecord::new(request, models, &table, dataset, &evaluation)?;
    evaluation.write_scores(out.path(), &record)?;
    drawing::write(out.path(), &evaluation, &figures, request, &record)?;
    out.keep()?;
    Ok(evaluation)
}

/// Checks that there are models, and that their names differ from each other and from those of the controls.
fn check_names(models: &[Model], request: &EvaluateVariantsRequest) -> Result<()> {
    if models.is_empty() {
        return Err(Error::request("model", "none; expected one or more"));
    }
    let controls =
        [controls::DISTANCE, controls::GC, controls::DECREASE, controls::KMER_RIDGE, controls::EXPRESSION_RIDGE];
    let tracks = request.tracks.iter().map(|track| track.name.as_str());
    let mut names: Vec<&str> = models.iter().map(Model::name).chain(controls).chain(tracks).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            let problem = format!("two models or controls are named {}; rename a folder or a track", pair[0]);
            Err(Error::request("model", problem))
        }
        None => Ok(()),
    }
}

fn resolve(
    table: &MeasuredVariants,
    usable: &[usize],
    models: &[Model],
    request: &EvaluateVariantsRequest,
    observer: &dyn Observer,
) -> Result<ResolvedVariants> {
    let (extent, policy) = (models[0].extent(), request.reference_mismatch);
    match table.layout {
        AlleleLayout::Sequences => constructs::resolve_sequences(table, usable, &request.construct, extent),
        AlleleLayout::Promoter => {
            let Some(fasta) = &request.promoters else {
                let problem = "none; the table gives positions in promoters, whose sequences are needed as FASTA";
                return Err(Error::request("promoters", problem));
            };
            let offset = request.construct.tss_offset.map(usize::try_from).transpose().map_err(|_| {
                Error::request("tss_offset", "a negative index; the TSS of a promoter record is one of its bases")
            })?;
            constructs::resolve_promoters(table, usable, fasta, offset, extent, policy)
        }
        AlleleLayout::Genome => {
            let Some(genome) = &request.genome else {
                let problem = "none; the table gives positions on a genome, which is needed as FASTA or 2bit";
                return Err(Error::request("genome", problem));
            };
            let sites = request.sites.as_ref();
            genome_variants::resolve(table, usable, genome, sites, extent, policy, observer)
        }
    }
}

/// Measured effects of the rows of `resolved`.
fn measured_effects(
    table: &MeasuredVariants,
    resolved: &ResolvedVariants,
    outputs: &OutputChoice,
    level: f64,
) -> Vec<MeasuredEffect> {
    let effect = |&(row, variant): &(usize, usize)| {
        let measured = &table.rows[row];
        let promoter = match &measured.alleles {
            tatabox_dataset::MeasuredAlleles::Promoter { promoter, .. } => Some(promoter.clone()),
            _ => None,
        };
        MeasuredEffect {
            element: measured.element.clone().or(promoter).unwrap_or_else(|| ALL_VARIANTS.to_owned()),
            cell_type: outputs.label(measured),
            variant,
            effect: measured.effect.unwrap_or(f64::NAN),
            is_significant: is_significant_effect(measured, level),
        }
    };
    resolved.rows.iter().map(effect).collect()
}

fn compared(
    resolved: &ResolvedVariants,
    measured: &[MeasuredEffect],
    predicted: &[Vec<PredictedEffect>],
) -> Vec<ComparedVariant> {
    let variant = |(index, &(row, variant)): (usize, &(usize, usize))| {
        let (edit, measured) = (&resolved.variants[variant].edit, &measured[index]);
        ComparedVariant {
            row,
            element: measured.element.clone(),
            cell_type: measured.cell_type.clone(),
            position_bp: edit.start,
            distance_to_tss: edit.tss_distance(),
            measured: measured.effect,
            is_significant: measured.is_significant,
            predicted: predicted.iter().map(|effects| effects[index].clone()).collect(),
        }
    };
    resolved.rows.iter().enumerate().map(variant).collect()
}

/// Variants and the models that predict them.
struct Comparison<'a> {
    models: &'a [Model],
    table: &'a MeasuredVariants,
    resolved: &'a ResolvedVariants,
    outputs: &'a OutputChoice,
    request: &'a EvaluateVariantsRequest,
    observer: &'a dyn Observer,
}

impl Comparison<'_> {
    /// Effects of each row that each model predicts.
    fn predict(&self) -> Result<Vec<Vec<PredictedEffect>>> {
        let of_model = |(number, model): (usize, &Model)| {
            let shifts = &self.request.shifts;
            prediction::predict(model, number, self.table, self.resolved, self.outputs, shifts, self.observer)
        };
        self.models.iter().enumerate().map(of_model).collect()
    }

    /// Measured effects with the predictions of models and controls.
    fn with_predictors(
        &self,
        measured: Vec<MeasuredEffect>,
        predicted: &[Vec<PredictedEffect>],
        dataset: Option<&PreparedDataset>,
    ) -> Result<VariantEffects> {
        let Self { models, table, resolved, outputs, request, observer } = *self;
        let extent = models[0].extent();
        let of_model = |(model, effects): (&Model, &Vec<PredictedEffect>)| EffectPredictor {
            name: model.name().to_owned(),
            kind: PredictorKind::Model,
            is_signed: true,
            values: effects.iter().map(|effect| effect.effect).collect(),
        };
        let predictors = models.iter().zip(predicted).map(of_model).collect();
        let mut effects = VariantEffects { measured, predictors };
        let ridge = controls::kmer_change_ridge(resolved, &effects, extent)?;
        effects.predictors.push(ridge);
        if let Some(dataset) = dataset {
            let names = |&(row, _): &(usize, usize)| outputs.cell_types(&table.rows[row], dataset.cell_types());
            let rows: Vec<Vec<String>> = resolved.rows.iter().map(names).collect();
            effects.predictors.push(controls::expression_ridge(resolved, &rows, dataset, extent, observer)?);
        }
        effects.predictors.extend(controls::simple(resolved));
        for track in &request.tracks {
            effects.predictors.push(controls::track_signal(resolved, track, observer)?);
        }
        Ok(effects)
    }
}

/// Conditions that affect the scores.
fn notes(table: &MeasuredVariants, effects: &VariantEffects, resolved: &ResolvedVariants) -> Vec<String> {
    let mut notes = Vec::new();
    if effects.predictors.iter().any(|p| p.name == controls::KMER_RIDGE && p.values.iter().all(|value| value.is_nan()))
    {
        notes.push(format!("{} needs two elements or more, and predicts nothing here", controls::KMER_RIDGE));
    }
    if let Some(column) = table.significance {
        notes.push(format!("significance is that of the column {}", column.name()));
    }
    let mut seen = std::collections::HashSet::new();
    let repeated = resolved
        .rows
        .iter()
        .zip(&effects.measured)
        .filter(|((_, variant), measured)| !seen.insert((*variant, &*measured.element, &*measured.cell_type)))
        .count();
    if repeated > 0 {
        notes.push(format!("{repeated} rows repeat a variant of the same element and cell type; all are scored"));
    }
    notes
}
