//! What an explanation was made with.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use super::request::Request;
use crate::args::Method;
use crate::run_record;
use tatabox::Model;

/// run.json of an explanation.
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
    /// Explained bases relative to the TSS base, half-open.
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
    pub(super) fn new(model: &Model, request: &Request) -> Self {
        let predictor = model.predictor();
        let upstream_bp = i64::from(predictor.extent().upstream_bp);
        let integrated = &request.integrated_gradients;
        Self {
            tatabox_version: env!("CARGO_PKG_VERSION"),
            command: run_record::command(),
            model: model.name().to_owned(),
            weights_sha256: predictor.members().iter().map(|member| member.record.weights_sha256.clone()).collect(),
            simulated_training_data: model.is_simulated(),
            methods: request.methods.iter().map(|method| method.name()).collect(),
            cell_types: request.cell_types.iter().map(|&index| predictor.cell_types()[index].clone()).collect(),
            region_bp: [request.region.start, request.region.end].map(|index| index as i64 - upstream_bp),
            integrated_gradients: request.methods.contains(&Method::IntegratedGradients).then_some(IntegrationRecord {
                steps: integrated.steps,
                from_zeros: integrated.from_zeros,
                shuffles: integrated.shuffles,
                seed: integrated.seed,
            }),
        }
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join("run.json");
        let text = serde_json::to_string_pretty(self).context("cannot write JSON")? + "\n";
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}
