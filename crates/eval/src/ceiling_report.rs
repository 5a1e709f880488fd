//! The replicate ceiling as an aligned table for the terminal, as TSV and as JSON.

use std::path::Path;

use crate::error::EvalError;
use crate::replicate_ceiling::{CeilingRow, ReplicateCeiling};
use crate::text_table::{Align, aligned, estimate_digits, estimate_titles, json, titles, tsv, with_interval};
use crate::whole_file::atomic_write;

/// What an error calls this table.
const TABLE: &str = "of replicates";

impl ReplicateCeiling {
    /// An aligned table for the terminal, with lines below that explain it.
    pub fn to_text(&self) -> String {
        let left = ["cell type", "split", "replicate"].map(|title| (title, Align::Left));
        let right = ["n", "without", "Pearson", "Spearman"].map(|title| (title, Align::Right));
        let cells = |row: &CeilingRow| {
            let mut cells = vec![row.cell_type.clone(), row.split.to_string(), row.replicate.clone()];
            cells.extend([row.n.to_string(), row.n_without_replicate.to_string()]);
            cells.extend([&row.pearson, &row.spearman].map(|score| with_interval(score.value, score.interval)));
            cells
        };
        let rows: Vec<Vec<String>> = self.rows.iter().map(cells).collect();
        let table = aligned(&[&left[..], &right[..]].concat(), &rows);
        let legend = format!(
            "Measured log2(TPM + 1) with log2(value + 1) of {}. [low, high]: 95% percentile bootstrap interval over genes, {} \
             draws.\nwithout: scored genes that the replicate does not have.\n",
            self.source, self.bootstrap_draws
        );
        let lacking = match &self.without_replicate[..] {
            [] => String::new(),
            names => format!("note: no replicate of {}\n", names.join(", ")),
        };
        table + &legend + &lacking
    }

    /// The table as TSV: each correlation with the limits of both intervals, empty where not defined.
    ///
    /// # Errors
    ///
    /// [`EvalError::Format`] should the formatter fail.
    pub fn to_tsv(&self) -> Result<String, EvalError> {
        let mut header = titles(&["source split cell_type replicate n n_without_replicate"]);
        header.extend(["pearson", "spearman"].into_iter().flat_map(estimate_titles));
        let record = |row: &CeilingRow| {
            let mut record = vec![self.source.clone(), row.split.to_string(), row.cell_type.clone()];
            record.extend([row.replicate.clone(), row.n.to_string(), row.n_without_replicate.to_string()]);
            record.extend([&row.pearson, &row.spearman].into_iter().flat_map(estimate_digits));
            record
        };
        tsv(TABLE, &header, self.rows.iter().map(record))
    }

    /// Everything as JSON.
    ///
    /// # Errors
    ///
    /// [`EvalError::Format`] should the formatter fail.
    pub fn to_json(&self) -> Result<String, EvalError> {
        json(TABLE, self)
    }

    /// Writes the TSV.
    pub fn write_tsv(&self, path: &Path) -> Result<(), EvalError> {
        atomic_write(path, self.to_tsv()?.as_bytes())
    }

    /// Writes the JSON.
    pub fn write_json(&self, path: &Path) -> Result<(), EvalError> {
        atomic_write(path, self.to_json()?.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replicate_ceiling::replicate_ceiling;
    use crate::replicate_ceiling::tests::{options, replicates, table};

    #[test]
    fn every_format_holds_every_row() {
        let ceiling =
            replicate_ceiling(&table(), &replicates(["K562", "HeLa"]), "Roadmap", &options()).expect("two match");
        let text = ceiling.to_text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].starts_with("K562       test   K562       18        2     1.000 [1.000, 1.000]"), "{text}");
        assert!(text.ends_with("note: no replicate of MCF7\n") && text.contains("of Roadmap."), "{text}");
        let tsv = ceiling.to_tsv().expect("numbers");
        let widths: Vec<usize> = tsv.lines().map(|line| line.split('\t').count()).collect();
        assert_eq!(widths, [16; 3]);
        let back: ReplicateCeiling = serde_json::from_str(&ceiling.to_json().expect("numbers")).expect("valid");
        assert_eq!(back, ceiling);
    }
}
