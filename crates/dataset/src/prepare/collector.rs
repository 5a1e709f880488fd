//! Collection of windows for the measured genes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use tatabox_sequence::Exclusion;

use super::candidate::{Candidate, CandidateStore, GeneMetadata};
use super::gene_filter::{GeneFilter, apply};
use super::qc_log::QcLog;
use super::row_match::{RowMatches, SourceGene};
use super::source::gene_features::FoundFeatures;
use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};
use crate::expression::ExpressionTable;
use crate::gene_match::{GeneMatchSummary, GeneName};
use crate::prepared::FilterRecord;

/// Role of the expression tables in the list of inputs.
pub(crate) const EXPRESSION_ROLE: &str = "expression";

/// Collector of the windows of all sources.
pub(crate) struct Collector<'a> {
    expression: &'a ExpressionTable,
    /// Rows of the genes of all sources.
    matches: RowMatches<'a>,
    /// Accepted windows.
    pub store: CandidateStore,
    /// Dropped genes.
    pub qc: QcLog,
    /// Genes listed by each source.
    named: BTreeMap<&'static str, BTreeSet<String>>,
    /// Columns of the expression table that are genes of the sources.
    gene_columns: BTreeSet<String>,
    /// Genes that the annotation lists but excludes, with the reason.
    excluded: BTreeMap<String, DropReason>,
    /// Contigs of the genome, and those of the annotation that it lacks.
    pub contigs: BTreeSet<String>,
    /// Annotation of genes, which completes promoter records without a location.
    pub annotated: HashMap<String, GeneMetadata>,
}

/// Collected genes.
pub(crate) struct Collected {
    /// Rows of the expression table, by identifier of the gene.
    pub rows: HashMap<String, usize>,
    /// How expression rows and genes were matched.
    pub matching: GeneMatchSummary,
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
            return Err(self.qc.no_genes_left());
        }
        self.filters.push(FilterRecord { filter: "no-features".to_owned(), dropped, unknown: 0 });
        Ok(())
    }
}

impl<'a> Collector<'a> {
    pub(crate) fn new(expression: &'a ExpressionTable, store: CandidateStore) -> Self {
        Self {
            expression,
            matches: RowMatches::new(expression),
            store,
            qc: QcLog::default(),
            named: BTreeMap::new(),
            gene_columns: BTreeSet::new(),
            excluded: BTreeMap::new(),
            contigs: BTreeSet::new(),
            annotated: HashMap::new(),
        }
    }

    /// Records the genes, transcripts and parts that the annotation excludes.
    pub(crate) fn exclude(&mut self, excluded: &[Exclusion], source: &'static str) {
        for Exclusion { id, reason, detail } in excluded {
            let reason = DropReason::from(*reason);
            self.qc.drop(id, source, reason, detail);
            self.excluded.entry(id.clone()).or_insert(reason);
        }
    }

    /// Matches the genes of a source with the expression table; see [`RowMatches::match_source`].
    pub(crate) fn match_genes(&mut self, genes: &[GeneName<'_>], is_copy: impl Fn(usize) -> bool) -> Vec<SourceGene> {
        self.gene_columns.extend(self.expression.columns_among(genes));
        self.matches.match_source(genes, is_copy)
    }

    /// Whether to extract a window for a gene that `source` lists: the gene is not excluded, not a duplicate and has a
    /// measurement. Otherwise the drop is recorded, with `location` for duplicates and excluded genes.
    pub(crate) fn accepts(&mut self, gene: &SourceGene, source: &'static str, location: &str) -> bool {
        let (gene_id, row) = match gene {
            SourceGene::Listed { gene_id, row } => (gene_id, *row),
            SourceGene::Excluded { gene_id, reason, detail } => {
                self.named.entry(source).or_default();
                let detail = if detail.is_empty() { location } else { detail };
                self.qc.drop(gene_id, source, *reason, detail);
                return false;
            }
        };
        let is_new = self.named.entry(source).or_default().insert(gene_id.clone());
        let (reason, detail) = match row.map(|row| self.expression.row(row)) {
            _ if !is_new => (DropReason::DuplicateGene, location),
            None => (DropReason::NoExpressionRow, ""),
            Some(row) if row.iter().all(|tpm| tpm.is_nan()) => (DropReason::NoMeasurement, "every value is missing"),
            Some(_) => return true,
        };
        self.qc.drop(gene_id, source, reason, detail);
        false
    }

    /// Whether the expression table has a row for the gene with this identifier in the data set.
    pub(crate) fn measures(&self, gene_id: &str) -> bool {
        self.matches.row(gene_id).is_some()
    }

    /// Records the genes without a window, applies `filters` and returns the collected genes.
    ///
    /// # Errors
    ///
    /// [`DatasetError::NoSharedNames`] if no gene of the sources is in the expression table, [`DatasetError::TransposedExpression`]
    /// if its columns are genes,
    /// [`DatasetError::NoGenesLeft`] if every matching gene was dropped or no record is usable, and the errors of the filters.
    pub(crate) fn finish(mut self, filters: &[GeneFilter]) -> Result<Collected> {
        let matching = self.matches.summary();
        if self.named.is_empty() {
            // No record of the sources is usable.
            return Err(self.qc.no_genes_left());
        }
        if self.matches.is_empty() {
            self.expression.check_columns("the expression table", self.gene_columns)?;
            let sources: Vec<&str> = self.named.keys().copied().collect();
            return Err(DatasetError::NoSharedNames {
                what: "gene",
                left: sources.join(" and "),
                left_examples: self.named.into_values().flatten().take(4).collect(),
                right: EXPRESSION_ROLE.to_owned(),
                right_examples: self.expression.gene_ids.iter().take(4).cloned().collect(),
            });
        }
        for (gene_id, reason, mut detail) in self.matches.rows_without_gene() {
            if let Some(excluded) =
                self.excluded.get(gene_id).filter(|_| reason == DropReason::NoWindow && detail.is_empty())
            {
                detail = format!("excluded from the annotation: {excluded}");
            }
            self.qc.drop(gene_id, EXPRESSION_ROLE, reason, detail);
        }
        let mut genes = self.store.finish()?;
        if genes.is_empty() {
            return Err(self.qc.no_genes_left());
        }
        for (gene_id, candidate) in &mut genes {
            let row = self.matches.row(candidate.measured_as(gene_id)).expect("candidates have a row");
            complete(&mut candidate.metadata, self.annotated.get(gene_id), self.expression, row);
        }
        let filters = apply(filters, &mut genes, &self.contigs, &mut self.qc)?;
        drop_orphans(&mut genes, &mut self.qc);
        if genes.is_empty() {
            return Err(self.qc.no_genes_left());
        }
        Ok(Collected { rows: self.matches.into_rows(), matching, genes, qc: self.qc, filters })
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
