//! Gradients as attributions: at the promoter itself, or integrated along the way from a baseline to it.

use std::ops::Range;

use tatabox_sequence::{UNKNOWN, shuffle_dinucleotides};

use crate::cpu::InputGradient;
use crate::error::ModelError;
use crate::input::{EncodedWindows, ModelWindow, WindowView, one_hot};
use crate::nn::NUCLEOTIDES;
use crate::predict::{PredictionEngine, Predictor};
use crate::random_stream::{Purpose, random_stream};

/// Mixtures of bases that are made at a time.
const MIXTURES_TOGETHER: usize = 32;

/// How gradients are integrated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegratedGradients {
    /// Points on the way from a baseline to the promoter, in the middle of as many equal steps.
    pub steps: usize,
    /// Whether the way from no bases at all, zeros, is gone.
    pub from_zeros: bool,
    /// Dinucleotide-shuffled promoters from which the way is gone.
    pub shuffles: usize,
    /// Seed of the shuffles.
    pub seed: u64,
}

/// What each base of a window contributes to a prediction, and what the others would.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// `[window bases]` of A, C, G, T: log2(TPM + 1) that each base contributes or would contribute there. Zeros
    /// for N.
    pub hypothetical: Vec<[f64; NUCLEOTIDES]>,
    /// How well the contributions add up; `None` where they are not meant to.
    pub completeness: Option<Completeness>,
}

/// Whether contributions add up to the difference that they explain, in log2(TPM + 1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Completeness {
    /// Mean over the baselines of the absolute difference between promoter and baseline.
    pub explained: f64,
    /// Mean over the baselines of what the contributions miss of it, absolute.
    pub missed: f64,
}

impl Completeness {
    /// What is missed as a fraction of what is to be explained.
    pub fn delta(&self) -> f64 {
        self.missed / self.explained.max(f64::MIN_POSITIVE)
    }
}

impl Attribution {
    /// Contribution of the bases that are there, one a base of the window.
    pub fn contributions(&self, window: &[u8]) -> Vec<f64> {
        let own = |(hypothetical, &base): (&[f64; NUCLEOTIDES], &u8)| hypothetical.get(usize::from(base)).copied();
        self.hypothetical.iter().zip(window).map(|pair| own(pair).unwrap_or(0.0)).collect()
    }

    fn zero(length: usize) -> Self {
        Self { hypothetical: vec![[0.0; NUCLEOTIDES]; length], completeness: None }
    }
}

impl Predictor {
    /// Gradient times input: the slope of the prediction of `cell_type`, an index, along each base. Of an ensemble the
    /// mean over its members.
    ///
    /// # Errors
    /// [`ModelError::NoGradient`] for networks without convolutions, and on a GPU.
    ///
    /// # Source
    /// Shrikumar et al. 2016, <https://arxiv.org/abs/1605.01713>.
    pub fn gradient_times_input<W: ModelWindow + ?Sized>(
        &self,
        window: &W,
        cell_type: usize,
    ) -> Result<Attribution, ModelError> {
        let mut attribution = Attribution::zero(window.bases().len());
        self.for_each_gradient(window, cell_type, |gradient| {
            let whole = one_hot(&gradient.encoded.codes);
            let (_, slopes) = gradient.at(&[whole]).swap_remove(0);
            gradient.add_hypothetical(&mut attribution.hypothetical, &slopes, &[], 1.0);
        })?;
        Ok(attribution)
    }

