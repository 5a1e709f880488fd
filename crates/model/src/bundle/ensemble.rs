//! Ensembles: the mean prediction of several trained networks, and its standard deviation over them.
//!
//! Networks trained from different seeds end at different weights and make different errors. The error of their mean
//! prediction is smaller than their average error (Lakshminarayanan et al. 2017, <https://arxiv.org/abs/1612.01474>).
//! The standard deviation over the members measures the variation due to training. It does not include the
//! expression that promoter sequence cannot explain, which is most of the error, so it is not a confidence interval.

use std::path::{Path, PathBuf};

use burn::tensor::Device;

use super::ensemble_metrics::EnsembleMetrics;
use super::ensemble_record::{ENSEMBLE, EnsembleRecord, MemberRecord, member_files};
use super::files::ModelFiles;
use super::run_directory::{METRICS, RUN_RECORD};
use super::run_record::RunRecord;
use super::trained_model::TrainedModel;
use super::training_config::TrainingConfig;
use crate::error::ModelError;

/// Files of an ensemble other than those of its members: ensemble.json, metrics.json and run.json.
#[derive(Clone, Debug)]
pub struct EnsembleSummary {
    /// Members in order.
    pub record: EnsembleRecord,
    /// Scores on validation genes.
    pub metrics: EnsembleMetrics,
    /// Run record of the ensemble.
    pub run: RunRecord,
}

/// Ensemble of trained networks, loaded from a folder or assembled in memory.
///
/// All members read the same extent and pool to positions of the same size. Members that read auxiliary inputs read the
/// same ones. Everything else may differ, outputs included: an output is the mean over the members that have it, so that an
/// ensemble may join networks of expression with networks of reporter assays. Each member scales its inputs and transforms its outputs to log2(TPM + 1)
/// itself, before the mean is taken; scales differ between the folds of a cross-validation, for example.
#[derive(Debug)]
pub struct Ensemble {
    /// Records and scores of the ensemble.
    pub summary: EnsembleSummary,
    /// Trained networks, at least one.
    pub members: Vec<TrainedModel>,
}

impl Ensemble {
    /// Assembles an ensemble from models and the folders that they were read from.
    ///
    /// The mean prediction has no metrics yet. The run record sums up times and resumptions and takes the other fields
    /// from the first member; the data set is recorded only if all members agree on it.
    ///
    /// # Errors
    /// [`ModelError::MembersDiffer`] if a model is incompatible with the first one or has the weights of another;
    /// [`ModelError::InvalidConfig`] if `models` is empty.
    pub fn of(models: Vec<(PathBuf, TrainedModel)>) -> Result<Self, ModelError> {
        check_members(&models)?;
        let members: Vec<TrainedModel> = models.into_iter().map(|(_, model)| model).collect();
        let record = EnsembleRecord::of(&members);
        let run = combined_run(&members, &record);
        Ok(Self { summary: EnsembleSummary { metrics: EnsembleMetrics::of_members(&members), record, run }, members })
    }

    /// The same ensemble, which reports variant effects of these outputs unless others are requested.
    ///
    /// # Errors
    /// [`ModelError::Mismatch`] for an output that no member has.
    pub fn with_effect_outputs(mut self, outputs: &[String]) -> Result<Self, ModelError> {
        let known = || self.members.iter().flat_map(|member| &member.config.cell_types);
        if let Some(unknown) = outputs.iter().find(|&output| !known().any(|name| name == output)) {
            let mut names: Vec<&str> = known().map(String::as_str).collect();
            names.sort_unstable();
            names.dedup();
            let names = names.join(", ");
            return Err(ModelError::Mismatch(format!("no network has the output {unknown}; expected some of {names}")));
        }
        self.summary.record.effect_outputs = outputs.to_vec();
        Ok(self)
    }

    /// Loads the ensemble in folder `path`.
    ///
    /// # Errors
    /// Errors of [`TrainedModel::load`] for each member; [`ModelError::InvalidFile`] if a member is not the one listed
    /// in ensemble.json; [`ModelError::MembersDiffer`].
    pub fn load(path: &Path, device: &Device) -> Result<Self, ModelError> {
        Self::load_files(&ModelFiles::folder(path), device)
    }

