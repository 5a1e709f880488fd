//! Scores with intervals, a row for each model, split and cell type.

use serde::{Deserialize, Serialize};
use tatabox_dataset::Split;

use super::scope::Scope;
use crate::stats::Estimate;

/// A score of the table.
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
    /// Pearson correlation of what is left after each gene is centred across cell types.
    CrossCellTypePearson,
    /// Spearman correlation of the same.
    CrossCellTypeSpearman,
    /// Median over genes of the Pearson correlation across cell types; over all cell types only.
    GenePearsonMedian,
}

impl Metric {
    /// Every score, in the order of the columns.
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

/// The scores of one model in one split, in one cell type or over all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricRow {
    /// Name of the model.
    pub model: String,
    /// The split that is scored.
    pub split: Split,
    /// The cell types that are scored.
    #[serde(rename = "cell_type")]
    pub scope: Scope,
    /// Genes with a value in this cell type; for the mean: in any; pooled: pairs of a gene and a cell type.
    pub n: usize,
    /// Genes of this model and split without a value in this cell type; pooled: such pairs.
    pub n_excluded: usize,
    /// Genes in the cell-specific scores, which need a value in two cell types; for the mean: the most in any; pooled: pairs.
    pub n_cross_cell_type: usize,
    /// Genes in [`MetricRow::gene_pearson_median`]; 0 but for the mean.
    pub n_gene_pearson: usize,
    /// Number of chromosomes the genes lie on, where known; genes of unknown chromosome count one each.
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
    /// Pearson correlation after each gene is centred across cell types.
    pub cross_cell_type_pearson: Estimate,
    /// Spearman correlation of the same.
    pub cross_cell_type_spearman: Estimate,
    /// Median over genes of the Pearson correlation between measured and predicted across cell types, over the genes with at
    /// least three cell types and a defined correlation; in the mean over cell types only.
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

    /// The cell type; none for a row over all of them.
    pub fn cell_type(&self) -> Option<&str> {
        self.scope.cell_type()
    }

    /// Whether the row is the mean over cell types.
    pub fn is_mean(&self) -> bool {
        self.scope == Scope::Mean
    }
}

/// Every score of an evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricTable {
    /// Draws of each bootstrap interval.
    pub bootstrap_resamples: usize,
    /// Seed of the draws.
    pub bootstrap_seed: u64,
    /// Rows by model, split and cell type in the order of the prediction table; after the cell types of a model their mean,
    /// then all of them pooled.
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

    /// The row of all cell types pooled.
    pub fn pooled_row(&self, model: &str, split: Split) -> Option<&MetricRow> {
        self.rows_of(model, split).find(|row| row.scope == Scope::Pooled)
    }

    /// The rows of one model and split, cell types only.
    pub fn cell_type_rows(&self, model: &str, split: Split) -> Vec<&MetricRow> {
        self.rows_of(model, split).filter(|row| row.cell_type().is_some()).collect()
    }

    fn rows_of(&self, model: &str, split: Split) -> impl Iterator<Item = &MetricRow> {
        self.rows.iter().filter(move |row| row.model == model && row.split == split)
    }
}
