//! Training loop.

use std::ops::ControlFlow;
use std::time::Instant;

use burn::module::Module;
use burn::optim::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamWConfig, ModuleOptimizer};
use burn::tensor::Device;
use tatabox_dataset::{PreparedDataset, Split, TargetTransform};

use super::checkpoint::{Checkpoint, TrainingState};
use super::phase::TrainingPhase;
use super::training_rows::{TrainingRows, output_columns};
use super::weight_average::averaged;
use crate::bundle::{
    EpochRecord, RunDirectory, RunLock, RunRecord, RunStatus, TrainingConfig, ValidationMetrics,
    mean_pearson_of_groups, pearson_by_cell_type,
};
use crate::device::SelectedDevice;
use crate::error::ModelError;
use crate::input::DatasetColumns;
use crate::nn::Network;
use crate::predict::write_verification;
use crate::random_stream::{Purpose, random_stream};
use crate::train::batch::{TrainRows, plan_epoch};
use crate::train::gradient::{AutodiffGradients, BatchGradients, CpuGradients, EpochLoss};
use crate::train::init::{enriched_kmers, init_filters_from_kmers};
use crate::train::transfer::transferred_network;

/// Range of predicted z-scores below which they are one value but for rounding.
const CONSTANT_Z: f64 = 1e-4;

/// Event during a run.
#[derive(Clone, Copy, Debug)]
pub enum TrainingEvent<'a> {
    /// Training starts, or resumes after `epochs_done` epochs.
    Started {
        /// Number of train genes.
        train_genes: usize,
        /// Number of validation genes.
        validation_genes: usize,
        /// Number of weights of the network.
        parameters: usize,
        /// Epochs that a resumed run has completed.
        epochs_done: usize,
    },
    /// A step has finished.
    Step {
        /// The epoch, counted from 1.
        epoch: usize,
        /// Windows processed in this epoch so far.
        windows: usize,
        /// Windows in the epoch.
        windows_in_epoch: usize,
        /// Mean loss of the epoch so far.
        loss: f64,
    },
    /// An epoch has finished.
    Epoch {
        /// Row of the epoch in history.csv.
        record: &'a EpochRecord,
        /// The best epoch so far.
        best: &'a EpochRecord,
    },
}

/// Start of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// New run; an error where a finished model or an unfinished run of that name exists.
    New,
    /// New run; discards an unfinished run of that name, and replaces a finished model once the new one is complete.
    Replace,
    /// Resumes the unfinished run from its last checkpoint.
    Resume,
}

/// Trains a network and writes it to `run`.
///
/// The weights of the epoch with the highest mean Pearson over the validation split are kept. The observer may break
/// after any event; the run can then be resumed from the last complete epoch, and ends with the same weights as an
/// uninterrupted run.
///
/// # Errors
/// Errors of configuration, data and files; [`ModelError::Diverged`]; [`ModelError::Interrupted`].
pub fn train(
    dataset: &PreparedDataset,
    config: &TrainingConfig,
    run: &RunDirectory,
    start: Start,
    device: &SelectedDevice,
    record: RunRecord,
    observer: &mut dyn FnMut(TrainingEvent) -> ControlFlow<()>,
) -> Result<TrainingSummary, ModelError> {
    config.validate()?;
    let mut training = Training::new(dataset, config, device)?;
    let _lock = RunLock::acquire(run.path())?;
    let mut checkpoint = match start {
        Start::Resume => {
            run.check_unfinished(config)?;
            let mut checkpoint = training.resume(run)?;
            checkpoint.state.resumed += 1;
            checkpoint
        }
        Start::New | Start::Replace => {
            run.start(config, start == Start::Replace)?;
            match training.fresh() {
                Ok(checkpoint) => checkpoint,
                Err(error) => {
                    run.discard()?;
                    return Err(error);
                }
            }
        }
    };

    let clock = Instant::now();
    let elapsed_before_s = checkpoint.state.elapsed_s;
    let epochs_done = checkpoint.state.history.len();
    let interrupted = |epoch| ModelError::Interrupted { epoch };
    let started = TrainingEvent::Started {
        train_genes: training.train.genes.genes.len(),
        validation_genes: training.validation.genes.genes.len(),
        parameters: checkpoint.network.num_params(),
        epochs_done,
    };
    if observer(started).is_break() {
        return Err(interrupted(epochs_done));
    }
    while !training.is_over(&checkpoint.state.history) {
        if let Err(error) = training.epoch(&mut checkpoint, observer) {
            // A run that fails in its first epoch leaves nothing to resume.
            if !matches!(error, ModelError::Interrupted { .. }) && checkpoint.state.history.is_empty() {
                run.discard()?;
            }
            return Err(error);
        }
        checkpoint.state.elapsed_s = elapsed_before_s + clock.elapsed().as_secs_f64();
        run.write_history(&checkpoint.state.history)?;
        checkpoint.save(run.partial_path())?;

        let history = &checkpoint.state.history;
        let (Some(record), Some(best)) = (history.last(), EpochRecord::best(history)) else {
            continue;
        };
        if observer(TrainingEvent::Epoch { record, best }).is_break() && !training.is_over(history) {
            return Err(interrupted(history.len()));
        }
    }
    training.finish(&checkpoint, run, record)
}

