//! Figures and report of a comparison.

use std::path::Path;

use tatabox_plot::{
    EffectFigure, EffectPanel, RenderedFigure, VariantReportInputs, effect_figure, variant_report, write_figures,
};

use super::evaluation::{FIGURES, REPORT, VariantEvaluation};
use super::record::EvaluateVariantsRecord;
use super::request::EvaluateVariantsRequest;
use crate::error::{Context, Result};
use crate::file_names::FileNames;
use crate::inputs::SIMULATED_DATA;
use crate::json_file::write_text;
use crate::model_store::Model;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};
use crate::variants::KNOWN_LIMITS;

/// Fewest variants of an element for a figure.
const MIN_VARIANTS: usize = 10;
/// Largest number of figures in the report; the folder has all of them.
const MAX_IN_REPORT: usize = 12;

/// Draws a figure per element and cell type with enough variants; returns them in the order of the table.
pub(super) fn figures(
    evaluation: &VariantEvaluation,
    models: &[Model],
    observer: &dyn Observer,
) -> Result<Vec<RenderedFigure>> {
    let mut sets: Vec<((&str, &str), Vec<usize>)> = Vec::new();
    for (index, variant) in evaluation.variants.iter().enumerate() {
        let key = (variant.element.as_str(), variant.cell_type.as_str());
        match sets.iter_mut().find(|(other, _)| *other == key) {
            Some((_, rows)) => rows.push(index),
            None => sets.push((key, vec![index])),
        }
    }
    sets.retain(|(_, rows)| rows.len() >= MIN_VARIANTS);
    let mut names = FileNames::default();
    let mut progress = Progress::start(observer, "drawing figures", Some(sets.len() as u64), Unit::Figures);
    let mut drawn = Vec::with_capacity(sets.len());
    for ((element, cell_type), rows) in &sets {
        let variants: Vec<_> = rows.iter().map(|&row| &evaluation.variants[row]).collect();
        let predicted = |(number, model): (usize, &Model)| EffectPanel {
            title: format!("Predicted by {}", model.name()),
            values: variants.iter().map(|variant| variant.predicted[number].effect).collect(),
        };
        let measured = EffectPanel {
            title: "Measured".to_owned(),
            values: variants.iter().map(|variant| variant.measured).collect(),
        };
        let figure = EffectFigure {
            element: (*element).to_owned(),
            cell_type: (*cell_type).to_owned(),
            positions_bp: variants.iter().map(|variant| variant.position_bp).collect(),
            significant: variants.iter().map(|variant| variant.is_significant == Some(true)).collect(),
            panels: [measured].into_iter().chain(models.iter().enumerate().map(predicted)).collect(),
            scores: evaluation
                .metrics
                .rows
                .iter()
                .filter(|row| row.element.as_deref() == Some(*element) && row.cell_type.as_deref() == Some(*cell_type))
                .cloned()
                .collect(),
            note: models.iter().any(Model::is_simulated).then(|| SIMULATED_DATA.to_owned()),
        };
        drawn.push(effect_figure(&figure, &names.add(&[*element, *cell_type]))?);
        progress.set(drawn.len() as u64);
    }
    progress.finish();
    Ok(drawn)
}

/// Writes figures and report into the folder.
pub(super) fn write(
    folder: &Path,
    evaluation: &VariantEvaluation,
    figures: &[RenderedFigure],
    request: &EvaluateVariantsRequest,
    record: &EvaluateVariantsRecord<'_>,
) -> Result<()> {
    if request.figures && !figures.is_empty() {
        write_figures(figures, &folder.join(FIGURES)).context("cannot write the figures")?;
    }
    if request.report {
        let shown = figures.len().min(MAX_IN_REPORT);
        let inputs = VariantReportInputs {
            title: "Measured and predicted effects of variants".to_owned(),
            metrics: &evaluation.metrics,
            comparisons: &evaluation.comparisons,
            rows: evaluation.rows,
            compared: evaluation.compared,
            excluded: evaluation.excluded_reasons(),
            all_figures: figures.len(),
            run_record: record.lines(),
            provenance: record.inputs.clone(),
            limits: limits(),
            command: request.command.join(" "),
        };
        write_text(&folder.join(REPORT), variant_report(&inputs, &figures[..shown]).as_bytes())?;
    }
    Ok(())
}

fn limits() -> Vec<String> {
    let starting_with_capital = |text: &str| {
        let mut letters = text.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    vec![
        starting_with_capital(KNOWN_LIMITS) + ".",
        "A reporter assay measures a construct outside of its chromatin; a model of expression at the genomic locus need not \
         agree with it."
            .to_owned(),
        "The control kmer-change-ridge is trained on measured effects of the other elements, which the models have not seen."
            .to_owned(),
    ]
}
