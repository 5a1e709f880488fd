//! Summary of expression tables.

use std::fmt::Write;

use tatabox_sequence::counted;

use super::{DuplicateCellType, ExpressionRecord, Harmonise, SourceRecord};

/// Number of names listed.
const NAMES_SHOWN: usize = 60;

impl ExpressionRecord {
    /// Lines on the cell types and on every table, for people.
    pub fn summary(&self, cell_types: &[String]) -> String {
        let sources = &self.sources;
        let mut lines = vec![match sources.as_slice() {
            [source] => format!("expression from {}", source.format),
            _ => format!(
                "expression of {} sources: {}, {} in every source",
                sources.len(),
                counted(self.genes, "gene"),
                self.genes_in_every_source
            ),
        }];
        lines.push(format!("  cell types: {}", listed(cell_types)));
        for source in sources {
            lines.extend(source_lines(source));
        }
        if !self.duplicated_cell_types.is_empty() {
            let which = match self.duplicate {
                DuplicateCellType::Mean => "the mean",
                _ => "the first",
            };
            lines.push(format!("  in two tables ({which} is used): {}", self.duplicated_cell_types.join(", ")));
        }
        if let Some(harmonised) = &self.harmonised {
            let left = match harmonised.genes_unchanged {
                0 => String::new(),
                genes => format!(", {} of a single table unchanged", counted(genes, "gene")),
            };
            let how = match self.harmonise {
                Harmonise::Quantile => format!("fitted on {}", counted(harmonised.genes_fitted, "train gene")),
                _ => format!("fitted on {}", counted(harmonised.genes_fitted, "gene")),
            };
            lines.push(format!("  harmonised by {}, {how}{left}", self.harmonise.as_str()));
        }
        lines.into_iter().fold(String::new(), |text, line| text + &line + "\n")
    }
}

fn source_lines(source: &SourceRecord) -> Vec<String> {
    let files = match source.files.as_slice() {
        [] => String::new(),
        [file] => file.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    };
    let mut lines = vec![format!(
        "  {:<8} {}, {}, {}, {files}",
        source.format,
        counted(source.cell_types, "cell type"),
        counted(source.genes, "gene"),
        source.unit
    )];
    if !source.renamed.is_empty() {
        let names: Vec<String> =
            source.renamed.iter().map(|(published, ours)| format!("{published} = {ours}")).collect();
        lines.push(format!("           {}", names.join(", ")));
    }
    if !source.columns.is_empty() {
        lines.push(format!("           values from the column {}", listed(&source.columns)));
    }
    if !source.excluded_columns.is_empty() {
        lines.push(format!("           columns that are no cell types: {}", listed(&source.excluded_columns)));
    }
    if let Some(lengths) = &source.gene_lengths {
        lines.push(format!("           read counts divided by {lengths}"));
    }
    for (cell_type, replicates) in &source.replicates {
        let mut line = format!("           {cell_type}: {}", counted(replicates.files, "replicate"));
        let scores = replicates.pairs.iter().filter_map(|pair| pair.pearson);
        if let Some(lowest) = scores.min_by(f64::total_cmp) {
            let which = if replicates.pairs.len() > 1 { "lowest " } else { "" };
            write!(line, ", {which}Pearson {lowest:.3} of log2(TPM + 1)").expect("writing to a String cannot fail");
        }
        if replicates.genes_not_in_all > 0 {
            write!(line, ", {} not in every replicate", counted(replicates.genes_not_in_all, "gene"))
                .expect("writing to a String cannot fail");
        }
        lines.push(line);
    }
    lines
}

/// Names, separated by commas; the first ones of many.
fn listed(names: &[String]) -> String {
    let shown = names.iter().take(NAMES_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMES_SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(json: &str) -> ExpressionRecord {
        serde_json::from_str(json).expect("a record")
    }

    #[test]
    fn expression_summary_of_a_matrix_names_cell_types_and_other_columns() {
        let json = r#"{"sources": [{"format": "matrix", "files": ["e.tsv"], "unit": "TPM of log2(TPM + 1)", "scale": "log2",
            "genes": 4, "cell_types": 2, "excluded_columns": ["entrez_id", "padj"]}],
            "genes": 4, "genes_in_every_source": 4, "duplicate": "refuse", "duplicated_cell_types": [], "harmonise": "none"}"#;
        let expected = "expression from matrix\n  cell types: K562, HepG2\n  \
            matrix   2 cell types, 4 genes, TPM of log2(TPM + 1), e.tsv\n           \
            columns that are no cell types: entrez_id, padj\n";
        assert_eq!(record(json).summary(&["K562".to_owned(), "HepG2".to_owned()]), expected);
    }

    #[test]
    fn expression_summary_describes_every_source() {
        let json = r#"{"sources": [
            {"format": "roadmap", "files": ["57.gz"], "unit": "TPM of RPKM", "genes": 4, "cell_types": 2,
             "renamed": {"E118": "HepG2", "E123": "K562"}},
            {"format": "encode", "files": ["a.tsv", "b.tsv"], "unit": "TPM", "genes": 5, "cell_types": 1,
             "replicates": {"K562": {"files": 2, "genes_not_in_all": 1,
                                     "pairs": [{"first": 1, "second": 2, "genes": 4, "pearson": 0.98765}]}}}],
            "genes": 6, "genes_in_every_source": 3, "duplicate": "first", "duplicated_cell_types": ["K562"],
            "harmonise": "offset", "harmonised": {"genes_fitted": 3, "genes_unchanged": 2}}"#;
        let expected = "expression of 2 sources: 6 genes, 3 in every source\n  \
            cell types: HepG2, K562\n  \
            roadmap  2 cell types, 4 genes, TPM of RPKM, 57.gz\n           \
            E118 = HepG2, E123 = K562\n  \
            encode   1 cell type, 5 genes, TPM, a.tsv and 1 more\n           \
            K562: 2 replicates, Pearson 0.988 of log2(TPM + 1), 1 gene not in every replicate\n  \
            in two tables (the first is used): K562\n  \
            harmonised by offset, fitted on 3 genes, 2 genes of a single table unchanged\n";
        assert_eq!(record(json).summary(&["HepG2".to_owned(), "K562".to_owned()]), expected);
    }
}
