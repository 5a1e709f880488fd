//! In-silico mutagenesis that recomputes only the positions a substitution can affect.
//!
//! A base affects a few positions of each convolutional stage; all others are those of the reference window. The GRU
//! propagates a change forward from the first changed position and backward from the last one, so each direction
//! recomputes only one side. Substitutions of neighbouring bases are rows of the same matrix products.

use std::ops::Range;

use rayon::prelude::*;
use tatabox_sequence::UNKNOWN;

use super::network::{Activations, CpuNetwork, WindowStrip};
use crate::cpu::array::{Strip, reset, widest};
use crate::cpu::layer::heads;
use crate::cpu::layer::{GruInput, HeadInput, HeadsActivations, MotifTables, MutantFeatures, PooledMotifs};
use crate::input::EncodedWindows;
use crate::nn::NUCLEOTIDES;

/// Neighbouring bases whose substitutions are computed together: enough rows for matrix products, few enough that they
/// affect few positions.
const BASES_TOGETHER: usize = 32;

/// Substitution of one base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Substitution {
    /// Index in the encoded window.
    index: usize,
    base: u8,
}

/// Memory that is reused between blocks of substitutions.
#[derive(Default)]
struct BlockScratch {
    trimers: Vec<u16>,
    /// `[substitutions, changed positions, channels]`
    features: Vec<f32>,
    /// `[substitutions, rows, channels]`: input of the next stage.
    input: Vec<f32>,
    rectified: Vec<f32>,
    encoded: Vec<f32>,
    known: Vec<f32>,
    /// `[substitutions, features]`
    gene_features: Vec<f32>,
    heads: HeadsActivations,
}

/// Reference window with the activations that its mutants share.
pub(crate) struct MutatedWindow<'a> {
    network: &'a CpuNetwork,
    windows: &'a EncodedWindows,
    activations: Activations,
    /// Contribution of the features to the gates of the GRU, per direction: `[positions, 3 * hidden]`.
    projections: [Vec<f32>; 2],
}

impl<'a> MutatedWindow<'a> {
    /// Runs the network over the window.
    ///
    /// # Panics
    /// If there is more than one window.
    pub fn new(network: &'a CpuNetwork, windows: &'a EncodedWindows) -> Self {
        assert_eq!(windows.windows, 1, "one window at a time");
        let mut activations = Activations::default();
        network.forward(WindowStrip { windows, first: 0, count: 1 }, None, 1, &mut activations);
        let mut projections = [Vec::new(), Vec::new()];
        if let Some(gru) = &network.weights.gru {
            let Activations { features, position_encoding, known, .. } = &activations;
            let strip = Strip::dense(1, activations.log_distances.len());
            let input = GruInput { strip, features, position_encoding, known: known.as_deref() };
            for (direction, gates) in projections.iter_mut().enumerate() {
                gru.project(input, direction, gates);
            }
        }
        Self { network, windows, activations, projections }
    }

    /// `[cell types]`, of the reference window.
    pub fn predictions(&self) -> &[f32] {
        self.activations.predictions()
    }

    /// Predictions with each base at each of `positions`, indices in the encoded window: `[positions, 4, cell types]`.
    ///
    /// The prediction for the reference base is that of the window, and so are all predictions at an N, which is not
    /// substituted. `done` receives the number of bases of each finished block.
    pub fn substitutions(&self, positions: Range<usize>, done: &(dyn Fn(usize) + Sync)) -> Vec<f32> {
        let outputs = self.network.outputs();
        let mut predictions = self.predictions().repeat(positions.len() * NUCLEOTIDES);
        predictions.par_chunks_mut(BASES_TOGETHER * NUCLEOTIDES * outputs).enumerate().for_each_init(
            BlockScratch::default,
            |scratch, (block, predictions)| {
                let first = positions.start + block * BASES_TOGETHER;
                let bases = predictions.len() / (NUCLEOTIDES * outputs);
                let substitutions = self.substitutions_of(first..first + bases);
                if !substitutions.is_empty() {
                    let predicted = self.predict(&substitutions, scratch);
                    for (substitution, predicted) in substitutions.iter().zip(predicted.chunks_exact(outputs)) {
                        let row = (substitution.index - first) * NUCLEOTIDES + usize::from(substitution.base);
                        predictions[row * outputs..][..outputs].copy_from_slice(predicted);
                    }
                }
                done(bases);
            },
        );
        predictions
    }

    fn substitutions_of(&self, indices: Range<usize>) -> Vec<Substitution> {
        let others = |index: usize| {
            let own = self.windows.codes[index];
            (0..NUCLEOTIDES as u8)
                .filter(move |&base| own != UNKNOWN && base != own)
                .map(move |base| Substitution { index, base })
        };
        indices.flat_map(others).collect()
    }

