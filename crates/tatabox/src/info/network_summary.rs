//! Size of a network: bases, outputs, weights, multiply-adds.

use serde::Serialize;
use tatabox_model::{FlopCount, NetworkConfig};

use crate::model_store::Model;

/// Size of a network, for one window.
///
/// # Examples
///
/// ```
/// use tatabox::info::NetworkSummary;
/// use tatabox_model::{NetworkConfig, Preset};
///
/// let network = NetworkConfig::preset(Preset::Base, 11_000, 8);
/// let summary = NetworkSummary::of_config("base", &network, 11_000);
/// assert_eq!((summary.weights, summary.multiply_adds), (261_164, 137_270_960));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NetworkSummary {
    /// Name of the model or of the preset.
    pub name: String,
    /// Architecture; those of an ensemble separated by commas.
    pub architecture: String,
    /// Number of networks of an ensemble.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<usize>,
    /// Bases of a window.
    pub window_bp: usize,
    /// Number of cell types.
    pub outputs: usize,
    /// Number of weights of all members.
    pub weights: usize,
    /// Multiply-adds of all members per window.
    pub multiply_adds: usize,
}

impl NetworkSummary {
    /// Size of a configuration.
    pub fn of_config(name: &str, network: &NetworkConfig, window_bp: usize) -> Self {
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

    /// Size of a trained model.
    pub fn of_model(model: &Model) -> Self {
        let predictor = model.predictor();
        let window_bp = predictor.extent().total_bp() as usize;
        let of_member = |network: &NetworkConfig| Self::of_config(model.name(), network, window_bp);
        let members: Vec<Self> = predictor.members().iter().map(|member| of_member(&member.config.network)).collect();
        let mut architectures: Vec<String> = members.iter().map(|member| member.architecture.clone()).collect();
        architectures.sort_unstable();
        architectures.dedup();
        Self {
            architecture: architectures.join(", "),
            members: predictor.ensemble().map(|ensemble| ensemble.members.len()),
            weights: members.iter().map(|member| member.weights).sum(),
            multiply_adds: members.iter().map(|member| member.multiply_adds).sum(),
            ..of_member(&predictor.model().config.network)
        }
    }
}
