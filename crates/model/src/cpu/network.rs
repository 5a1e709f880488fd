//! Network in plain arrays, and its forward pass over a strip of windows.

use std::ops::Range;

use super::step_dropout::{DropoutSite, StepDropout};
use super::weights::NetworkWeights;
use crate::cpu::array::{Strip, reset};
use crate::cpu::layer::heads;
use crate::cpu::layer::{
    GruActivations, GruInput, HeadInput, HeadsActivations, MotifTables, StageActivations, StageInput, Trimers,
};
use crate::input::EncodedWindows;
use crate::nn::{ConvolutionalNetwork, NUCLEOTIDES, encode_positions, log_distances};

/// Network prepared for the CPU kernels.
#[derive(Clone, Debug)]
pub(crate) struct CpuNetwork {
    pub(super) weights: NetworkWeights,
    /// `None` where the first stage reads signal tracks in addition to the bases.
    pub(super) tables: Option<MotifTables>,
    total_pool: usize,
}

/// Windows of a batch that pass through the network together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WindowStrip<'a> {
    /// The batch.
    pub windows: &'a EncodedWindows,
    /// Index of the first window.
    pub first: usize,
    /// Number of windows.
    pub count: usize,
}

/// Input of the first stage.
#[derive(Clone, Copy, Debug)]
pub(super) enum FirstStage<'a> {
    /// Each position is one base or N, without other channels.
    Tables(&'a MotifTables),
    /// Each position is a row of channels: bases or mixtures of them, and signal tracks.
    Channels,
}

/// Intermediate results of a strip.
#[derive(Clone, Debug, Default)]
pub(crate) struct Activations {
    pub(super) trimers: Trimers,
    pub(super) stages: Vec<StageActivations>,
    /// `[all positions, filters]` after the last stage.
    pub(super) features: Vec<f32>,
    /// `[all positions]`
    pub(super) known: Option<Vec<f32>>,
    pub(super) position_encoding: Vec<f32>,
    pub(super) log_distances: Vec<f32>,
    pub(super) gru: GruActivations,
    pub(super) heads: HeadsActivations,
}

impl Activations {
    /// `[windows, cell types]`, z-scores of log2(TPM + 1).
    pub fn predictions(&self) -> &[f32] {
        self.heads.predictions()
    }

    /// `[windows, heads, positions]` of the first pooling head; empty for a network without attention.
    pub fn attention(&self) -> &[f32] {
        self.heads.attention()
    }
}

impl CpuNetwork {
    /// Copies the weights of a network and computes the tables.
    pub fn of(network: &ConvolutionalNetwork) -> Self {
        let weights = NetworkWeights::of(network);
        let reads_tracks = weights.stages[0].channels_in > NUCLEOTIDES;
        let tables = (!reads_tracks).then(|| MotifTables::of(&weights.stages[0]));
        Self { tables, total_pool: weights.stages.iter().map(|stage| stage.pool).product(), weights }
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        heads::outputs_of(&self.weights.heads)
    }

    /// Dropout sites for windows of `length` bases, in the order of the layers.
    pub fn dropout_sites(&self, length: usize) -> Vec<DropoutSite> {
        let mut positions = length;
        let mut sites: Vec<DropoutSite> = Vec::new();
        for stage in &self.weights.stages {
            positions /= stage.pool;
            sites.push(DropoutSite { values: stage.filters * positions, probability: stage.dropout });
        }
        for head in &self.weights.heads {
            let dense = [head.pooled_values(), head.output.input];
            sites.extend(dense.map(|values| DropoutSite { values, probability: head.dropout }));
        }
        sites
    }

    /// Heads with a measured output; `measured` is `[windows, outputs]`.
    pub fn measured_heads(&self, measured: &[f32]) -> Vec<bool> {
        let (outputs, mut first) = (self.outputs(), 0);
        let widths = self.weights.heads.iter().map(|head| head.output.output);
        let is_measured = |own: Range<usize>| {
            measured.chunks_exact(outputs).any(|row| row[own.clone()].iter().any(|&weight| weight > 0.0))
        };
        widths
            .map(|width| {
                first += width;
                is_measured(first - width..first)
            })
            .collect()
    }

    /// Runs the network with the dropout of the batch. Each window is divided among `threads`.
    pub fn forward(
        &self,
        strip: WindowStrip,
        dropout: Option<&StepDropout>,
        threads: usize,
        activations: &mut Activations,
    ) {
        if let Some(tables) = &self.tables {
            let own_windows = strip.first..strip.first + strip.count;
            let lie = self.weights.stages[0].strip(strip.count, strip.windows.length());
            activations.trimers.read(strip.windows.codes_of(own_windows), lie);
            self.run(strip, FirstStage::Tables(tables), dropout, threads, activations);
        } else {
            self.read_channels(strip, activations);
            self.run(strip, FirstStage::Channels, dropout, threads, activations);
        }
    }

