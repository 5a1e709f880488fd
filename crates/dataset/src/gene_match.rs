//! Matching of the genes of two files, gene by gene: by identifier, then by symbol.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::Serialize;
use tatabox_sequence::{clean_name, is_ensembl_id, is_spreadsheet_date, strip_version};

/// Gene as a file names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GeneName<'a> {
    /// Identifier; a symbol in files without identifiers.
    pub id: &'a str,
    /// Symbol, if the file has a separate one.
    pub symbol: Option<&'a str>,
}

impl<'a> GeneName<'a> {
    pub(crate) fn new(id: &'a str, symbol: Option<&'a str>) -> Self {
        Self { id, symbol: symbol.filter(|symbol| !symbol.trim().is_empty()) }
    }

    /// Keys of the symbols of the gene: the separate symbol, and the identifier unless it is one of Ensembl.
    pub(crate) fn symbols(self) -> impl Iterator<Item = Cow<'a, str>> {
        let id = (!is_ensembl_id(self.id)).then_some(self.id).filter(|&id| self.symbol != Some(id));
        [self.symbol, id].into_iter().flatten().map(symbol_key).filter(|symbol| !symbol.is_empty())
    }
}

/// Match of a gene with a gene of the other file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GeneMatch {
    /// The identifiers are equal.
    ById(usize),
    /// A symbol is equal and names one gene in each file.
    BySymbol(usize),
    /// Another entry of a gene that matches otherwise, as RefSeq lists for alternate loci.
    Copy(usize),
    /// A symbol is equal but names several genes of one file.
    Ambiguous {
        /// The symbol.
        symbol: String,
        /// Genes of the other file with this symbol.
        others: Vec<usize>,
    },
    /// No gene of the other file has the identifier or a symbol.
    Absent,
}

impl GeneMatch {
    /// The matching gene.
    pub(crate) fn index(&self) -> Option<usize> {
        match *self {
            Self::ById(other) | Self::BySymbol(other) => Some(other),
            Self::Copy(_) | Self::Ambiguous { .. } | Self::Absent => None,
        }
    }
}

/// Summary of how the rows of an expression table match the genes of the other inputs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct GeneMatchSummary {
    /// Rows matched by identifier.
    pub by_id: usize,
    /// Rows matched by symbol.
    pub by_symbol: usize,
    /// Rows that are not used because a symbol names several genes or rows.
    pub ambiguous: usize,
    /// First ten of these rows.
    pub ambiguous_examples: Vec<String>,
    /// Rows of genes that no other input lists.
    pub not_found: usize,
    /// First ten of these rows.
    pub not_found_examples: Vec<String>,
}

/// Lines on matched, ambiguous and unmatched rows.
impl fmt::Display for GeneMatchSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by_id, by_symbol, .. } = self;
        writeln!(formatter, "expression rows matched: {by_id} by identifier, {by_symbol} by symbol")?;
        for (count, examples, what) in [
            (self.ambiguous, &self.ambiguous_examples, "ambiguous symbols"),
            (self.not_found, &self.not_found_examples, "without a gene"),
        ] {
            if count > 0 {
                let more = if count > examples.len() { ", ..." } else { "" };
                writeln!(formatter, "  {what:<22}{count:>7}  {}{more}", examples.join(", "))?;
            }
        }
        Ok(())
    }
}

/// Matches of the genes of one file with the rows of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GeneMatching {
    /// Match of each gene; several genes with one identifier match the same row.
    pub genes: Vec<GeneMatch>,
    /// Match of each row.
    pub rows: Vec<GeneMatch>,
}

/// Matches genes with rows, whose identifiers are unique.
///
/// Equal identifiers match first, so a symbol never displaces an identifier. A symbol matches only if it names one gene
/// and one row, counted over all of them. Symbols that differ in case match if fewer genes match in this way than
/// exactly; otherwise the files probably are of different species (`Gata1`, `GATA1`).
pub(crate) fn match_genes(genes: &[GeneName<'_>], rows: &[GeneName<'_>]) -> GeneMatching {
    let mut matching =
        GeneMatching { genes: vec![GeneMatch::Absent; genes.len()], rows: vec![GeneMatch::Absent; rows.len()] };
    matching.by_id(genes, rows);
    matching.by_name(genes, rows, GeneMatch::BySymbol, |symbol| Some(symbol.to_owned()));
    matching.by_name(genes, rows, GeneMatch::ById, |name| accession(name).map(str::to_owned));
    let exact = matching.clone();
    matching.by_name(genes, rows, GeneMatch::BySymbol, |symbol| Some(symbol.to_uppercase()));
    let matched = |matching: &GeneMatching| matching.genes.iter().filter(|found| found.index().is_some()).count();
    let (all, before) = (matched(&matching), matched(&exact));
    if all - before <= before {
        return matching;
    }
    tracing::warn!(
        genes = all - before,
        "gene symbols match only if upper and lower case are ignored, and were not matched: are both files of one species?"
    );
    exact
}