/// Result of a finished run, or progress of an unfinished one; `None` where no epoch has finished.
///
/// # Errors
/// Errors of configuration, data and files; [`ModelError::CannotResume`] where `run` holds another run.
pub fn training_progress(
    dataset: &PreparedDataset,
    config: &TrainingConfig,
    run: &RunDirectory,
    device: &SelectedDevice,
) -> Result<Option<TrainingSummary>, ModelError> {
    match run.status(config)? {
        RunStatus::Absent => Ok(None),
        RunStatus::Finished => {
            let (metrics, history, elapsed_s) = run.outcome()?;
            let windows_per_epoch = metrics.train_genes;
            let constant_cell_types = Vec::new();
            Ok(Some(TrainingSummary { metrics, history, elapsed_s, windows_per_epoch, constant_cell_types }))
        }
        RunStatus::Unfinished => {
            let mut training = Training::new(dataset, config, device)?;
            let checkpoint = training.resume(run)?;
            if checkpoint.state.history.is_empty() {
                return Ok(None);
            }
            training.summary(&checkpoint).map(Some)
        }
    }
}

/// Result of a run, finished or paused after an epoch.
#[derive(Clone, Debug)]
pub struct TrainingSummary {
    /// Scores on the validation split.
    pub metrics: ValidationMetrics,
    /// Record of every epoch.
    pub history: Vec<EpochRecord>,
    /// Training time in seconds.
    pub elapsed_s: f64,
    /// Windows per epoch: genes and rows of assays; genes alone of a run that finished earlier.
    pub windows_per_epoch: usize,
    /// Cell types in which the network predicts one value for all validation genes; not known of a run that finished
    /// earlier.
    pub constant_cell_types: Vec<String>,
}

/// Parts of a run that do not change between steps.
struct Training<'a> {
    config: &'a TrainingConfig,
    dataset: PreparedDataset,
    /// Columns of the outputs among the targets of the data set.
    targets: Vec<usize>,
    train: TrainingRows,
    train_rows: TrainRows,
    validation: TrainingRows,
    gradients: Box<dyn BatchGradients + 'a>,
    /// z-scores, rows x outputs; NaN where missing.
    validation_targets: Vec<f64>,
    transform: TargetTransform,
    device: Device,
}

impl<'a> Training<'a> {
    fn new(dataset: &PreparedDataset, config: &'a TrainingConfig, device: &SelectedDevice) -> Result<Self, ModelError> {
        let targets = output_columns(dataset, config)?;
        DatasetColumns::of(config.auxiliary_inputs(), dataset)?;
        let mut train = TrainingRows::of_split(dataset, config, Split::Train, &targets)?;
        let validation = TrainingRows::of_split(dataset, config, Split::Validation, &targets)?;
        let mut scaled = None;
        if let Some(fraction) = config.genes_fraction {
            train.genes = train.genes.sampled(fraction, config.seed)?;
            scaled = Some(dataset.scaled_on(&train.genes.genes)?);
        }
        train.genes.check_measured(dataset, Split::Train, &targets[..config.expression_outputs()])?;
        let dataset = scaled.as_ref().unwrap_or(dataset);
        let transform = dataset.target_transform();
        let validation_targets = validation
            .all()
            .into_iter()
            .flat_map(|row| targets.iter().map(move |&target| (row, target)))
            .map(|(row, target)| transform.to_z(target, f64::from(dataset.target(row, target))))
            .collect();
        Ok(Self {
            config,
            gradients: gradients_of(dataset, config, &targets, device)?,
            transform: select_targets(&transform, &targets),
            dataset: dataset.clone(),
            targets,
            train_rows: train.train_rows(),
            train,
            validation,
            validation_targets,
            device: device.device.clone(),
        })
    }

    fn fresh(&self) -> Result<Checkpoint, ModelError> {
        let network = match &self.config.transfer {
            Some(transfer) => transferred_network(self.config, transfer, &self.device.clone().autodiff())?,
            None => self.with_kmer_filters(self.random_network()),
        };
        Ok(Checkpoint {
            average: network.valid(),
            best: network.valid(),
            network,
            optimizer: self.optimizer(),
            state: TrainingState::default(),
        })
    }

