//! Noise ceiling as an aligned table for the terminal and as TSV.

use super::{NoiseCeiling, NoiseCeilingRow};
use crate::error::EvalError;
use crate::table::{Align, TableExport, aligned, column_names, estimate_cells, estimate_columns, screen_estimate, tsv};

impl TableExport for NoiseCeiling {
    const NAME: &'static str = "replicates";

    fn to_text(&self) -> String {
        let left = ["cell type", "split", "replicate"].map(|title| (title, Align::Left));
        let right = ["n", "without", "Pearson", "Spearman"].map(|title| (title, Align::Right));
        let cells = |row: &NoiseCeilingRow| {
            let mut cells = vec![row.cell_type.clone(), row.split.to_string(), row.replicate.clone()];
            cells.extend([row.n.to_string(), row.n_without_replicate.to_string()]);
            cells.extend([&row.pearson, &row.spearman].map(|score| screen_estimate(score.value, score.interval)));
            cells
        };
        let rows: Vec<Vec<String>> = self.rows.iter().map(cells).collect();
        let table = aligned(&[&left[..], &right[..]].concat(), &rows);
        let legend = format!(
            "Measured log2(TPM + 1) with log2(value + 1) of {}. [low, high]: 95% percentile bootstrap interval over genes, {} \
resamples.\nwithout: scored genes without a replicate value.\n",
            self.source, self.bootstrap_resamples
        );
        let lacking = match &self.without_replicate[..] {
            [] => String::new(),
            names => format!("note: no replicate of {}\n", names.join(", ")),
        };
        table + &legend + &lacking
    }

    /// The table as TSV: each correlation with the limits of both intervals, empty if not defined.
    fn to_tsv(&self) -> Result<String, EvalError> {
        let mut header = column_names(&["source split cell_type replicate n n_without_replicate"]);
        header.extend(["pearson", "spearman"].into_iter().flat_map(estimate_columns));
        let record = |row: &NoiseCeilingRow| {
            let mut record = vec![self.source.clone(), row.split.to_string(), row.cell_type.clone()];
            record.extend([row.replicate.clone(), row.n.to_string(), row.n_without_replicate.to_string()]);
            record.extend([&row.pearson, &row.spearman].into_iter().flat_map(estimate_cells));
            record
        };
        tsv(Self::NAME, &header, self.rows.iter().map(record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise_ceiling::noise_ceiling;
    use crate::noise_ceiling::tests::{options, replicates, table};

    #[test]
    fn noise_ceiling_formats_contain_every_row() {
        let ceiling = noise_ceiling(&table(), &replicates(["K562", "HeLa"]), "Roadmap", &options()).expect("two match");
        let text = ceiling.to_text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].starts_with("K562       test   K562       18        2     1.000 [1.000, 1.000]"), "{text}");
        assert!(text.ends_with("note: no replicate of MCF7\n") && text.contains("of Roadmap."), "{text}");
        let tsv = ceiling.to_tsv().expect("numbers");
        let widths: Vec<usize> = tsv.lines().map(|line| line.split('\t').count()).collect();
        assert_eq!(widths, [16; 3]);
        let back: NoiseCeiling = serde_json::from_str(&ceiling.to_json().expect("numbers")).expect("valid");
        assert_eq!(back, ceiling);
    }
}