impl GeneMatching {
    fn by_id(&mut self, genes: &[GeneName<'_>], rows: &[GeneName<'_>]) {
        let ids: HashMap<Cow<'_, str>, usize> =
            rows.iter().enumerate().map(|(row, name)| (id_key(name.id), row)).collect();
        for (gene, name) in genes.iter().enumerate() {
            let Some(&row) = ids.get(&id_key(name.id)) else { continue };
            self.genes[gene] = GeneMatch::ById(row);
            if self.rows[row] == GeneMatch::Absent {
                self.rows[row] = GeneMatch::ById(gene);
            }
        }
    }

    /// Matches the genes and rows that are still absent by the keys of their symbols and other identifiers.
    fn by_name(
        &mut self,
        genes: &[GeneName<'_>],
        rows: &[GeneName<'_>],
        matched: fn(usize) -> GeneMatch,
        key: impl Fn(&str) -> Option<String>,
    ) {
        let (of_genes, of_rows) = (by_key(genes, &key), by_key(rows, &key));
        let is_symbol = |gene: usize, symbol: &str| key(&symbol_key(genes[gene].id)).is_some_and(|own| own == symbol);
        for (symbol, named_genes) in &of_genes {
            let Some(named_rows) = of_rows.get(symbol) else { continue };
            let absent = |matches: &[GeneMatch], named: &[usize]| -> Vec<usize> {
                named.iter().copied().filter(|&index| matches[index] == GeneMatch::Absent).collect()
            };
            let (free_genes, free_rows) = (absent(&self.genes, named_genes), absent(&self.rows, named_rows));
            if free_rows.is_empty() {
                continue;
            }
            if free_genes.is_empty() {
                // An identifier has decided for the gene of the symbol.
                for row in free_rows.into_iter().filter(|&row| !is_ensembl_id(rows[row].id)) {
                    self.rows[row] = GeneMatch::Copy(named_genes[0]);
                }
                continue;
            }
            // RefSeq gives the symbol itself to one copy of a gene and adds a number to the others.
            let own: Vec<usize> = named_genes.iter().copied().filter(|&gene| is_symbol(gene, symbol)).collect();
            let chosen = distinct(genes, if own.is_empty() { named_genes } else { &own });
            let (gene, row) = match (&chosen[..], &named_rows[..]) {
                (&[gene], &[row]) if free_genes.contains(&gene) => (gene, row),
                (&[_], &[_]) => continue,
                _ => {
                    self.set_ambiguous(genes, rows, symbol, &free_genes, &free_rows);
                    continue;
                }
            };
            if is_release_specific(symbol) && is_ensembl_id(genes[gene].id) && is_ensembl_id(rows[row].id) {
                continue;
            }
            self.genes[gene] = matched(row);
            self.rows[row] = matched(gene);
            for copy in free_genes.into_iter().filter(|&copy| copy != gene) {
                self.genes[copy] = GeneMatch::Copy(row);
            }
        }
    }

    fn set_ambiguous(
        &mut self,
        genes: &[GeneName<'_>],
        rows: &[GeneName<'_>],
        symbol: &str,
        free_genes: &[usize],
        free_rows: &[usize],
    ) {
        // Ensembl identifiers on both sides differ, so the genes are different ones whatever their symbols.
        let has_id = |names: &[GeneName<'_>], index: &usize| is_ensembl_id(names[*index].id);
        if free_genes.iter().all(|gene| has_id(genes, gene)) && free_rows.iter().all(|row| has_id(rows, row)) {
            return;
        }
        for &gene in free_genes {
            self.genes[gene] = GeneMatch::Ambiguous { symbol: symbol.to_owned(), others: free_rows.to_vec() };
        }
        for &row in free_rows {
            self.rows[row] = GeneMatch::Ambiguous { symbol: symbol.to_owned(), others: free_genes.to_vec() };
        }
    }
}

/// The first of `named` with each identifier; an annotation may list a gene on two contigs.
fn distinct(genes: &[GeneName<'_>], named: &[usize]) -> Vec<usize> {
    let mut distinct: Vec<usize> = Vec::new();
    for &gene in named {
        if distinct.iter().all(|&other| id_key(genes[other].id) != id_key(genes[gene].id)) {
            distinct.push(gene);
        }
    }
    distinct
}

/// Genes by the keys of their symbols; in order, so that the result does not depend on hashing.
fn by_key(names: &[GeneName<'_>], key: impl Fn(&str) -> Option<String>) -> BTreeMap<String, Vec<usize>> {
    let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        for symbol in name.symbols().filter(|symbol| !is_spreadsheet_date(symbol)) {
            let Some(key) = key(&symbol) else { continue };
            let with_key = found.entry(key).or_default();
            if with_key.last() != Some(&index) {
                with_key.push(index);
            }
        }
    }
    found
}

/// Key of an identifier: without version, Ensembl in either case.
fn id_key(id: &str) -> Cow<'_, str> {
    const ENSEMBL: &str = "ens";
    if id.get(..ENSEMBL.len()).is_some_and(|start| start.eq_ignore_ascii_case(ENSEMBL)) {
        let upper = strip_version(&id.to_ascii_uppercase()).into_owned();
        if is_ensembl_id(&upper) {
            return Cow::Owned(upper);
        }
    }
    strip_version(id)
}

/// Key of a symbol. Human open reading frames have small letters (`C1orf112`) that many tables write as capitals.
fn symbol_key(symbol: &str) -> Cow<'_, str> {
    let symbol = clean_name(symbol);
    let upper = symbol.to_ascii_uppercase();
    let is_open_reading_frame =
        upper.strip_prefix('C').and_then(|rest| rest.split_once("ORF")).is_some_and(|(chromosome, number)| {
            is_number(number) && (is_number(chromosome) || matches!(chromosome, "X" | "Y"))
        });
    if is_open_reading_frame { Cow::Owned(upper) } else { symbol }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// RefSeq accession of a transcript without its version: `NM_000546` for `NM_000546.6`.
fn accession(name: &str) -> Option<&str> {
    const PREFIXES: [&str; 4] = ["NM_", "NR_", "XM_", "XR_"];
    let stem = name.split_once('.').map_or(name, |(stem, version)| if is_number(version) { stem } else { name });
    PREFIXES.iter().any(|prefix| stem.strip_prefix(prefix).is_some_and(is_number)).then_some(stem)
}

/// Whether a symbol is the name of a clone, such as `AC012345.1` and `RP11-34P13.7`, which another release of Ensembl
/// may give to another gene.
fn is_release_specific(symbol: &str) -> bool {
    symbol.rsplit_once('.').is_some_and(|(_, number)| is_number(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names<'a>(names: &[(&'a str, &'a str)]) -> Vec<GeneName<'a>> {
        names.iter().map(|&(id, symbol)| GeneName::new(id, Some(symbol))).collect()
    }

    fn matches(genes: &[(&str, &str)], rows: &[(&str, &str)]) -> GeneMatching {
        match_genes(&names(genes), &names(rows))
    }

    #[test]
    fn match_genes_uses_identifiers_before_symbols() {
        let genes = [("ENSG00000000001", "A"), ("ENSG00000000002", "B"), ("ENSG00000000003", "C")];
        let found = matches(&genes, &[("B", ""), ("ENSG00000000001.4", "B"), ("X", "C"), ("Y", "")]);
        // The first row and the second share the symbol B, and the identifier has decided for the second.
        assert!(matches!(found.genes[1], GeneMatch::Ambiguous { .. }), "{found:?}");
        assert_eq!(found.genes[0], GeneMatch::ById(1));
        assert_eq!(found.genes[2], GeneMatch::BySymbol(2));
        assert_eq!(found.rows[3], GeneMatch::Absent);
    }

    #[test]
    fn match_genes_mixed_identifiers_and_symbols_match_each_gene() {
        let genes = [("ENSG00000000001", "A"), ("ENSG00000000002", "B"), ("ENSG00000000003", "C")];
        let found = matches(&genes, &[("ENSG00000000003.1_2", ""), ("A", ""), (" B\u{a0}", "")]);
        assert_eq!(found.genes, [GeneMatch::BySymbol(1), GeneMatch::BySymbol(2), GeneMatch::ById(0)]);
    }

    #[test]
    fn match_genes_shared_symbol_is_ambiguous() {
        let twins = [("ENSG00000000001", "TWIN"), ("ENSG00000000002", "TWIN"), ("ENSG00000000003", "C")];
        let found = matches(&twins, &[("TWIN", ""), ("C", "")]);
        assert_eq!(found.rows[0], GeneMatch::Ambiguous { symbol: "TWIN".to_owned(), others: vec![0, 1] });
        assert_eq!(found.genes[2], GeneMatch::BySymbol(1));
        let found = matches(&[("TWIN", "")], &[("ENSG00000000001", "TWIN"), ("ENSG00000000002", "TWIN")]);
        assert_eq!(found.genes[0], GeneMatch::Ambiguous { symbol: "TWIN".to_owned(), others: vec![0, 1] });
        // Identifiers decide, and the row of the other twin is of a gene that the first file lacks.
        let found = matches(&twins[..1], &[("ENSG00000000001", "TWIN"), ("ENSG00000000002", "TWIN")]);
        assert_eq!((&found.genes[0], &found.rows[1]), (&GeneMatch::ById(0), &GeneMatch::Absent));
    }

    #[test]
    fn match_genes_copies_of_refseq_match_once() {
        let found = matches(&[("HLA-A_1", "HLA-A"), ("HLA-A", "HLA-A")], &[("ENSG00000206503", "HLA-A")]);
        assert_eq!(found.genes, [GeneMatch::Copy(0), GeneMatch::BySymbol(0)]);
        // One gene on two contigs.
        let found = matches(&[("ENSG00000000001", "A"), ("ENSG00000000001", "A")], &[("A", "")]);
        assert_eq!(found.genes, [GeneMatch::BySymbol(0), GeneMatch::Copy(0)]);
    }

    #[test]
    fn match_genes_case_is_ignored_for_few_symbols_only() {
        let found = matches(&[("ENSG00000000001", "A"), ("2", "GATA1")], &[("A", ""), ("Gata1", "")]);
        assert_eq!(found.genes, [GeneMatch::BySymbol(0), GeneMatch::BySymbol(1)]);
        let mouse = matches(&[("1", "GATA1"), ("2", "ALB")], &[("Gata1", ""), ("Alb", "")]);
        assert_eq!(mouse.genes, [GeneMatch::Absent, GeneMatch::Absent]);
        let found =
            matches(&[("1", "C1orf112"), ("ENSG00000000001", "")], &[("C1ORF112", ""), ("ensg00000000001.3", "")]);
        assert_eq!(found.genes, [GeneMatch::BySymbol(0), GeneMatch::ById(1)]);
    }

    #[test]
    fn match_genes_versions_of_refseq_are_ignored() {
        let genes = [("NM_000546.6", ""), ("NM_002049.4", ""), ("NM_1.1", ""), ("Y74C9A.2", "")];
        let found = matches(
            &genes,
            &[
                ("NM_000546", ""),
                ("NM_002049.3", ""),
                ("NM_002049.4", ""),
                ("NM_1.2", ""),
                ("NM_1.3", ""),
                ("Y74C9A.3", ""),
            ],
        );
        assert_eq!(found.genes[..2], [GeneMatch::ById(0), GeneMatch::ById(2)]);
        assert!(matches!(found.genes[2], GeneMatch::Ambiguous { .. }));
        assert_eq!(found.genes[3], GeneMatch::Absent);
    }

    #[test]
    fn match_genes_names_of_clones_and_dates_do_not_match() {
        let clone = [("ENSG00000000001", "AC012345.1")];
        assert_eq!(matches(&clone, &[("ENSG00000000002", "AC012345.1")]).genes[0], GeneMatch::Absent);
        assert_eq!(matches(&clone, &[("AC012345.1", "")]).genes[0], GeneMatch::BySymbol(0));
        assert_eq!(matches(&[("1", "2-Sep")], &[("2", "2-Sep")]).genes[0], GeneMatch::Absent);
    }
    #[test]
    fn gene_match_summary_lists_routes_and_examples() {
        let matching = GeneMatchSummary {
            by_id: 12_345,
            by_symbol: 310,
            not_found: 3,
            not_found_examples: vec!["A".to_owned(), "B".to_owned()],
            ..GeneMatchSummary::default()
        };
        let expected = "expression rows matched: 12345 by identifier, 310 by symbol\n  \
            without a gene              3  A, B, ...\n";
        assert_eq!(matching.to_string(), expected);
        let none = GeneMatchSummary::default().to_string();
        assert_eq!(none, "expression rows matched: 0 by identifier, 0 by symbol\n");
    }
}
