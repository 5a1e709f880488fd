//! Scores by stratum as an aligned table for the terminal, as TSV and as JSON.

use std::path::Path;

use crate::error::EvalError;
use crate::stratified::{MINIMUM_STRATUM, StratifiedTable, StratumRow};
use crate::text_table::{Align, aligned, digits, estimate_digits, estimate_titles, json, titles, tsv, with_interval};
use crate::whole_file::atomic_write;

/// What an error calls this table.
const TABLE: &str = "of strata";

impl StratifiedTable {
    /// An aligned table for the terminal, with a line below that explains it.
    pub fn to_text(&self) -> String {
        let left = ["model", "split", "similarity"].map(|title| (title, Align::Left));
        let right = ["n", "Pearson"].map(|title| (title, Align::Right));
        let cells = |row: &StratumRow| {
            let mut cells = vec![row.model.clone(), row.split.to_string(), row.stratum.clone(), row.n.to_string()];
            cells.push(with_interval(row.pearson.value, row.pearson.interval));
            cells
        };
        let rows: Vec<Vec<String>> = self.rows.iter().map(cells).collect();
        aligned(&[&left[..], &right[..]].concat(), &rows)
            + &format!(
                "similarity: of a gene to the training genes. Pearson: mean over cell types, with 95% percentile bootstrap \
                 interval over genes, {} draws; none below {MINIMUM_STRATUM} genes in a cell type.\n",
                self.bootstrap_draws
            )
    }

    /// The table as TSV: the score with the limits of both intervals, empty where not defined.
    ///
    /// # Errors
    ///
    /// [`EvalError::Format`] should the formatter fail.
    pub fn to_tsv(&self) -> Result<String, EvalError> {
        let mut header = titles(&["model split stratum from below n"]);
        header.extend(estimate_titles("pearson"));
        let record = |row: &StratumRow| {
            let mut record = vec![row.model.clone(), row.split.to_string(), row.stratum.clone()];
            record.extend([row.from, row.below].map(digits));
            record.push(row.n.to_string());
            record.extend(estimate_digits(&row.pearson));
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
    use crate::evaluate::EvaluateOptions;
    use crate::stratified::stratified_scores;
    use crate::stratified::tests::strata;

    #[test]
    fn every_format_holds_every_stratum() {
        let (table, similarity) = strata();
        let options = EvaluateOptions { draws: 50, ..EvaluateOptions::default() };
        let scored = stratified_scores(&table, &similarity, &[0.25, 0.75], &options).expect("valid edges");
        let text = scored.to_text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].starts_with("cnn    test   below 0.25      10  -1.000 [-1.000, -1.000]"), "{text}");
        assert!(lines[3].starts_with("cnn    test   0.75 and above   3"), "{text}");
        assert!(lines[3].ends_with(" -"), "{text}");
        let tsv = scored.to_tsv().expect("numbers");
        assert_eq!(tsv.lines().map(|line| line.split('\t').count()).collect::<Vec<_>>(), [11; 5]);
        let back: StratifiedTable = serde_json::from_str(&scored.to_json().expect("numbers")).expect("valid");
        assert_eq!(back, scored);
    }
}