    fn resume(&self, run: &RunDirectory) -> Result<Checkpoint, ModelError> {
        let loaded = Checkpoint::load(run.partial_path(), &self.random_network(), self.optimizer())?;
        loaded.map_or_else(|| self.fresh(), Ok)
    }

    /// Initialises filters of the network from enriched k-mers, as configured.
    fn with_kmer_filters(&self, mut network: Network) -> Network {
        let first = match &mut network {
            Network::Convolutional(network) => network.stages.first_mut(),
            Network::KmerMlp(_) => None,
        };
        if let (Some(stage), Some(most)) = (first, self.config.enriched_kmers) {
            let extent = self.config.data.extent;
            // Genes where there are any, so that assays do not change the filters of expression.
            let (rows, targets) = match self.config.expression_outputs() {
                0 => (self.train.all(), self.targets.as_slice()),
                outputs => (self.train.genes.genes.clone(), &self.targets[..outputs]),
            };
            let words = enriched_kmers(&self.dataset, &rows, targets, extent, most);
            init_filters_from_kmers(stage, &words, &self.device.clone().autodiff());
        }
        network
    }

    fn random_network(&self) -> Network {
        self.config.network.build(self.config.seed, &self.device.clone().autodiff())
    }

    fn optimizer(&self) -> ModuleOptimizer {
        AdamWConfig::new()
            .with_epsilon(1e-8)
            .with_weight_decay(self.config.weight_decay as f32)
            .with_grad_clipping(Some(GradientClippingConfig::Norm(self.config.gradient_clip_norm as f32)))
            .init()
    }

    fn is_over(&self, history: &[EpochRecord]) -> bool {
        // Patience starts once all layers are trained.
        let waits_since = EpochRecord::best(history).map_or(0, |best| best.epoch.max(self.config.frozen_epochs()));
        history.len() >= self.config.epochs || history.len() >= waits_since + self.config.patience.max(1)
    }

    /// Trains one epoch and validates; the new state is written to `checkpoint`.
    fn epoch(
        &mut self,
        checkpoint: &mut Checkpoint,
        observer: &mut dyn FnMut(TrainingEvent) -> ControlFlow<()>,
    ) -> Result<(), ModelError> {
        let epoch = checkpoint.state.history.len() + 1;
        let plan = plan_epoch(self.config, &self.train_rows, epoch);
        let first_step = (epoch - 1) * plan.len();
        let phase = TrainingPhase::of_epoch(self.config, epoch, plan.len());
        let windows_in_epoch = self.train_rows.rows_per_epoch(self.config);
        let diverged = |loss| ModelError::Diverged { epoch, loss };
        let (mut windows, mut loss, mut learning_rate) = (0, EpochLoss::default(), 0.0);
        self.gradients.announce(&plan);
        for (index, planned) in plan.iter().enumerate() {
            let step = first_step + index;
            learning_rate = phase.learning_rate(step);
            let dropout = random_stream(self.config.seed, Purpose::Dropout, epoch, index);
            let (step_loss, gradients) =
                self.gradients.loss_and_gradients(&checkpoint.network, planned, dropout, phase.trained)?;
            let gradients = phase.trained.keep(&checkpoint.network, gradients);
            checkpoint.network = checkpoint.optimizer.step(learning_rate, checkpoint.network.clone(), gradients);
            let average = checkpoint.average.clone();
            checkpoint.average = averaged(average, &checkpoint.network, self.config.averaging_decay, step);
            loss.add(step_loss, planned.rows.len()).map_err(diverged)?;
            windows += planned.rows.len();
            let event = TrainingEvent::Step { epoch, windows, windows_in_epoch, loss: loss.mean() };
            if observer(event).is_break() {
                return Err(ModelError::Interrupted { epoch: epoch - 1 });
            }
        }
        loss.read_all().map_err(diverged)?;
        let (validation_loss, validation_pearson) = self.validate(&checkpoint.average)?;
        let best_before = EpochRecord::best(&checkpoint.state.history).map(|best| best.validation_pearson);
        if best_before.is_none_or(|best| validation_pearson > best) {
            checkpoint.best = checkpoint.average.clone();
        }
        checkpoint.state.history.push(EpochRecord {
            epoch,
            train_loss: loss.mean(),
            validation_loss,
            validation_pearson,
            learning_rate,
        });
        Ok(())
    }

    /// Loss and mean Pearson on the validation split.
    fn validate(&mut self, network: &Network) -> Result<(f64, f64), ModelError> {
        let predictions = self.gradients.predict(network, &self.validation.all())?;
        let squared_errors: Vec<f64> = predictions
            .iter()
            .zip(&self.validation_targets)
            .filter(|(_, target)| target.is_finite())
            .map(|(prediction, target)| (prediction - target).powi(2))
            .collect();
        let loss = squared_errors.iter().sum::<f64>() / squared_errors.len().max(1) as f64;
        let outputs = self.config.cell_types.len();
        let groups = self.config.output_groups();
        Ok((loss, mean_pearson_of_groups(&predictions, &self.validation_targets, outputs, &groups)))
    }

