//! What is printed when training is over.

use std::fmt::Write;

use anyhow::Result;
use serde::Serialize;
use tatabox_model::{RunDirectory, SelectedDevice, TrainingConfig, TrainingSummary};

use crate::cell_type_score::CellTypeScore;

/// A finished run in a few numbers.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    name: String,
    directory: String,
    architecture: String,
    dataset: String,
    simulated: bool,
    extent: String,
    device: String,
    parameters: usize,
    train_genes: usize,
    validation_genes: usize,
    genes_shorter_than_extent: usize,
    /// None where every gene has the gene features that the network reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    genes_without_features: Option<usize>,
    epochs: usize,
    best_epoch: usize,
    validation_pearson: f64,
    validation_pearson_by_cell_type: Vec<CellTypeScore>,
    elapsed_s: f64,
    windows_per_s: f64,
}

impl Summary {
    pub(super) fn new(
        run: &RunDirectory,
        name: &str,
        config: &TrainingConfig,
        training: &TrainingSummary,
        device: &SelectedDevice,
    ) -> Self {
        let metrics = &training.metrics;
        let windows = training.history.len() * metrics.train_genes;
        Self {
            name: name.to_owned(),
            directory: run.path().display().to_string(),
            architecture: config.network.architecture.to_string(),
            dataset: config.data.name.clone(),
            simulated: config.data.simulated,
            extent: config.data.extent.to_string(),
            device: device.name.clone(),
            parameters: metrics.parameters,
            train_genes: metrics.train_genes,
            validation_genes: metrics.validation_genes,
            genes_shorter_than_extent: metrics.genes_shorter_than_extent,
            genes_without_features: Some(metrics.genes_without_features).filter(|&without| without > 0),
            epochs: training.history.len(),
            best_epoch: metrics.best_epoch,
            validation_pearson: metrics.validation_pearson,
            validation_pearson_by_cell_type: CellTypeScore::of(
                &config.cell_types,
                &metrics.validation_pearson_by_cell_type,
            ),
            elapsed_s: training.elapsed_s,
            windows_per_s: windows as f64 / training.elapsed_s.max(1e-9),
        }
    }

    pub(super) fn to_text(&self) -> Result<String> {
        let mut text = String::new();
        let simulated = if self.simulated { " (SIMULATED data)" } else { "" };
        writeln!(text, "model {} in {}{simulated}", self.name, self.directory)?;
        writeln!(
            text,
            "best epoch {} of {}, {:.1} minutes, {:.0} windows/s on {}",
            self.best_epoch,
            self.epochs,
            self.elapsed_s / 60.0,
            self.windows_per_s,
            self.device
        )?;
        if self.genes_shorter_than_extent > 0 {
            let (left_out, extent) = (self.genes_shorter_than_extent, &self.extent);
            writeln!(text, "{left_out} genes were left out: their known sequence does not reach over {extent}")?;
        }
        if let Some(left_out) = self.genes_without_features {
            writeln!(text, "{left_out} genes were left out: the data set has not the gene features of them")?;
        }
        writeln!(text, "validation Pearson over {} genes:", self.validation_genes)?;
        text += &CellTypeScore::to_text(&self.validation_pearson_by_cell_type, self.validation_pearson)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_tells_where_the_model_is_and_how_good() {
        let score = |cell_type: &str, pearson| CellTypeScore { cell_type: cell_type.to_owned(), pearson };
        let summary = Summary {
            name: "k562-toy".to_owned(),
            directory: "models/k562-toy".to_owned(),
            architecture: "hybrid".to_owned(),
            dataset: "toy".to_owned(),
            simulated: true,
            extent: "-250..+50".to_owned(),
            device: "cpu".to_owned(),
            parameters: 10,
            train_genes: 100,
            validation_genes: 20,
            genes_shorter_than_extent: 3,
            genes_without_features: Some(2),
            epochs: 5,
            best_epoch: 2,
            validation_pearson: 0.5,
            validation_pearson_by_cell_type: vec![score("K562", Some(0.5)), score("HepG2", None)],
            elapsed_s: 90.0,
            windows_per_s: 5.56,
        };
        let expected = "model k562-toy in models/k562-toy (SIMULATED data)\n\
                        best epoch 2 of 5, 1.5 minutes, 6 windows/s on cpu\n\
                        3 genes were left out: their known sequence does not reach over -250..+50\n\
                        2 genes were left out: the data set has not the gene features of them\n\
                        validation Pearson over 20 genes:\n  K562   0.5000\n  HepG2  -\n  mean   0.5000\n";
        assert_eq!(summary.to_text().expect("text"), expected);
    }
}
