//! Validation scores of a trained model, as in metrics.json.

use std::ops::Range;

use tatabox_dataset::{PreparedDataset, Split, find_assay};

use super::predictor::Predictor;
use crate::bundle::{MeanMetrics, ValidationMetrics, mean_pearson_of_groups, pearson_by_cell_type};
use crate::error::ModelError;
use crate::input::{GeneSelection, measured_columns};

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
        let train = self.scored_genes(dataset, Split::Train)?;
        let (mean, validation) = self.score_validation(dataset, progress)?;
        let assay_rows = |split| self.assay_rows(dataset, split).len();
        Ok(ValidationMetrics {
            best_epoch,
            validation_pearson: mean.validation_pearson,
            validation_pearson_by_cell_type: mean.validation_pearson_by_cell_type,
            train_genes: train.genes.len(),
            validation_genes: mean.validation_genes,
            train_assay_rows: assay_rows(Split::Train),
            validation_assay_rows: assay_rows(Split::Validation),
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
        let columns = measured_columns(dataset, self.cell_types())?;
        let groups = self.output_groups();
        let genes = self.scored_genes(dataset, Split::Validation)?;
        let windows = self.predict_genes(dataset, &genes.genes, "", progress)?.windows;
        let further = self.assay_rows(dataset, Split::Validation);
        let of_assays = self.predict_rows(dataset, &further)?;
        let predicted: Vec<f64> =
            windows.iter().chain(&of_assays).flat_map(|window| window.log2_tpm.iter().copied()).collect();
        let target =
            |row: usize, column: Option<usize>| column.map_or(f64::NAN, |column| dataset.target(row, column).into());
        let measured: Vec<f64> = genes
            .genes
            .iter()
            .chain(&further)
            .flat_map(|&row| columns.iter().map(move |&column| target(row, column)))
            .collect();
        let groups: Vec<Range<usize>> = groups.into_iter().map(|(_, outputs)| outputs).collect();
        let scores = MeanMetrics {
            validation_pearson: mean_pearson_of_groups(&predicted, &measured, columns.len(), &groups),
            validation_pearson_by_cell_type: pearson_by_cell_type(&predicted, &measured, columns.len()),
            validation_genes: genes.genes.len(),
        };
        Ok((scores, genes))
    }

    /// Genes of a split on which the model is scored: those measured in one of its outputs; none for a model of assays that
    /// have rows of their own.
    fn scored_genes(&self, dataset: &PreparedDataset, split: Split) -> Result<GeneSelection, ModelError> {
        let is_of_genes = |output| self.assay_of_output(output).is_none_or(|assay| assay.measures_genes);
        if (0..self.cell_types().len()).any(is_of_genes) {
            let columns: Vec<usize> = measured_columns(dataset, self.cell_types())?.into_iter().flatten().collect();
            let selection = GeneSelection::try_of_split(dataset, split, self.extent(), self.auxiliary_inputs())?;
            return Ok(selection.retain_measured(dataset, &columns));
        }
        Ok(GeneSelection::default())
    }

    /// Rows of the model's assays in a split of the data set, without assays that measure the genes.
    fn assay_rows(&self, dataset: &PreparedDataset, split: Split) -> Vec<usize> {
        let groups = self.output_groups();
        let assays = groups.iter().filter_map(|(assay, _)| find_assay(dataset, assay.as_deref()?).ok());
        let with_rows = assays.filter(|&assay| !dataset.assays()[assay].measures_genes());
        with_rows.flat_map(|assay| dataset.assay_rows_in(assay, split)).collect()
    }

    /// Neighbouring outputs of one assay, or of expression (`None`), with the name of the assay.
    fn output_groups(&self) -> Vec<(Option<String>, Range<usize>)> {
        let mut groups: Vec<(Option<String>, Range<usize>)> = Vec::new();
        for output in 0..self.cell_types().len() {
            let assay = self.assay_of_output(output).map(|assay| assay.name.clone());
            match groups.last_mut() {
                Some((last, range)) if *last == assay => range.end = output + 1,
                _ => groups.push((assay, output..output + 1)),
            }
        }
        groups
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