    /// Integrated gradients: the slope of the prediction of `cell_type`, an index, along each base, averaged on the way
    /// from each baseline to the promoter. The baselines know no base where the promoter knows none, and have its gene features
    /// and tracks, so that contributions are those of bases alone. Of an ensemble the
    /// mean over its members.
    ///
    /// # Errors
    /// [`ModelError::NoGradient`] for networks without convolutions, and on a GPU; no baseline or no steps.
    ///
    /// # Source
    /// Sundararajan et al. 2017, <https://arxiv.org/abs/1703.01365>; hypothetical contributions as in TF-MoDISco,
    /// Shrikumar et al. 2018, <https://arxiv.org/abs/1811.00416>.
    pub fn integrated_gradients<W: ModelWindow + ?Sized>(
        &self,
        window: &W,
        cell_type: usize,
        config: &IntegratedGradients,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Attribution, ModelError> {
        config.validate()?;
        let mut attribution = Attribution::zero(window.bases().len());
        let mut completeness = Completeness::default();
        let fraction = 1.0 / (config.baselines() * self.members().len()) as f64;
        self.for_each_gradient(window, cell_type, |gradient| {
            let whole = one_hot(&gradient.encoded.codes);
            for baseline in config.baselines_of(&gradient.encoded.codes) {
                let ends = gradient.at(&[whole.clone(), baseline.clone()]);
                let difference = f64::from(ends[0].0) - f64::from(ends[1].0);
                let slopes = gradient.mean_between(&baseline, &whole, config.steps, progress);
                let weight = 1.0 / config.baselines() as f64;
                gradient.add_hypothetical(&mut attribution.hypothetical, &slopes, &baseline, weight);
                let added_up: f64 = slopes
                    .iter()
                    .zip(whole.iter().zip(&baseline))
                    .map(|(slope, (end, start))| f64::from(*slope) * f64::from(end - start))
                    .sum();
                completeness.explained += fraction * gradient.sd * difference.abs();
                completeness.missed += fraction * gradient.sd * (added_up - difference).abs();
            }
        })?;
        attribution.completeness = Some(completeness);
        Ok(attribution)
    }

    /// Calls `visit` with the gradient of each member at a window.
    fn for_each_gradient<W: ModelWindow + ?Sized>(
        &self,
        window: &W,
        cell_type: usize,
        mut visit: impl FnMut(&WindowGradient),
    ) -> Result<(), ModelError> {
        self.check_output(cell_type)?;
        self.check_windows(&[window])?;
        for (member, engine) in self.members().iter().zip(self.engines()) {
            let PredictionEngine::Cpu { network, encoder, scratch } = engine else {
                return Err(ModelError::NoGradient { architecture: member.config.network.architecture.name() });
            };
            let known = self.known_range(window.bases());
            let crop = WindowView::of(window).crop(known.clone());
            let encoded = encoder.encode_all(&[crop], i64::from(self.extent().upstream_bp) - known.start as i64);
            let sd = member.transform.sd[cell_type];
            let padding = encoded.length() - crop.bases.len();
            let derive = |mixtures: &[Vec<f32>]| InputGradient::of(network).at(&encoded, mixtures, cell_type, scratch);
            let fraction = 1.0 / self.members().len() as f64;
            visit(&WindowGradient { encoded: &encoded, derive: &derive, sd, fraction, padding, known });
        }
        Ok(())
    }
}

/// The z-score and its gradient at each mixture of bases.
type Derive<'a> = dyn Fn(&[Vec<f32>]) -> Vec<(f32, Vec<f32>)> + 'a;

/// The gradient of one member's prediction at a window.
struct WindowGradient<'a> {
    encoded: &'a EncodedWindows,
    derive: &'a Derive<'a>,
    /// log2(TPM + 1) a z-score.
    sd: f64,
    /// Share of the member in the model.
    fraction: f64,
    /// N before the first base of the crop.
    padding: usize,
    /// Where the crop lies in the window.
    known: Range<usize>,
}

impl WindowGradient<'_> {
    fn at(&self, mixtures: &[Vec<f32>]) -> Vec<(f32, Vec<f32>)> {
        (self.derive)(mixtures)
    }

    /// Mean gradient on the way from `start` to `end`, by the midpoint rule.
    fn mean_between(&self, start: &[f32], end: &[f32], steps: usize, progress: &mut dyn FnMut(usize)) -> Vec<f32> {
        let mut sum = vec![0.0f64; start.len()];
        let points: Vec<usize> = (0..steps).collect();
        for points in points.chunks(MIXTURES_TOGETHER) {
            let mixture = |&point: &usize| {
                let way = (point as f32 + 0.5) / steps as f32;
                start.iter().zip(end).map(|(start, end)| start + way * (end - start)).collect::<Vec<f32>>()
            };
            let mixtures: Vec<Vec<f32>> = points.iter().map(mixture).collect();
            for (_, gradient) in self.at(&mixtures) {
                sum.iter_mut().zip(gradient).for_each(|(sum, slope)| *sum += f64::from(slope));
            }
            progress(points.len());
        }
        sum.into_iter().map(|sum| (sum / steps as f64) as f32).collect()
    }

    /// Adds what each base of the window contributes against a baseline: its slope, less the slopes of what the baseline
    /// has there.
    fn add_hypothetical(&self, into: &mut [[f64; NUCLEOTIDES]], slopes: &[f32], baseline: &[f32], weight: f64) {
        let scale = self.sd * self.fraction * weight;
        let slopes = slopes.chunks_exact(NUCLEOTIDES).skip(self.padding);
        let codes = &self.encoded.codes[self.padding..];
        let places = into[self.known.clone()].iter_mut().zip(slopes).zip(codes).enumerate();
        for (index, ((hypothetical, slopes), &code)) in places {
            if code == UNKNOWN {
                continue;
            }
            let at_baseline: f64 = baseline
                .get((index + self.padding) * NUCLEOTIDES..)
                .map_or(0.0, |row| row.iter().zip(slopes).map(|(base, slope)| f64::from(base * slope)).sum());
            for (value, slope) in hypothetical.iter_mut().zip(slopes) {
                *value += scale * (f64::from(*slope) - at_baseline);
            }
        }
    }
}

