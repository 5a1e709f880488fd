//! Input of a first stage without tables: one row of channels per base, for bases and signal tracks.

use super::network::{Activations, CpuNetwork, WindowStrip};
use crate::cpu::array::reset;
use crate::input::one_hot;
use crate::nn::NUCLEOTIDES;

impl CpuNetwork {
    /// Writes one-hot bases and tracks of the strip's windows into the input of the first stage.
    pub(super) fn read_channels(&self, strip: WindowStrip, activations: &mut Activations) {
        let windows = strip.first..strip.first + strip.count;
        let bases = one_hot(strip.windows.codes_of(windows));
        self.read_mixtures(strip, &bases, activations);
    }

    /// The same for mixtures of bases, `[windows, length, 4]`.
    pub(super) fn read_mixtures(&self, strip: WindowStrip, mixtures: &[f32], activations: &mut Activations) {
        let stage = &self.weights.stages[0];
        let (channels, length) = (stage.channels_in, strip.windows.length());
        let tracks = strip.windows.tracks_of(strip.first..strip.first + strip.count);
        let lie = stage.strip(strip.count, length);
        activations.stages.resize_with(self.weights.stages.len(), Default::default);
        let input = &mut activations.stages[0].input;
        reset(input, lie.rows() * channels);
        for (window, bases) in mixtures.chunks_exact(length * NUCLEOTIDES).enumerate() {
            let rows = input[lie.row(window) * channels..][..length * channels].chunks_exact_mut(channels);
            let own = tracks.map(|tracks| &tracks[window * length * (channels - NUCLEOTIDES)..]);
            for (place, (row, bases)) in rows.zip(bases.chunks_exact(NUCLEOTIDES)).enumerate() {
                let (of_bases, of_tracks) = row.split_at_mut(NUCLEOTIDES);
                of_bases.copy_from_slice(bases);
                if let Some(own) = own {
                    of_tracks.copy_from_slice(&own[place * of_tracks.len()..][..of_tracks.len()]);
                }
            }
        }
    }
}
