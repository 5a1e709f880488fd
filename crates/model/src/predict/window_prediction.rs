//! Prediction for one window, and the mean over the members of an ensemble.

/// Prediction of a model for one window.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowPrediction {
    /// Predicted log2(TPM + 1) per cell type, in the order of [`Predictor::cell_types`](crate::Predictor::cell_types);
    /// for an ensemble, the mean over its members.
    pub log2_tpm: Vec<f64>,
    /// Sample standard deviation of `log2_tpm` over the members of an ensemble; `None` for a single network.
    pub log2_tpm_sd: Option<Vec<f64>>,
    /// Attention weight per pooled position, mean over the heads of all members with attention; empty for a model
    /// without attention.
    pub attention: Vec<f64>,
    /// Position of the first base of the first attention weight, in bp from the TSS.
    pub attention_start_bp: i64,
}

/// Running mean and standard deviation of the predictions of ensemble members for one window.
///
/// # Source
/// Welford 1962, <https://doi.org/10.1080/00401706.1962.10490022>.
#[derive(Clone, Debug)]
pub(crate) struct MemberMean {
    members: usize,
    /// Members with attention.
    attending: usize,
    mean: WindowPrediction,
    /// Members that have each output.
    members_of_output: Vec<usize>,
    /// Sum of squared deviations of log2(TPM + 1) from the mean, per output.
    squared_deviations: Vec<f64>,
}

impl MemberMean {
    /// Mean of the first member, bit-identical to its prediction.
    pub fn of(first: WindowPrediction) -> Self {
        Self {
            members: 1,
            attending: usize::from(!first.attention.is_empty()),
            members_of_output: first.log2_tpm.iter().map(|value| usize::from(!value.is_nan())).collect(),
            squared_deviations: vec![0.0; first.log2_tpm.len()],
            mean: first,
        }
    }

    /// Adds another member. It has the same outputs, NaN where it lacks one, and, if it has attention, the same
    /// positions.
    pub fn add(&mut self, prediction: &WindowPrediction) {
        self.members += 1;
        let means = self.mean.log2_tpm.iter_mut().zip(&mut self.squared_deviations).zip(&mut self.members_of_output);
        for (((mean, squared), members), &value) in means.zip(&prediction.log2_tpm) {
            if value.is_nan() {
                continue;
            }
            *members += 1;
            if *members == 1 {
                *mean = value;
                continue;
            }
            let deviation = value - *mean;
            *mean += deviation / *members as f64;
            *squared += deviation * (value - *mean);
        }
        if prediction.attention.is_empty() {
            return;
        }
        self.attending += 1;
        if self.attending == 1 {
            self.mean.attention.clone_from(&prediction.attention);
            return;
        }
        let attending = self.attending as f64;
        for (mean, weight) in self.mean.attention.iter_mut().zip(&prediction.attention) {
            *mean += (weight - *mean) / attending;
        }
    }

    /// Mean, with the standard deviation if there is more than one member; NaN for an output of one member.
    pub fn finish(self) -> WindowPrediction {
        let sd = |(squared, &members): (f64, &usize)| (squared / (members as f64 - 1.0)).sqrt();
        let sds = || self.squared_deviations.into_iter().zip(&self.members_of_output).map(sd).collect();
        WindowPrediction { log2_tpm_sd: (self.members > 1).then(sds), ..self.mean }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prediction(log2_tpm: [f64; 2], attention: &[f64]) -> WindowPrediction {
        WindowPrediction {
            log2_tpm: log2_tpm.to_vec(),
            log2_tpm_sd: None,
            attention: attention.to_vec(),
            attention_start_bp: -16,
        }
    }

    fn mean(predictions: &[WindowPrediction]) -> WindowPrediction {
        let mut mean = MemberMean::of(predictions[0].clone());
        predictions[1..].iter().for_each(|prediction| mean.add(prediction));
        mean.finish()
    }

    fn assert_near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12);
        assert!(near, "{found:?} differs from {expected:?}");
    }

    #[test]
    fn member_mean_and_sd_match_hand_calculation() {
        // 1, 2, 6: mean 3, deviations -2, -1, 3, sum of squares 4 + 1 + 9 = 14, variance 14 / 2 = 7. 5, 5, 5: variance
        // 0.
        let members =
            [prediction([1.0, 5.0], &[0.5, 0.5]), prediction([2.0, 5.0], &[]), prediction([6.0, 5.0], &[0.9, 0.1])];
        let together = mean(&members);
        assert_near(&together.log2_tpm, &[3.0, 5.0]);
        assert_near(together.log2_tpm_sd.as_deref().expect("three members"), &[7f64.sqrt(), 0.0]);
        // The second member has no attention: (0.5 + 0.9) / 2 and (0.5 + 0.1) / 2.
        assert_near(&together.attention, &[0.7, 0.3]);
        assert_eq!(together.attention_start_bp, -16);
    }

    #[test]
    fn member_mean_does_not_depend_on_member_order() {
        let members = [[0.1, 7.3], [4.7, -2.9], [1.3, 0.2]]
            .map(|values: [f64; 2]| prediction(values, &[values[0] / 10.0, 1.0 - values[0] / 10.0]));
        let forwards = mean(&members);
        let backwards = mean(&members.iter().rev().cloned().collect::<Vec<_>>());
        assert_near(&forwards.log2_tpm, &backwards.log2_tpm);
        assert_near(&forwards.log2_tpm_sd.expect("three"), &backwards.log2_tpm_sd.expect("three"));
        assert_near(&forwards.attention, &backwards.attention);
    }

    #[test]
    fn member_mean_of_output_that_some_members_lack() {
        let members =
            [prediction([1.0, f64::NAN], &[]), prediction([f64::NAN, 4.0], &[]), prediction([f64::NAN, 6.0], &[])];
        let together = mean(&members);
        assert_near(&together.log2_tpm, &[1.0, 5.0]);
        let sd = together.log2_tpm_sd.expect("three members");
        assert!(sd[0].is_nan() && (sd[1] - 2f64.sqrt()).abs() < 1e-12, "{sd:?}");
    }

    #[test]
    fn member_mean_of_one_member_equals_its_prediction() {
        let alone = prediction([0.1, 1.0 / 3.0], &[0.3, 0.7]);
        assert_eq!(mean(std::slice::from_ref(&alone)), alone);
    }
}
