//! Scores by stratum as an aligned table for the terminal and as TSV.

use super::stratified::{MINIMUM_STRATUM_GENES, StratifiedTable, StratumRow};
use crate::error::EvalError;
use crate::table::{
    Align, TableExport, aligned, column_names, estimate_cells, estimate_columns, file_number, screen_estimate, tsv,
};

impl TableExport for StratifiedTable {
    const NAME: &'static str = "strata";

    fn to_text(&self) -> String {
        let left = ["model", "split", "similarity"].map(|title| (title, Align::Left));
        let right = ["n", "Pearson"].map(|title| (title, Align::Right));
        let cells = |row: &StratumRow| {
            let mut cells = vec![row.model.clone(), row.split.to_string(), row.stratum.clone(), row.n.to_string()];
            cells.push(screen_estimate(row.pearson.value, row.pearson.interval));
            cells
        };
        let rows: Vec<Vec<String>> = self.rows.iter().map(cells).collect();
        aligned(&[&left[..], &right[..]].concat(), &rows)
            + &format!(
                "similarity: of a gene to the training genes. Pearson: mean over cell types, with 95% percentile bootstrap \
                 interval over genes, {} resamples; none below {MINIMUM_STRATUM_GENES} genes in a cell type.\n",
                self.bootstrap_resamples
            )
    }

    /// The table as TSV: the score with the limits of both intervals, empty if not defined.
    fn to_tsv(&self) -> Result<String, EvalError> {
        let mut header = column_names(&["model split stratum from below n"]);
        header.extend(estimate_columns("pearson"));
        let record = |row: &StratumRow| {
            let mut record = vec![row.model.clone(), row.split.to_string(), row.stratum.clone()];
            record.extend([row.from, row.below].map(file_number));
            record.push(row.n.to_string());
            record.extend(estimate_cells(&row.pearson));
            record
        };
        tsv(Self::NAME, &header, self.rows.iter().map(record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::evaluate::EvaluateOptions;
    use crate::metric::stratified::stratified_scores;
    use crate::metric::stratified::tests::strata;

    #[test]
    fn stratified_formats_contain_every_stratum() {
        let (table, similarity) = strata();
        let options = EvaluateOptions { resamples: 50, ..EvaluateOptions::default() };
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
