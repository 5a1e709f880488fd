//! Gradient attributions: gradient times input and integrated gradients.

use std::ops::Range;

use tatabox_sequence::{UNKNOWN, shuffle_dinucleotides};

use crate::cpu::InputGradient;
use crate::error::ModelError;
use crate::input::{EncodedWindows, ModelWindow, WindowView, one_hot};
use crate::nn::NUCLEOTIDES;
use crate::predict::{PredictionEngine, Predictor};
use crate::random_stream::{Purpose, random_stream};

/// Interpolated inputs per batch.
const INTERPOLATED_TOGETHER: usize = 32;

/// Settings of integrated gradients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegratedGradients {
    /// Interpolation points between baseline and promoter: the midpoints of this many equal steps.
    pub steps: usize,
    /// Whether to use an all-zeros baseline.
    pub from_zeros: bool,
    /// Number of dinucleotide-shuffled baselines.
    pub shuffles: usize,
    /// Seed of the shuffles.
    pub seed: u64,
}

/// Attribution of a prediction to the bases of a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// Hypothetical contributions of A, C, G and T at each position of the window, in log2(TPM + 1); zero at N.
    pub hypothetical: Vec<[f64; NUCLEOTIDES]>,
    /// Completeness of integrated gradients; `None` for gradient times input, which has no such property.
    pub completeness: Option<Completeness>,
}

/// Completeness of integrated gradients: how closely contributions sum up to the difference in prediction between
/// promoter and baseline, in log2(TPM + 1).
///
/// # Examples
/// ```
/// use tatabox_model::Completeness;
///
/// let completeness = Completeness { explained: 2.0, missed: 0.05 };
/// assert_eq!(completeness.delta(), 0.025);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Completeness {
    /// Absolute difference in prediction between promoter and baseline, mean over baselines.
    pub explained: f64,
    /// Absolute difference between the sum of contributions and the difference in prediction, mean over baselines.
    pub missed: f64,
}

impl Completeness {
    /// Missed difference as a fraction of the explained difference.
    pub fn delta(&self) -> f64 {
        self.missed / self.explained.max(f64::MIN_POSITIVE)
    }
}

impl Attribution {
    /// Contributions of the bases of the window, one per position; zero at N.
    pub fn contributions(&self, window: &[u8]) -> Vec<f64> {
        let own = |(hypothetical, &base): (&[f64; NUCLEOTIDES], &u8)| hypothetical.get(usize::from(base)).copied();
        self.hypothetical.iter().zip(window).map(|pair| own(pair).unwrap_or(0.0)).collect()
    }

    fn zero(length: usize) -> Self {
        Self { hypothetical: vec![[0.0; NUCLEOTIDES]; length], completeness: None }
    }
}

