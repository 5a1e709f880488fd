//! What was used, and how: `run.json`.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use tatabox_dataset::{InputFile, PreparedDataset};
use tatabox_model::TrainedModel;
use tatabox_sequence::MotifFile;

use super::filter::Filter;
use super::{ReadPromoters, write_file};
use crate::args::MotifsArgs;
use crate::run_record;
use tatabox::Model;
use tatabox::evaluate::DatasetSource;

/// The record of a run.
#[derive(Debug, Serialize)]
pub(super) struct MotifsRecord {
    tatabox_version: &'static str,
    command: Vec<String>,
    model: String,
    /// Checksums of the weights of each member.
    weights_sha256: Vec<String>,
    device: String,
    dataset: DatasetSource,
    split: String,
    genes_in_split: usize,
    genes_shorter_than_extent: usize,
    /// None where every gene has the gene features that the model reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    genes_without_features: Option<usize>,
    genes_read: usize,
    /// Frequencies of A, C, G and T in the promoters read.
    base_frequencies: [f64; 4],
    filters: usize,
    filters_without_sites: usize,
    database: Option<InputFile>,
    motifs_in_database: Option<usize>,
    effect_genes: u32,
    shuffles: u32,
    bootstrap_draws: u32,
    seed: u64,
}

impl MotifsRecord {
    pub(super) fn new(
        args: &MotifsArgs,
        model: &Model,
        dataset: &PreparedDataset,
        promoters: &ReadPromoters,
        filters: &[Filter],
        database: Option<&MotifFile>,
    ) -> Result<Self> {
        let weights = |member: &TrainedModel| member.record.weights_sha256.clone();
        // What came through a pipe cannot be read again.
        let path = args.database.as_deref().filter(|path| *path != Path::new("-"));
        Ok(Self {
            tatabox_version: env!("CARGO_PKG_VERSION"),
            command: run_record::command(),
            model: model.name().to_owned(),
            weights_sha256: model.predictor().members().iter().map(weights).collect(),
            device: model.device().to_string(),
            dataset: DatasetSource::of_dataset(dataset),
            split: args.split.to_string(),
            genes_in_split: promoters.in_split,
            genes_shorter_than_extent: promoters.shorter_than_extent,
            genes_without_features: Some(promoters.without_features).filter(|&without| without > 0),
            genes_read: promoters.genes.len(),
            base_frequencies: promoters.background,
            filters: filters.len(),
            filters_without_sites: filters.iter().filter(|filter| filter.motif.is_none()).count(),
            database: path.map(|path| InputFile::read("motifs", path)).transpose()?,
            motifs_in_database: database.map(|database| database.motifs.len()),
            effect_genes: args.effect_genes,
            shuffles: args.shuffles,
            bootstrap_draws: args.bootstrap,
            seed: args.seed,
        })
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).context("cannot write JSON")?;
        write_file(folder, "run.json", &(text + "\n"))
    }
}
