//! Batches of windows on a device.

use burn::tensor::Device;

use super::auxiliary_inputs::AuxiliaryInputs;
use super::promoter_window::ModelWindow;
use super::window_encoder::WindowEncoder;
use super::window_view::WindowView;
use crate::device::Precision;
use crate::error::ModelError;
use crate::nn::{NetworkConfig, WindowBatch};

/// Encodes windows into batches for one network.
///
/// # Examples
/// ```
/// use tatabox_model::{NetworkConfig, Preset, WindowBatcher, cpu};
///
/// let config = NetworkConfig::preset(Preset::Small, 300, 1);
/// let batcher = WindowBatcher::new(&config, cpu());
/// let batch = batcher.batch(&[vec![0u8; 300], vec![3; 300]], 250)?;
/// // Padded to a multiple of the pooling, 8 bp.
/// assert_eq!(batch.one_hot().dims(), [2, 4, 304]);
/// assert!(batcher.batch(&[vec![0u8; 300], vec![3; 299]], 250).is_err());
/// # Ok::<(), tatabox_model::ModelError>(())
/// ```
#[derive(Clone, Debug)]
pub struct WindowBatcher {
    encoder: WindowEncoder,
    device: Device,
    precision: Precision,
}

impl WindowBatcher {
    /// Batcher for networks of this configuration, in `f32`.
    pub fn new(config: &NetworkConfig, device: Device) -> Self {
        Self { encoder: WindowEncoder::new(config), device, precision: Precision::F32 }
    }

    /// The same batcher in another precision.
    #[must_use]
    pub fn with_precision(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// The same batcher for unscaled gene features and tracks, as in the data set.
    #[must_use]
    pub fn with_auxiliary_inputs(self, inputs: &AuxiliaryInputs) -> Self {
        Self { encoder: self.encoder.with_auxiliary_inputs(inputs), ..self }
    }

    /// Encodes windows of one length. N is added before the first base where the length is not a multiple of the
    /// network's pooling, so that no base at the 3' end is lost.
    ///
    /// # Errors
    /// [`ModelError::InvalidConfig`] where there is no window; [`ModelError::WrongWindowLength`] where the length of a
    /// window differs from that of the first; [`ModelError::InvalidBase`]; [`ModelError::MissingAuxiliaryInputs`].
    pub fn batch<W: ModelWindow>(&self, windows: &[W], tss_index: i64) -> Result<WindowBatch, ModelError> {
        let views: Vec<WindowView> = windows.iter().map(WindowView::of).collect();
        self.encoder.check(&views)?;
        Ok(self.batch_of(&views, tss_index))
    }

    pub(crate) fn batch_of(&self, windows: &[WindowView], tss_index: i64) -> WindowBatch {
        self.encoder.encode_all(windows, tss_index).upload(&self.device, self.precision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::nn::Preset;
    use tatabox_sequence::{UNKNOWN, encode_one_hot};

    #[test]
    fn one_hot_on_device_equals_the_sequence_crate() {
        let code = |window: usize, base: usize| ((base * base + window) % 7).min(4) as u8;
        let windows: Vec<Vec<u8>> = (0..3).map(|window| (0..304).map(|base| code(window, base)).collect()).collect();
        let windows: Vec<&[u8]> = windows.iter().map(Vec::as_slice).collect();
        let mut expected = vec![0.0; 3 * 4 * 304];
        for (window, expected) in windows.iter().zip(expected.chunks_exact_mut(4 * 304)) {
            assert!(window.contains(&UNKNOWN));
            encode_one_hot(window, expected);
        }
        let config = NetworkConfig::preset(Preset::Small, 300, 1);
        for device in [device::cpu(), device::cpu().autodiff()] {
            let one_hot = WindowBatcher::new(&config, device).batch(&windows, 250).expect("valid windows").one_hot();
            assert_eq!(one_hot.dims(), [3, 4, 304]);
            let one_hot: Vec<f32> = one_hot.into_data().try_to_vec().expect("f32");
            assert!(one_hot == expected);
        }
    }

    #[test]
    fn batch_masks_have_one_value_per_position() {
        let config = NetworkConfig::preset(Preset::Small, 300, 1);
        let mut window = vec![UNKNOWN; 16];
        window.extend([2; 8]);
        let batch = WindowBatcher::new(&config, device::cpu()).batch(&[&window, &window], 20).expect("valid windows");
        let known = batch.known[2].clone().expect("two positions hold only N");
        assert_eq!(known.dims(), [2, 3]);
        let known: Vec<f32> = known.into_data().try_to_vec().expect("f32");
        assert_eq!(known, [0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
        assert!(batch.kmers.is_none(), "the hybrid network reads no k-mers");
    }
}