impl Predictor {
    /// Gradient times input for the cell type with index `cell_type`; for an ensemble, the mean over its members.
    ///
    /// # Errors
    /// [`ModelError::NoGradient`] for networks without convolutions, and on a GPU; [`ModelError::UnknownOutput`];
    /// errors of [`Predictor::predict`].
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
            let promoter = one_hot(&gradient.encoded.codes);
            let (_, slopes) = gradient.at(&[promoter]).swap_remove(0);
            gradient.add_hypothetical(&mut attribution.hypothetical, &slopes, &[], 1.0);
        })?;
        Ok(attribution)
    }

    /// Integrated gradients for the cell type with index `cell_type`; for an ensemble, the mean over its members.
    ///
    /// Gradients are averaged along the straight line from each baseline to the promoter. Baselines have N at the same
    /// positions and the same auxiliary inputs as the promoter, so only bases contribute. `progress` receives the
    /// number of gradients computed since its last call.
    ///
    /// # Examples
    /// ```
    /// # use tatabox_dataset::{Extent, TargetTransform};
    /// # use tatabox_model::{DeviceChoice, NetworkConfig, Preset, RunRecord, TrainedModel, TrainingConfig};
    /// # use tatabox_model::{Predictor, TrainingData};
    /// # use tatabox_sequence::WindowGeometry;
    /// use tatabox_model::IntegratedGradients;
    ///
    /// # let extent = Extent { upstream_bp: 50, downstream_bp: 10 };
    /// # let (name, geometry) = ("example".to_owned(), WindowGeometry::new(50, 10)?);
    /// # let data = TrainingData { name, checksum: String::new(), geometry, extent, simulated: true };
    /// # let network = NetworkConfig::preset(Preset::Small, 60, 1);
    /// # let config = TrainingConfig::new(network, vec!["K562".to_owned()], data);
    /// # let device = DeviceChoice::Cpu.select()?;
    /// # let network = config.network.init(config.seed, &device.device)?;
    /// # let transform = TargetTransform { cell_types: config.cell_types.clone(), mean: vec![0.0], sd: vec![1.0] };
    /// # let model = TrainedModel { config, transform, metrics: None, record: RunRecord::default(), network };
    /// let predictor = Predictor::new(model, &device);
    /// let window: Vec<u8> = (0..60).map(|base| base % 4).collect();
    /// let settings = IntegratedGradients { steps: 16, from_zeros: false, shuffles: 2, seed: 42 };
    /// let attribution = predictor.integrated_gradients(&window, 0, &settings, &mut |_| ())?;
    /// assert_eq!(attribution.contributions(&window).len(), 60);
    /// assert!(attribution.completeness.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ModelError::NoGradient`] for networks without convolutions, and on a GPU; [`ModelError::InvalidConfig`]
    /// without baselines or steps; [`ModelError::UnknownOutput`]; errors of [`Predictor::predict`].
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
        let members = self.output_maps().iter().filter(|map| map.own(cell_type).is_some()).count();
        let fraction = 1.0 / (config.baselines() * members.max(1)) as f64;
        self.for_each_gradient(window, cell_type, |gradient| {
            let promoter = one_hot(&gradient.encoded.codes);
            for baseline in config.baselines_of(&gradient.encoded.codes) {
                let ends = gradient.at(&[promoter.clone(), baseline.clone()]);
                let difference = f64::from(ends[0].0) - f64::from(ends[1].0);
                let slopes = gradient.mean_between(&baseline, &promoter, config.steps, progress);
                let weight = 1.0 / config.baselines() as f64;
                gradient.add_hypothetical(&mut attribution.hypothetical, &slopes, &baseline, weight);
                let sum_of_contributions: f64 = slopes
                    .iter()
                    .zip(promoter.iter().zip(&baseline))
                    .map(|(slope, (end, start))| f64::from(*slope) * f64::from(end - start))
                    .sum();
                completeness.explained += fraction * gradient.sd * difference.abs();
                completeness.missed += fraction * gradient.sd * (sum_of_contributions - difference).abs();
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
        let members = self.output_maps().iter().filter(|map| map.own(cell_type).is_some()).count();
        for ((member, engine), map) in self.members().iter().zip(self.engines()).zip(self.output_maps()) {
            let Some(output) = map.own(cell_type) else { continue };
            let PredictionEngine::Cpu { network, encoder, scratch } = engine else {
                return Err(ModelError::NoGradient { architecture: member.config.network.architecture.name() });
            };
            let known = self.known_range(window.bases());
            let crop = WindowView::of(window).crop(known.clone());
            let encoded = encoder.encode_all(&[crop], i64::from(self.extent().upstream_bp) - known.start as i64);
            let sd = member.transform.sd[output];
            let padding = encoded.length() - crop.bases.len();
            let derive = |inputs: &[Vec<f32>]| InputGradient::of(network).at(&encoded, inputs, output, scratch);
            let fraction = 1.0 / members as f64;
            visit(&WindowGradient { encoded: &encoded, derive: &derive, sd, fraction, padding, known });
        }
        Ok(())
    }
}

/// Function that computes the z-score and its gradient at each input `[length, 4]`.
type Derive<'a> = dyn Fn(&[Vec<f32>]) -> Vec<(f32, Vec<f32>)> + 'a;

/// Gradient of the prediction of one member for a window.
struct WindowGradient<'a> {
    encoded: &'a EncodedWindows,
    derive: &'a Derive<'a>,
    /// Standard deviation of the target: log2(TPM + 1) per unit of z-score.
    sd: f64,
    /// Weight of the member in the mean over the ensemble.
    fraction: f64,
    /// Number of N before the first base of the crop.
    padding: usize,
    /// Range of the crop in the window.
    known: Range<usize>,
}

