//! Rows that a run trains and validates on: genes and rows of assays.

use tatabox_dataset::{PreparedDataset, Split, find_assay};

use crate::bundle::TrainingConfig;
use crate::error::{GeneShortage, ModelError};
use crate::input::{GeneSelection, MIN_GENES, target_columns};
use crate::train::batch::TrainRows;

/// Rows of a split that a run uses.
#[derive(Clone, Debug)]
pub(super) struct TrainingRows {
    /// Genes.
    pub genes: GeneSelection,
    /// Rows of each assay of the configuration; empty for one that measures the genes.
    pub assays: Vec<Vec<usize>>,
}

impl TrainingRows {
    /// Rows of `split` with a measurement in one of the columns `targets`.
    ///
    /// # Errors
    /// [`ModelError::TooFewGenes`]; [`ModelError::InvalidConfig`] for an assay without rows in the split.
    pub fn of_split(
        dataset: &PreparedDataset,
        config: &TrainingConfig,
        split: Split,
        targets: &[usize],
    ) -> Result<Self, ModelError> {
        let assays = config.assays.iter().map(|assay| assay_rows(dataset, &assay.name, split));
        let assays = assays.collect::<Result<Vec<_>, _>>()?;
        let measures_genes = config.expression_outputs() > 0 || config.assays.iter().any(|assay| assay.measures_genes);
        let genes = if measures_genes {
            let (extent, inputs) = (config.data.extent, config.auxiliary_inputs());
            GeneSelection::try_of_split(dataset, split, extent, inputs)?.measured(dataset, split, targets)?
        } else {
            GeneSelection::default()
        };
        Ok(Self { genes, assays })
    }

    /// All rows, genes first.
    pub fn all(&self) -> Vec<usize> {
        self.genes.genes.iter().chain(self.assays.iter().flatten()).copied().collect()
    }

    /// Rows to train on.
    pub fn train_rows(&self) -> TrainRows {
        TrainRows { genes: self.genes.genes.clone(), assays: self.assays.clone() }
    }
}

/// Columns of the outputs of `config` among the targets of the data set.
///
/// # Errors
/// Unknown names; [`ModelError::Mismatch`] for an assay whose outputs in the data set are others.
pub(super) fn output_columns(dataset: &PreparedDataset, config: &TrainingConfig) -> Result<Vec<usize>, ModelError> {
    let columns = target_columns(dataset, &config.cell_types)?;
    for (column, name) in columns[..config.expression_outputs()].iter().zip(&config.cell_types) {
        if dataset.assay_of_target(*column).is_some() {
            return Err(ModelError::Mismatch(format!("{name} is an output of an assay, not a cell type")));
        }
    }
    for (assay, group) in config.outputs_by_assay() {
        let Some(assay) = assay else { continue };
        let index = find_assay(dataset, &assay.name)?;
        let record = &dataset.assays()[index].record;
        let configured = &config.cell_types[group];
        if record.outputs != configured {
            return Err(ModelError::Mismatch(format!(
                "the outputs of assay {} are {} in the data set, {} in the configuration",
                assay.name,
                record.outputs.join(", "),
                configured.join(", ")
            )));
        }
    }
    Ok(columns)
}

fn assay_rows(dataset: &PreparedDataset, name: &str, split: Split) -> Result<Vec<usize>, ModelError> {
    let index = find_assay(dataset, name)?;
    if dataset.assays()[index].measures_genes() {
        return Ok(Vec::new());
    }
    let rows = dataset.assay_rows_in(index, split);
    if rows.len() < MIN_GENES {
        return Err(ModelError::TooFewGenes {
            split: format!("{split} (assay {name})"),
            genes: rows.len(),
            needed: MIN_GENES,
            shortage: GeneShortage::Unmeasured { genes: 0 },
        });
    }
    Ok(rows)
}
