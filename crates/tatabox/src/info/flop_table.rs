//! Operations of a network per layer, and the time that they take at the peak of a device.

use serde::Serialize;
use tatabox_model::{FlopCount, LayerFlops, MachinePeak, NetworkConfig, SelectedDevice};

use super::PeakSummary;
use crate::error::Result;

/// Operations and memory of a network per layer, and the roofline on a device, for one window.
///
/// # Examples
///
/// ```
/// use tatabox::info::FlopTable;
/// use tatabox_model::{DeviceChoice, MachinePeak, NetworkConfig, Preset};
///
/// let peak = MachinePeak { multiply_adds_per_s: 1e11, copied_bytes_per_s: 2e10, has_tables: true };
/// let network = NetworkConfig::preset(Preset::Base, 11_000, 8);
/// let table = FlopTable::new(&network, 11_000, &peak, &DeviceChoice::Cpu.select()?);
/// assert_eq!(table.total.operations, 98_522_800);
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FlopTable {
    /// Bases of the window, padded to whole pooling bins.
    pub padded_bp: usize,
    /// Bytes of the window as one-hot bases, f32.
    pub one_hot_bytes: usize,
    /// Bytes of the window as base codes.
    pub code_bytes: usize,
    /// One row per layer.
    pub layers: Vec<LayerFlopRow>,
    /// Sums over the layers.
    pub total: LayerFlopRow,
    /// Measured peak of the device.
    pub peak: PeakSummary,
    /// Time of a prediction at the peak, in ms.
    pub prediction_roofline_ms: f64,
    /// Time of a training step at the peak, in ms.
    pub training_roofline_ms: f64,
}

/// Operations and memory of one layer.
///
/// # Examples
///
/// ```
/// use tatabox::info::LayerFlopRow;
///
/// fn bytes(layer: &LayerFlopRow) -> usize {
///     layer.weight_bytes + layer.output_bytes
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LayerFlopRow {
    /// Name of the layer.
    pub name: String,
    /// Multiply-adds as the layer is defined.
    pub multiply_adds: usize,
    /// Multiply-adds on the CPU, or the additions of tabulated rows that replace them.
    pub operations: usize,
    /// Whether `operations` are additions of tabulated rows.
    pub tabulated: bool,
    /// Bytes of the weights, f32.
    pub weight_bytes: usize,
    /// Bytes of the output, f32.
    pub output_bytes: usize,
}

impl From<&LayerFlops> for LayerFlopRow {
    fn from(layer: &LayerFlops) -> Self {
        Self {
            name: layer.name.clone(),
            multiply_adds: layer.multiply_adds,
            operations: layer.operations(),
            tabulated: layer.table_additions > 0,
            weight_bytes: layer.weight_bytes(),
            output_bytes: layer.output_bytes(),
        }
    }
}

impl FlopTable {
    /// Operations of a network, compared with a measured peak.
    pub fn new(network: &NetworkConfig, window_bp: usize, peak: &MachinePeak, device: &SelectedDevice) -> Self {
        let arithmetic = FlopCount::new(network, window_bp);
        let layers: Vec<LayerFlopRow> = arithmetic.layers.iter().map(LayerFlopRow::from).collect();
        let total = LayerFlopRow {
            name: "total".to_owned(),
            multiply_adds: arithmetic.multiply_adds(),
            operations: arithmetic.operations(),
            tabulated: false,
            weight_bytes: layers.iter().map(|layer| layer.weight_bytes).sum(),
            output_bytes: layers.iter().map(|layer| layer.output_bytes).sum(),
        };
        Self {
            padded_bp: arithmetic.padded_bp,
            one_hot_bytes: arithmetic.one_hot_bytes(),
            code_bytes: arithmetic.code_bytes(),
            layers,
            total,
            peak: PeakSummary::new(peak, device),
            prediction_roofline_ms: 1e3 * peak.prediction_roofline_s(&arithmetic),
            training_roofline_ms: 1e3 * peak.training_roofline_s(&arithmetic),
        }
    }

    /// Operations of a network, compared with the peak of a device, which is measured first.
    ///
    /// # Errors
    /// The device cannot be measured.
    pub fn measure(network: &NetworkConfig, window_bp: usize, device: &SelectedDevice) -> Result<Self> {
        Ok(Self::new(network, window_bp, &MachinePeak::measure(device)?, device))
    }
}
