//! Log of dropped genes, records and rows.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};

/// Dropped gene, record or row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct QcRow {
    gene_id: String,
    source: &'static str,
    reason: DropReason,
    detail: String,
}

/// Log of everything dropped so far.
#[derive(Debug, Default)]
pub(crate) struct QcLog {
    rows: Vec<QcRow>,
}

impl QcLog {
    /// Records a drop; `source` is the role of the input file.
    pub(crate) fn drop(
        &mut self,
        gene_id: impl Into<String>,
        source: &'static str,
        reason: DropReason,
        detail: impl Into<String>,
    ) {
        self.rows.push(QcRow { gene_id: gene_id.into(), source, reason, detail: detail.into() });
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

    /// Writes `qc.tsv`, sorted by gene.
    pub(crate) fn write(mut self, path: &Path) -> Result<()> {
        self.rows.sort();
        let file = File::create(path).map_err(DatasetError::io(path, "create"))?;
        let mut file = BufWriter::new(file);
        let mut write = || -> std::io::Result<()> {
            writeln!(file, "gene_id\tsource\treason\tdetail")?;
            for row in &self.rows {
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