    /// Loads the ensemble from a folder or from files embedded in the program.
    pub(crate) fn load_files(files: &ModelFiles, device: &Device) -> Result<Self, ModelError> {
        let record = EnsembleRecord::read(files)?;
        let models = (1..).zip(&record.members).map(|(number, listed)| {
            let member = member_files(files, number);
            let model = TrainedModel::load_files(&member, device)?;
            let found = MemberRecord::of(&model);
            if found == *listed {
                return Ok((member.root(), model));
            }
            Err(ModelError::InvalidFile {
                path: files.path(ENSEMBLE),
                reason: format!(
                    "member {number} is listed with seed {} and weights of sha256 {}, but has {} and {}; restore the \
                     original member",
                    listed.seed, listed.weights_sha256, found.seed, found.weights_sha256
                ),
            })
        });
        let members = Self::of(models.collect::<Result<_, _>>()?)?.with_effect_outputs(&record.effect_outputs)?.members;
        let metrics = files.read_json(METRICS)?;
        let run = files.read_json(RUN_RECORD)?;
        Ok(Self { summary: EnsembleSummary { record, metrics, run }, members })
    }
}

fn check_members(models: &[(PathBuf, TrainedModel)]) -> Result<(), ModelError> {
    let Some(((_, first), others)) = models.split_first() else {
        return Err(ModelError::InvalidConfig {
            field: "members",
            value: "empty".to_owned(),
            expected: "at least one model".to_owned(),
        });
    };
    for (index, (path, model)) in (1..).zip(others) {
        let same_weights =
            |(_, other): &&(PathBuf, TrainedModel)| other.record.weights_sha256 == model.record.weights_sha256;
        let twin = models[..index].iter().find(same_weights).map(|(twin, _)| {
            format!("it has the same weights as {}; a copy would bias the standard deviation downwards", twin.display())
        });
        if let Some(reason) = difference(first, model).or(twin) {
            return Err(ModelError::MembersDiffer { path: path.clone(), reason });
        }
    }
    Ok(())
}

/// First incompatibility of a model with the first member; `None` if they are compatible.
fn difference(first: &TrainedModel, model: &TrainedModel) -> Option<String> {
    let (expected, found) = (&first.config, &model.config);
    if found.data.extent != expected.data.extent {
        let [found, expected] = [found, expected].map(|config| config.data.extent);
        return Some(format!("it reads {found} around the TSS; expected {expected}, as the first member"));
    }
    if !found.auxiliary_inputs().is_empty() && !found.auxiliary_inputs().reads_as(expected.auxiliary_inputs()) {
        let [found, expected] = [found, expected].map(TrainingConfig::auxiliary_inputs);
        return Some(format!("its auxiliary inputs are {found}; expected {expected}, as the first member"));
    }
    let [found, expected] = [found, expected].map(|config| config.network.total_pool());
    (found != expected)
        .then(|| format!("its pooled positions cover {found} bp; expected {expected} bp, as the first member"))
}

/// Run record of an ensemble, from the records of its members.
fn combined_run(members: &[TrainedModel], record: &EnsembleRecord) -> RunRecord {
    let runs = || members.iter().map(|member| &member.record);
    let first = &members[0].record;
    let same_dataset = runs().all(|run| run.dataset_checksum == first.dataset_checksum);
    let same_split = runs().all(|run| run.split_checksum == first.split_checksum);
    let same_inputs = runs().all(|run| run.dataset_inputs == first.dataset_inputs);
    RunRecord {
        dataset_checksum: if same_dataset { first.dataset_checksum.clone() } else { String::new() },
        split_checksum: first.split_checksum.clone().filter(|_| same_split),
        dataset_inputs: if same_inputs { first.dataset_inputs.clone() } else { Vec::new() },
        weights_sha256: record.weights_sha256(),
        ended_unix_s: runs().map(|run| run.ended_unix_s).max().unwrap_or(0),
        elapsed_s: runs().map(|run| run.elapsed_s).sum(),
        resumed: runs().map(|run| run.resumed).sum(),
        ..first.clone()
    }
}