impl WindowGradient<'_> {
    fn at(&self, inputs: &[Vec<f32>]) -> Vec<(f32, Vec<f32>)> {
        (self.derive)(inputs)
    }

    /// Mean gradient on the straight line from `start` to `end`, by the midpoint rule.
    fn mean_between(&self, start: &[f32], end: &[f32], steps: usize, progress: &mut dyn FnMut(usize)) -> Vec<f32> {
        let mut sum = vec![0.0f64; start.len()];
        let points: Vec<usize> = (0..steps).collect();
        for points in points.chunks(INTERPOLATED_TOGETHER) {
            let interpolate = |&point: &usize| {
                let fraction = (point as f32 + 0.5) / steps as f32;
                start.iter().zip(end).map(|(start, end)| start + fraction * (end - start)).collect::<Vec<f32>>()
            };
            let inputs: Vec<Vec<f32>> = points.iter().map(interpolate).collect();
            for (_, gradient) in self.at(&inputs) {
                sum.iter_mut().zip(gradient).for_each(|(sum, slope)| *sum += f64::from(slope));
            }
            progress(points.len());
        }
        sum.into_iter().map(|sum| (sum / steps as f64) as f32).collect()
    }

    /// Adds the hypothetical contributions relative to a baseline: the gradient of each base minus the gradient of the
    /// baseline at that position.
    fn add_hypothetical(&self, into: &mut [[f64; NUCLEOTIDES]], slopes: &[f32], baseline: &[f32], weight: f64) {
        let scale = self.sd * self.fraction * weight;
        let slopes = slopes.chunks_exact(NUCLEOTIDES).skip(self.padding);
        let codes = &self.encoded.codes[self.padding..];
        let positions = into[self.known.clone()].iter_mut().zip(slopes).zip(codes).enumerate();
        for (index, ((hypothetical, slopes), &code)) in positions {
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

    /// One-hot baselines, `[length, 4]` each.
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
    fn integrated_gradients_satisfy_completeness() {
        for architecture in [Architecture::Hybrid, Architecture::Cnn] {
            let predictor = untrained(architecture, Preset::Small, 250, 50);
            let attribution = predictor.integrated_gradients(&window(), 1, &CONFIG, &mut |_| ()).expect("convolutions");
            let completeness = attribution.completeness.expect("integrated gradients");
            assert!(completeness.explained > 1e-3, "{completeness:?}");
            assert!(completeness.delta() < 0.01, "{architecture}: {completeness:?}");
        }
    }

    #[test]
    fn contributions_are_zero_at_unknown_bases() {
        let predictor = untrained(Architecture::Hybrid, Preset::Small, 250, 50);
        let (window, only_zeros) = (window(), IntegratedGradients { shuffles: 0, ..CONFIG });
        let attribution = predictor.integrated_gradients(&window, 0, &only_zeros, &mut |_| ()).expect("convolutions");
        let contributions = attribution.contributions(&window);
        assert!(window.iter().zip(&contributions).all(|(&base, &value)| base != UNKNOWN || value == 0.0));
        // The all-zeros baseline is not an input that the predictor accepts: attention is undefined over N only. The
        // sum is therefore compared with the reported completeness.
        let sum: f64 = contributions.iter().sum();
        let completeness = attribution.completeness.expect("integrated gradients");
        assert!((sum.abs() - completeness.explained).abs() <= completeness.missed + 1e-6);
    }

    #[test]
    fn gradient_times_input_is_nonzero_without_completeness() {
        let predictor = untrained(Architecture::CnnGru, Preset::Small, 250, 50);
        let window = window();
        let attribution = predictor.gradient_times_input(&window, 0).expect("convolutions");
        assert!(attribution.completeness.is_none());
        let largest = attribution.contributions(&window).iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
        assert!(largest > 1e-5);
    }

    #[test]
    fn gradients_unsupported_network_or_settings_are_rejected() {
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
