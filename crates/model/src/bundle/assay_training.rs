//! Assays that a network is trained on, in addition to the expression of genes.

use serde::{Deserialize, Serialize};
use tatabox_dataset::AssayScale;

use crate::error::ModelError;

/// Assay of a training run: its outputs and how its rows take part in training.
///
/// Every row counts as much as a gene in the loss, whatever the number of outputs, times the `weight` of its assay.
///
/// # Examples
/// ```
/// use tatabox_dataset::AssayScale;
/// use tatabox_model::AssayTraining;
///
/// let assay = AssayTraining::new("lentiMPRA", 1, AssayScale::Log2);
/// assert_eq!((assay.weight, assay.share), (1.0, None));
/// assert!(AssayTraining { share: Some(1.5), ..assay }.validate().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssayTraining {
    /// Name of the assay in the data set.
    pub name: String,
    /// Number of its outputs; their names are in the list of cell types.
    pub outputs: usize,
    /// Scale of the measured values; predictions are in log2.
    pub scale: AssayScale,
    /// Whether the assay measures the genes and has no separate rows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub measures_genes: bool,
    /// Weight of its rows in the loss, relative to genes.
    pub weight: f64,
    /// Fraction of the rows of an epoch that are rows of this assay; `None` for every train row once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Fraction of the bases of its inserts that are replaced by a random base, per row and epoch.
    pub mutation_rate: f64,
    /// Whether half of its inserts are shown as their reverse complement.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reverse_complement: bool,
}

impl AssayTraining {
    /// Default training on an assay: weight 1, every row once per epoch, no mutations, which would hide the effects of
    /// single bases.
    pub fn new(name: impl Into<String>, outputs: usize, scale: AssayScale) -> Self {
        Self {
            name: name.into(),
            outputs,
            scale,
            measures_genes: false,
            weight: 1.0,
            share: None,
            mutation_rate: 0.0,
            reverse_complement: false,
        }
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] with the field, its value and the expected range.
    pub fn validate(&self) -> Result<(), ModelError> {
        let share = self.share.unwrap_or(0.5);
        let checks = [
            ("assays.outputs", self.outputs as f64, self.outputs > 0, "at least 1"),
            ("assays.weight", self.weight, self.weight > 0.0 && self.weight.is_finite(), "above 0"),
            ("assays.share", share, share > 0.0 && share < 1.0, "above 0 and below 1"),
            (
                "assays.mutation_rate",
                self.mutation_rate,
                (0.0..1.0).contains(&self.mutation_rate),
                "at least 0 and below 1",
            ),
        ];
        let wrong = checks.into_iter().find(|(_, _, valid, _)| !valid);
        wrong.map_or(Ok(()), |(field, value, _, expected)| {
            Err(ModelError::InvalidConfig { field, value: value.to_string(), expected: expected.to_owned() })
        })
    }
}
