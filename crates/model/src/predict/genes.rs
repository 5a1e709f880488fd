//! Predictions of the genes of a data set, as they are or with their bases edited first.

use rayon::prelude::*;
use tatabox_dataset::{Extent, PredictionRow, PreparedDataset, Split};

use super::predictor::Predictor;
use super::window_prediction::WindowPrediction;
use crate::error::ModelError;
use crate::input::{DatasetColumns, GeneSelection, PromoterWindow, cell_type_columns};

/// Changes the bases of a gene, and nothing beside them, before they are predicted; given the gene's index in the data set and its window.
pub type WindowEdit<'a> = &'a (dyn Fn(usize, &mut [u8]) + Sync);

/// The predictions of some genes.
#[derive(Clone, Debug, PartialEq)]
pub struct GenePredictions {
    /// One row a gene and cell type in which it is measured.
    pub rows: Vec<PredictionRow>,
    /// The network's output for each gene, in the order asked for.
    pub windows: Vec<WindowPrediction>,
}

/// The predictions of a split.
pub struct SplitPredictions {
    /// One row a gene and cell type in which it is measured.
    pub rows: Vec<PredictionRow>,
    /// The network's output for each selected gene.
    pub windows: Vec<WindowPrediction>,
    /// The genes predicted and the genes left out.
    pub selection: GeneSelection,
}

impl Predictor {
    /// Checks that the data set has the gene features and tracks that the model reads beside the bases, of some genes at
    /// least.
    ///
    /// # Errors
    /// [`ModelError::MissingAuxiliaryInputs`]
    pub fn check_inputs(&self, dataset: &PreparedDataset) -> Result<(), ModelError> {
        DatasetColumns::of(self.auxiliary_inputs(), dataset).map(drop)
    }

    /// Checks that the model can read windows of this data set, and has all that it reads beside the bases.
    ///
    /// # Errors
    /// [`ModelError::ExtentNotCovered`] where the data set's windows are shorter than the model's extent; those of
    /// [`check_inputs`](Self::check_inputs).
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

    /// What the model reads of a data-set gene: its bases, and the gene features and tracks that the model reads, as far as
    /// the data set has them.
    ///
    /// # Errors
    /// [`ModelError::UnknownGene`]
    pub fn gene_window(&self, dataset: &PreparedDataset, gene: usize) -> Result<PromoterWindow, ModelError> {
        self.shifted_gene_window(dataset, gene, 0)
    }

    /// The same with the window moved by `shift_bp` in sense direction, N and no signal where the data set holds no bases.
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

    /// Predicts every measured value of a split whose gene is known over the model's extent, as rows of a prediction
    /// table under the name `model_name`, and tells which genes were left out.
    ///
    /// # Errors
    /// Cell types that the data set lacks; a geometry that does not fit; a split with too few genes.
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

    /// Predicts these genes. Where a gene is known over less than the model's extent it is padded with N;
    /// [`GeneSelection::of_genes`] tells such genes apart.
    ///
    /// # Errors
    /// Cell types that the data set lacks; a geometry that does not fit; [`ModelError::MissingAuxiliaryInputs`] naming a gene without
    /// the gene features that the model reads.
    pub fn predict_genes(
        &self,
        dataset: &PreparedDataset,
        genes: &[usize],
        model_name: &str,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<GenePredictions, ModelError> {
        self.predict_windows_of(dataset, genes, model_name, &|_, _| {}, progress)
    }

    /// As [`predict_genes`](Self::predict_genes), each window edited before it is predicted: the same genes and
    /// measurements beside bases of the caller's making, such as a shuffled promoter. `edit` runs on several threads.
    ///
    /// # Errors
    /// Cell types that the data set lacks; a geometry that does not fit.
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
        let columns = cell_type_columns(dataset, self.cell_types())?;
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

    /// A row for each cell type in which the gene is measured.
    fn rows_of(
        &self,
        dataset: &PreparedDataset,
        gene: usize,
        columns: &[usize],
        prediction: &WindowPrediction,
        model_name: &str,
    ) -> impl Iterator<Item = PredictionRow> {
        let entry = &dataset.genes()[gene];
        let values = columns.iter().map(move |&column| f64::from(dataset.log2_tpm(gene, column)));
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
