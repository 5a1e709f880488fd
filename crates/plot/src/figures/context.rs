//! Context of all figures: the model and split shown, and sentences for captions.

use std::collections::BTreeMap;

use tatabox_dataset::Split;
use tatabox_eval::{GeneMatrix, MetricTable};

use super::FigureInputs;
use crate::canvas::{NO_BREAK, caption_name, count, counted};
use crate::error::PlotError;

/// Axis title of measured values.
pub(crate) const MEASURED: &str = "Measured, log₂(TPM + 1)";
/// Axis title of predicted values.
pub(crate) const PREDICTED: &str = "Predicted, log₂(TPM + 1)";

/// Inputs of the figures with the selected model and split.
pub(crate) struct FigureContext<'a> {
    pub(crate) inputs: &'a FigureInputs<'a>,
    /// Model of figures 1 to 3.
    pub(crate) model: String,
    pub(crate) split: Split,
    /// Predictions of the model in the split.
    pub(crate) matrix: GeneMatrix,
    /// Known gene names by identifier.
    names: BTreeMap<&'a str, &'a str>,
}

impl<'a> FigureContext<'a> {
    pub(crate) fn new(inputs: &'a FigureInputs<'a>) -> Result<Self, PlotError> {
        let metrics = inputs.metrics;
        let split = shown_split(metrics)?;
        let model = match &inputs.model {
            Some(name) => known_model(metrics, name)?,
            None => tested_model(inputs).unwrap_or_else(|| best_model(metrics, split)).to_owned(),
        };
        let matrix = GeneMatrix::new(inputs.table, &model, split);
        if matrix.genes.is_empty() {
            let available = format!("the table has no row of model `{model}`, but the metrics do");
            return Err(PlotError::NoRows { requested: split.to_string(), available });
        }
        let rows = inputs.table.rows.iter();
        let names = rows.filter_map(|row| Some((row.gene_id.as_str(), row.gene_name.as_deref()?))).collect();
        Ok(Self { inputs, model, split, matrix, names })
    }

    /// Name of a gene by its index in the matrix, or its identifier if the name is unknown.
    pub(crate) fn gene_label(&self, gene: usize) -> &str {
        let gene_id = self.matrix.genes[gene].as_str();
        self.names.get(gene_id).copied().unwrap_or(gene_id)
    }

    /// Name of a gene as a table cell; empty if the name is unknown.
    pub(crate) fn gene_name(&self, gene: usize) -> String {
        self.names.get(self.matrix.genes[gene].as_str()).copied().unwrap_or_default().to_owned()
    }

    /// Caption with the note of the inputs at the end.
    pub(crate) fn caption(&self, body: &str) -> String {
        match self.inputs.note.as_deref().map(str::trim).filter(|note| !note.is_empty()) {
            Some(note) => format!("{body} Note: {}.", note.trim_end_matches('.')),
            None => body.to_owned(),
        }
    }

    /// Sentence with the model, the split and the number of genes.
    pub(crate) fn subject(&self) -> String {
        let model = caption_name(&self.model);
        format!("Model {model}, {} split, n{NO_BREAK}={NO_BREAK}{}.", self.split, self.gene_count())
    }

    /// Sentence that explains the intervals, which are `shown_as` bars or brackets.
    pub(crate) fn interval_text(&self, shown_as: &str) -> String {
        let resamples = count(self.inputs.metrics.bootstrap_resamples);
        format!("{shown_as}: 95% bootstrap interval over genes ({resamples}{NO_BREAK}resamples).")
    }

    /// Number of genes, as a range if cell types differ.
    pub(crate) fn gene_count(&self) -> String {
        let counts = || self.matrix.cell_types.iter().map(|cell| cell.genes.len());
        let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
        match (least, most) {
            (least, most) if least == most => counted(most, "gene"),
            (least, most) => format!("{}–{}{NO_BREAK}genes", count(least), count(most)),
        }
    }
}

fn shown_split(metrics: &MetricTable) -> Result<Split, PlotError> {
    let splits = || metrics.rows.iter().map(|row| row.split);
    splits()
        .find(|split| *split == Split::Test)
        .or_else(|| splits().next())
        .ok_or_else(|| PlotError::NoRows { requested: "any".to_owned(), available: "metrics without rows".to_owned() })
}

fn known_model(metrics: &MetricTable, name: &str) -> Result<String, PlotError> {
    let models = metrics.models();
    if models.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(PlotError::UnknownModel { model: name.to_owned(), available: models.join(", ") })
}

/// Reference of the tests, if the metrics contain it.
fn tested_model<'a>(inputs: &FigureInputs<'a>) -> Option<&'a str> {
    let reference = inputs.comparisons?.reference.as_str();
    inputs.metrics.models().into_iter().find(|&model| model == reference)
}

/// Model with the highest mean Pearson correlation: the first of equals, and models without a correlation last.
fn best_model(metrics: &MetricTable, split: Split) -> &str {
    let pearson =
        |model: &str| metrics.row(model, split, None).and_then(|row| row.pearson.value).unwrap_or(f64::NEG_INFINITY);
    let mut models = metrics.models().into_iter().filter(|model| metrics.row(model, split, None).is_some());
    let first = models.next().unwrap_or_default();
    models.fold(first, |best, model| if pearson(model) > pearson(best) { model } else { best })
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::PredictionTable;
    use tatabox_eval::{EvaluateOptions, evaluate};

    use super::*;
    use crate::figures::tests::row;

    #[test]
    fn figure_context_shows_the_best_model_unless_one_is_requested() {
        let rows = (0..5).flat_map(|gene| {
            let (name, level) = (format!("G{gene}"), f64::from(gene));
            [row(&name, "K562", "mean", level, 2.0), row(&name, "K562", "cnn", level, level * level)]
        });
        let table = PredictionTable { rows: rows.collect() };
        let metrics =
            evaluate(&table, &EvaluateOptions { resamples: 20, ..EvaluateOptions::default() }).expect("scores");
        let mut inputs = FigureInputs::new(&table, &metrics);
        assert_eq!(FigureContext::new(&inputs).expect("rows").model, "cnn");
        inputs.model = Some("mean".to_owned());
        assert_eq!(FigureContext::new(&inputs).expect("rows").model, "mean");
        inputs.model = Some("gru".to_owned());
        let message = FigureContext::new(&inputs).err().expect("no such model").to_string();
        assert_eq!(message, "no model `gru` in the metrics; they have: mean, cnn");
    }
}
