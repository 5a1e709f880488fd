//! Training phases: trainable layers and learning rate per epoch.

use super::learning_rate::LearningRateSchedule;
use crate::bundle::TrainingConfig;
use crate::nn::TrainableLayers;

/// Epochs in which the same layers are trained.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrainingPhase {
    /// The trainable layers.
    pub trained: TrainableLayers,
    first_step: usize,
    schedule: LearningRateSchedule,
}

impl TrainingPhase {
    /// Phase of an epoch, counted from 1. A new network has one phase; a transfer has a phase with frozen layers before
    /// it.
    pub fn of_epoch(config: &TrainingConfig, epoch: usize, steps_per_epoch: usize) -> Self {
        let phase = |trained, epochs_before: usize, epochs: usize, peak| Self {
            trained,
            first_step: epochs_before * steps_per_epoch,
            schedule: LearningRateSchedule {
                peak,
                warmup_steps: config.warmup_epochs * steps_per_epoch,
                total_steps: epochs * steps_per_epoch,
            },
        };
        let frozen_epochs = config.frozen_epochs();
        match &config.transfer {
            Some(transfer) if epoch <= frozen_epochs => {
                phase(TrainableLayers::Output, 0, frozen_epochs, transfer.frozen_learning_rate)
            }
            _ => phase(TrainableLayers::All, frozen_epochs, config.epochs - frozen_epochs, config.learning_rate),
        }
    }

    /// Learning rate of `step`, counted from 0 over the whole run.
    pub fn learning_rate(&self, step: usize) -> f64 {
        self.schedule.at(step - self.first_step)
    }
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::Extent;
    use tatabox_sequence::WindowGeometry;

    use super::*;
    use crate::bundle::{TrainingData, TransferConfig};
    use crate::nn::{NetworkConfig, Preset};

    fn config() -> TrainingConfig {
        let extent = Extent { upstream_bp: 250, downstream_bp: 50 };
        let geometry = WindowGeometry::new(250, 50).expect("valid");
        let data = TrainingData { name: "toy".to_owned(), checksum: String::new(), geometry, extent, simulated: true };
        TrainingConfig::new(NetworkConfig::preset(Preset::Small, 300, 1), vec!["K562".to_owned()], data).with_epochs(12)
    }

    #[test]
    fn training_phase_of_new_network_never_changes() {
        let config = config();
        for epoch in [1, 12] {
            let phase = TrainingPhase::of_epoch(&config, epoch, 10);
            assert_eq!(phase.trained, TrainableLayers::All);
            // The last of the ten warm-up steps.
            assert!((phase.learning_rate(9) - config.learning_rate).abs() < 1e-12);
        }
    }

    #[test]
    fn training_phase_of_transfer_changes_after_frozen_epochs() {
        let mut config = config().with_learning_rate(2e-4);
        config.transfer = Some(TransferConfig { frozen_epochs: 2, ..TransferConfig::new("m", "0") });
        let phase = |epoch| TrainingPhase::of_epoch(&config, epoch, 10);
        assert_eq!(phase(2).trained, TrainableLayers::Output);
        assert_eq!(phase(3).trained, TrainableLayers::All);
        // Each phase has its own warm-up of ten steps: step 20 is the first of the second phase.
        assert!((phase(1).learning_rate(0) - 1e-4).abs() < 1e-12);
        assert!((phase(1).learning_rate(9) - 1e-3).abs() < 1e-12);
        assert!((phase(3).learning_rate(20) - 2e-5).abs() < 1e-12);
        assert!((phase(3).learning_rate(29) - 2e-4).abs() < 1e-12);
        // Each phase ends at a hundredth of its peak.
        assert!((phase(12).learning_rate(120) - 2e-6).abs() < 1e-12);
    }
}
