//! In-silico mutagenesis (ISM): the effect of every substitution in a promoter on its prediction.

use std::ops::Range;

use tatabox_sequence::UNKNOWN;

use super::deletion_scan::check_range;
use crate::bundle::TrainedModel;
use crate::cpu::MutatedWindow;
use crate::error::ModelError;
use crate::input::{ModelWindow, WindowView};
use crate::nn::NUCLEOTIDES;
use crate::predict::{Batching, Crops, OutputMap, PredictionEngine, Predictor, WindowPrediction};

/// Mutants per batch where every mutant is predicted in full.
const MUTANTS_TOGETHER: usize = 512;

/// Effects of every substitution in a range of a window.
#[derive(Clone, Debug, PartialEq)]
pub struct SubstitutionEffects {
    /// Index of the first base of the range in the window.
    pub first: usize,
    /// Nucleotide codes of the range.
    pub bases: Vec<u8>,
    /// Prediction for the reference window.
    pub reference: WindowPrediction,
    /// Per member, `[positions, 4 bases, cell types]`: log2(TPM + 1) of the mutant minus log2(TPM + 1) of the
    /// reference; 0 for the reference base, NaN at N.
    by_member: Vec<Vec<f64>>,
    /// Per member and output, whether the member has the output.
    has_output: Vec<Vec<bool>>,
}

impl SubstitutionEffects {
    /// Number of positions in the range.
    pub fn positions(&self) -> usize {
        self.bases.len()
    }

    /// Number of members of the model; one for a single network.
    pub fn members(&self) -> usize {
        self.by_member.len()
    }

    /// Effects of A, C, G and T at a position of the range, in log2(TPM + 1); for an ensemble, the mean over its
    /// members.
    ///
    /// 0 for the reference base; NaN at N, and for a position or cell type that does not exist.
    pub fn at(&self, position: usize, cell_type: usize) -> [f64; NUCLEOTIDES] {
        let has_output = |member: &usize| !self.lacks_output(*member, cell_type);
        let members: Vec<usize> = (0..self.members()).filter(has_output).collect();
        if members.is_empty() {
            return [f64::NAN; NUCLEOTIDES];
        }
        let mut mean = [0.0; NUCLEOTIDES];
        for &member in &members {
            let changes = self.of_member(member, position, cell_type);
            mean.iter_mut().zip(changes).for_each(|(mean, change)| *mean += change / members.len() as f64);
        }
        mean
    }

    /// Whether a member lacks an output of the ensemble.
    fn lacks_output(&self, member: usize, cell_type: usize) -> bool {
        !self.has_output.get(member).and_then(|outputs| outputs.get(cell_type)).copied().unwrap_or(false)
    }

    /// Effects of A, C, G and T for one member, as [`at`](Self::at); NaN where the member lacks the output.
    pub fn of_member(&self, member: usize, position: usize, cell_type: usize) -> [f64; NUCLEOTIDES] {
        let cell_types = self.reference.log2_tpm.len();
        if cell_type >= cell_types {
            return [f64::NAN; NUCLEOTIDES];
        }
        let effects = self.by_member.get(member).map_or(&[][..], Vec::as_slice);
        let index = |base: usize| (position * NUCLEOTIDES + base) * cell_types + cell_type;
        std::array::from_fn(|base| effects.get(index(base)).copied().unwrap_or(f64::NAN))
    }

    /// Importance of the reference base: the negative mean effect of the three substitutions. NaN at N.
    pub fn importance(&self, position: usize, cell_type: usize) -> f64 {
        -self.at(position, cell_type).iter().sum::<f64>() / (NUCLEOTIDES - 1) as f64
    }
}

