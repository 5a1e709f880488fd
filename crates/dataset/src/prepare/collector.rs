//! Collection of windows for the measured genes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::candidate::{Candidate, CandidateStore, GeneMetadata};
use super::gene_filter::{GeneFilter, apply};
use super::qc_log::QcLog;
use super::source::gene_features::FoundFeatures;
use super::source::gene_tss::{GeneTss, match_measured_ids};
use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};
use crate::expression::ExpressionTable;
use crate::prepared::FilterRecord;

/// Role of the expression tables in the list of inputs.
pub(crate) const EXPRESSION_ROLE: &str = "expression";

/// Collector of the windows of all sources.
pub(crate) struct Collector<'a> {
    expression: &'a ExpressionTable,
    rows: HashMap<&'a str, usize>,
    /// Accepted windows.
    pub store: CandidateStore,
    /// Dropped genes.
    pub qc: QcLog,
    /// Genes listed by each source.
    named: BTreeMap<&'static str, BTreeSet<String>>,
    /// Annotation of genes, which completes promoter records without a location.
    pub annotated: HashMap<String, GeneMetadata>,
}

/// Collected genes.
pub(crate) struct Collected {
    /// Genes with a window and a measurement, by identifier.
    pub genes: BTreeMap<String, Candidate>,
    /// Dropped genes.
    pub qc: QcLog,
    /// Gene filters and their effect.
    pub filters: Vec<FilterRecord>,
}

impl Collected {
    /// Removes the genes without features.
    ///
    /// # Errors
    ///
    /// [`DatasetError::NoGenesLeft`] if no gene has features.
    pub(crate) fn require(&mut self, features: &FoundFeatures) -> Result<()> {
        let dropped = features.require(&mut self.genes, &mut self.qc);
        if self.genes.is_empty() {
            return Err(DatasetError::NoGenesLeft { reasons: self.qc.summary() });
        }
        self.filters.push(FilterRecord { filter: "no-features".to_owned(), dropped, unknown: 0 });
        Ok(())
    }
}

impl<'a> Collector<'a> {
    pub(crate) fn new(expression: &'a ExpressionTable, store: CandidateStore) -> Self {
        let rows = expression.gene_ids.iter().enumerate().map(|(row, gene_id)| (gene_id.as_str(), row)).collect();
        let (qc, named, annotated) = (QcLog::default(), BTreeMap::new(), HashMap::new());
        Self { expression, rows, store, qc, named, annotated }
    }

    /// Whether to extract a window for a gene that `source` lists: the gene is not a duplicate and has a measurement.
    /// Otherwise the drop is recorded, with `detail` for a duplicate.
    pub(crate) fn accepts(&mut self, gene_id: &str, source: &'static str, detail: &str) -> bool {
        let is_new = self.named.entry(source).or_default().insert(gene_id.to_owned());
        let row = self.rows.get(gene_id).map(|&row| self.expression.row(row));
        let (reason, detail) = match row {
            _ if !is_new => (DropReason::DuplicateGene, detail),
            None => (DropReason::NoExpressionRow, ""),
            Some(row) if row.iter().all(|tpm| tpm.is_nan()) => (DropReason::NoMeasurement, "every value is missing"),
            Some(_) => return true,
        };
        self.qc.drop(gene_id, source, reason, detail);
        false
    }

    /// Whether the expression table has a row for the gene.
    pub(crate) fn measures(&self, gene_id: &str) -> bool {
        self.rows.contains_key(gene_id)
    }

    /// Applies [`match_measured_ids`] with the expression table.
    pub(crate) fn match_measured_ids(&self, sites: &mut [GeneTss]) -> usize {
        match_measured_ids(sites, &self.expression.gene_ids, self.expression.gene_names.as_deref())
    }

    /// Records the genes without a window, applies `filters` and returns the collected genes.
    ///
    /// # Errors
    ///
    /// [`DatasetError::NoSharedNames`] if no gene of the sources is in the expression table,
    /// [`DatasetError::NoGenesLeft`] if every matching gene was dropped, and the errors of the filters.
    pub(crate) fn finish(mut self, filters: &[GeneFilter]) -> Result<Collected> {
        let named: HashSet<&str> = self.named.values().flatten().map(String::as_str).collect();
        if !self.expression.gene_ids.iter().any(|gene_id| named.contains(gene_id.as_str())) {
            let sources: Vec<&str> = self.named.keys().copied().collect();
            return Err(DatasetError::NoSharedNames {
                what: "gene",
                left: sources.join(" and "),
                left_examples: self.named.into_values().flatten().take(4).collect(),
                right: EXPRESSION_ROLE.to_owned(),
                right_examples: self.expression.gene_ids.iter().take(4).cloned().collect(),
            });
        }
        for gene_id in self.expression.gene_ids.iter().filter(|gene_id| !named.contains(gene_id.as_str())) {
            self.qc.drop(gene_id.as_str(), EXPRESSION_ROLE, DropReason::NoWindow, "");
        }
        let mut genes = self.store.finish()?;
        if genes.is_empty() {
            return Err(DatasetError::NoGenesLeft { reasons: self.qc.summary() });
        }
        for (gene_id, candidate) in &mut genes {
            let row = self.rows[candidate.measured_as(gene_id)];
            complete(&mut candidate.metadata, self.annotated.get(gene_id), self.expression, row);
        }
        let filters = apply(filters, &mut genes, &mut self.qc)?;
        drop_orphans(&mut genes, &mut self.qc);
        if genes.is_empty() {
            return Err(DatasetError::NoGenesLeft { reasons: self.qc.summary() });
        }
        Ok(Collected { genes, qc: self.qc, filters })
    }
}

/// Removes alternative TSSs whose gene is not in the data set.
fn drop_orphans(genes: &mut BTreeMap<String, Candidate>, qc: &mut QcLog) {
    let gene_ids: HashSet<String> = genes.keys().cloned().collect();
    genes.retain(|gene_id, gene| {
        let keep = gene_ids.contains(gene.measured_as(gene_id));
        if !keep {
            qc.drop(gene_id, gene.source, DropReason::NoWindow, "its gene has no window at the selected TSS");
        }
        keep
    });
}

/// Completes metadata from annotation and from the expression table.
fn complete(metadata: &mut GeneMetadata, annotated: Option<&GeneMetadata>, expression: &ExpressionTable, row: usize) {
    if let Some(annotated) = annotated {
        if metadata.chrom.is_none() {
            metadata.chrom.clone_from(&annotated.chrom);
            metadata.tss = annotated.tss;
            metadata.strand = annotated.strand;
            metadata.tss_origin.clone_from(&annotated.tss_origin);
        }
        if metadata.gene_name.is_none() {
            metadata.gene_name.clone_from(&annotated.gene_name);
        }
    }
    if metadata.gene_name.is_none() {
        let names = expression.gene_names.as_ref();
        metadata.gene_name = names.map(|names| names[row].clone()).filter(|name| !name.is_empty());
    }
}
