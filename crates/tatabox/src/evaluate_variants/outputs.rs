//! Outputs of a model that a measured effect is compared with.

use tatabox_dataset::{MeasuredVariant, MeasuredVariants};

use super::exclusion::{ExcludedVariant, ExclusionReason};
use crate::error::Result;
use crate::model_store::{Model, OutputSelection};

/// Cell type in tables where every row is compared with the mean over several outputs.
pub(super) const ALL_OUTPUTS: &str = "all outputs";

/// Outputs of the models that rows are compared with.
pub(super) struct OutputChoice {
    selection: OutputSelection,
    has_cell_types: bool,
    models: Vec<ModelOutputs>,
}

/// Outputs of a model.
struct ModelOutputs {
    model: String,
    outputs: Vec<String>,
    /// Outputs that every row is compared with; empty for that of the row's cell type.
    of_all_rows: Vec<String>,
}

impl OutputChoice {
    /// # Errors
    /// A model does not have a requested output.
    pub(super) fn new(models: &[Model], selection: &OutputSelection, table: &MeasuredVariants) -> Result<Self> {
        let of_model = |model: &Model| {
            let is_of_expression = match selection {
                OutputSelection::Expression => true,
                OutputSelection::Effects => model.predictor().effect_outputs().is_empty(),
                OutputSelection::All | OutputSelection::Names(_) => false,
            };
            let of_all_rows =
                if is_of_expression && table.has_cell_types { Vec::new() } else { model.outputs_of(selection)? };
            Ok(ModelOutputs { model: model.name().to_owned(), outputs: model.cell_types().to_vec(), of_all_rows })
        };
        let models = models.iter().map(of_model).collect::<Result<_>>()?;
        Ok(Self { selection: selection.clone(), has_cell_types: table.has_cell_types, models })
    }

    /// Outputs of each model that every row is compared with, for a note; `None` where there is no model with such outputs.
    pub(super) fn of_all_rows(&self) -> Option<String> {
        let of_model = |one: &ModelOutputs| format!("{} of {}", one.of_all_rows.join(", "), one.model);
        let listed: Vec<String> = self.models.iter().filter(|one| !one.of_all_rows.is_empty()).map(of_model).collect();
        (!listed.is_empty()).then(|| listed.join("; "))
    }

    /// Cell type of a row in tables.
    pub(super) fn label(&self, measured: &MeasuredVariant) -> String {
        match (&measured.cell_type, &self.selection) {
            (Some(cell_type), _) => cell_type.clone(),
            (None, OutputSelection::Names(names)) => names.join("+"),
            (None, _) => ALL_OUTPUTS.to_owned(),
        }
    }

    /// Excludes a row for which a model has no output.
    pub(super) fn exclusion(&self, row: usize, measured: &MeasuredVariant) -> Option<ExcludedVariant> {
        let by_cell_type = self.models.iter().filter(|one| one.of_all_rows.is_empty());
        let Some(cell_type) = &measured.cell_type else {
            let is_lacking = self.has_cell_types && by_cell_type.count() > 0;
            return is_lacking.then(|| ExclusionReason::UnknownOutput.of(row, "the row states no cell type"));
        };
        let lacking = by_cell_type.into_iter().find(|one| !one.outputs.contains(cell_type))?;
        Some(ExclusionReason::UnknownOutput.of(row, format!("model {} has no output {cell_type}", lacking.model)))
    }

    /// Indices of the outputs of a model that a row is compared with.
    pub(super) fn indices(&self, model: usize, measured: &MeasuredVariant) -> Vec<usize> {
        let ModelOutputs { outputs, of_all_rows, .. } = &self.models[model];
        let is_compared = |name: &String| {
            of_all_rows.contains(name) || of_all_rows.is_empty() && measured.cell_type.as_ref() == Some(name)
        };
        (0..outputs.len()).filter(|&index| is_compared(&outputs[index])).collect()
    }

    /// Cell types of a data set that a row is compared with: those that the first model is compared in, or the cell type of
    /// the row, or all where the model is compared in outputs of assays.
    pub(super) fn cell_types(&self, measured: &MeasuredVariant, known: &[String]) -> Vec<String> {
        let names = self.indices(0, measured).into_iter().map(|index| &self.models[0].outputs[index]);
        let cell_types: Vec<String> = names.filter(|name| known.contains(name)).cloned().collect();
        match &measured.cell_type {
            _ if !cell_types.is_empty() => cell_types,
            Some(cell_type) => vec![cell_type.clone()],
            None => known.to_vec(),
        }
    }
}
