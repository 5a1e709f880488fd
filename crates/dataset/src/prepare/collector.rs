//! Genes that are measured, and the windows found for them.

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

/// Role of the expression table among the inputs.
pub(crate) const EXPRESSION_ROLE: &str = "expression";

/// Gathers windows from one source after another.
pub(crate) struct Collector<'a> {
    expression: &'a ExpressionTable,
    rows: HashMap<&'a str, usize>,
    /// Where windows go.
    pub store: CandidateStore,
    /// Where drops go.
    pub qc: QcLog,
    /// Genes that a source has named, by source.
    named: BTreeMap<&'static str, BTreeSet<String>>,
    /// Places that annotation gives, for promoter records that tell none.
    pub annotated: HashMap<String, GeneMetadata>,
}

/// What was gathered.
pub(crate) struct Collected {
    /// Genes with a window and a measurement, by identifier.
    pub genes: BTreeMap<String, Candidate>,
    /// Everything else.
    pub qc: QcLog,
    /// What each filter left out.
    pub filters: Vec<FilterRecord>,
}

impl Collected {
    /// Leaves out the genes without features.
    ///
    /// # Errors
    ///
    /// [`DatasetError::NoGenesLeft`] where no gene has any.
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

    /// Whether a window is wanted for a gene that `source` names: it is the first of that name there and has a
    /// measurement. If not, the drop is noted, with `detail` for a duplicate.
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

    /// Whether the table has a row of the gene.
    pub(crate) fn measures(&self, gene_id: &str) -> bool {
        self.rows.contains_key(gene_id)
    }

    /// As [`match_measured_ids`], with the table of expression.
    pub(crate) fn match_measured_ids(&self, sites: &mut [GeneTss]) -> usize {
        match_measured_ids(sites, &self.expression.gene_ids, self.expression.gene_names.as_deref())
    }

    /// Notes the genes without a window, leaves out those that `filters` name and hands over the rest.
    ///
    /// # Errors
    ///
    /// [`DatasetError::NoSharedNames`] where no gene of the sources is in the expression table,
    /// [`DatasetError::NoGenesLeft`] where every one that matches was dropped; those of the filters.
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

/// Takes out further TSSs of genes that are not there themselves.
fn drop_orphans(genes: &mut BTreeMap<String, Candidate>, qc: &mut QcLog) {
    let there: HashSet<String> = genes.keys().cloned().collect();
    genes.retain(|gene_id, gene| {
        let stays = there.contains(gene.measured_as(gene_id));
        if !stays {
            qc.drop(gene_id, gene.source, DropReason::NoWindow, "its gene has none at the chosen TSS");
        }
        stays
    });
}

/// Fills in what the window's own source did not tell.
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
