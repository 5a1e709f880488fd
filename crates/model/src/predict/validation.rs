//! Validation scores of a trained model, as in metrics.json.

use tatabox_dataset::{PreparedDataset, Split};

use super::predictor::Predictor;
use crate::bundle::{MeanMetrics, ValidationMetrics, mean_pearson, pearson_by_cell_type};
use crate::error::ModelError;
use crate::input::{GeneSelection, cell_type_columns};

impl Predictor {
    /// Computes the [`ValidationMetrics`] of this model on a data set. `best_epoch` is copied into the result.
    ///
    /// # Errors
    /// Errors of [`predict_split`](Self::predict_split).
    pub fn validation_metrics(
        &self,
        dataset: &PreparedDataset,
        best_epoch: usize,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<ValidationMetrics, ModelError> {
        let train = GeneSelection::try_of_split(dataset, Split::Train, self.extent(), self.auxiliary_inputs())?;
        let (mean, validation) = self.score_validation(dataset, progress)?;
        Ok(ValidationMetrics {
            best_epoch,
            validation_pearson: mean.validation_pearson,
            validation_pearson_by_cell_type: mean.validation_pearson_by_cell_type,
            train_genes: train.genes.len(),
            validation_genes: mean.validation_genes,
            genes_shorter_than_extent: train.shorter_than_extent.len() + validation.shorter_than_extent.len(),
            genes_without_features: train.without_features.len() + validation.without_features.len(),
            parameters: burn::module::Module::num_params(&self.model().network),
        })
    }

    /// Scores of the predictions on the validation split, and its genes. An ensemble is scored by its mean prediction.
    pub(crate) fn score_validation(
        &self,
        dataset: &PreparedDataset,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<(MeanMetrics, GeneSelection), ModelError> {
        let columns = cell_type_columns(dataset, self.cell_types())?;
        let split = self.predict_split(dataset, Split::Validation, "", progress)?;
        let predicted: Vec<f64> = split.windows.iter().flat_map(|window| window.log2_tpm.iter().copied()).collect();
        let genes = &split.selection.genes;
        let measured: Vec<f64> = genes
            .iter()
            .flat_map(|&gene| columns.iter().map(move |&column| f64::from(dataset.log2_tpm(gene, column))))
            .collect();
        let scores = MeanMetrics {
            validation_pearson: mean_pearson(&predicted, &measured, columns.len()),
            validation_pearson_by_cell_type: pearson_by_cell_type(&predicted, &measured, columns.len()),
            validation_genes: genes.len(),
        };
        Ok((scores, split.selection))
    }
}

impl MeanMetrics {
    /// Predicts and scores the validation split of `dataset`.
    ///
    /// # Errors
    /// Errors of [`Predictor::predict_split`].
    pub fn of(predictor: &Predictor, dataset: &PreparedDataset) -> Result<Self, ModelError> {
        Ok(predictor.score_validation(dataset, &mut |_, _| {})?.0)
    }
}
