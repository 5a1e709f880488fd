//! Encoding of windows for one network.

use rayon::prelude::*;
use tatabox_sequence::UNKNOWN;

use super::auxiliary_inputs::AuxiliaryInputs;
use super::encoded_windows::EncodedWindows;
use super::input_scaler::InputScaler;
use super::kmer_features::kmer_features;
use super::window_view::WindowView;
use crate::error::ModelError;
use crate::nn::{KMER_FEATURES, NetworkConfig};

/// Encoder of windows for one network.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WindowEncoder {
    /// Bases per output position of each stage.
    strides: Vec<usize>,
    counts_kmers: bool,
    inputs: InputScaler,
}

impl WindowEncoder {
    /// Encoder for networks of this configuration whose auxiliary inputs are z-scores already.
    pub fn new(config: &NetworkConfig) -> Self {
        let strides: Vec<usize> = config
            .stages
            .iter()
            .scan(1, |stride, stage| {
                *stride *= stage.pool;
                Some(*stride)
            })
            .collect();
        // A network without stages reads single bases.
        let strides = if strides.is_empty() && config.architecture.reads_bases() { vec![1] } else { strides };
        Self { strides, counts_kmers: !config.architecture.reads_bases(), inputs: InputScaler::unscaled(config) }
    }

    /// The same encoder for unscaled gene features and tracks, as in the data set.
    #[must_use]
    pub fn with_auxiliary_inputs(self, inputs: &AuxiliaryInputs) -> Self {
        Self { inputs: InputScaler::of(inputs), ..self }
    }

    /// Checks that windows can be encoded together.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] where there is no window; [`ModelError::WrongWindowLength`] where the length of a
    /// window differs from that of the first; [`ModelError::InvalidBase`]; [`ModelError::MissingAuxiliaryInputs`].
    pub fn check(&self, windows: &[WindowView]) -> Result<(), ModelError> {
        let Some(first) = windows.first() else {
            let expected = "at least 1".to_owned();
            return Err(ModelError::InvalidConfig { field: "windows", value: "0".to_owned(), expected });
        };
        let (features, tracks) = self.inputs.counts();
        for (index, window) in windows.iter().enumerate() {
            window.check_bases(index, first.bases.len())?;
            let found = (window.gene_features.map_or(0, <[f32]>::len), window.track_count().unwrap_or(0));
            if (features > 0 && features != found.0) || (tracks > 0 && tracks != found.1) {
                return Err(ModelError::MissingAuxiliaryInputs {
                    inputs: format!("{features} gene features and {tracks} tracks"),
                    found: format!("window {index} has {} and {}", found.0, found.1),
                    hint: "add them to the window",
                });
            }
        }
        Ok(())
    }

    /// Encodes bases alone; see [`encode_all`](Self::encode_all).
    #[cfg(test)]
    pub fn encode(&self, windows: &[&[u8]], tss_index: i64) -> EncodedWindows {
        let windows: Vec<WindowView> = windows.iter().map(WindowView::of).collect();
        self.encode_all(&windows, tss_index)
    }

    /// Encodes windows of one length. N is added before the first base where the length is not a multiple of the
    /// network's pooling, so that no base at the 3' end is lost.
    ///
    /// # Panics
    /// For windows that [`check`](Self::check) refuses.
    pub fn encode_all(&self, windows: &[WindowView], tss_index: i64) -> EncodedWindows {
        let total_pool = self.strides.last().copied().unwrap_or(1);
        let window_length = windows[0].bases.len();
        let length = window_length.next_multiple_of(total_pool).max(total_pool);
        let padding = length - window_length;

        let mut codes = Vec::with_capacity(windows.len() * length);
        for window in windows {
            assert_eq!(window.bases.len(), window_length, "windows of a batch have the same length");
            codes.resize(codes.len() + padding, UNKNOWN);
            codes.extend_from_slice(window.bases);
        }
        EncodedWindows {
            known: self.strides.iter().map(|&stride| known_positions(&codes, stride)).collect(),
            kmers: self.counts_kmers.then(|| kmers(windows)),
            gene_features: self.inputs.features(windows),
            tracks: self.inputs.tracks(windows, padding),
            windows: windows.len(),
            tss_index: tss_index + padding as i64,
            codes,
        }
    }
}

fn kmers(windows: &[WindowView]) -> Vec<f32> {
    let mut features = vec![0.0; windows.len() * KMER_FEATURES];
    features
        .par_chunks_mut(KMER_FEATURES)
        .zip(windows)
        .for_each(|(features, window)| features.copy_from_slice(&kmer_features(window.bases)));
    features
}

/// Mask of known positions: 1 for each `stride` bases of which one is known, or `None` where every position is known.
/// Windows need not be separated, since their length is a multiple of the stride.
fn known_positions(codes: &[u8], stride: usize) -> Option<Vec<f32>> {
    let is_known = |bases: &[u8]| bases.iter().any(|&base| base != UNKNOWN);
    if codes.chunks_exact(stride).all(is_known) {
        return None;
    }
    Some(codes.chunks_exact(stride).map(|bases| f32::from(u8::from(is_known(bases)))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Preset;

    /// Encoder with a total pooling of 8 bp.
    fn encoder() -> WindowEncoder {
        WindowEncoder::new(&NetworkConfig::preset(Preset::Small, 300, 1))
    }

    #[test]
    fn encode_short_window_is_padded_upstream() {
        let encoded = encoder().encode(&[&[0, 1, 2, 3, 0]], 2);
        assert_eq!(encoded.codes, [4, 4, 4, 0, 1, 2, 3, 0]);
        assert_eq!(encoded.tss_index, 5);
        assert!(encoded.known[2].is_none(), "the one position holds known bases");
    }

    #[test]
    fn encode_unknown_positions_are_masked() {
        let mut window = vec![UNKNOWN; 16];
        window.extend([2; 8]);
        let encoded = encoder().encode(&[&window, &[1; 24]], 20);
        assert_eq!(encoded.known[2], Some(vec![0.0, 0.0, 1.0, 1.0, 1.0, 1.0]));
    }
}