    fn finish(
        &mut self,
        checkpoint: &Checkpoint,
        run: &RunDirectory,
        mut record: RunRecord,
    ) -> Result<TrainingSummary, ModelError> {
        let summary = self.summary(checkpoint)?;
        if !summary.constant_cell_types.is_empty() {
            tracing::warn!(
                "the network predicts one value for all {} validation genes in {}: it learned nothing there; train again \
                 with a lower learning rate or more genes",
                summary.metrics.validation_genes,
                summary.constant_cell_types.join(", ")
            );
        }
        record.elapsed_s = summary.elapsed_s;
        record.resumed = checkpoint.state.resumed;
        record.ended_unix_s =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Checkpoint::remove_all(run.partial_path())?;
        run.write_results(&checkpoint.best, &self.transform, Some(&summary.metrics), &mut record)?;
        write_verification(run.partial_path())?;
        run.take_name()?;
        Ok(summary)
    }

    /// Scores of the best epoch so far.
    fn summary(&mut self, checkpoint: &Checkpoint) -> Result<TrainingSummary, ModelError> {
        let state = &checkpoint.state;
        let cell_types = self.config.cell_types.len();
        let predictions = self.gradients.predict(&checkpoint.best, &self.validation.all())?;
        let by_cell_type = pearson_by_cell_type(&predictions, &self.validation_targets, cell_types);
        let best = EpochRecord::best(&state.history);
        let (train, validation) = (&self.train.genes, &self.validation.genes);
        let metrics = ValidationMetrics {
            best_epoch: best.map_or(0, |best| best.epoch),
            validation_pearson: best.map_or(0.0, |best| best.validation_pearson),
            validation_pearson_by_cell_type: by_cell_type,
            train_genes: train.genes.len(),
            validation_genes: validation.genes.len(),
            train_assay_rows: self.train.assays.iter().map(Vec::len).sum(),
            validation_assay_rows: self.validation.assays.iter().map(Vec::len).sum(),
            genes_shorter_than_extent: train.shorter_than_extent.len() + validation.shorter_than_extent.len(),
            genes_without_features: train.without_features.len() + validation.without_features.len(),
            parameters: checkpoint.network.num_params(),
        };
        let is_constant = |(index, _): &(usize, &String)| is_constant(&predictions, *index, cell_types);
        let constant = self.config.cell_types.iter().enumerate().filter(is_constant);
        Ok(TrainingSummary {
            metrics,
            windows_per_epoch: self.train_rows.rows_per_epoch(self.config),
            history: state.history.clone(),
            elapsed_s: state.elapsed_s,
            constant_cell_types: constant.map(|(_, name)| name.clone()).collect(),
        })
    }
}

/// Whether a column of `predictions`, genes x `columns` z-scores, has one value but for rounding.
fn is_constant(predictions: &[f64], column: usize, columns: usize) -> bool {
    let values = || predictions.iter().skip(column).step_by(columns);
    let range = values().copied().fold(f64::NEG_INFINITY, f64::max) - values().copied().fold(f64::INFINITY, f64::min);
    range < CONSTANT_Z
}

/// Gradients by the CPU kernels where they support the run, otherwise by automatic differentiation.
fn gradients_of<'a>(
    dataset: &PreparedDataset,
    config: &'a TrainingConfig,
    targets: &[usize],
    device: &SelectedDevice,
) -> Result<Box<dyn BatchGradients + 'a>, ModelError> {
    if config.network.runs_on_cpu_kernels(device, config.precision()) {
        Ok(Box::new(CpuGradients::new(dataset, config, targets)?))
    } else {
        Ok(Box::new(AutodiffGradients::new(dataset, config, targets, device)?))
    }
}

fn select_targets(transform: &TargetTransform, columns: &[usize]) -> TargetTransform {
    TargetTransform {
        cell_types: columns.iter().map(|&column| transform.cell_types[column].clone()).collect(),
        mean: columns.iter().map(|&column| transform.mean[column]).collect(),
        sd: columns.iter().map(|&column| transform.sd[column]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_predictions_of_one_cell_type_are_found() {
        // Two cell types: the first varies, the second does not but for rounding.
        let predictions = [0.1, 0.3, 0.2, 0.3 + 1e-7, -0.4, 0.3];
        assert!(!is_constant(&predictions, 0, 2));
        assert!(is_constant(&predictions, 1, 2));
    }
}
