//! Distribution of effects in one distance bin and cell type.

use serde::{Deserialize, Serialize};

/// Significant digits of stored numbers.
const DIGITS: usize = 5;

/// Distribution of the effects of random SNVs at a range of distances to the TSS, in one cell type.
///
/// # Units
/// Effects are differences of log2(TPM + 1), with the variant minus without it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectDistribution {
    /// First distance to the TSS, in bases in the direction of transcription; the TSS base is 0.
    pub start_bp: i64,
    /// Distance after the last one.
    pub end_bp: i64,
    /// Cell type.
    pub cell_type: String,
    /// Number of SNVs.
    pub snvs: usize,
    /// Mean effect.
    pub mean: f64,
    /// Sample standard deviation (n - 1) of the effects.
    pub sd: f64,
    /// Quantiles of the signed effects, at the probabilities of the background.
    pub quantiles: Vec<f64>,
}

/// Probabilities at which quantiles are stored: steps of 1%, finer in the tails, from the smallest to the largest effect.
pub(super) fn probabilities() -> Vec<f64> {
    const TAIL: [f64; 5] = [0.0, 0.0005, 0.001, 0.002, 0.005];
    let percent = (1..100).map(|percent| f64::from(percent) / 100.0);
    TAIL.into_iter().chain(percent).chain(TAIL.into_iter().rev().map(|tail| 1.0 - tail)).collect()
}

/// Mean, standard deviation and quantiles of values, at least two.
pub(super) struct Moments {
    pub(super) mean: f64,
    pub(super) sd: f64,
    pub(super) quantiles: Vec<f64>,
}

impl Moments {
    pub(super) fn of(mut values: Vec<f64>, probabilities: &[f64]) -> Self {
        values.sort_by(f64::total_cmp);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let quantile = |&probability: &f64| {
            // Linear between order statistics, as numpy.quantile does by default.
            let position = probability * (count - 1.0);
            let (below, above) = (values[position.floor() as usize], values[position.ceil() as usize]);
            stored(below + (above - below) * position.fract())
        };
        Self {
            mean: stored(mean),
            sd: stored((squares / (count - 1.0)).sqrt()),
            quantiles: probabilities.iter().map(quantile).collect(),
        }
    }
}

/// A number rounded to the digits that the file holds.
fn stored(value: f64) -> f64 {
    // A number that was just written can be parsed. Adding zero turns -0 into 0.
    format!("{value:.*e}", DIGITS - 1).parse::<f64>().unwrap_or(value) + 0.0
}

impl EffectDistribution {
    /// Percentage of the SNVs with a smaller absolute effect, from 0 to 100; `probabilities` are those of the quantiles.
    pub(super) fn percentile(&self, probabilities: &[f64], effect: f64) -> f64 {
        let size = effect.abs();
        let below = self.cumulative(probabilities, self.quantiles.partition_point(|&quantile| quantile < size), size);
        let mirrored =
            self.cumulative(probabilities, self.quantiles.partition_point(|&quantile| quantile <= -size), -size);
        100.0 * (below - mirrored).clamp(0.0, 1.0)
    }

    /// Cumulative probability at `value`, linear between quantiles, of which the first `passed` are below it.
    fn cumulative(&self, probabilities: &[f64], passed: usize, value: f64) -> f64 {
        if passed == 0 {
            return 0.0;
        }
        if passed == self.quantiles.len() {
            return 1.0;
        }
        let (low, high) = (self.quantiles[passed - 1], self.quantiles[passed]);
        let (from, to) = (probabilities[passed - 1], probabilities[passed]);
        from + (to - from) * (value - low) / (high - low)
    }

    /// The effect in standard deviations of the background; `None` where all SNVs have the same effect.
    pub(super) fn z(&self, effect: f64) -> Option<f64> {
        (self.sd > 0.0).then(|| effect / self.sd)
    }

    /// Problem with the numbers; `None` if they are a distribution.
    pub(super) fn problem(&self, probabilities: &[f64]) -> Option<String> {
        let numbers = self.quantiles.iter().chain([&self.mean, &self.sd]);
        let problem = if self.snvs < 2 {
            format!("{} SNVs; expected two or more", self.snvs)
        } else if self.quantiles.len() != probabilities.len() {
            format!("{} quantiles; expected {}, one per probability", self.quantiles.len(), probabilities.len())
        } else if !numbers.into_iter().all(|number| number.is_finite()) || self.sd < 0.0 {
            "the mean, the standard deviation or a quantile is not a number in its range".to_owned()
        } else if !self.quantiles.is_sorted() {
            "the quantiles are not in ascending order".to_owned()
        } else {
            return None;
        };
        Some(format!("{} at {}..{} bp: {problem}", self.cell_type, self.start_bp, self.end_bp))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(quantiles: &[f64], sd: f64) -> EffectDistribution {
        EffectDistribution {
            start_bp: -50,
            end_bp: 0,
            cell_type: "K562".to_owned(),
            snvs: 100,
            mean: 0.0,
            sd,
            quantiles: quantiles.to_vec(),
        }
    }

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9
    }

