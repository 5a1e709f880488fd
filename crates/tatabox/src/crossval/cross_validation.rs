//! Training and prediction of folds.

use std::path::{Path, PathBuf};

use tatabox_dataset::{Folds, PreparedDataset, Split};
use tatabox_model::{
    EnsembleDirectory, LoadedModel, ModelError, Predictor, RunDirectory, RunStatus, SelectedDevice, member_configs,
};

use super::predictions::OutOfFoldPredictions;
use super::{CrossvalRequest, folder};
use crate::audit::AuditSummary;
use crate::comparators::{Comparator, Comparison};
use crate::error::{Error, Result};
use crate::evaluate::{AttentionSummary, ExcludedGenes, predict_split};
use crate::observer::Observer;
use crate::remedy::Remedy;
use crate::train::{TrainingRun, TrainingSetup, warn_of_few_genes};

/// Everything that the folds share.
pub(super) struct CrossValidation<'a> {
    pub(super) dataset: &'a PreparedDataset,
    pub(super) request: &'a CrossvalRequest,
    pub(super) folds: Folds,
    pub(super) setup: TrainingSetup,
    /// Name of the model in tables.
    pub(super) name: String,
    pub(super) directory: PathBuf,
    pub(super) comparators: Vec<Comparator>,
    pub(super) device: SelectedDevice,
    pub(super) observer: &'a dyn Observer,
}

impl CrossValidation<'_> {
    /// Trains the missing part of a fold, and predicts its test genes with the network and the comparators.
    pub(super) fn predict_fold(&self, fold: usize, all: &mut OutOfFoldPredictions) -> Result<()> {
        let view = self.view(fold)?;
        let audit = AuditSummary::of_fold(&view, self.setup.extent, self.observer)?;
        AuditSummary::join(&mut all.audit, fold, audit);
        let predictor = self.load(&self.train(fold, &view)?)?;

        let label = "predicting the fold".to_owned();
        let predictions = predict_split(&predictor, &view, Split::Test, &self.name, label, self.observer)?;
        let compared = self.comparison(&predictor, &view).predict(&self.comparators)?;
        AttentionSummary::join(&mut all.attention, AttentionSummary::of_split(&predictor, &view, &predictions)?);
        all.excluded.add(ExcludedGenes::of_selection(&predictions.selection));
        let inputs = predictor.auxiliary_inputs();
        all.auxiliary_inputs = (!inputs.is_empty()).then(|| inputs.to_string());
        all.compared.rows.extend(predictions.rows);
        all.compared.rows.extend(compared.rows);
        let notes = compared.notes.into_iter().map(|note| format!("fold {}: {note}", fold + 1));
        all.compared.notes.extend(notes);
        Ok(())
    }

    /// Trains the network of a fold and fits its comparators, which are kept in the cache. Returns the folder of the network.
    pub(super) fn train_fold(&self, fold: usize) -> Result<PathBuf> {
        let view = self.view(fold)?;
        let run = self.train(fold, &view)?;
        let predictor = self.load(&run)?;
        // Predictions for shuffled promoters need no fit and are not cached.
        let is_cached = |comparator: &Comparator| !matches!(comparator, Comparator::Shuffled(_));
        let fitted: Vec<Comparator> = self.comparators.iter().copied().filter(is_cached).collect();
        self.comparison(&predictor, &view).predict(&fitted)?;
        Ok(run)
    }

    /// The data set with the splits of a fold.
    fn view(&self, fold: usize) -> Result<PreparedDataset> {
        let view = self.dataset.fold_view(&self.folds, fold)?;
        let chromosomes = &view.manifest().split.test.chromosomes;
        let tested = if chromosomes.is_empty() { "parts of chromosomes".to_owned() } else { chromosomes.join(", ") };
        self.observer.note(&format!("fold {} of {}: testing {tested}", fold + 1, self.folds.count()));
        Ok(view)
    }

    fn load(&self, run: &Path) -> Result<Predictor> {
        // Tables of predictions hold expression of genes, not outputs of assays.
        Ok(Predictor::new(LoadedModel::load(run, &self.device.device)?, &self.device).of_expression()?)
    }

    fn comparison<'b>(&'b self, predictor: &'b Predictor, view: &'b PreparedDataset) -> Comparison<'b> {
        Comparison {
            predictor,
            model_name: &self.name,
            dataset: view,
            split: Split::Test,
            device: &self.device,
            cache: self.request.comparator_cache.as_deref(),
            command: &self.request.command,
            observer: self.observer,
        }
    }

    /// Trains the missing part of a fold's network or ensemble, and returns its folder.
    fn train(&self, fold: usize, view: &PreparedDataset) -> Result<PathBuf> {
        let name = folder::of_fold(fold);
        let config = self.setup.config(&self.request.options, view)?;
        warn_of_few_genes(view, &config, self.observer);
        let training = TrainingRun {
            dataset: view,
            device: &self.device,
            command: &self.request.command,
            stop_after_epoch: self.request.stop_after_epoch,
            observer: self.observer,
        };
        if let Some(members) = self.request.members {
            let (run, configs) = (EnsembleDirectory::new(&self.directory, &name), member_configs(&config, members));
            let status = run.status(&configs).map_err(of_earlier_run)?;
            self.note_if_finished(status, run.path());
            training.complete_ensemble(&configs, &run, status)?;
            return Ok(run.path().to_owned());
        }
        let run = RunDirectory::new(&self.directory, &name);
        let status = run.status(&config).map_err(of_earlier_run)?;
        self.note_if_finished(status, run.path());
        training.complete(&config, &run, status, None)?;
        Ok(run.path().to_owned())
    }

    fn note_if_finished(&self, status: RunStatus, path: &Path) {
        if status == RunStatus::Finished {
            self.observer.note(&format!("already trained: {}", path.display()));
        }
    }
}

/// The error of a folder that holds another cross-validation.
fn of_earlier_run(error: ModelError) -> Error {
    Error::from(error).with_remedy(Remedy::StartAnew)
}
