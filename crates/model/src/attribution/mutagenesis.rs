//! In-silico mutagenesis (ISM): what every substitution in a promoter does to its prediction.

use std::ops::Range;

use tatabox_sequence::UNKNOWN;

use super::deletion_scan::check_range;
use crate::bundle::TrainedModel;
use crate::cpu::MutatedWindow;
use crate::error::ModelError;
use crate::input::{ModelWindow, WindowView};
use crate::nn::NUCLEOTIDES;
use crate::predict::{Batching, Crops, PredictionEngine, Predictor, WindowPrediction};

/// Mutants that go through a whole network together.
const MUTANTS_TOGETHER: usize = 512;

/// Changes of the prediction by every substitution in a stretch of a window.
#[derive(Clone, Debug, PartialEq)]
pub struct SubstitutionEffects {
    /// Index of the stretch's first base in the window.
    pub first: usize,
    /// Nucleotide codes of the stretch.
    pub bases: Vec<u8>,
    /// What the model says of the window as it is.
    pub reference: WindowPrediction,
    /// By member, `[positions, 4 bases, cell types]`: log2(TPM + 1) with that base minus log2(TPM + 1) without; 0 for the
    /// base that is there, NaN where that is N.
    by_member: Vec<Vec<f64>>,
}

impl SubstitutionEffects {
    /// Positions of the stretch.
    pub fn positions(&self) -> usize {
        self.bases.len()
    }

    /// Members of the model, one unless it is an ensemble.
    pub fn members(&self) -> usize {
        self.by_member.len()
    }

    /// The change by each base in the place of base `position` of the stretch, in the order A, C, G, T; of an ensemble
    /// the mean over its members.
    pub fn at(&self, position: usize, cell_type: usize) -> [f64; NUCLEOTIDES] {
        let members = self.members() as f64;
        let mut mean = [0.0; NUCLEOTIDES];
        for member in 0..self.members() {
            let changes = self.of_member(member, position, cell_type);
            mean.iter_mut().zip(changes).for_each(|(mean, change)| *mean += change / members);
        }
        mean
    }

    /// As [`at`](Self::at), of one member.
    pub fn of_member(&self, member: usize, position: usize, cell_type: usize) -> [f64; NUCLEOTIDES] {
        let cell_types = self.reference.log2_tpm.len();
        if cell_type >= cell_types {
            return [f64::NAN; NUCLEOTIDES];
        }
        let effects = self.by_member.get(member).map_or(&[][..], Vec::as_slice);
        let index = |base: usize| (position * NUCLEOTIDES + base) * cell_types + cell_type;
        std::array::from_fn(|base| effects.get(index(base)).copied().unwrap_or(f64::NAN))
    }

    /// What the base that is there gives: minus the mean change of the three substitutions. NaN for N.
    pub fn importance(&self, position: usize, cell_type: usize) -> f64 {
        -self.at(position, cell_type).iter().sum::<f64>() / (NUCLEOTIDES - 1) as f64
    }
}

impl Predictor {
    /// Scores every substitution at `positions` of a window as [`predict`](Self::predict) takes them; gene features and tracks
    /// stay as they are. On the CPU only what a substitution can reach is computed again. `progress` is told each
    /// time how many more bases are done; an ensemble does every base once a member.
    ///
    /// # Errors
    /// [`ModelError::OutsideWindow`] where `positions` reach beyond the window; those of [`Predictor::predict`].
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
            let place = (inside.start - positions.start) * row..(inside.end - positions.start) * row;
            let crop = Crop {
                window: view.crop(known.clone()),
                tss_index: i64::from(self.extent().upstream_bp) - known.start as i64,
            };
            let in_crop = inside.start - known.start..inside.end - known.start;
            for ((member, engine), effects) in self.members().iter().zip(self.engines()).zip(&mut by_member) {
                let changes = engine.substitution_changes(member, crop, in_crop.clone(), progress);
                effects[place.clone()].copy_from_slice(&changes);
            }
        }
        for effects in &mut by_member {
            let unknown = bases.iter().zip(effects.chunks_exact_mut(row)).filter(|(base, _)| **base == UNKNOWN);
            unknown.for_each(|(_, effects)| effects.fill(f64::NAN));
        }
        Ok(SubstitutionEffects { first: positions.start, bases, reference, by_member })
    }
}

/// The stretch of a window that a network is run on.
#[derive(Clone, Copy)]
struct Crop<'a> {
    window: WindowView<'a>,
    /// Index of the TSS base in them; may lie outside.
    tss_index: i64,
}

impl PredictionEngine {
    /// Changes of log2(TPM + 1) by each base at each of `positions` of the crop: `[positions, 4, cell types]`, 0 for the
    /// base that is there and for N.
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

    /// Every mutant through the whole network.
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

    /// All substitutions by predicting each mutant on its own.
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
    fn what_is_reused_equals_brute_force_in_every_architecture() {
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
                // An N inside, and a stretch of them at the far end, which is cropped.
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
                assert!(largest > 1e-4, "{architecture}, {length} bp: something changes");
            }
        }
    }

    #[test]
    fn importance_is_what_is_lost_on_average() {
        let reference =
            WindowPrediction { log2_tpm: vec![3.0], log2_tpm_sd: None, attention: Vec::new(), attention_start_bp: 0 };
        // C is there; by the others -1, -2 and -3, the means of 0 and -2, -1 and -3, -3 and -3.
        let effects = SubstitutionEffects {
            first: 5,
            bases: vec![1],
            reference,
            by_member: vec![vec![0.0, 0.0, -1.0, -3.0], vec![-2.0, 0.0, -3.0, -3.0]],
        };
        assert!((effects.importance(0, 0) - 2.0).abs() < 1e-12);
    }
}
