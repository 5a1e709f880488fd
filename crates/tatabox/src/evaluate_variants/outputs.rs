//! Outputs of a model that a measured effect is compared with.

use tatabox_dataset::{MeasuredVariant, MeasuredVariants};

use super::exclusion::{ExcludedVariant, ExclusionReason};
use crate::error::Result;
use crate::model_store::Model;

/// Cell type in tables where every row is compared with the mean over all outputs.
pub(super) const ALL_OUTPUTS: &str = "all outputs";

/// Outputs of the models that rows are compared with.
pub(super) struct OutputChoice {
    /// Outputs by name; empty for the cell type of the row, or for all.
    requested: Vec<String>,
    has_cell_types: bool,
    /// Outputs of each model, with its name.
    models: Vec<(String, Vec<String>)>,
}

impl OutputChoice {
    /// # Errors
    /// A model does not have a requested output.
    pub(super) fn new(models: &[Model], requested: &[String], table: &MeasuredVariants) -> Result<Self> {
        for model in models {
            model.select_cell_types(requested)?;
        }
        Ok(Self {
            requested: requested.to_vec(),
            has_cell_types: table.has_cell_types,
            models: models.iter().map(|model| (model.name().to_owned(), model.cell_types().to_vec())).collect(),
        })
    }

    /// Cell type of a row in tables.
    pub(super) fn label(&self, measured: &MeasuredVariant) -> String {
        match &measured.cell_type {
            Some(cell_type) => cell_type.clone(),
            None if self.requested.is_empty() => ALL_OUTPUTS.to_owned(),
            None => self.requested.join("+"),
        }
    }

    /// Names of the outputs that a row is compared with; empty for all.
    fn names<'a>(&'a self, measured: &'a MeasuredVariant) -> &'a [String] {
        match &measured.cell_type {
            Some(cell_type) if self.requested.is_empty() => std::slice::from_ref(cell_type),
            _ => &self.requested,
        }
    }

    /// Excludes a row for which a model has no output.
    pub(super) fn exclusion(&self, row: usize, measured: &MeasuredVariant) -> Option<ExcludedVariant> {
        if self.has_cell_types && self.requested.is_empty() && measured.cell_type.is_none() {
            return Some(ExclusionReason::UnknownOutput.of(row, "the row states no cell type"));
        }
        let (model, name) = self.models.iter().find_map(|(model, outputs)| {
            let missing = self.names(measured).iter().find(|name| !outputs.contains(name))?;
            Some((model, missing))
        })?;
        Some(ExclusionReason::UnknownOutput.of(row, format!("model {model} has no output {name}")))
    }

    /// Indices of the outputs of a model that a row is compared with.
    pub(super) fn indices(&self, model: usize, measured: &MeasuredVariant) -> Vec<usize> {
        let (outputs, names) = (&self.models[model].1, self.names(measured));
        (0..outputs.len()).filter(|&index| names.is_empty() || names.contains(&outputs[index])).collect()
    }
}