    /// Runs the network; the input of the first stage is already in `activations`.
    pub(super) fn run(
        &self,
        strip: WindowStrip,
        first_stage: FirstStage,
        dropout: Option<&StepDropout>,
        threads: usize,
        activations: &mut Activations,
    ) {
        let (length, windows) = (strip.windows.length(), strip.count);
        let own_windows = strip.first..strip.first + windows;
        let mask = |site| dropout.and_then(|dropout: &StepDropout| dropout.mask(site, strip.first, windows));
        let stages = &self.weights.stages;
        activations.stages.resize_with(stages.len(), StageActivations::default);

        let mut positions = length;
        for index in 0..stages.len() {
            let stage = &stages[index];
            let own = stage.strip(windows, positions);
            positions /= stage.pool;
            let known = strip.windows.known_of(index, own_windows.clone());
            let (done, rest) = activations.stages.split_at_mut(index + 1);
            let current = &mut done[index];
            current.keep_mask = keep_mask(mask(index), known, stage.filters, positions);
            activations.known = known.map(<[f32]>::to_vec);

            let (out_strip, out) = match (rest.first_mut(), stages.get(index + 1)) {
                (Some(next), Some(next_stage)) => (next_stage.strip(windows, positions), &mut next.input),
                _ => (Strip::dense(windows, positions), &mut activations.features),
            };
            reset(out, out_strip.rows() * stage.filters);
            let input = match (index, first_stage) {
                (0, FirstStage::Tables(tables)) => StageInput::Bases(tables, &activations.trimers),
                _ => StageInput::Features,
            };
            stage.forward(own, input, current, out, out_strip, threads);
        }

        activations.position_encoding = encode_positions(positions, self.total_pool, strip.windows.tss_index);
        activations.log_distances = log_distances(positions, self.total_pool, strip.windows.tss_index);
        let dense = Strip::dense(windows, positions);
        if let Some(gru) = &self.weights.gru {
            let Activations { features, position_encoding, known, gru: gru_activations, .. } = activations;
            let known = known.as_deref();
            gru.forward(GruInput { strip: dense, features, position_encoding, known }, gru_activations, threads);
        }
        activations.heads.resize(self.weights.heads.len());
        for index in 0..self.weights.heads.len() {
            if activations.heads.computes(index) {
                activations.heads.heads[index].keep_mask = [0, 1].map(|layer| mask(stages.len() + 2 * index + layer));
            }
        }
        let Activations { features, log_distances, known, gru, heads, .. } = activations;
        let encoded = if self.weights.gru.is_some() { &gru.encoded } else { features };
        let gene_features = strip.windows.gene_features_of(own_windows);
        let input = HeadInput { strip: dense, encoded, log_distances, known: known.as_deref(), gene_features };
        heads::forward(&self.weights.heads, input, heads, threads);
    }
}

/// Factors of each feature of a stage: the dropout mask, sampled as `[windows, filters, positions]`, times the known
/// positions. `None` where all are 1.
fn keep_mask(mask: Option<Vec<f32>>, known: Option<&[f32]>, filters: usize, positions: usize) -> Option<Vec<f32>> {
    let by_position = |mask: Vec<f32>| {
        let mut keep_mask = vec![0.0; mask.len()];
        let windows = keep_mask.chunks_exact_mut(filters * positions).zip(mask.chunks_exact(filters * positions));
        for (keep_mask, mask) in windows {
            for (filter, mask) in mask.chunks_exact(positions).enumerate() {
                keep_mask[filter..]
                    .iter_mut()
                    .step_by(filters)
                    .zip(mask)
                    .for_each(|(keep_mask, mask)| *keep_mask = *mask);
            }
        }
        keep_mask
    };
    match (mask.map(by_position), known) {
        (keep_mask, None) => keep_mask,
        (None, Some(known)) => Some(known.iter().flat_map(|known| std::iter::repeat_n(*known, filters)).collect()),
        (Some(mut keep_mask), Some(known)) => {
            for (keep_mask, known) in keep_mask.chunks_exact_mut(filters).zip(known) {
                for keep_mask in keep_mask {
                    *keep_mask *= known;
                }
            }
            Some(keep_mask)
        }
    }
}