    /// `[substitutions, cell types]`
    fn predict<'s>(&self, substitutions: &[Substitution], scratch: &'s mut BlockScratch) -> &'s [f32] {
        let Activations { features, log_distances, position_encoding, known, gru, .. } = &self.activations;
        let weights = &self.network.weights;
        let changed = self.changed_features(substitutions, scratch);
        let (mutants, positions) = (substitutions.len(), log_distances.len());
        let known = known.as_deref();

        if let Some(gru_weights) = &weights.gru {
            let mutant = MutantFeatures { mutants, changed, features: &scratch.features };
            let strip = Strip::dense(1, positions);
            let input = GruInput { strip, features, position_encoding, known };
            gru_weights.encode_mutants(input, gru, &self.projections, &mutant, &mut scratch.encoded);
        } else {
            let channels = features.len() / positions;
            scratch.encoded.clear();
            for features_of_mutant in scratch.features.chunks_exact(changed.len() * channels) {
                let start = scratch.encoded.len();
                scratch.encoded.extend_from_slice(features);
                let place = &mut scratch.encoded[start + changed.start * channels..];
                place[..changed.len() * channels].copy_from_slice(features_of_mutant);
            }
        }
        let known = known.map(|known| {
            scratch.known.clear();
            (0..mutants).for_each(|_| scratch.known.extend_from_slice(known));
            scratch.known.as_slice()
        });
        let gene_features = self.windows.gene_features.as_deref().map(|features| {
            scratch.gene_features.clear();
            (0..mutants).for_each(|_| scratch.gene_features.extend_from_slice(features));
            scratch.gene_features.as_slice()
        });
        let strip = Strip::dense(mutants, positions);
        let input = HeadInput { strip, encoded: &scratch.encoded, log_distances, known, gene_features };
        heads::forward(&weights.heads, input, &mut scratch.heads, 1);
        scratch.heads.predictions()
    }

    /// Writes the changed positions after the last stage to `scratch.features` and returns their range.
    fn changed_features(&self, substitutions: &[Substitution], scratch: &mut BlockScratch) -> Range<usize> {
        let indices = substitutions.iter().map(|substitution| substitution.index);
        let first = indices.clone().min().unwrap_or(0);
        let mut changed = first..indices.max().unwrap_or(first) + 1;
        let mut length = self.windows.length();
        for index in 0..self.network.weights.stages.len() {
            let stage = &self.network.weights.stages[index];
            let halo = stage.kernel / 2;
            length /= stage.pool;
            let pooled_from = changed.start.saturating_sub(halo) / stage.pool;
            let pooled_to = (changed.end + halo).div_ceil(stage.pool).min(length);
            let pooled = pooled_from..pooled_to;
            if let (0, Some(tables)) = (index, &self.network.tables) {
                self.read_motifs(tables, substitutions, &pooled, scratch);
            } else if index == 0 {
                self.substitute_channels(substitutions, &pooled, scratch);
                let BlockScratch { input, rectified, features, .. } = scratch;
                stage.pool_stretches(input, pooled.len(), substitutions.len(), rectified, features);
            } else {
                self.gather_input(index, substitutions.len(), &changed, &pooled, scratch);
                let BlockScratch { input, rectified, features, .. } = scratch;
                stage.pool_stretches(input, pooled.len(), substitutions.len(), rectified, features);
            }
            let known = self.windows.known_of(index, 0..1).map(|known| &known[pooled.clone()]);
            stage.normalise_stretches(&mut scratch.features, known);
            changed = pooled;
        }
        changed
    }

    /// First stage: pooled positions of each substitution.
    fn read_motifs(
        &self,
        tables: &MotifTables,
        substitutions: &[Substitution],
        pooled: &Range<usize>,
        scratch: &mut BlockScratch,
    ) {
        let stage = &self.network.weights.stages[0];
        let BlockScratch { trimers, features, .. } = scratch;
        let width = pooled.len() * stage.filters;
        reset(features, substitutions.len() * width);
        for (substitution, features) in substitutions.iter().zip(features.chunks_exact_mut(width)) {
            let rows = pooled.start * stage.pool..pooled.end * stage.pool;
            // The halo of the kernel precedes the bases.
            let letter = substitution.index + stage.kernel / 2;
            self.activations.trimers.substituted(rows, stage.kernel, letter, substitution.base, trimers);
            widest(PooledMotifs { tables, trimers, pool: stage.pool, pooled: features });
        }
    }

    /// Input of a first stage without tables: the window's own channels with the base of each substitution.
    fn substitute_channels(&self, substitutions: &[Substitution], pooled: &Range<usize>, scratch: &mut BlockScratch) {
        let stage = &self.network.weights.stages[0];
        let (channels, halo) = (stage.channels_in, stage.kernel / 2);
        // Row `position + halo` of the array holds a position.
        let rows = pooled.start * stage.pool..pooled.end * stage.pool + 2 * halo;
        let own = &self.activations.stages[0].input[rows.start * channels..rows.end * channels];
        scratch.input.clear();
        for Substitution { index, base } in substitutions {
            let start = scratch.input.len() + (index + halo - rows.start) * channels;
            scratch.input.extend_from_slice(own);
            let bases = &mut scratch.input[start..start + NUCLEOTIDES];
            bases.fill(0.0);
            bases[usize::from(*base)] = 1.0;
        }
    }

    /// Input of stage `index`: the window's own input with the changes of each substitution.
    fn gather_input(
        &self,
        index: usize,
        mutants: usize,
        changed: &Range<usize>,
        pooled: &Range<usize>,
        scratch: &mut BlockScratch,
    ) {
        let stage = &self.network.weights.stages[index];
        let channels = stage.channels_in;
        let halo = stage.kernel / 2;
        // Row `position + halo` of the array holds a position.
        let rows = pooled.start * stage.pool..pooled.end * stage.pool + 2 * halo;
        let own = &self.activations.stages[index].input[rows.start * channels..rows.end * channels];
        // The kernels over a pooled position reach beyond it on both sides, so all changed positions are included.
        let place = changed.start + halo - rows.start;
        let BlockScratch { input, features, .. } = scratch;
        input.clear();
        for features in features.chunks_exact(changed.len() * channels).take(mutants) {
            let start = input.len() + place * channels;
            input.extend_from_slice(own);
            input[start..start + features.len()].copy_from_slice(features);
        }
    }
}
