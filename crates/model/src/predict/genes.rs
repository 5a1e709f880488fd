//! Prediction of the genes of a data set, with original or edited bases.

use rayon::prelude::*;
use tatabox_dataset::{Extent, PredictionRow, PreparedDataset, Split};

use super::predictor::Predictor;
use super::window_prediction::WindowPrediction;
use crate::error::ModelError;
use crate::input::{DatasetColumns, GeneSelection, PromoterWindow, measured_columns};

/// Edit of the bases of a gene before prediction, given its index in the data set and its window. Auxiliary inputs are
/// unchanged.
pub type WindowEdit<'a> = &'a (dyn Fn(usize, &mut [u8]) + Sync);

/// Predictions for genes of a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct GenePredictions {
    /// One row per gene and cell type in which it is measured.
    pub rows: Vec<PredictionRow>,
    /// Model output per gene, in the order requested.
    pub windows: Vec<WindowPrediction>,
}

/// Predictions for a split of a data set.
pub struct SplitPredictions {
    /// One row per gene and cell type in which it is measured.
    pub rows: Vec<PredictionRow>,
    /// Model output per selected gene.
    pub windows: Vec<WindowPrediction>,
    /// Selected and excluded genes.
    pub selection: GeneSelection,
}

impl Predictor {
    /// Checks that the data set has the auxiliary inputs of the model, for at least some genes.
    ///
    /// # Errors
    /// [`ModelError::MissingAuxiliaryInputs`]
    pub fn check_inputs(&self, dataset: &PreparedDataset) -> Result<(), ModelError> {
        DatasetColumns::of(self.auxiliary_inputs(), dataset).map(drop)
    }

    /// Checks that the windows of the data set cover the extent of the model, and that its auxiliary inputs exist.
    ///
    /// # Errors
    /// [`ModelError::ExtentNotCovered`]; errors of [`check_inputs`](Self::check_inputs).
    pub fn check_geometry(&self, dataset: &PreparedDataset) -> Result<(), ModelError> {
        self.check_inputs(dataset)?;
        let windows = Extent::of_window(dataset.geometry());
        if windows.covers(self.extent()) {
            return Ok(());
        }
        Err(ModelError::ExtentNotCovered {
            extent: self.extent(),
            trained_on: self.model().config.data.name.clone(),
            dataset: dataset.name().to_owned(),
            windows,
        })
    }

    /// Input window of a gene of the data set: bases and, as far as the data set has them, auxiliary inputs.
    ///
    /// # Errors
    /// [`ModelError::UnknownGene`]
    pub fn gene_window(&self, dataset: &PreparedDataset, gene: usize) -> Result<PromoterWindow, ModelError> {
        self.shifted_gene_window(dataset, gene, 0)
    }

    /// Input window of a gene, shifted by `shift_bp` in sense direction. It is padded with N, and with missing signal,
    /// where the data set has no bases.
    ///
    /// # Errors
    /// [`ModelError::UnknownGene`]
    pub fn shifted_gene_window(
        &self,
        dataset: &PreparedDataset,
        gene: usize,
        shift_bp: i64,
    ) -> Result<PromoterWindow, ModelError> {
        check_genes(dataset, &[gene])?;
        let columns = DatasetColumns::of(self.auxiliary_inputs(), dataset).unwrap_or_default();
        Ok(columns.window(dataset, gene, self.extent(), shift_bp))
    }

