//! Summary of a preparation, for programs that read it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use tatabox_dataset::{
    AssaySummary, DropReason, ExpressionRecord, FilterRecord, GeneFeatureRecord, GeneMatchSummary, PrepareConfig,
    PrepareReport, PromoterChoiceRecord, SplitSummary, TrackRecord, TssRecord,
};

/// Report of a preparation together with name and folder of the data set, to be serialised.
///
/// # Examples
///
/// ```
/// use tatabox::prepare::PrepareSummary;
///
/// fn dropped(summary: &PrepareSummary) -> usize {
///     summary.dropped.values().sum()
/// }
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PrepareSummary<'a> {
    /// Name of the data set.
    pub name: &'a str,
    /// Folder of the data set.
    pub directory: &'a Path,
    /// Whether no data set was written.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Number of genes in the data set.
    pub kept: usize,
    /// Number of dropped genes by reason.
    pub dropped: &'a BTreeMap<DropReason, usize>,
    /// Splits with their genes and chromosomes.
    pub split: &'a SplitSummary,
    /// Number of contigs with genes that the genome has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched_contigs: Option<usize>,
    /// Contigs of the annotation that the genome lacks, with their numbers of genes.
    pub unmatched_contigs: &'a BTreeMap<String, usize>,
    /// Cell types, in the order of their columns.
    pub cell_types: &'a [String],
    /// How expression rows and genes were matched.
    pub gene_match: &'a GeneMatchSummary,
    /// Record of the expression tables.
    pub expression: &'a ExpressionRecord,
    /// Gene filters and their effect.
    pub filters: &'a [FilterRecord],
    /// Record of the TSS selection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tss: Option<&'a TssRecord>,
    /// Record of the choice of promoters by activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promoters: Option<&'a PromoterChoiceRecord>,
    /// Record of the gene features.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gene_features: Option<&'a GeneFeatureRecord>,
    /// Signal tracks.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub tracks: &'a [TrackRecord],
    /// Assays.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub assays: &'a [AssaySummary],
}

impl<'a> PrepareSummary<'a> {
    /// Summary of a preparation with its configuration.
    pub fn new(config: &'a PrepareConfig, report: &'a PrepareReport) -> Self {
        Self {
            name: &config.name,
            directory: &config.out_dir,
            dry_run: config.dry_run,
            kept: report.kept,
            dropped: &report.dropped,
            split: &report.split,
            matched_contigs: report.matched_contigs,
            unmatched_contigs: &report.unmatched_contigs,
            cell_types: &report.cell_types,
            gene_match: &report.gene_match,
            expression: &report.expression,
            filters: &report.filters,
            tss: report.tss.as_ref(),
            promoters: report.promoters.as_ref(),
            gene_features: report.gene_features.as_ref(),
            tracks: &report.tracks,
            assays: &report.assays,
        }
    }
}
