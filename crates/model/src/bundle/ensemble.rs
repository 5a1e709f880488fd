//! Several trained networks that predict together: their mean, and how far they lie apart.
//!
//! Networks that differ in nothing but their seed end at different weights and err differently. The mean of their
//! predictions errs less than they do on average (Lakshminarayanan et al. 2017, <https://arxiv.org/abs/1612.01474>). How
//! far they lie apart tells what training alone makes of the prediction. It knows nothing of what no member can see in
//! a promoter, which is most of the error, and is no confidence interval.

use std::path::{Path, PathBuf};

use burn::tensor::Device;

use super::ensemble_metrics::EnsembleMetrics;
use super::ensemble_record::{ENSEMBLE, EnsembleRecord, MemberRecord, member_files};
use super::files::ModelFiles;
use super::run_directory::{METRICS, RUN_RECORD};
use super::run_record::RunRecord;
use super::trained_model::TrainedModel;
use crate::error::ModelError;

/// What stands in the files of an ensemble, its members aside.
#[derive(Clone, Debug)]
pub struct EnsembleSummary {
    /// The members in their order.
    pub record: EnsembleRecord,
    /// Scores on validation genes.
    pub metrics: EnsembleMetrics,
    /// The run record of the whole.
    pub run: RunRecord,
}

/// An ensemble, read back or put together.
///
/// Its members predict the same cell types from the same bases, gene features and tracks, and attend to positions of one
/// size. Networks may differ in all else, and targets and inputs may have been scaled differently, as in the folds of a
/// cross-validation: each member scales what it reads and goes back to log2(TPM + 1) by its own transform before the mean is
/// taken.
#[derive(Debug)]
pub struct Ensemble {
    /// What is known of the whole.
    pub summary: EnsembleSummary,
    /// The networks, at least one.
    pub members: Vec<TrainedModel>,
}

impl Ensemble {
    /// Puts together models, each with the folder that it was read from. The mean has no metrics then, and the run
    /// record is that of the first member as far as it is not of all.
    ///
    /// # Errors
    /// [`ModelError::MembersDiffer`] where one does not go with the first, or has the weights of another;
    /// [`ModelError::InvalidConfig`] where there is none.
    pub fn of(models: Vec<(PathBuf, TrainedModel)>) -> Result<Self, ModelError> {
        check_members(&models)?;
        let members: Vec<TrainedModel> = models.into_iter().map(|(_, model)| model).collect();
        let record = EnsembleRecord::of(&members);
        let run = run_of_all(&members, &record);
        Ok(Self { summary: EnsembleSummary { metrics: EnsembleMetrics::of_members(&members), record, run }, members })
    }

    /// Reads the ensemble in folder `path`.
    ///
    /// # Errors
    /// Those of [`TrainedModel::load`] for each member; [`ModelError::InvalidFile`] where a member is not the one that
    /// ensemble.json names; [`ModelError::MembersDiffer`].
    pub fn load(path: &Path, device: &Device) -> Result<Self, ModelError> {
        Self::load_files(&ModelFiles::folder(path), device)
    }

    /// Reads the ensemble from a folder or from files embedded in the program.
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
                    "member {number} shall have seed {} and weights of sha256 {}, it has {} and {}; it was replaced",
                    listed.seed, listed.weights_sha256, found.seed, found.weights_sha256
                ),
            })
        });
        let members = Self::of(models.collect::<Result<_, _>>()?)?.members;
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
            format!("it has the same weights as {}; a copy only makes the spread too small", twin.display())
        });
        if let Some(reason) = difference(first, model).or(twin) {
            return Err(ModelError::MembersDiffer { path: path.clone(), reason });
        }
    }
    Ok(())
}

/// What keeps a model from going with the first.
fn difference(first: &TrainedModel, model: &TrainedModel) -> Option<String> {
    let (expected, found) = (&first.config, &model.config);
    if found.cell_types != expected.cell_types {
        let [found, expected] = [found, expected].map(|config| config.cell_types.join(", "));
        return Some(format!("it predicts {found}; the first predicts {expected}, and all must, in this order"));
    }
    if found.data.extent != expected.data.extent {
        let [found, expected] = [found, expected].map(|config| config.data.extent);
        return Some(format!("it reads {found} around the TSS; the first reads {expected}"));
    }
    if !found.auxiliary_inputs().reads_as(expected.auxiliary_inputs()) {
        return Some(format!("it reads {}; the first reads {}", found.auxiliary_inputs(), expected.auxiliary_inputs()));
    }
    let [found, expected] = [found, expected].map(|config| config.network.total_pool());
    (found != expected).then(|| {
        format!("its positions hold {found} bp, those of the first {expected} bp; their attention has no mean")
    })
}

fn run_of_all(members: &[TrainedModel], record: &EnsembleRecord) -> RunRecord {
    let runs = || members.iter().map(|member| &member.record);
    let first = &members[0].record;
    let agree = runs().all(|run| run.dataset_checksum == first.dataset_checksum);
    let same_inputs = runs().all(|run| run.dataset_inputs == first.dataset_inputs);
    RunRecord {
        dataset_checksum: if agree { first.dataset_checksum.clone() } else { String::new() },
        dataset_inputs: if same_inputs { first.dataset_inputs.clone() } else { Vec::new() },
        weights_sha256: record.weights_sha256(),
        ended_unix_s: runs().map(|run| run.ended_unix_s).max().unwrap_or(0),
        elapsed_s: runs().map(|run| run.elapsed_s).sum(),
        resumed: runs().map(|run| run.resumed).sum(),
        ..first.clone()
    }
}
