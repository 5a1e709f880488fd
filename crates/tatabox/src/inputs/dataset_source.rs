//! Origin of a data set, as records of tasks state it.

use serde::{Deserialize, Serialize};
use tatabox_dataset::{InputFile, PreparedDataset};

/// Remark under results from simulated data.
#[cfg(feature = "plot")]
pub(crate) const SIMULATED_DATA: &str = "Simulated data, not biology.";

/// Origin of measurements and sequence: name and checksum of a data set, and the files it was prepared from.
///
/// ```
/// use tatabox::inputs::DatasetSource;
///
/// let source = DatasetSource {
///     name: "human".to_owned(),
///     checksum: String::new(),
///     genes: 13_145,
///     inputs: Vec::new(),
///     simulated: false,
/// };
/// assert!(!source.simulated);
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DatasetSource {
    /// Name of the data set.
    pub name: String,
    /// SHA-256 of dataset.json.
    pub checksum: String,
    /// Number of genes.
    pub genes: usize,
    /// Files that the data set was prepared from.
    pub inputs: Vec<InputFile>,
    /// Whether the data are simulated.
    pub simulated: bool,
}

impl DatasetSource {
    /// Origin of a data set.
    pub fn of_dataset(dataset: &PreparedDataset) -> Self {
        Self {
            name: dataset.name().to_owned(),
            checksum: dataset.checksum().to_owned(),
            genes: dataset.len(),
            inputs: dataset.manifest().inputs.clone(),
            simulated: dataset.manifest().simulated.is_some(),
        }
    }
}
