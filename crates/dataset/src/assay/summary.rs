//! Summary of an assay in the report of a preparation.

use std::fmt;

use serde::Serialize;

use super::AssayRecord;
use crate::split::Split;

/// Summary of a prepared assay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AssaySummary {
    /// Record in the manifest.
    #[serde(flatten)]
    pub record: AssayRecord,
    /// Number of rows in the data set: those of the assay, or the measured genes.
    pub kept: usize,
    /// Number of groups of similar rows.
    pub groups: usize,
    /// Number of rows of this assay in its largest group.
    pub largest_group: usize,
    /// Number of rows whose sequence resembles the window of a gene.
    pub similar_to_genes: usize,
}

impl AssaySummary {
    /// Number of rows read.
    pub fn read(&self) -> usize {
        self.kept + self.record.excluded.values().sum::<usize>()
    }

    /// Number of rows in no split, which resemble sequences of several splits.
    pub fn in_no_split(&self) -> usize {
        self.kept - self.record.splits.values().sum::<usize>()
    }
}

impl fmt::Display for AssayRecord {
    /// Lines on outputs, rows by split and excluded rows, each with a line break.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = if self.rows == 0 { "of the genes" } else { "of sequences" };
        let unit = match self.scale.as_str() {
            "log2" => "log2",
            linear => &format!("log2({linear} + 1)"),
        };
        writeln!(formatter, "assay {} {of}, as {unit}: {}", self.name, self.outputs.join(", "))?;
        for split in Split::ALL.iter().map(Split::to_string) {
            writeln!(formatter, "  {split:<22}{:>7}", self.splits.get(&split).copied().unwrap_or_default())?;
        }
        for (reason, rows) in &self.excluded {
            writeln!(formatter, "  excluded: {:<12}{rows:>7}", reason.replace('_', " "))?;
        }
        Ok(())
    }
}

impl fmt::Display for AssaySummary {
    /// Lines of the record, preceded by the numbers of rows and followed by their groups.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.record)?;
        if self.in_no_split() > 0 {
            let rows = self.in_no_split();
            writeln!(formatter, "  {:<22}{rows:>7}  they resemble sequences of several splits", "in no split")?;
        }
        writeln!(formatter, "  {:<22}{:>7}  of {} rows", "kept", self.kept, self.read())?;
        if self.record.rows > 0 {
            writeln!(formatter, "  {:<22}{:>7}  stated by the input", "chromosome known", self.record.placed)?;
            writeln!(formatter, "  {:<22}{:>7}", "similar to genes", self.similar_to_genes)?;
            writeln!(
                formatter,
                "  {:<22}{:>7}  of similar rows, up to {} rows each",
                "groups", self.groups, self.largest_group
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assay_summary_text_lists_rows_by_split_and_reason() {
        let record: AssayRecord = serde_json::from_str(
            r#"{"name": "mpra", "outputs": ["K", "H"], "scale": "tpm", "rows": 9, "splits": {"train": 5, "test": 3},
                "placed": 4, "excluded": {"no_measurement": 2}, "transform": {"cell_types": [], "mean": [], "sd": []}}"#,
        )
        .expect("a record");
        let summary = AssaySummary { record, kept: 9, groups: 6, largest_group: 3, similar_to_genes: 1 };
        let expected = "assay mpra of sequences, as log2(tpm + 1): K, H\n  train                       5\n  \
            validation                  0\n  test                        3\n  excluded: no measurement      2\n  \
            in no split                 1  they resemble sequences of several splits\n  \
            kept                        9  of 11 rows\n  chromosome known            4  stated by the input\n  \
            similar to genes            1\n  groups                      6  of similar rows, up to 3 rows each\n";
        assert_eq!(summary.to_string(), expected);
        assert_eq!((summary.read(), summary.in_no_split()), (11, 1));
    }
}