impl Predictor {
    /// Effects of every substitution at `positions` of a window. Auxiliary inputs are unchanged.
    ///
    /// The CPU kernels recompute only the activations that a substitution can affect. `progress` receives the number of
    /// positions finished since its last call; an ensemble finishes every position once per member.
    ///
    /// # Examples
    /// ```
    /// # use tatabox_dataset::{Extent, TargetTransform};
    /// # use tatabox_model::{DeviceChoice, NetworkConfig, Preset, RunRecord, TrainedModel, TrainingConfig};
    /// # use tatabox_model::{Predictor, TrainingData};
    /// # use tatabox_sequence::WindowGeometry;
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
    /// let effects = predictor.substitution_effects(&window, 40..50, &|_| ())?;
    /// assert_eq!(effects.positions(), 10);
    /// // Base 40 is A: replacing it by A has no effect.
    /// assert_eq!(effects.at(0, 0)[0], 0.0);
    ///
    /// let mut mutant = window.clone();
    /// mutant[40] = 3;
    /// let difference = predictor.predict_one(&mutant)?.log2_tpm[0] - effects.reference.log2_tpm[0];
    /// assert!((effects.at(0, 0)[3] - difference).abs() < 1e-5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ModelError::OutsideWindow`]; errors of [`Predictor::predict`].
    pub fn substitution_effects<W: ModelWindow + ?Sized>(
        &self,
        window: &W,
        positions: Range<usize>,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<SubstitutionEffects, ModelError> {
        let view = WindowView::of(window);
        check_range(&positions, view.bases.len())?;
        let bases = view.bases[positions.clone()].to_vec();
        let reference = self.predict_one(window)?;
        let row = NUCLEOTIDES * reference.log2_tpm.len();
        let mut by_member = vec![vec![0.0; bases.len() * row]; self.members().len()];
        let known = self.known_range(view.bases);
        let inside = positions.start.max(known.start)..positions.end.min(known.end);
        if !inside.is_empty() {
            let known_rows = (inside.start - positions.start) * row..(inside.end - positions.start) * row;
            let crop = Crop {
                window: view.crop(known.clone()),
                tss_index: i64::from(self.extent().upstream_bp) - known.start as i64,
            };
            let in_crop = inside.start - known.start..inside.end - known.start;
            let members = self.members().iter().zip(self.engines()).zip(self.output_maps());
            for (((member, engine), map), effects) in members.zip(&mut by_member) {
                let changes = map.spread(engine.substitution_changes(member, crop, in_crop.clone(), progress));
                effects[known_rows.clone()].copy_from_slice(&changes);
            }
        }
        for effects in &mut by_member {
            let unknown = bases.iter().zip(effects.chunks_exact_mut(row)).filter(|(base, _)| **base == UNKNOWN);
            unknown.for_each(|(_, effects)| effects.fill(f64::NAN));
        }
        let outputs = reference.log2_tpm.len();
        let of_member = |map: &OutputMap| (0..outputs).map(|output| map.own(output).is_some()).collect();
        let has_output = self.output_maps().iter().map(of_member).collect();
        Ok(SubstitutionEffects { first: positions.start, bases, reference, by_member, has_output })
    }
}

/// Part of a window that the network is run on.
#[derive(Clone, Copy)]
struct Crop<'a> {
    window: WindowView<'a>,
    /// Index of the TSS base in the crop; it may be outside.
    tss_index: i64,
}

