//! The mean loss of an epoch, of steps whose losses may still be on their way.

use burn::tensor::Tensor;

/// Losses left on the device until they are read together: a device that works through a queue of kernels would stand
/// still if every step waited for its loss.
const MOST_UNREAD: usize = 16;

/// The loss of one step.
#[expect(clippy::large_enum_variant, reason = "there are a few at a time")]
pub(crate) enum StepLoss {
    /// As a number.
    Known(f64),
    /// One value, perhaps not yet computed.
    OnDevice(Tensor<1>),
}

/// The losses of an epoch so far.
#[derive(Default)]
pub(crate) struct EpochLoss {
    /// Losses times windows, of the steps read.
    sum: f64,
    windows_read: usize,
    /// Losses not yet read, with the windows of their steps.
    unread: Vec<(Tensor<1>, usize)>,
}

impl EpochLoss {
    /// Adds the loss of a step of `windows` windows.
    ///
    /// # Errors
    /// A loss that is not finite, of this step or of one read with it.
    pub fn add(&mut self, loss: StepLoss, windows: usize) -> Result<(), f64> {
        match loss {
            StepLoss::Known(loss) => {
                self.read_all()?;
                self.add_read(loss, windows)
            }
            StepLoss::OnDevice(loss) => {
                self.unread.push((loss, windows));
                // The first is read at once, so that there is a mean to show.
                let waits = self.windows_read > 0 && self.unread.len() < MOST_UNREAD;
                if waits { Ok(()) } else { self.read_all() }
            }
        }
    }

    /// Waits for the losses not yet read.
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

    /// The mean over windows of the losses read; 0 before the first.
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
    fn losses_read_late_add_up_as_losses_known_at_once() {
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
    fn the_mean_is_over_windows() {
        let mut loss = EpochLoss::default();
        assert!(loss.mean().abs() < f64::EPSILON);
        loss.add(StepLoss::Known(1.0), 3).expect("finite");
        loss.add(StepLoss::Known(5.0), 1).expect("finite");
        assert!((loss.mean() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_loss_that_is_no_number_is_told_when_it_is_read() {
        let mut loss = EpochLoss::default();
        assert!(loss.add(StepLoss::Known(f64::INFINITY), 1).is_err());
        let mut loss = EpochLoss::default();
        loss.add(on_device(0.5), 1).expect("finite");
        loss.add(on_device(f32::NAN), 1).expect("not read yet");
        assert!(loss.read_all().expect_err("read").is_nan());
    }
}
