//! Predictions of comparators for the genes that a model predicts.

use std::path::Path;
use std::time::Instant;

use tatabox_baselines::{Baseline, BaselineTask, predict_baseline};
use tatabox_dataset::{Extent, PredictionRow, PreparedDataset, Split};
use tatabox_model::{GeneSelection, Predictor, SelectedDevice, cell_type_columns};
use tatabox_sequence::Shuffle;

use super::Comparator;
use super::cache::{PredictionCache, PredictionKey};
use super::network::{self, Variation};
use crate::error::{Error, Result};
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// Predictions of comparators, and how these were fitted.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ComparatorPredictions {
    /// One row per comparator, gene and cell type.
    pub(crate) rows: Vec<PredictionRow>,
    /// Remarks on the fit, such as the k-mer length and the penalty.
    pub(crate) notes: Vec<String>,
}

/// A model, and what all comparators share with it.
pub(crate) struct Comparison<'a> {
    /// The model.
    pub(crate) predictor: &'a Predictor,
    /// Its name.
    pub(crate) model_name: &'a str,
    /// The genes; comparators are fitted on the train genes.
    pub(crate) dataset: &'a PreparedDataset,
    /// The genes to predict.
    pub(crate) split: Split,
    /// The device for networks.
    pub(crate) device: &'a SelectedDevice,
    /// Folder of comparators fitted earlier; `None` fits baselines anew, and excludes networks.
    pub(crate) cache: Option<&'a Path>,
    /// Command as typed, for the run records of networks.
    pub(crate) command: &'a [String],
    /// Receiver of progress and source of cancellation.
    pub(crate) observer: &'a dyn Observer,
}

impl Comparison<'_> {
    /// Predictions of comparators; those fitted earlier on the same data are read from the cache.
    ///
    /// # Errors
    /// A comparator cannot be fitted, or the observer cancels.
    pub(crate) fn predict(&self, comparators: &[Comparator]) -> Result<ComparatorPredictions> {
        let cache = PredictionCache::new(self.cache);
        let mut all = ComparatorPredictions::default();
        for (index, &comparator) in comparators.iter().enumerate() {
            if self.observer.is_cancelled() {
                return Err(Error::Cancelled(format!("interrupted before comparator {}", comparator.name())));
            }
            let label = format!("comparing {}/{}: {}", index + 1, comparators.len(), comparator.name());
            let started = Instant::now();
            let predictions = match comparator {
                Comparator::Baseline(baseline) => self.baseline(baseline, &label, &cache)?,
                Comparator::Network(architecture) => {
                    network::predict(self, Variation::Architecture(architecture), &label)?
                }
                Comparator::BasesOnly => network::predict(self, Variation::BasesOnly, &label)?,
                Comparator::ExpressionOnly => network::predict(self, Variation::ExpressionOnly, &label)?,
                Comparator::Shuffled(shuffle) => self.shuffled(shuffle, &label)?,
            };
            tracing::info!(comparator = comparator.name(), seconds = started.elapsed().as_secs_f64(), "compared");
            all.rows.extend(predictions.rows);
            all.notes.extend(predictions.notes);
        }
        Ok(all)
    }

    fn seed(&self) -> u64 {
        self.predictor.model().config.seed
    }

    fn extent(&self) -> Extent {
        self.predictor.extent()
    }

    fn baseline(&self, baseline: Baseline, label: &str, cache: &PredictionCache<'_>) -> Result<ComparatorPredictions> {
        let cell_types = self.predictor.cell_types();
        let key = PredictionKey {
            dataset: self.dataset.checksum(),
            comparator: baseline.name(),
            cell_types,
            extent: self.extent(),
            split: self.split,
            seed: self.seed(),
            gene_features: self.predictor.auxiliary_inputs().feature_names(),
        };
        if let Some(predictions) = cache.read(&key) {
            self.observer.note(&format!("{label} (from the cache)"));
            return Ok(predictions);
        }
        self.observer.note(label);
        let usable = self.usable_genes();
        let task = BaselineTask {
            dataset: self.dataset,
            cell_types: &cell_type_columns(self.dataset, cell_types)?,
            extent: self.extent().window_range(self.dataset.geometry()),
            genes: &usable,
            splits: &[self.split],
            seed: self.seed(),
        };
        let mut progress = Progress::start(self.observer, baseline.name(), None, Unit::Steps);
        let predicted = predict_baseline(baseline, &task, &mut |now| {
            progress.set_total(now.total as u64);
            progress.set(now.done as u64);
            progress.set_message(now.stage.to_owned());
        })
        .map_err(|source| Error::Comparator { name: baseline.name(), source })?;
        progress.finish();
        let notes = predicted.notes.iter().map(|note| format!("{baseline}: {note}")).collect();
        let predictions = ComparatorPredictions { rows: predicted.rows, notes };
        cache.write(&key, &predictions, self.observer);
        Ok(predictions)
    }

    /// Indices of the genes of every split that the model can predict, in ascending order.
    pub(super) fn usable_genes(&self) -> Vec<usize> {
        let of_split = |split| {
            GeneSelection::of_split(self.dataset, split, self.extent(), self.predictor.auxiliary_inputs()).genes
        };
        let mut genes: Vec<usize> = Split::ALL.into_iter().flat_map(of_split).collect();
        genes.sort_unstable();
        genes
    }

    /// Predictions of the model for promoters with shuffled bases: the part of its score that base composition explains.
    fn shuffled(&self, shuffle: Shuffle, label: &str) -> Result<ComparatorPredictions> {
        self.observer.note(label);
        let preserved = match shuffle {
            Shuffle::Mononucleotide => "mono",
            Shuffle::Dinucleotide => "di",
        };
        let name = format!("{}-{preserved}-shuffled", self.model_name);
        let genes = self.dataset.genes();
        let edit = |gene: usize, codes: &mut [u8]| shuffle.apply(codes, self.seed(), &genes[gene].gene_id);
        let of_split =
            GeneSelection::of_split(self.dataset, self.split, self.extent(), self.predictor.auxiliary_inputs()).genes;
        let total = of_split.len() as u64;
        let mut progress = Progress::start(self.observer, "predicting shuffled", Some(total), Unit::Windows);
        let rows = self.predictor.predict_genes_edited(self.dataset, &of_split, &name, &edit, &mut |done, _| {
            progress.set(done as u64);
        })?;
        progress.finish();
        Ok(ComparatorPredictions { rows, notes: Vec::new() })
    }
}
