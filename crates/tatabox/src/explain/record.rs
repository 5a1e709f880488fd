//! Origin of explanations: `run.json`.

use serde::Serialize;

use super::explainer::Explainer;

/// Version, model and options of a run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ExplanationRecord {
    tatabox_version: &'static str,
    command: Vec<String>,
    model: String,
    /// SHA-256 of the weights of each network.
    weights_sha256: Vec<String>,
    simulated_training_data: bool,
    methods: Vec<&'static str>,
    cell_types: Vec<String>,
    /// Explained positions relative to the TSS base, half-open.
    region_bp: [i64; 2],
    integrated_gradients: Option<IntegrationRecord>,
}

#[derive(Clone, Debug, Serialize)]
struct IntegrationRecord {
    steps: usize,
    from_zeros: bool,
    shuffles: usize,
    seed: u64,
}

impl ExplanationRecord {
    pub(super) fn new(explainer: &Explainer<'_>, command: Vec<String>) -> Self {
        let model = explainer.model();
        let members = model.predictor().members();
        let integration = |settings: &tatabox_model::IntegratedGradients| IntegrationRecord {
            steps: settings.steps,
            from_zeros: settings.from_zeros,
            shuffles: settings.shuffles,
            seed: settings.seed,
        };
        Self {
            tatabox_version: env!("CARGO_PKG_VERSION"),
            command,
            model: model.name().to_owned(),
            weights_sha256: members.iter().map(|member| member.record.weights_sha256.clone()).collect(),
            simulated_training_data: model.is_simulated(),
            methods: explainer.methods().iter().map(|method| method.name()).collect(),
            cell_types: explainer.cell_types().iter().map(|&index| model.cell_types()[index].clone()).collect(),
            region_bp: explainer.region_bp(),
            integrated_gradients: explainer.integrated_gradients().map(integration),
        }
    }
}