    /// Predicts the genes of a split whose sequence is known over the extent of the model.
    ///
    /// The rows are those of a prediction table under the name `model_name`. `progress` receives the number of
    /// predicted genes and the total.
    ///
    /// # Errors
    /// The data set measures no output of the model; errors of [`check_geometry`](Self::check_geometry);
    /// [`ModelError::TooFewGenes`].
    pub fn predict_split(
        &self,
        dataset: &PreparedDataset,
        split: Split,
        model_name: &str,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<SplitPredictions, ModelError> {
        self.check_geometry(dataset)?;
        let selection = GeneSelection::try_of_split(dataset, split, self.extent(), self.auxiliary_inputs())?;
        let GenePredictions { rows, windows } = self.predict_genes(dataset, &selection.genes, model_name, progress)?;
        Ok(SplitPredictions { rows, windows, selection })
    }

    /// Predicts genes, given by index.
    ///
    /// Genes known over less than the extent of the model are padded with N; [`GeneSelection::of_genes`] lists them.
    ///
    /// # Errors
    /// The data set measures no output of the model; errors of [`check_geometry`](Self::check_geometry);
    /// [`ModelError::UnknownGene`]; [`ModelError::MissingAuxiliaryInputs`] for the first gene without the required gene
    /// features.
    pub fn predict_genes(
        &self,
        dataset: &PreparedDataset,
        genes: &[usize],
        model_name: &str,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<GenePredictions, ModelError> {
        self.predict_windows_of(dataset, genes, model_name, &|_, _| {}, progress)
    }

    /// Predicts genes as [`predict_genes`](Self::predict_genes) does, with the bases of each window edited first, such
    /// as shuffled. `edit` runs on several threads.
    ///
    /// # Errors
    /// Errors of [`predict_genes`](Self::predict_genes).
    pub fn predict_genes_edited(
        &self,
        dataset: &PreparedDataset,
        genes: &[usize],
        model_name: &str,
        edit: WindowEdit,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<PredictionRow>, ModelError> {
        Ok(self.predict_windows_of(dataset, genes, model_name, edit, progress)?.rows)
    }

    fn predict_windows_of(
        &self,
        dataset: &PreparedDataset,
        genes: &[usize],
        model_name: &str,
        edit: WindowEdit,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<GenePredictions, ModelError> {
        self.check_geometry(dataset)?;
        check_genes(dataset, genes)?;
        let columns = measured_columns(dataset, self.cell_types())?;
        let inputs = DatasetColumns::of(self.auxiliary_inputs(), dataset)?;
        if let Some(&gene) = genes.iter().find(|&&gene| !inputs.has_features(dataset, gene)) {
            let gene_id = &dataset.genes()[gene].gene_id;
            return Err(ModelError::MissingAuxiliaryInputs {
                inputs: self.auxiliary_inputs().to_string(),
                found: format!("gene {gene_id} has no gene features in \"{}\"", dataset.name()),
                hint: "exclude the gene, or prepare the data set with its features",
            });
        }
        let mut predictions = GenePredictions { rows: Vec::new(), windows: Vec::with_capacity(genes.len()) };
        for batch in genes.chunks(self.preferred_batch_size()) {
            let edited = |&gene: &usize| {
                let mut window = inputs.window(dataset, gene, self.extent(), 0);
                edit(gene, &mut window.bases);
                window
            };
            let windows: Vec<PromoterWindow> = batch.par_iter().map(edited).collect();
            for (&gene, prediction) in batch.iter().zip(self.predict(&windows)?) {
                predictions.rows.extend(self.rows_of(dataset, gene, &columns, &prediction, model_name));
                predictions.windows.push(prediction);
                progress(predictions.windows.len(), genes.len());
            }
        }
        Ok(predictions)
    }

    /// Predicts rows of the data set, given by index: genes and rows of assays.
    ///
    /// # Errors
    /// Errors of [`check_geometry`](Self::check_geometry); [`ModelError::MissingAuxiliaryInputs`] for a gene without the
    /// required gene features.
    pub fn predict_rows(&self, dataset: &PreparedDataset, rows: &[usize]) -> Result<Vec<WindowPrediction>, ModelError> {
        self.check_geometry(dataset)?;
        let inputs = DatasetColumns::of(self.auxiliary_inputs(), dataset)?;
        let mut predictions = Vec::with_capacity(rows.len());
        for batch in rows.chunks(self.preferred_batch_size()) {
            let window = |&row: &usize| inputs.window(dataset, row, self.extent(), 0);
            let windows: Vec<PromoterWindow> = batch.par_iter().map(window).collect();
            predictions.extend(self.predict(&windows)?);
        }
        Ok(predictions)
    }

    /// One row per output that is measured in the gene.
    fn rows_of(
        &self,
        dataset: &PreparedDataset,
        gene: usize,
        columns: &[Option<usize>],
        prediction: &WindowPrediction,
        model_name: &str,
    ) -> impl Iterator<Item = PredictionRow> {
        let entry = &dataset.genes()[gene];
        let measured =
            move |column: &Option<usize>| column.map_or(f64::NAN, |column| dataset.target(gene, column).into());
        let values = columns.iter().map(measured);
        let named = values.zip(&prediction.log2_tpm).zip(self.cell_types());
        named.filter(|((measured, _), _)| measured.is_finite()).map(move |((measured, &predicted), cell_type)| {
            PredictionRow {
                gene_id: entry.gene_id.clone(),
                gene_name: entry.gene_name.clone(),
                cell_type: cell_type.clone(),
                split: entry.split,
                measured,
                predicted,
                model: model_name.to_owned(),
            }
        })
    }
}

fn check_genes(dataset: &PreparedDataset, genes: &[usize]) -> Result<(), ModelError> {
    match genes.iter().find(|&&gene| gene >= dataset.len()) {
        None => Ok(()),
        Some(&index) => Err(ModelError::UnknownGene { index, genes: dataset.len() }),
    }
}
