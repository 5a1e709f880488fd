//! Mean loss of an epoch, from steps whose losses may not have been read from the device yet.

use burn::tensor::Tensor;

/// Number of losses left on the device until they are read together: a device with a queue would be idle if every step
/// waited for its loss.
const MAX_UNREAD: usize = 16;

/// Loss of one step.
#[expect(clippy::large_enum_variant, reason = "few exist at a time")]
pub(crate) enum StepLoss {
    /// A number.
    Known(f64),
    /// One value on a device, perhaps not computed yet.
    OnDevice(Tensor<1>),
}

/// Losses of an epoch so far.
#[derive(Default)]
pub(crate) struct EpochLoss {
    /// Sum of losses times windows over the steps read.
    sum: f64,
    windows_read: usize,
    /// Losses that have not been read, with the windows of their steps.
    unread: Vec<(Tensor<1>, usize)>,
}

impl EpochLoss {
    /// Adds the loss of a step of `windows` windows.
    ///
    /// # Errors
    /// A loss that is not finite, of this step or of one that is read with it.
    pub fn add(&mut self, loss: StepLoss, windows: usize) -> Result<(), f64> {
        match loss {
            StepLoss::Known(loss) => {
                self.read_all()?;
                self.add_read(loss, windows)
            }
            StepLoss::OnDevice(loss) => {
                self.unread.push((loss, windows));
                // The first loss is read immediately, so that there is a mean to show.
                let waits = self.windows_read > 0 && self.unread.len() < MAX_UNREAD;
                if waits { Ok(()) } else { self.read_all() }
            }
        }
    }

    /// Reads all remaining losses.
    ///
    /// # Errors
    /// A loss that is not finite.
    pub fn read_all(&mut self) -> Result<(), f64> {
        if self.unread.is_empty() {
            return Ok(());
        }
        let (losses, windows): (Vec<_>, Vec<_>) = self.unread.drain(..).unzip();
        let losses: Vec<f64> = Tensor::cat(losses, 0).into_data().iter::<f64>().collect();
        losses.into_iter().zip(windows).try_for_each(|(loss, windows)| self.add_read(loss, windows))
    }

    /// Mean over windows of the losses read; 0 before the first.
    pub fn mean(&self) -> f64 {
        self.sum / self.windows_read.max(1) as f64
    }

    fn add_read(&mut self, loss: f64, windows: usize) -> Result<(), f64> {
        if !loss.is_finite() {
            return Err(loss);
        }
        self.sum += loss * windows as f64;
        self.windows_read += windows;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;

    fn on_device(loss: f32) -> StepLoss {
        StepLoss::OnDevice(Tensor::from_floats([loss], &device::cpu()))
    }

    #[test]
    fn epoch_loss_is_independent_of_when_losses_are_read() {
        let (mut known, mut late) = (EpochLoss::default(), EpochLoss::default());
        for step in 0..20 {
            let (loss, windows) = (1.0 / (step + 1) as f32, 64 - step);
            known.add(StepLoss::Known(f64::from(loss)), windows).expect("finite");
            late.add(on_device(loss), windows).expect("finite");
        }
        assert_eq!(late.windows_read, (48..=64).sum::<usize>(), "the first step and sixteen more have been read");
        late.read_all().expect("finite");
        assert!(late.mean().to_bits() == known.mean().to_bits());
    }

    #[test]
    fn epoch_loss_mean_is_weighted_by_windows() {
        let mut loss = EpochLoss::default();
        assert!(loss.mean().abs() < f64::EPSILON);
        loss.add(StepLoss::Known(1.0), 3).expect("finite");
        loss.add(StepLoss::Known(5.0), 1).expect("finite");
        assert!((loss.mean() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn epoch_loss_not_finite_returns_error() {
        let mut loss = EpochLoss::default();
        assert!(loss.add(StepLoss::Known(f64::INFINITY), 1).is_err());
        let mut loss = EpochLoss::default();
        loss.add(on_device(0.5), 1).expect("finite");
        loss.add(on_device(f32::NAN), 1).expect("not read yet");
        assert!(loss.read_all().expect_err("read").is_nan());
    }
}
