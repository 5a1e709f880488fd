//! Log of dropped genes, records and rows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};

/// Header of the file.
pub(crate) const HEADER: &str = "gene_id\tsource\treason\tdetail";

/// Dropped gene, record or row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct QcRow {
    gene_id: String,
    source: Cow<'static, str>,
    reason: DropReason,
    detail: String,
}

/// Log of everything dropped so far.
#[derive(Debug, Default)]
pub(crate) struct QcLog {
    rows: Vec<QcRow>,
    /// File for the rows if no gene is left.
    failed_details: Option<PathBuf>,
}

impl QcLog {
    /// Records a drop; `source` is the role of the input file, or an assay.
    pub(crate) fn drop(
        &mut self,
        gene_id: impl Into<String>,
        source: impl Into<Cow<'static, str>>,
        reason: DropReason,
        detail: impl Into<String>,
    ) {
        self.rows.push(QcRow { gene_id: gene_id.into(), source: source.into(), reason, detail: detail.into() });
    }

    /// Number of rows by reason.
    pub(crate) fn counts(&self) -> BTreeMap<DropReason, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(row.reason).or_default() += 1;
        }
        counts
    }

    /// Text `reason count, ...`, most frequent first.
    pub(crate) fn summary(&self) -> String {
        let mut counts: Vec<(DropReason, usize)> = self.counts().into_iter().collect();
        counts.sort_by_key(|&(reason, count)| (std::cmp::Reverse(count), reason));
        counts.iter().map(|(reason, count)| format!("{reason} {count}")).collect::<Vec<_>>().join(", ")
    }

    /// First row of a reason, with its details.
    pub(crate) fn example(&self, reason: DropReason) -> Option<String> {
        let row = self.rows.iter().find(|row| row.reason == reason)?;
        let detail = if row.detail.is_empty() { String::new() } else { format!(": {}", row.detail) };
        Some(format!("{} ({}){detail}", row.gene_id, row.source))
    }

    /// Error for a preparation that dropped every gene, with the first example of the most frequent reason.
    pub(crate) fn no_genes_left(&self) -> DatasetError {
        let counts = self.counts();
        // Reasons of genes that a source lists explain more than those of genes that it lacks.
        let explains = |reason: DropReason| !matches!(reason, DropReason::NoWindow | DropReason::NoExpressionRow);
        let most_frequent = counts
            .iter()
            .max_by_key(|&(&reason, &count)| (explains(reason), count, std::cmp::Reverse(reason)))
            .map_or(DropReason::NoWindow, |(&reason, _)| reason);
        DatasetError::NoGenesLeft {
            reasons: self.summary(),
            most_frequent,
            example: self.example(most_frequent).unwrap_or_default(),
            details: self.failed_details.as_ref().filter(|path| self.write(path).is_ok()).cloned(),
        }
    }

    /// Sets the file for the rows of a preparation that drops every gene.
    pub(crate) fn set_failed_details(&mut self, path: Option<PathBuf>) {
        self.failed_details = path;
    }

    /// Writes `qc.tsv`, sorted by gene.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let mut rows: Vec<&QcRow> = self.rows.iter().collect();
        rows.sort();
        let file = File::create(path).map_err(DatasetError::io(path, "create"))?;
        let mut file = BufWriter::new(file);
        let write = || -> std::io::Result<()> {
            writeln!(file, "{HEADER}")?;
            for row in rows {
                writeln!(
                    file,
                    "{}\t{}\t{}\t{}",
                    row.gene_id,
                    row.source,
                    row.reason,
                    row.detail.replace(['\t', '\n', '\r'], " ")
                )?;
            }
            file.flush()
        };
        write().map_err(DatasetError::io(path, "write"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qc_log_sorts_and_counts_rows() {
        let mut log = QcLog::default();
        log.drop("B", "promoters", DropReason::WrongLength, "299 bp\tnot 300");
        log.drop("A", "expression", DropReason::NoWindow, "");
        log.drop("C", "expression", DropReason::NoWindow, "");
        assert_eq!(log.summary(), "no_window 2, wrong_length 1");
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        log.write(file.path()).expect("written");
        let text = std::fs::read_to_string(file.path()).expect("read");
        assert_eq!(
            text,
            "gene_id\tsource\treason\tdetail\nA\texpression\tno_window\t\nB\tpromoters\twrong_length\t299 bp not 300\nC\texpression\tno_window\t\n"
        );
    }
}