impl IntegratedGradients {
    /// Number of baselines.
    pub fn baselines(&self) -> usize {
        usize::from(self.from_zeros) + self.shuffles
    }

    fn validate(&self) -> Result<(), ModelError> {
        let at_least_one = |field, value: usize| {
            if value == 0 {
                let expected = "at least 1".to_owned();
                return Err(ModelError::InvalidConfig { field, value: "0".to_owned(), expected });
            }
            Ok(())
        };
        at_least_one("steps", self.steps)?;
        at_least_one("baselines", self.baselines())
    }

    /// One-hot, `[length, 4]` each.
    fn baselines_of(&self, codes: &[u8]) -> Vec<Vec<f32>> {
        let zeros = self.from_zeros.then(|| vec![0.0; codes.len() * NUCLEOTIDES]);
        let shuffled = (0..self.shuffles).map(|shuffle| {
            let mut codes = codes.to_vec();
            shuffle_dinucleotides(&mut codes, &mut random_stream(self.seed, Purpose::Baseline, 0, shuffle));
            one_hot(&codes)
        });
        zeros.into_iter().chain(shuffled).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Architecture, Preset};
    use crate::predict::tests::untrained;

    fn window() -> Vec<u8> {
        let mut window: Vec<u8> = (0..300).map(|base| ((base * 7 + base / 5 + base / 31) % 4) as u8).collect();
        window[..40].fill(UNKNOWN);
        window[150] = UNKNOWN;
        window
    }

    const CONFIG: IntegratedGradients = IntegratedGradients { steps: 64, from_zeros: true, shuffles: 2, seed: 42 };

    #[test]
    fn integrated_gradients_add_up_to_the_difference() {
        for architecture in [Architecture::Hybrid, Architecture::Cnn] {
            let predictor = untrained(architecture, Preset::Small, 250, 50);
            let attribution = predictor.integrated_gradients(&window(), 1, &CONFIG, &mut |_| ()).expect("convolutions");
            let completeness = attribution.completeness.expect("they are meant to");
            assert!(completeness.explained > 1e-3, "{completeness:?}");
            assert!(completeness.delta() < 0.01, "{architecture}: {completeness:?}");
        }
    }

    #[test]
    fn contributions_are_those_of_the_bases_that_are_there() {
        let predictor = untrained(Architecture::Hybrid, Preset::Small, 250, 50);
        let (window, only_zeros) = (window(), IntegratedGradients { shuffles: 0, ..CONFIG });
        let attribution = predictor.integrated_gradients(&window, 0, &only_zeros, &mut |_| ()).expect("convolutions");
        let contributions = attribution.contributions(&window);
        assert!(window.iter().zip(&contributions).all(|(&base, &value)| base != UNKNOWN || value == 0.0));
        // From zeros they add up to the difference from a promoter of no base, which is nobody's prediction: the same
        // network on N alone has nothing to attend to. What can be checked is the sum against the delta.
        let sum: f64 = contributions.iter().sum();
        let completeness = attribution.completeness.expect("they are meant to");
        assert!((sum.abs() - completeness.explained).abs() <= completeness.missed + 1e-6);
    }

    #[test]
    fn a_gradient_is_the_slope_of_the_prediction() {
        let predictor = untrained(Architecture::CnnGru, Preset::Small, 250, 50);
        let window = window();
        let attribution = predictor.gradient_times_input(&window, 0).expect("convolutions");
        assert!(attribution.completeness.is_none());
        let largest = attribution.contributions(&window).iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
        assert!(largest > 1e-5);
    }

    #[test]
    fn networks_without_convolutions_and_ways_without_steps_are_refused() {
        let kmers = untrained(Architecture::KmerMlp, Preset::Small, 250, 50);
        let message = kmers.gradient_times_input(&window(), 0).expect_err("no bases").to_string();
        assert!(message.contains("kmer-mlp"), "{message}");
        let hybrid = untrained(Architecture::Hybrid, Preset::Small, 250, 50);
        for config in [
            IntegratedGradients { steps: 0, ..CONFIG },
            IntegratedGradients { from_zeros: false, shuffles: 0, ..CONFIG },
        ] {
            assert!(hybrid.integrated_gradients(&window(), 0, &config, &mut |_| ()).is_err());
        }
    }
}
