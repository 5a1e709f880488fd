//! Table of scores with intervals: one row per model, split and cell type.

use serde::{Deserialize, Serialize};
use tatabox_dataset::Split;

use super::scope::Scope;
use crate::stats::Estimate;

/// A score, as a column of the metric table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Pearson correlation across genes.
    Pearson,
    /// Spearman correlation across genes.
    Spearman,
    /// Squared Pearson correlation.
    R2Pearson,
    /// 1 - SSE / SST.
    R2,
    /// Mean squared error.
    Mse,
    /// Mean absolute error.
    Mae,
    /// Pearson correlation with each gene centred across cell types.
    CrossCellTypePearson,
    /// Spearman correlation with each gene centred across cell types.
    CrossCellTypeSpearman,
    /// Median over genes of the Pearson correlation across cell types; only in the mean over cell types.
    GenePearsonMedian,
}

impl Metric {
    /// All scores in column order.
    pub const ALL: [Self; 9] = [
        Self::Pearson,
        Self::Spearman,
        Self::R2Pearson,
        Self::R2,
        Self::Mse,
        Self::Mae,
        Self::CrossCellTypePearson,
        Self::CrossCellTypeSpearman,
        Self::GenePearsonMedian,
    ];

    /// Name in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pearson => "pearson",
            Self::Spearman => "spearman",
            Self::R2Pearson => "r2_pearson",
            Self::R2 => "r2",
            Self::Mse => "mse",
            Self::Mae => "mae",
            Self::CrossCellTypePearson => "cross_cell_type_pearson",
            Self::CrossCellTypeSpearman => "cross_cell_type_spearman",
            Self::GenePearsonMedian => "gene_pearson_median",
        }
    }
}

/// Scores of one model in one split, in one cell type or over all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricRow {
    /// Name of the model.
    pub model: String,
    /// Scored split.
    pub split: Split,
    /// Scored cell type, or the summary over all cell types.
    #[serde(rename = "cell_type")]
    pub scope: Scope,
    /// Number of genes with a value in this cell type; for the mean, in any cell type; pooled, pairs of gene and cell type.
    pub n: usize,
    /// Number of genes of this model and split without a value in this cell type; pooled, such pairs.
    pub n_excluded: usize,
    /// Number of genes in the cross-cell-type scores, which require values in two cell types.
    ///
    /// For the mean, the largest number in any cell type; pooled, pairs of gene and cell type.
    pub n_cross_cell_type: usize,
    /// Number of genes in [`MetricRow::gene_pearson_median`]; 0 except for the mean.
    pub n_gene_pearson: usize,
    /// Number of chromosomes of the genes, if known; a gene of unknown chromosome counts as one chromosome.
    pub n_chromosomes: Option<usize>,
    /// Pearson correlation across genes.
    pub pearson: Estimate,
    /// Spearman correlation across genes.
    pub spearman: Estimate,
    /// Squared Pearson correlation.
    pub r2_pearson: Estimate,
    /// 1 - SSE / SST.
    pub r2: Estimate,
    /// Mean squared error, (log2 TPM)^2.
    pub mse: Estimate,
    /// Mean absolute error, log2 TPM.
    pub mae: Estimate,
    /// Pearson correlation with each gene centred across cell types.
    pub cross_cell_type_pearson: Estimate,
    /// Spearman correlation with each gene centred across cell types.
    pub cross_cell_type_spearman: Estimate,
    /// Median over genes of the Pearson correlation between measured and predicted values across cell types.
    ///
    /// Covers genes with at least three cell types and a defined correlation; only in the mean over cell types.
    pub gene_pearson_median: Estimate,
}

impl MetricRow {
    /// One score of the row.
    pub fn estimate(&self, metric: Metric) -> &Estimate {
        match metric {
            Metric::Pearson => &self.pearson,
            Metric::Spearman => &self.spearman,
            Metric::R2Pearson => &self.r2_pearson,
            Metric::R2 => &self.r2,
            Metric::Mse => &self.mse,
            Metric::Mae => &self.mae,
            Metric::CrossCellTypePearson => &self.cross_cell_type_pearson,
            Metric::CrossCellTypeSpearman => &self.cross_cell_type_spearman,
            Metric::GenePearsonMedian => &self.gene_pearson_median,
        }
    }

    /// The cell type; `None` for a row over all cell types.
    pub fn cell_type(&self) -> Option<&str> {
        self.scope.cell_type()
    }

    /// Whether the row is the mean over cell types.
    pub fn is_mean(&self) -> bool {
        self.scope == Scope::Mean
    }
}

/// All scores of an evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricTable {
    /// Number of resamples per bootstrap interval.
    pub bootstrap_resamples: usize,
    /// Seed of the resampling.
    pub bootstrap_seed: u64,
    /// Rows by model, split and cell type in the order of the prediction table.
    ///
    /// The cell types of a model are followed by their mean, then by all of them pooled.
    pub rows: Vec<MetricRow>,
}

impl MetricTable {
    /// Models in order of first appearance.
    pub fn models(&self) -> Vec<&str> {
        let mut models: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !models.contains(&row.model.as_str()) {
                models.push(&row.model);
            }
        }
        models
    }

    /// The row of a cell type, or of the mean over cell types (`None`).
    pub fn row(&self, model: &str, split: Split, cell_type: Option<&str>) -> Option<&MetricRow> {
        self.rows_of(model, split).find(|row| match cell_type {
            None => row.is_mean(),
            Some(_) => row.cell_type() == cell_type,
        })
    }

    /// Rows for the terminal: each cell type of the reference, and the mean over cell types of every other model. Of a model
    /// with one cell type, only its row is shown, which the mean and the pooled score repeat.
    pub fn summary(&self, reference: &str) -> Self {
        let is_shown = |row: &&MetricRow| match self.cell_type_rows(&row.model, row.split).len() {
            1 => row.cell_type().is_some(),
            _ => row.model == reference || row.is_mean(),
        };
        Self { rows: self.rows.iter().filter(is_shown).cloned().collect(), ..*self }
    }

    /// The row with all cell types pooled.
    pub fn pooled_row(&self, model: &str, split: Split) -> Option<&MetricRow> {
        self.rows_of(model, split).find(|row| row.scope == Scope::Pooled)
    }

    /// The rows of single cell types of one model and split.
    pub fn cell_type_rows(&self, model: &str, split: Split) -> Vec<&MetricRow> {
        self.rows_of(model, split).filter(|row| row.cell_type().is_some()).collect()
    }

    fn rows_of(&self, model: &str, split: Split) -> impl Iterator<Item = &MetricRow> {
        self.rows.iter().filter(move |row| row.model == model && row.split == split)
    }
}
