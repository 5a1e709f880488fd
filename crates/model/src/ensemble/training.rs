//! Training of an ensemble: the same run from several seeds, one after another.

use std::ops::ControlFlow;

use rand::RngExt;
use tatabox_dataset::PreparedDataset;

use super::directory::EnsembleDirectory;
use crate::bundle::{Ensemble, EnsembleSummary, RunLock, RunRecord, RunStatus, TrainedModel, TrainingConfig};
use crate::device::SelectedDevice;
use crate::error::ModelError;
use crate::random_stream::{Purpose, random_stream};
use crate::train::{Start, TrainingEvent, train};

/// Progress event during the training of a member.
#[derive(Clone, Copy, Debug)]
pub struct MemberEvent<'a> {
    /// Number of the member, counted from 1.
    pub member: usize,
    /// Number of members of the ensemble.
    pub members: usize,
    /// Seed of the member.
    pub seed: u64,
    /// Training event of the member.
    pub event: TrainingEvent<'a>,
}

/// Configurations of `members` runs that differ only in their seed.
///
/// The first configuration is `config` itself. The other seeds are random numbers derived from its seed, so that
/// ensembles of neighbouring seeds share no member.
///
/// # Examples
/// ```
/// use tatabox_dataset::Extent;
/// use tatabox_model::{NetworkConfig, Preset, TrainingConfig, TrainingData, member_configs};
/// use tatabox_sequence::WindowGeometry;
///
/// let data = TrainingData {
///     name: "example".to_owned(),
///     checksum: String::new(),
///     geometry: WindowGeometry::new(50, 10)?,
///     extent: Extent { upstream_bp: 50, downstream_bp: 10 },
///     simulated: true,
/// };
/// let network = NetworkConfig::preset(Preset::Small, 60, 1);
/// let config = TrainingConfig::new(network, vec!["K562".to_owned()], data);
/// let members = member_configs(&config, 5);
/// assert_eq!((members.len(), members[0].seed), (5, config.seed));
/// assert_ne!(members[1].seed, members[2].seed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn member_configs(config: &TrainingConfig, members: usize) -> Vec<TrainingConfig> {
    let seed = |member: usize| match member {
        0 => config.seed,
        // 32 bits, because many JSON parsers cannot represent 64-bit integers.
        _ => u64::from(random_stream(config.seed, Purpose::Member, 0, member).random::<u32>()),
    };
    (0..members).map(|member| TrainingConfig { seed: seed(member), ..config.clone() }).collect()
}

/// Trains one network per configuration with [`train`] and writes the ensemble to `run`.
///
/// [`Start::Resume`] keeps finished members and resumes the interrupted one. Except for times, the files have the same
/// bytes as those of an uninterrupted run. At the end, the mean prediction is scored on the validation split.
///
/// # Errors
/// Errors of [`train`] for any member; [`ModelError::CannotResume`].
pub fn train_ensemble(
    dataset: &PreparedDataset,
    configs: &[TrainingConfig],
    run: &EnsembleDirectory,
    start: Start,
    device: &SelectedDevice,
    record: RunRecord,
    observer: &mut dyn FnMut(MemberEvent) -> ControlFlow<()>,
) -> Result<EnsembleSummary, ModelError> {
    let _lock = RunLock::acquire(run.path())?;
    if start == Start::Resume {
        run.check_unfinished(configs)?;
    } else {
        run.start(start == Start::Replace)?;
        run.plan(configs)?;
    }
    let mut members = Vec::new();
    for (member, config) in (1..).zip(configs) {
        let member_run = run.member(member);
        let start = match member_run.status(config)? {
            RunStatus::Absent => Some(Start::New),
            RunStatus::Unfinished => Some(Start::Resume),
            RunStatus::Finished => None,
        };
        if let Some(start) = start {
            let record = RunRecord { seed: config.seed, ..record.clone() };
            let (members, seed) = (configs.len(), config.seed);
            train(dataset, config, &member_run, start, device, record, &mut |event| {
                observer(MemberEvent { member, members, seed, event })
            })?;
        }
        members.push((member_run.path().to_owned(), TrainedModel::load(member_run.path(), &device.device)?));
    }
    let summary = Ensemble::of(members)?.summarize(record.command, Some(dataset), device)?;
    run.finish(&summary)?;
    Ok(summary)
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::Extent;
    use tatabox_sequence::WindowGeometry;

    use super::*;
    use crate::bundle::TrainingData;
    use crate::nn::{NetworkConfig, Preset};

    fn config(seed: u64) -> TrainingConfig {
        let data = TrainingData {
            name: "toy".to_owned(),
            checksum: String::new(),
            geometry: WindowGeometry::new(50, 10).expect("60 bp"),
            extent: Extent { upstream_bp: 50, downstream_bp: 10 },
            simulated: true,
        };
        TrainingConfig::new(NetworkConfig::preset(Preset::Small, 60, 1), vec!["K562".to_owned()], data).with_seed(seed)
    }

    #[test]
    fn member_configs_differ_only_in_seed_and_first_keeps_it() {
        let seeds = |seed, members| -> Vec<u64> {
            member_configs(&config(seed), members).iter().map(|config| config.seed).collect()
        };
        let mut all = seeds(42, 5);
        assert_eq!(all[0], 42);
        assert_eq!(seeds(42, 3), all[..3], "the seeds of the first members depend on the number of members");
        all.extend(seeds(43, 5));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 10, "neighbouring seeds share a member");
        let other = member_configs(&config(42), 2)[1].clone().with_seed(42);
        assert_eq!(format!("{other:?}"), format!("{:?}", config(42)));
    }
}
