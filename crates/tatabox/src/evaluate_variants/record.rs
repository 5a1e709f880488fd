//! Origin of a comparison: `run.json`.

use std::collections::BTreeMap;

use serde::Serialize;
use tatabox_dataset::{AlleleLayout, InputFile, MeasuredVariants, PreparedDataset};
use tatabox_sequence::counted;

use super::evaluation::VariantEvaluation;
use super::request::EvaluateVariantsRequest;
use crate::error::Result;
use crate::inputs::DatasetSource;
use crate::model_store::Model;

/// Version, models, inputs with their checksums, and settings of a run.
#[derive(Debug, Serialize)]
pub(super) struct EvaluateVariantsRecord<'a> {
    tatabox_version: &'static str,
    command: &'a [String],
    models: Vec<ModelRecord>,
    /// Files that were read.
    pub(super) inputs: Vec<InputFile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset: Option<DatasetSource>,
    alleles: String,
    /// Column that decides which effects are significant.
    significance: Option<&'static str>,
    significance_level: f64,
    strong_effect: Option<f64>,
    outputs: String,
    shifts: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    construct: Option<ConstructRecord>,
    rows: usize,
    compared: usize,
    excluded: BTreeMap<&'static str, usize>,
    min_variants: usize,
    bootstrap_resamples: usize,
    seed: u64,
    notes: &'a [String],
}

#[derive(Debug, Serialize)]
struct ModelRecord {
    name: String,
    /// SHA-256 of the file with the checksums of the model.
    checksum: Option<String>,
    weights_sha256: Vec<String>,
    extent: String,
    device: String,
    simulated_training_data: bool,
}

/// Sequence around the inserts.
#[derive(Debug, Serialize)]
struct ConstructRecord {
    left_flank: String,
    right_flank: String,
    tss_offset: Option<i64>,
}

impl<'a> EvaluateVariantsRecord<'a> {
    pub(super) fn new(
        request: &'a EvaluateVariantsRequest,
        models: &[Model],
        table: &MeasuredVariants,
        dataset: Option<&PreparedDataset>,
        evaluation: &'a VariantEvaluation,
    ) -> Result<Self> {
        let of_model = |model: &Model| ModelRecord {
            name: model.name().to_owned(),
            checksum: model.checksum(),
            weights_sha256: model
                .predictor()
                .members()
                .iter()
                .map(|member| member.record.weights_sha256.clone())
                .collect(),
            extent: model.extent().to_string(),
            device: model.device().to_string(),
            simulated_training_data: model.is_simulated(),
        };
        let inputs: Vec<InputFile> = request
            .input_files()
            .into_iter()
            .map(|(role, path)| InputFile::read(role, path))
            .collect::<Result<_, _>>()?;
        let construct = (table.layout != AlleleLayout::Genome).then(|| ConstructRecord {
            left_flank: request.construct.left_flank.to_ascii(),
            right_flank: request.construct.right_flank.to_ascii(),
            tss_offset: request.construct.tss_offset,
        });
        Ok(Self {
            tatabox_version: env!("CARGO_PKG_VERSION"),
            command: &request.command,
            models: models.iter().map(of_model).collect(),
            inputs,
            dataset: dataset.map(DatasetSource::of_dataset),
            alleles: table.layout.to_string(),
            significance: table.significance.map(tatabox_dataset::EffectColumn::name),
            significance_level: request.significance_level,
            strong_effect: request.scores.strong_effect,
            outputs: request.outputs.to_string(),
            shifts: request.shifts.to_vec(),
            construct,
            rows: evaluation.rows,
            compared: evaluation.compared,
            excluded: evaluation.excluded_by_reason.clone(),
            min_variants: request.scores.min_variants,
            bootstrap_resamples: request.scores.resamples,
            seed: request.scores.seed,
            notes: &evaluation.notes,
        })
    }

    /// Settings by name, for the report.
    pub(super) fn lines(&self) -> Vec<(String, String)> {
        let mut lines = Vec::new();
        for model in &self.models {
            lines.push(("model", format!("{}, {} around the TSS", model.name, model.extent)));
            lines.extend(model.checksum.clone().map(|checksum| ("model, SHA-256", checksum)));
        }
        if let Some(dataset) = &self.dataset {
            lines.push(("data set", format!("{}, {}", dataset.name, counted(dataset.genes, "gene"))));
        }
        lines.push(("alleles", self.alleles.clone()));
        lines.push(("rows", format!("{}, {} compared", self.rows, self.compared)));
        lines.extend(self.excluded.iter().map(|(reason, count)| ("excluded", format!("{count} {reason}"))));
        let shifts: Vec<String> = self.shifts.iter().map(ToString::to_string).collect();
        lines.push(("window shifts, bp", shifts.join(", ")));
        lines.push(("seed", self.seed.to_string()));
        lines.extend(self.notes.iter().map(|note| ("note", note.clone())));
        lines.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
