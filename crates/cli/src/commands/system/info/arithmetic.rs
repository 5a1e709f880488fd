//! The arithmetic of a network, layer by layer, and what this machine needs for it at least.

use std::fmt::Write;

use anyhow::Result;
use indicatif::{DecimalBytes, HumanCount};
use serde::Serialize;
use tatabox_model::{FlopCount, LayerFlops, MachinePeak, NetworkConfig, SelectedDevice};

use crate::network_summary::{PeakSummary, significant};

/// The table of `--flops`, for one window.
#[derive(Serialize)]
pub(super) struct ArithmeticTable {
    padded_bp: usize,
    one_hot_bytes: usize,
    code_bytes: usize,
    layers: Vec<Layer>,
    total: Layer,
    peak: PeakSummary,
    prediction_floor_ms: f64,
    training_floor_ms: f64,
}

/// A row.
#[derive(Serialize)]
struct Layer {
    name: String,
    multiply_adds: usize,
    /// Multiply-adds on a CPU, or the additions that take their place.
    operations: usize,
    /// Whether these are additions.
    tabulated: bool,
    weight_bytes: usize,
    output_bytes: usize,
}

impl From<&LayerFlops> for Layer {
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

impl ArithmeticTable {
    pub(super) fn new(network: &NetworkConfig, window_bp: usize, peak: &MachinePeak, device: &SelectedDevice) -> Self {
        let arithmetic = FlopCount::new(network, window_bp);
        let layers: Vec<Layer> = arithmetic.layers.iter().map(Layer::from).collect();
        let total = Layer {
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
            prediction_floor_ms: 1e3 * peak.prediction_roofline_s(&arithmetic),
            training_floor_ms: 1e3 * peak.training_roofline_s(&arithmetic),
        }
    }

    pub(super) fn to_text(&self) -> Result<String> {
        let mut text = String::new();
        writeln!(text, "\n{:<20}{:>14}{:>15}{:>12}{:>12}", "layer", "multiply-adds", "as run", "weights", "out")?;
        let bytes = |bytes: usize| DecimalBytes(bytes as u64).to_string();
        for row in self.layers.iter().chain([&self.total]) {
            let kind = if row.tabulated { " +" } else { "  " };
            writeln!(
                text,
                "{:<20}{:>14}{:>13}{kind}{:>12}{:>12}",
                row.name,
                HumanCount(row.multiply_adds as u64).to_string(),
                HumanCount(row.operations as u64).to_string(),
                bytes(row.weight_bytes),
                bytes(row.output_bytes)
            )?;
        }
        writeln!(text, "  + additions of tabulated rows")?;
        writeln!(
            text,
            "window      {} bp with padding, {} one-hot, {} as codes\n",
            HumanCount(self.padded_bp as u64),
            bytes(self.one_hot_bytes),
            bytes(self.code_bytes)
        )?;
        writeln!(text, "peak        {}", self.peak)?;
        writeln!(
            text,
            "floor       {} ms a window for a prediction, {} ms for a training step",
            significant(self.prediction_floor_ms),
            significant(self.training_floor_ms)
        )?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use tatabox_model::{DeviceChoice, Preset};

    use super::*;

    #[test]
    fn the_table_ends_with_its_sums_and_the_floors() {
        let device = DeviceChoice::Cpu.select().expect("the CPU is always there");
        let peak = MachinePeak { multiply_adds_per_s: 1e11, copied_bytes_per_s: 2e10, has_tables: true };
        let table = ArithmeticTable::new(&NetworkConfig::preset(Preset::Base, 11_000, 8), 11_000, &peak, &device);
        let text = table.to_text().expect("text");
        assert!(text.contains("stages.0.conv           42,270,720    3,522,560 +    15.62 kB     2.82 MB\n"), "{text}");
        assert!(text.contains("total                  137,270,960   98,522,800"), "{text}");
        assert!(
            text.ends_with("floor       0.985 ms a window for a prediction, 2.92 ms for a training step\n"),
            "{text}"
        );
    }
}