impl PredictionEngine {
    /// Effects of each base at each of `positions` of the crop, in log2(TPM + 1): `[positions, 4, cell types]`, 0 for
    /// the reference base and at N.
    fn substitution_changes(
        &self,
        model: &TrainedModel,
        crop: Crop,
        positions: Range<usize>,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Vec<f64> {
        match self {
            Self::Cpu { network, encoder, .. } => {
                let encoded = encoder.encode_all(&[crop.window], crop.tss_index);
                let padding = encoded.length() - crop.window.bases.len();
                let mutated = MutatedWindow::new(network, &encoded);
                let reference = mutated.predictions();
                let predicted = mutated.substitutions(positions.start + padding..positions.end + padding, progress);
                let change = |(index, z): (usize, &f32)| {
                    let cell_type = index % reference.len();
                    let [with, without] = [*z, reference[cell_type]].map(f64::from);
                    model.transform.to_log2(cell_type, with) - model.transform.to_log2(cell_type, without)
                };
                predicted.iter().enumerate().map(change).collect()
            }
            Self::Layers(_) => self.substitution_changes_one_by_one(model, crop, positions, progress),
        }
    }

    /// Effects by predicting every mutant in full.
    fn substitution_changes_one_by_one(
        &self,
        model: &TrainedModel,
        crop: Crop,
        positions: Range<usize>,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Vec<f64> {
        let predict =
            |windows: &[WindowView]| self.predict(model, &mut Crops::new(windows, crop.tss_index), Batching::Fast);
        let reference = predict(&[crop.window]).swap_remove(0).log2_tpm;
        let mut changes = Vec::new();
        let indices: Vec<usize> = positions.collect();
        for indices in indices.chunks(MUTANTS_TOGETHER / NUCLEOTIDES) {
            let mutant = |index: usize, base: u8| {
                let mut bases = crop.window.bases.to_vec();
                if bases[index] != UNKNOWN {
                    bases[index] = base;
                }
                bases
            };
            let bases = 0..NUCLEOTIDES as u8;
            let mutants: Vec<Vec<u8>> =
                indices.iter().flat_map(|&index| bases.clone().map(move |base| mutant(index, base))).collect();
            let mutants: Vec<WindowView> = mutants.iter().map(|bases| crop.window.with_bases(bases)).collect();
            for prediction in predict(&mutants) {
                changes.extend(prediction.log2_tpm.iter().zip(&reference).map(|(with, without)| with - without));
            }
            progress(indices.len());
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{PromoterWindow, with_random_inputs};
    use crate::nn::{Architecture, Preset};
    use crate::predict::tests::untrained_with;

    /// Effects of all substitutions by predicting each mutant separately.
    fn brute_force(predictor: &Predictor, window: &PromoterWindow, positions: Range<usize>) -> Vec<f64> {
        let reference = predictor.predict_one(window).expect("predicts").log2_tpm;
        let mutants: Vec<PromoterWindow> = positions
            .flat_map(|index| {
                (0..4).map(move |base| {
                    let mut mutant = window.clone();
                    mutant.bases[index] = base;
                    mutant
                })
            })
            .collect();
        let changes = |prediction: WindowPrediction| -> Vec<f64> {
            prediction.log2_tpm.iter().zip(&reference).map(|(with, without)| with - without).collect()
        };
        predictor.predict(&mutants).expect("predicts").into_iter().flat_map(changes).collect()
    }

    fn window(length: usize) -> Vec<u8> {
        (0..length).map(|base| ((base * 7 + base / 5 + base / 31) % 4) as u8).collect()
    }

    #[test]
    fn substitution_effects_every_architecture_matches_brute_force() {
        for architecture in Architecture::ALL {
            for ((length, upstream), inputs) in [
                ((60, 40), (0, 0)),
                ((300, 250), (0, 0)),
                ((2000, 1500), (0, 0)),
                ((300, 250), (3, 0)),
                ((300, 250), (3, 2)),
            ] {
                let sides = (upstream, length - upstream);
                let predictor = untrained_with(architecture, Preset::Small, sides, inputs);
                let mut window = window(length);
                // One N inside, and a run of N at the upstream end, which is cropped.
                window[length / 2] = UNKNOWN;
                window[..length / 6].fill(UNKNOWN);
                let promoter = with_random_inputs(window.clone(), predictor.auxiliary_inputs(), 1, 0);
                let positions = if length > 500 { 1480..1520 } else { 0..length };
                let effects =
                    predictor.substitution_effects(&promoter, positions.clone(), &|_| ()).expect("a valid window");
                let expected = brute_force(&predictor, &promoter, positions.clone());
                let mut largest = 0.0f64;
                for (index, position) in positions.enumerate() {
                    for cell_type in 0..2 {
                        for (base, effect) in effects.at(index, cell_type).into_iter().enumerate() {
                            if window[position] == UNKNOWN {
                                assert!(effect.is_nan());
                                continue;
                            }
                            let expected = expected[(index * 4 + base) * 2 + cell_type];
                            assert!((effect - expected).abs() < 1e-5, "{architecture}, {length} bp, {position}");
                            largest = largest.max(effect.abs());
                        }
                    }
                }
                assert!(largest > 1e-4, "{architecture}, {length} bp: no substitution has an effect");
            }
        }
    }

    #[test]
    fn importance_matches_hand_calculation() {
        let reference =
            WindowPrediction { log2_tpm: vec![3.0], log2_tpm_sd: None, attention: Vec::new(), attention_start_bp: 0 };
        // Reference base C. Mean effects over both members of A, G and T: (0 - 2) / 2 = -1, (-1 - 3) / 2 = -2 and
        // (-3 - 3) / 2 = -3; their negative mean is 2.
        let effects = SubstitutionEffects {
            first: 5,
            bases: vec![1],
            reference,
            by_member: vec![vec![0.0, 0.0, -1.0, -3.0], vec![-2.0, 0.0, -3.0, -3.0]],
            has_output: vec![vec![true], vec![true]],
        };
        assert!((effects.importance(0, 0) - 2.0).abs() < 1e-12);
    }
}
