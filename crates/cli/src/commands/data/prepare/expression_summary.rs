//! What `prepare` tells of the tables that expression came from.

use std::fmt::Write;

use tatabox_dataset::{DuplicateCellType, ExpressionFormat, ExpressionRecord, FilterRecord, Harmonise, SourceRecord};

/// Lines on every table; none for a single matrix, of which the rest tells all.
pub(super) fn text(record: &ExpressionRecord) -> String {
    let sources = &record.sources;
    if matches!(sources.as_slice(), [source] if source.format == ExpressionFormat::Matrix) {
        return String::new();
    }
    let mut lines = vec![match sources.as_slice() {
        [source] => format!("expression from {}", source.format),
        _ => format!(
            "expression of {} sources: {} genes, {} of them in each",
            sources.len(),
            record.genes,
            record.genes_in_every_source
        ),
    }];
    for source in sources {
        lines.extend(source_lines(source));
    }
    if !record.duplicated_cell_types.is_empty() {
        let which = match record.duplicate {
            DuplicateCellType::Mean => "the mean of both",
            _ => "the first",
        };
        lines.push(format!("  in two tables, {which} is taken: {}", record.duplicated_cell_types.join(", ")));
    }
    if let Some(harmonised) = &record.harmonised {
        let left = match harmonised.genes_unchanged {
            0 => String::new(),
            genes => format!(", {genes} genes of one table left as they are"),
        };
        let how = match record.harmonise {
            Harmonise::Quantile => format!("fitted on {} train genes", harmonised.genes_fitted),
            _ => format!("of {} genes", harmonised.genes_fitted),
        };
        lines.push(format!("  evened out by {}, {how}{left}", record.harmonise.as_str()));
    }
    lines.into_iter().fold(String::new(), |text, line| text + &line + "\n")
}

fn source_lines(source: &SourceRecord) -> Vec<String> {
    let files = match source.files.as_slice() {
        [] => String::new(),
        [file] => file.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    };
    let mut lines = vec![format!(
        "  {:<8} {} cell types, {} genes, {}, {files}",
        source.format, source.cell_types, source.genes, source.unit
    )];
    if !source.renamed.is_empty() {
        let names: Vec<String> =
            source.renamed.iter().map(|(published, ours)| format!("{published} is {ours}")).collect();
        lines.push(format!("           {}", names.join(", ")));
    }
    for (cell_type, replicates) in &source.replicates {
        let mut line = format!("           {cell_type}: {} replicate(s)", replicates.files);
        let scores = replicates.pairs.iter().filter_map(|pair| pair.pearson);
        if let Some(lowest) = scores.min_by(f64::total_cmp) {
            let which = if replicates.pairs.len() > 1 { "lowest " } else { "" };
            write!(line, ", {which}Pearson {lowest:.3} of log2(TPM + 1)").expect("writing to a String cannot fail");
        }
        if replicates.genes_not_in_all > 0 {
            write!(line, ", {} genes not in all", replicates.genes_not_in_all)
                .expect("writing to a String cannot fail");
        }
        lines.push(line);
    }
    lines
}

/// What the user should know of a filter.
pub(super) fn filter_warning(filter: &FilterRecord) -> Option<String> {
    let FilterRecord { filter, dropped, unknown } = filter;
    match (dropped, unknown) {
        (_, 1..) => {
            Some(format!("--drop {filter}: {unknown} genes are kept of which nothing tells whether they belong to it"))
        }
        (0, 0) => Some(format!("--drop {filter}: no gene belongs to it")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(json: &str) -> ExpressionRecord {
        serde_json::from_str(json).expect("a record")
    }

    #[test]
    fn a_single_matrix_needs_no_words() {
        let json = r#"{"sources": [{"format": "matrix", "files": ["e.tsv"], "unit": "TPM", "genes": 4, "cell_types": 2}],
            "genes": 4, "genes_in_every_source": 4, "duplicate": "refuse", "duplicated_cell_types": [], "harmonise": "none"}"#;
        assert_eq!(text(&record(json)), "");
    }

    #[test]
    fn every_source_is_told() {
        let json = r#"{"sources": [
            {"format": "roadmap", "files": ["57.gz"], "unit": "TPM of RPKM", "genes": 4, "cell_types": 2,
             "renamed": {"E118": "HepG2", "E123": "K562"}},
            {"format": "encode", "files": ["a.tsv", "b.tsv"], "unit": "TPM", "genes": 5, "cell_types": 1,
             "replicates": {"K562": {"files": 2, "genes_not_in_all": 1,
                                     "pairs": [{"first": 1, "second": 2, "genes": 4, "pearson": 0.98765}]}}}],
            "genes": 6, "genes_in_every_source": 3, "duplicate": "first", "duplicated_cell_types": ["K562"],
            "harmonise": "offset", "harmonised": {"genes_fitted": 3, "genes_unchanged": 2}}"#;
        let told = "expression of 2 sources: 6 genes, 3 of them in each\n  \
            roadmap  2 cell types, 4 genes, TPM of RPKM, 57.gz\n           \
            E118 is HepG2, E123 is K562\n  \
            encode   1 cell types, 5 genes, TPM, a.tsv and 1 more\n           \
            K562: 2 replicate(s), Pearson 0.988 of log2(TPM + 1), 1 genes not in all\n  \
            in two tables, the first is taken: K562\n  \
            evened out by offset, of 3 genes, 2 genes of one table left as they are\n";
        assert_eq!(text(&record(json)), told);
    }

    #[test]
    fn filters_that_did_nothing_are_told() {
        let filter = |dropped, unknown| FilterRecord { filter: "chrY".to_owned(), dropped, unknown };
        assert_eq!(filter_warning(&filter(3, 0)), None);
        assert_eq!(filter_warning(&filter(0, 0)).as_deref(), Some("--drop chrY: no gene belongs to it"));
        assert!(filter_warning(&filter(3, 2)).is_some_and(|warning| warning.contains("2 genes are kept")));
    }
}
