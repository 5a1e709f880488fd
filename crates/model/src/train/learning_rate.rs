//! Learning rate schedule: linear warm-up, then a cosine to a hundredth of the peak.

/// Fraction of the peak at which the cosine ends.
const FINAL_FRACTION: f64 = 0.01;

/// Learning rate as a function of the step.
///
/// # Source
/// Loshchilov and Hutter 2017, SGDR, <https://arxiv.org/abs/1608.03983>, without restarts.
#[derive(Clone, Copy, Debug)]
pub struct LearningRateSchedule {
    /// Highest learning rate.
    pub peak: f64,
    /// Steps over which the rate rises from zero.
    pub warmup_steps: usize,
    /// Total number of steps.
    pub total_steps: usize,
}

impl LearningRateSchedule {
    /// Learning rate of `step`, counted from 0.
    pub fn at(&self, step: usize) -> f64 {
        if step < self.warmup_steps {
            return self.peak * (step + 1) as f64 / self.warmup_steps as f64;
        }
        let span = self.total_steps.saturating_sub(self.warmup_steps).max(1);
        let progress = ((step - self.warmup_steps) as f64 / span as f64).min(1.0);
        let cosine = f64::midpoint(1.0, (std::f64::consts::PI * progress).cos());
        self.peak * (FINAL_FRACTION + (1.0 - FINAL_FRACTION) * cosine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learning_rate_rises_to_its_peak_and_falls_to_a_hundredth() {
        let schedule = LearningRateSchedule { peak: 1e-3, warmup_steps: 10, total_steps: 110 };
        assert!((schedule.at(0) - 1e-4).abs() < 1e-12);
        assert!((schedule.at(9) - 1e-3).abs() < 1e-12);
        // Halfway down the cosine: 0.01 + 0.99 / 2 = 0.505 of the peak.
        assert!((schedule.at(60) - 5.05e-4).abs() < 1e-12);
        assert!((schedule.at(110) - 1e-5).abs() < 1e-12);
        assert!((schedule.at(5000) - 1e-5).abs() < 1e-12);
    }
}
