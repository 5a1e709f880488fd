//! Ridge regression on k-mer frequencies that predicts sequences outside a data set.

use nalgebra::DMatrix;
use rayon::prelude::*;
use tatabox_sequence::KmerCounter;

use super::kmer_ridge::{MAX_K, fit_ridge};
use super::ridge::Ridge;
use crate::error::BaselineError;
use crate::features::KmerFeatures;
use crate::prediction::BaselineProgress;
use crate::task::{BaselineTask, FitContext};

/// K-mer ridge, as the baseline `kmer-ridge`, fitted on the train genes of a data set.
///
/// # Examples
///
/// ```
/// use tatabox_baselines::{BaselineTask, ExpressionKmerRidge};
/// use tatabox_dataset::{PrepareConfig, PreparedDataset, SimulateConfig, prepare, simulate};
///
/// let folder = tempfile::tempdir()?;
/// let config = SimulateConfig { genes: 200, ..SimulateConfig::default() };
/// simulate(&config, folder.path())?;
/// let set = folder.path().join("set");
/// let mut prepared = PrepareConfig::new(folder.path().join("expression.tsv"), set, config.geometry);
/// prepared.promoters = Some(folder.path().join("promoters.fa"));
/// prepare(&prepared, &mut |_| {})?;
///
/// let dataset = PreparedDataset::open(&prepared.out_dir)?;
/// let genes: Vec<usize> = (0..dataset.len()).collect();
/// let extent = 0..dataset.geometry().len();
/// let task =
///     BaselineTask { dataset: &dataset, cell_types: &[0], extent, genes: &genes, splits: &[], seed: 42 };
/// let ridge = ExpressionKmerRidge::fit(&task, &mut |_| {})?;
/// let window = vec![0; dataset.geometry().len()];
/// assert_eq!(ridge.predict(&[&window])[0].len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ExpressionKmerRidge {
    ridge: Ridge,
    counter: KmerCounter,
}

impl ExpressionKmerRidge {
    /// Fits on the usable train genes of a task and selects settings on its validation genes.
    ///
    /// # Errors
    ///
    /// [`BaselineError::ExtentOutsideWindow`], [`BaselineError::NoGenes`] or [`BaselineError::NoSolution`].
    pub fn fit(task: &BaselineTask<'_>, progress: &mut dyn FnMut(BaselineProgress)) -> Result<Self, BaselineError> {
        crate::predict::check_extent(task)?;
        let mut context = FitContext { baseline: "kmer-ridge", task, progress };
        let (ridge, columns, _) =
            fit_ridge(&mut context, MAX_K, |task, max_k| KmerFeatures::new(task, 1, max_k, None))?;
        Ok(Self { ridge, counter: columns.counter() })
    }

    /// log2(TPM + 1) of windows, given as nucleotide codes, per cell type of the task: `[windows][cell types]`.
    pub fn predict(&self, windows: &[&[u8]]) -> Vec<Vec<f64>> {
        let frequencies: Vec<Vec<f32>> = windows.par_iter().map(|codes| self.counter.frequencies(codes)).collect();
        let features =
            DMatrix::from_fn(self.counter.len(), windows.len(), |kmer, window| f64::from(frequencies[window][kmer]));
        self.ridge.predict(features).row_iter().map(|row| row.iter().copied().collect()).collect()
    }
}
