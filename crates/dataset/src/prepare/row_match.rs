//! Matching of expression rows with the genes of annotation, BED and promoter records.

use std::collections::{BTreeMap, HashMap};

use tatabox_sequence::is_ensembl_id;

use crate::drop_reason::DropReason;
use crate::error::LISTED_NAMES;
use crate::expression::ExpressionTable;
use crate::gene_match::{GeneMatch, GeneMatchSummary, GeneName, match_genes};

/// Gene of a source, matched with the expression table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SourceGene {
    /// Gene with its identifier in the data set and its row, if it has one.
    Listed {
        /// Identifier in the data set.
        gene_id: String,
        /// Row of the expression table.
        row: Option<usize>,
    },
    /// Gene that is excluded whatever its measurements.
    Excluded {
        /// Identifier for `qc.tsv`.
        gene_id: String,
        /// Reason.
        reason: DropReason,
        /// Details; empty for the location of the gene.
        detail: String,
    },
}

impl SourceGene {
    pub(crate) fn gene_id(&self) -> &str {
        match self {
            Self::Listed { gene_id, .. } | Self::Excluded { gene_id, .. } => gene_id,
        }
    }
}

/// Matches of the rows of an expression table with the genes of all sources.
pub(crate) struct RowMatches<'a> {
    expression: &'a ExpressionTable,
    /// Rows of the matched genes, by identifier in the data set.
    rows: HashMap<String, usize>,
    /// Matched genes by row.
    matched: BTreeMap<usize, MatchedRow>,
    /// Rows that match no gene unambiguously: reason and description.
    unmatched: BTreeMap<usize, (DropReason, String)>,
}

/// Gene of an expression row.
struct MatchedRow {
    gene_id: String,
    is_by_symbol: bool,
}

impl<'a> RowMatches<'a> {
    pub(crate) fn new(expression: &'a ExpressionTable) -> Self {
        Self { expression, rows: HashMap::new(), matched: BTreeMap::new(), unmatched: BTreeMap::new() }
    }

    /// Row of the gene with this identifier in the data set.
    pub(crate) fn row(&self, gene_id: &str) -> Option<usize> {
        self.rows.get(gene_id).copied()
    }

    /// Whether no row has a gene or an ambiguous symbol.
    pub(crate) fn is_empty(&self) -> bool {
        self.matched.is_empty() && self.unmatched.is_empty()
    }

    /// Rows by identifier in the data set.
    pub(crate) fn into_rows(self) -> HashMap<String, usize> {
        self.rows
    }

    /// Identifiers of the rows without a gene, with reason and description.
    pub(crate) fn rows_without_gene(&self) -> impl Iterator<Item = (&'a str, DropReason, String)> {
        let without = self.expression.gene_ids.iter().enumerate().filter(|(row, _)| !self.matched.contains_key(row));
        without.map(|(row, gene_id)| {
            let (reason, detail) = self.unmatched.get(&row).cloned().unwrap_or((DropReason::NoWindow, String::new()));
            (gene_id.as_str(), reason, detail)
        })
    }

    /// Matches the genes of a source with the rows; genes for which `is_copy` is true are copies on chromosome Y, which
    /// are excluded.
    pub(crate) fn match_source(&mut self, genes: &[GeneName<'_>], is_copy: impl Fn(usize) -> bool) -> Vec<SourceGene> {
        let kept: Vec<usize> = (0..genes.len()).filter(|&gene| !is_copy(gene)).collect();
        let names: Vec<GeneName<'_>> = kept.iter().map(|&gene| genes[gene]).collect();
        let matching = match_genes(&names, &self.expression.names());
        for (row, found) in matching.rows.iter().enumerate() {
            let unmatched = match found {
                GeneMatch::Ambiguous { symbol, others } => {
                    (DropReason::AmbiguousName, format!("symbol {symbol} of {}", ids_of(&names, others)))
                }
                GeneMatch::Copy(gene) => {
                    (DropReason::DuplicateGene, format!("another row has the identifier {}", names[*gene].id))
                }
                _ => continue,
            };
            self.unmatched.entry(row).or_insert(unmatched);
        }
        let rows = self.expression.names();
        let mut found: Vec<SourceGene> = genes
            .iter()
            .map(|gene| SourceGene::Excluded {
                gene_id: gene.id.to_owned(),
                reason: DropReason::ParYCopy,
                detail: String::new(),
            })
            .collect();
        // Genes first, so that the copies of a gene have its identifier in the data set.
        let of_kept = || kept.iter().copied().zip(&matching.genes);
        for (gene, matched) in of_kept() {
            found[gene] = match matched {
                GeneMatch::Ambiguous { symbol, others } => SourceGene::Excluded {
                    gene_id: genes[gene].id.to_owned(),
                    reason: DropReason::AmbiguousName,
                    detail: format!("symbol {symbol}, expression rows {}", ids_of(&rows, others)),
                },
                matched => {
                    let (id, is_by_symbol) = (genes[gene].id, matches!(matched, GeneMatch::BySymbol(_)));
                    // Another source may have matched the symbol of this gene.
                    let row = matched.index().or_else(|| self.row(id));
                    let gene_id = row.map_or(id.to_owned(), |row| self.claim(row, id, is_by_symbol));
                    SourceGene::Listed { gene_id, row }
                }
            };
        }
        for (gene, matched) in of_kept() {
            if let GeneMatch::Copy(row) = matched {
                let gene_id = self.claim(*row, genes[gene].id, true);
                found[gene] =
                    SourceGene::Excluded { gene_id, reason: DropReason::DuplicateGene, detail: String::new() };
            }
        }
        found
    }

    /// Identifier in the data set of the gene of a row: that of the first source, or that of the table if the table has
    /// both identifiers and symbols.
    fn claim(&mut self, row: usize, gene_id: &str, is_by_symbol: bool) -> String {
        if let Some(matched) = self.matched.get(&row) {
            return matched.gene_id.clone();
        }
        let row_id = &self.expression.gene_ids[row];
        let symbol = self.expression.gene_names.as_ref().map_or("", |names| &names[row]);
        let is_row_id = !is_by_symbol || is_ensembl_id(row_id) || !(symbol.is_empty() || symbol == row_id);
        let gene_id = if is_row_id { row_id.clone() } else { gene_id.to_owned() };
        self.rows.insert(gene_id.clone(), row);
        self.matched.insert(row, MatchedRow { gene_id: gene_id.clone(), is_by_symbol });
        gene_id
    }

    /// Numbers of matched rows, and the first rows that match no gene.
    pub(crate) fn summary(&self) -> GeneMatchSummary {
        let by_symbol = self.matched.values().filter(|matched| matched.is_by_symbol).count();
        let mut summary =
            GeneMatchSummary { by_id: self.matched.len() - by_symbol, by_symbol, ..GeneMatchSummary::default() };
        for (row, gene_id) in self.expression.gene_ids.iter().enumerate() {
            if self.matched.contains_key(&row) {
                continue;
            }
            let (count, examples) = if self.unmatched.contains_key(&row) {
                (&mut summary.ambiguous, &mut summary.ambiguous_examples)
            } else {
                (&mut summary.not_found, &mut summary.not_found_examples)
            };
            *count += 1;
            if examples.len() < LISTED_NAMES {
                examples.push(gene_id.clone());
            }
        }
        summary
    }
}

/// Identifiers of genes, separated by commas.
fn ids_of(names: &[GeneName<'_>], genes: &[usize]) -> String {
    genes.iter().map(|&gene| names[gene].id).collect::<Vec<_>>().join(", ")
}
