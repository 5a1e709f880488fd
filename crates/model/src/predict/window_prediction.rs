//! What a model says of one window, and the mean of what several say.

/// What the model says of one window.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowPrediction {
    /// log2(TPM + 1), one for each of [`Predictor::cell_types`](crate::Predictor::cell_types); of an ensemble the mean
    /// over its members.
    pub log2_tpm: Vec<f64>,
    /// Standard deviation of `log2_tpm` over the members of an ensemble, n - 1 in the denominator; `None` where one
    /// network predicts alone.
    pub log2_tpm_sd: Option<Vec<f64>>,
    /// Weight of each pooled position, the mean over the attention heads of all members that have any; empty of a model
    /// without attention.
    pub attention: Vec<f64>,
    /// Position of the first attention weight's first base, in bp from the TSS.
    pub attention_start_bp: i64,
}

/// Mean and spread of what the members of an ensemble say of one window. Each is added in turn and needs no longer be
/// kept.
///
/// # Source
/// Welford 1962, <https://doi.org/10.1080/00401706.1962.10490022>.
#[derive(Clone, Debug)]
pub(crate) struct MemberMean {
    members: usize,
    /// Members with attention.
    attending: usize,
    mean: WindowPrediction,
    /// Squared deviations of log2(TPM + 1) from the mean, added up.
    squared_deviations: Vec<f64>,
}

impl MemberMean {
    /// The mean of the first member, which is what it says, to the last bit.
    pub fn of(first: WindowPrediction) -> Self {
        Self {
            members: 1,
            attending: usize::from(!first.attention.is_empty()),
            squared_deviations: vec![0.0; first.log2_tpm.len()],
            mean: first,
        }
    }

    /// Adds another member, which has the same outputs and, if it attends, the same positions.
    pub fn add(&mut self, prediction: &WindowPrediction) {
        self.members += 1;
        let members = self.members as f64;
        let means = self.mean.log2_tpm.iter_mut().zip(&mut self.squared_deviations);
        for ((mean, squared), &value) in means.zip(&prediction.log2_tpm) {
            let deviation = value - *mean;
            *mean += deviation / members;
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

    /// The mean, with the spread where there is more than one member.
    pub fn finish(self) -> WindowPrediction {
        let sd = |squared: f64| (squared / (self.members - 1) as f64).sqrt();
        WindowPrediction {
            log2_tpm_sd: (self.members > 1).then(|| self.squared_deviations.into_iter().map(sd).collect()),
            ..self.mean
        }
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
        assert!(near, "{found:?} against {expected:?}");
    }

    #[test]
    fn mean_and_spread_are_those_of_the_members() {
        // 1, 2, 6: mean 3, deviations -2, -1, 3, squares 4 + 1 + 9 = 14, by 2 is 7. 5, 5, 5: no spread.
        let members =
            [prediction([1.0, 5.0], &[0.5, 0.5]), prediction([2.0, 5.0], &[]), prediction([6.0, 5.0], &[0.9, 0.1])];
        let together = mean(&members);
        assert_near(&together.log2_tpm, &[3.0, 5.0]);
        assert_near(together.log2_tpm_sd.as_deref().expect("three members"), &[7f64.sqrt(), 0.0]);
        // The second has no attention: (0.5 + 0.9) / 2 and (0.5 + 0.1) / 2.
        assert_near(&together.attention, &[0.7, 0.3]);
        assert_eq!(together.attention_start_bp, -16);
    }

    #[test]
    fn the_order_of_the_members_does_not_matter() {
        let members = [[0.1, 7.3], [4.7, -2.9], [1.3, 0.2]]
            .map(|values: [f64; 2]| prediction(values, &[values[0] / 10.0, 1.0 - values[0] / 10.0]));
        let forwards = mean(&members);
        let backwards = mean(&members.iter().rev().cloned().collect::<Vec<_>>());
        assert_near(&forwards.log2_tpm, &backwards.log2_tpm);
        assert_near(&forwards.log2_tpm_sd.expect("three"), &backwards.log2_tpm_sd.expect("three"));
        assert_near(&forwards.attention, &backwards.attention);
    }

    #[test]
    fn one_member_says_what_it_says_alone() {
        let alone = prediction([0.1, 1.0 / 3.0], &[0.3, 0.7]);
        assert_eq!(mean(std::slice::from_ref(&alone)), alone);
    }
}
