//! A network, and what the machine can do at best, in a few numbers.

use std::fmt;

use indicatif::HumanCount;
use serde::Serialize;
use tatabox_model::{FlopCount, MachinePeak, NetworkConfig, Predictor, SelectedDevice};

/// What a network is made of, for one window.
#[derive(Debug, Serialize)]
pub(crate) struct NetworkSummary {
    name: String,
    architecture: String,
    /// Networks of an ensemble.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<usize>,
    window_bp: usize,
    outputs: usize,
    /// Of all members.
    weights: usize,
    multiply_adds: usize,
}

impl NetworkSummary {
    pub(crate) fn new(name: &str, network: &NetworkConfig, window_bp: usize) -> Self {
        let arithmetic = FlopCount::new(network, window_bp);
        Self {
            name: name.to_owned(),
            architecture: network.architecture.to_string(),
            members: None,
            window_bp,
            outputs: network.outputs,
            weights: arithmetic.weights(),
            multiply_adds: arithmetic.multiply_adds(),
        }
    }

    /// Of a trained model; weights and multiply-adds of an ensemble are those of all its members.
    pub(crate) fn of_model(name: &str, predictor: &Predictor) -> Self {
        let window_bp = predictor.extent().total_bp() as usize;
        let networks = predictor.members().iter().map(|member| Self::new(name, &member.config.network, window_bp));
        let mut networks: Vec<Self> = networks.collect();
        let mut architectures: Vec<String> = networks.iter().map(|network| network.architecture.clone()).collect();
        architectures.sort_unstable();
        architectures.dedup();
        let (weights, multiply_adds) = (
            networks.iter().map(|network| network.weights).sum(),
            networks.iter().map(|network| network.multiply_adds).sum(),
        );
        Self {
            architecture: architectures.join(", "),
            members: predictor.ensemble().map(|ensemble| ensemble.members.len()),
            weights,
            multiply_adds,
            ..networks.swap_remove(0)
        }
    }
}

impl fmt::Display for NetworkSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ensemble = self.members.map(|members| format!("ensemble of {members} ")).unwrap_or_default();
        write!(
            formatter,
            "{} ({ensemble}{}), {} bp, {} outputs, {} weights, {} multiply-adds a window",
            self.name,
            self.architecture,
            HumanCount(self.window_bp as u64),
            self.outputs,
            HumanCount(self.weights as u64),
            HumanCount(self.multiply_adds as u64)
        )
    }
}

/// The peak of a device, and the threads that reached it.
#[derive(Debug, Serialize)]
pub(crate) struct PeakSummary {
    device: String,
    threads: usize,
    multiply_adds_per_s: f64,
    copied_bytes_per_s: f64,
}

impl PeakSummary {
    pub(crate) fn new(peak: &MachinePeak, device: &SelectedDevice) -> Self {
        Self {
            device: device.name.clone(),
            threads: rayon::current_num_threads(),
            multiply_adds_per_s: peak.multiply_adds_per_s,
            copied_bytes_per_s: peak.copied_bytes_per_s,
        }
    }
}

impl fmt::Display for PeakSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} G multiply-adds/s, {} GB/s copied, on {} with {} threads",
            significant(self.multiply_adds_per_s / 1e9),
            significant(self.copied_bytes_per_s / 1e9),
            self.device,
            self.threads
        )
    }
}

/// A positive number in three digits, or more before the point.
pub(crate) fn significant(value: f64) -> String {
    let magnitude = if value > 0.0 { value.log10().floor() } else { 0.0 };
    let decimals = (2.0 - magnitude).clamp(0.0, 6.0) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use tatabox_model::Preset;

    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        let values =
            [(0.0432, "0.0432"), (1.2345, "1.23"), (16.25, "16.2"), (231.4, "231"), (4321.0, "4321"), (0.0, "0.00")];
        for (value, expected) in values {
            assert_eq!(significant(value), expected);
        }
    }

    #[test]
    fn a_network_is_told_in_one_line() {
        let network = NetworkConfig::preset(Preset::Base, 11_000, 8);
        assert_eq!(
            NetworkSummary::new("base", &network, 11_000).to_string(),
            "base (hybrid), 11,000 bp, 8 outputs, 261,164 weights, 137,270,960 multiply-adds a window"
        );
    }
}
