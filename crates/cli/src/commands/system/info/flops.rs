//! Table of `--flops`: operations per layer, and the roofline of this machine.

use std::fmt::Write;

use anyhow::Result;
use indicatif::{DecimalBytes, HumanCount};
use tatabox::info::FlopTable;

use crate::commands::system::network_text::{peak, significant};

/// One line per layer, their sums, the window in memory, the peak and the roofline.
pub(super) fn text(table: &FlopTable) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "\n{:<20}{:>14}{:>15}{:>12}{:>12}", "layer", "multiply-adds", "as run", "weights", "out")?;
    let bytes = |bytes: usize| DecimalBytes(bytes as u64).to_string();
    for row in table.layers.iter().chain([&table.total]) {
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
        HumanCount(table.padded_bp as u64),
        bytes(table.one_hot_bytes),
        bytes(table.code_bytes)
    )?;
    writeln!(text, "peak        {}", peak(&table.peak))?;
    writeln!(
        text,
        "roofline    {} ms per window for a prediction, {} ms for a training step",
        significant(table.prediction_roofline_ms),
        significant(table.training_roofline_ms)
    )?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use tatabox_model::{DeviceChoice, MachinePeak, NetworkConfig, Preset};

    use super::*;

    #[test]
    fn flop_table_ends_with_sums_and_roofline() {
        let device = DeviceChoice::Cpu.select().expect("the CPU is always there");
        let peak = MachinePeak { multiply_adds_per_s: 1e11, copied_bytes_per_s: 2e10, has_tables: true };
        let table = FlopTable::new(&NetworkConfig::preset(Preset::Base, 11_000, 8), 11_000, &peak, &device);
        let text = text(&table).expect("text");
        assert!(text.contains("stages.0.conv           42,270,720    3,522,560 +    15.62 kB     2.82 MB\n"), "{text}");
        assert!(text.contains("total                  137,270,960   98,522,800"), "{text}");
        assert!(
            text.ends_with("roofline    0.985 ms per window for a prediction, 2.92 ms for a training step\n"),
            "{text}"
        );
    }
}
