//! Training of an ensemble: the same run from several seeds, one after the other.

use std::ops::ControlFlow;

use rand::RngExt;
use tatabox_dataset::PreparedDataset;

use super::directory::EnsembleDirectory;
use crate::bundle::{Ensemble, EnsembleSummary, RunRecord, RunStatus, TrainedModel, TrainingConfig};
use crate::device::SelectedDevice;
use crate::error::ModelError;
use crate::random_stream::{Purpose, random_stream};
use crate::train::{Start, TrainingEvent, train};

/// What the caller is told while a member trains.
#[derive(Clone, Copy, Debug)]
pub struct MemberEvent<'a> {
    /// The member, from 1.
    pub member: usize,
    /// Members of the ensemble.
    pub members: usize,
    /// The member's seed.
    pub seed: u64,
    /// What happens.
    pub event: TrainingEvent<'a>,
}

/// The configurations of `members` runs that differ in nothing but their seed. The first is `config` itself, so that it
/// ends with the weights of that run; the seeds of the others are drawn from its seed, so that ensembles of neighbouring
/// seeds share no member.
pub fn member_configs(config: &TrainingConfig, members: usize) -> Vec<TrainingConfig> {
    let seed = |member: usize| match member {
        0 => config.seed,
        // 32 bits, since not every reader of JSON keeps 64.
        _ => u64::from(random_stream(config.seed, Purpose::Member, 0, member).random::<u32>()),
    };
    (0..members).map(|member| TrainingConfig { seed: seed(member), ..config.clone() }).collect()
}

/// Trains one network for each of `configs`, as [`train`] does, and leaves the ensemble in `run`.
///
/// With [`Start::Resume`], members that are whole are left as they are and the one that was cut goes on; the files end
/// with the same bytes as those of an uninterrupted run, times aside. At the end the mean prediction is scored on the
/// validation split.
///
/// # Errors
/// Those of [`train`] for any member.
pub fn train_ensemble(
    dataset: &PreparedDataset,
    configs: &[TrainingConfig],
    run: &EnsembleDirectory,
    start: Start,
    device: &SelectedDevice,
    record: RunRecord,
    observer: &mut dyn FnMut(MemberEvent) -> ControlFlow<()>,
) -> Result<EnsembleSummary, ModelError> {
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
            let (number, seed) = (configs.len(), config.seed);
            train(dataset, config, &member_run, start, device, record, &mut |event| {
                observer(MemberEvent { member, members: number, seed, event })
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
    fn members_differ_in_their_seed_alone_and_the_first_keeps_it() {
        let seeds = |seed, members| -> Vec<u64> {
            member_configs(&config(seed), members).iter().map(|config| config.seed).collect()
        };
        let mut all = seeds(42, 5);
        assert_eq!(all[0], 42);
        assert_eq!(seeds(42, 3), all[..3], "more members leave the first as they were");
        all.extend(seeds(43, 5));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 10, "neighbouring seeds share no member");
        let other = member_configs(&config(42), 2)[1].clone().with_seed(42);
        assert_eq!(format!("{other:?}"), format!("{:?}", config(42)));
    }
}
