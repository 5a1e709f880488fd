//! Networks and peaks of devices, each in one line.

use indicatif::HumanCount;
use tatabox::info::{NetworkSummary, PeakSummary};

/// Name, architecture and size of a network.
pub(super) fn network(network: &NetworkSummary) -> String {
    let ensemble = network.members.map(|members| format!("ensemble of {members} ")).unwrap_or_default();
    format!(
        "{} ({ensemble}{}), {} bp, {} outputs, {} weights, {} multiply-adds per window",
        network.name,
        network.architecture,
        HumanCount(network.window_bp as u64),
        network.outputs,
        HumanCount(network.weights as u64),
        HumanCount(network.multiply_adds as u64)
    )
}

/// Measured peak of a device.
pub(super) fn peak(peak: &PeakSummary) -> String {
    format!(
        "{} G multiply-adds/s, {} GB/s copied, on {} with {} threads",
        significant(peak.multiply_adds_per_s / 1e9),
        significant(peak.copied_bytes_per_s / 1e9),
        peak.device,
        peak.threads
    )
}

/// A positive number with three significant digits, or all digits before the decimal point.
pub(super) fn significant(value: f64) -> String {
    let magnitude = if value > 0.0 { value.log10().floor() } else { 0.0 };
    let decimals = (2.0 - magnitude).clamp(0.0, 6.0) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use tatabox_model::{NetworkConfig, Preset};

    use super::*;

    #[test]
    fn significant_numbers_have_three_digits() {
        let values =
            [(0.0432, "0.0432"), (1.2345, "1.23"), (16.25, "16.2"), (231.4, "231"), (4321.0, "4321"), (0.0, "0.00")];
        for (value, expected) in values {
            assert_eq!(significant(value), expected);
        }
    }

    #[test]
    fn network_text_is_one_line() {
        let config = NetworkConfig::preset(Preset::Base, 11_000, 8);
        assert_eq!(
            network(&NetworkSummary::of_config("base", &config, 11_000)),
            "base (hybrid), 11,000 bp, 8 outputs, 261,164 weights, 137,270,960 multiply-adds per window"
        );
    }
}
