//! Origin of the motifs: `run.json`.

use std::path::Path;

use serde::Serialize;
use tatabox_dataset::{InputFile, PreparedDataset};

use super::FilterMotifs;
use super::request::MotifsRequest;
use crate::error::Result;
use crate::inputs::DatasetSource;
use crate::json_file::write_json;
use crate::model_store::Model;
use crate::output_folder::RUN_RECORD;

/// Version, model, data set and options of a run.
#[derive(Debug, Serialize)]
struct MotifsRecord<'a> {
    tatabox_version: &'static str,
    command: &'a [String],
    model: &'a str,
    /// SHA-256 of the weights of each member.
    weights_sha256: Vec<&'a str>,
    device: String,
    dataset: DatasetSource,
    split: String,
    genes_in_split: usize,
    genes_shorter_than_extent: usize,
    /// Absent if every gene has the gene features that the model reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    genes_without_features: Option<usize>,
    genes_read: usize,
    /// Frequencies of A, C, G and T in the scanned promoters.
    base_frequencies: [f64; 4],
    filters: usize,
    filters_without_sites: usize,
    database: Option<&'a InputFile>,
    motifs_in_database: Option<usize>,
    effect_genes: usize,
    shuffles: usize,
    bootstrap_resamples: usize,
    seed: u64,
}

pub(super) fn write(
    folder: &Path,
    motifs: &FilterMotifs,
    model: &Model,
    dataset: &PreparedDataset,
    request: &MotifsRequest,
    command: &[String],
) -> Result<()> {
    let FilterMotifs { filters, promoters, database, .. } = motifs;
    let members = model.predictor().members().iter();
    let record = MotifsRecord {
        tatabox_version: env!("CARGO_PKG_VERSION"),
        command,
        model: model.name(),
        weights_sha256: members.map(|member| member.record.weights_sha256.as_str()).collect(),
        device: model.device().to_string(),
        dataset: DatasetSource::of_dataset(dataset),
        split: request.split.to_string(),
        genes_in_split: promoters.in_split,
        genes_shorter_than_extent: promoters.shorter_than_extent,
        genes_without_features: Some(promoters.without_features).filter(|&without| without > 0),
        genes_read: promoters.genes.len(),
        base_frequencies: promoters.base_frequencies,
        filters: filters.len(),
        filters_without_sites: filters.iter().filter(|filter| filter.motif.is_none()).count(),
        database: database.as_ref().and_then(|database| database.file.as_ref()),
        motifs_in_database: database.as_ref().map(|database| database.motifs.len()),
        effect_genes: request.ablation.max_genes,
        shuffles: request.ablation.shuffles,
        bootstrap_resamples: request.ablation.resamples,
        seed: request.seed,
    };
    write_json(&folder.join(RUN_RECORD), &record)
}