    #[test]
    fn percentile_is_the_mass_between_the_effect_and_its_negative() {
        // Uniform on -1..0 with a quarter of the mass, on 0..1 with a quarter, on 1..3 with half of it.
        let (probabilities, skewed) = ([0.0, 0.25, 0.5, 1.0], distribution(&[-1.0, 0.0, 1.0, 3.0], 2.0));
        let percentile = |effect| skewed.percentile(&probabilities, effect);
        // Between -0.5 and 0.5: 0.125 + 0.125. Between -2 and 2: 0.25 + 0.25 + 0.25.
        for (effect, expected) in [(0.0, 0.0), (0.5, 25.0), (1.0, 50.0), (2.0, 75.0), (3.0, 100.0), (9.0, 100.0)] {
            assert!(near(percentile(effect), expected), "{effect}: {}", percentile(effect));
            assert!(near(percentile(-effect), expected), "symmetric at {effect}");
        }
        assert_eq!((skewed.z(-3.0), distribution(&[0.0; 4], 0.0).z(1.0)), (Some(-1.5), None));
    }

    #[test]
    fn percentile_never_falls_with_the_size_of_the_effect() {
        let probabilities = probabilities();
        // 500 values, evenly from -0.3 to 0.7, in another order.
        let values: Vec<f64> = (0..500).map(|index| f64::from(index * 37 % 500) / 500.0 - 0.3).collect();
        let Moments { quantiles, .. } = Moments::of(values.clone(), &probabilities);
        let found = distribution(&quantiles, 1.0);
        let mut before = 0.0;
        for step in 0..200 {
            let size = f64::from(step) / 199.0;
            let percentile = found.percentile(&probabilities, size);
            assert!(percentile >= before && near(percentile, found.percentile(&probabilities, -size)));
            let smaller = values.iter().filter(|value| value.abs() < size).count();
            assert!((percentile - smaller as f64 / 5.0).abs() < 0.5, "{size}: {percentile}, {smaller} of 500");
            before = percentile;
        }
    }

    #[test]
    fn percentile_of_tied_effects_counts_smaller_ones_only() {
        // Half of the mass at 0, the rest at 1.
        let (probabilities, tied) = ([0.0, 0.25, 0.5, 0.75, 1.0], distribution(&[0.0, 0.0, 0.0, 1.0, 1.0], 0.5));
        assert!(near(tied.percentile(&probabilities, 0.0), 0.0));
        assert!(near(tied.percentile(&probabilities, 1.0), 75.0), "up to the first quantile that reaches 1");
        assert!(near(tied.percentile(&probabilities, 1.01), 100.0));
    }

    #[test]
    fn moments_equal_those_of_numpy() {
        // numpy.quantile([4, 1, 2, 10], [0, 0.25, 0.5, 0.9, 1]) and numpy.std(ddof=1): squares 0.0625 + 10.5625 + 5.0625 + 33.0625.
        let moments = Moments::of(vec![4.0, 1.0, 2.0, 10.0], &[0.0, 0.25, 0.5, 0.9, 1.0]);
        assert_eq!(moments.quantiles, [1.0, 1.75, 3.0, 8.2, 10.0]);
        assert!(near(moments.mean, 4.25) && (moments.sd - (48.75f64 / 3.0).sqrt()).abs() < 1e-4);
    }

    #[test]
    fn probabilities_ascend_from_0_to_1() {
        let probabilities = probabilities();
        assert_eq!((probabilities.len(), probabilities[0], probabilities[108]), (109, 0.0, 1.0));
        assert!(probabilities.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn distribution_damaged_numbers_are_named() {
        let probabilities = [0.0, 0.5, 1.0];
        assert_eq!(distribution(&[-1.0, 0.0, 1.0], 1.0).problem(&probabilities), None);
        for (quantiles, sd, part) in [
            (&[0.0, 1.0][..], 1.0, "2 quantiles; expected 3"),
            (&[1.0, 0.0, 2.0], 1.0, "not in ascending order"),
            (&[0.0, 1.0, f64::INFINITY], 1.0, "not a number in its range"),
            (&[0.0, 1.0, 2.0], -1.0, "not a number in its range"),
        ] {
            let problem = distribution(quantiles, sd).problem(&probabilities).expect("damaged");
            assert!(problem.starts_with("K562 at -50..0 bp: ") && problem.contains(part), "{problem}");
        }
    }
}
