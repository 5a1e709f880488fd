//! Tables of explanations.

mod rows;

use std::path::Path;

use super::explanation::Explanation;
use crate::error::Result;
use crate::tables::{Cell, Column, ColumnKind, TableFile, TableFormat};

/// Kind of a table; each is a file of the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableKind {
    /// One row per promoter, cell type and method.
    Summary,
    /// One row per base.
    Contributions,
    /// One row per substitution.
    Substitutions,
    /// One row per attention bin.
    Attention,
    /// One row per deletion.
    Deletions,
    /// One row per site of a known motif.
    MotifHits,
}

/// The tables of a folder, written promoter by promoter.
pub(super) struct ExplanationTables(Vec<(TableKind, TableFile)>);

impl ExplanationTables {
    /// Starts tables in a folder that exists.
    pub(super) fn create(folder: &Path, format: TableFormat, kinds: &[TableKind]) -> Result<Self> {
        let create = |&kind: &TableKind| {
            let path = folder.join(kind.file_name(format));
            Ok((kind, TableFile::create(&path, format, kind.columns())?))
        };
        Ok(Self(kinds.iter().map(create).collect::<Result<_>>()?))
    }

    /// Adds the rows of an explanation, for the cell types with these indices.
    pub(super) fn write(&mut self, explanation: &Explanation, cell_types: &[usize]) -> Result<()> {
        self.0.iter_mut().try_for_each(|(kind, table)| table.write(kind.rows(explanation, cell_types)))
    }

    /// Completes the tables.
    pub(super) fn finish(self) -> Result<()> {
        self.0.into_iter().try_for_each(|(_, table)| table.finish())
    }
}

impl TableKind {
    pub(super) const ALL: [Self; 6] =
        [Self::Summary, Self::Contributions, Self::Substitutions, Self::Attention, Self::Deletions, Self::MotifHits];

    /// Name of the file.
    pub(super) fn file_name(self, format: TableFormat) -> String {
        format!("{}.{}", self.name(), format.extension())
    }

    /// Name of the file, without its extension.
    fn name(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Contributions => "contributions",
            Self::Substitutions => "substitutions",
            Self::Attention => "attention",
            Self::Deletions => "deletions",
            Self::MotifHits => "motif_hits",
        }
    }

    fn rows(self, explanation: &Explanation, cell_types: &[usize]) -> Vec<Vec<Cell>> {
        match self {
            Self::Summary => rows::summary(explanation, cell_types),
            Self::Contributions => rows::contributions(explanation),
            Self::Substitutions => rows::substitutions(explanation, cell_types),
            Self::Attention => rows::attention(explanation),
            Self::Deletions => rows::deletions(explanation, cell_types),
            Self::MotifHits => rows::motif_hits(explanation, cell_types),
        }
    }

    fn columns(self) -> Vec<Column> {
        use ColumnKind::{Count, Integer, Real, Text};
        let columns: &[(ColumnKind, &str)] = match self {
            Self::Summary => &[
                (Text, "id"),
                (Text, "name"),
                (Text, "cell_type"),
                (Text, "method"),
                (Real, "predicted_log2_tpm"),
                (Real, "measured_log2_tpm"),
                (Real, "attention_agreement"),
                (Real, "completeness_delta"),
                (Count, "n_acgt"),
                (Text, "note"),
            ],
            Self::Contributions => &[
                (Text, "id"),
                (Text, "cell_type"),
                (Text, "method"),
                (Integer, "position_bp"),
                (Text, "base"),
                (Real, "contribution"),
                (Text, "chrom"),
                (Integer, "start"),
            ],
            Self::Substitutions => &[
                (Text, "id"),
                (Text, "cell_type"),
                (Integer, "position_bp"),
                (Text, "base"),
                (Text, "substitute"),
                (Real, "effect"),
                (Text, "chrom"),
                (Integer, "pos"),
                (Text, "ref"),
                (Text, "alt"),
            ],
            Self::Attention => &[
                (Text, "id"),
                (Integer, "start_bp"),
                (Integer, "end_bp"),
                (Real, "weight"),
                (Text, "chrom"),
                (Integer, "start"),
                (Integer, "end"),
            ],
            Self::Deletions => &[
                (Text, "id"),
                (Text, "cell_type"),
                (Integer, "start_bp"),
                (Integer, "end_bp"),
                (Real, "effect"),
                (Text, "chrom"),
                (Integer, "start"),
                (Integer, "end"),
            ],
            Self::MotifHits => &[
                (Text, "id"),
                (Text, "cell_type"),
                (Text, "motif"),
                (Integer, "start_bp"),
                (Integer, "end_bp"),
                (Text, "orientation"),
                (Real, "score_bits"),
                (Real, "p_value"),
                (Real, "contribution"),
                (Text, "chrom"),
                (Integer, "start"),
                (Integer, "end"),
            ],
        };
        columns.iter().map(|(kind, name)| Column::new(*kind, name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::{Strand, Tss};

    use super::super::contributions::Contributions;
    use super::super::method::Method;
    use super::super::motif_sites::MotifSite;
    use super::*;
    use crate::inputs::{CoordinateMap, Promoter};

    /// CGTN from -2 on, on the reverse strand of chr1 with the TSS base at index 100.
    fn explanation() -> Explanation {
        let extent = tatabox_dataset::Extent { upstream_bp: 2, downstream_bp: 2 };
        let tss = Tss { chrom: "chr1".to_owned(), position: 100, strand: Strand::Reverse };
        let contributions = Contributions {
            method: Method::Ism,
            cell_type: 1,
            values: vec![0.5, -1.0, 0.25, 0.0],
            hypothetical: vec![[0.0; 4]; 4],
            completeness: None,
        };
        let site = MotifSite {
            motif: "M".to_owned(),
            start_bp: -2,
            end_bp: 0,
            strand: Strand::Reverse,
            score_bits: 3.0,
            p_value: 1e-9,
        };
        Explanation {
            promoter: Promoter::new("P".to_owned(), vec![1, 2, 3, 4], extent),
            coordinates: Some(CoordinateMap::new(tss)),
            cell_types: ["K562", "HepG2"].map(str::to_owned).to_vec(),
            start_bp: -2,
            bases: vec![1, 2, 3, 4],
            prediction: None,
            substitutions: None,
            contributions: vec![contributions],
            deletions: Vec::new(),
            attention: Vec::new(),
            motif_sites: vec![site],
        }
    }

    #[test]
    fn table_rows_have_one_cell_per_column() {
        let explanation = explanation();
        for kind in [TableKind::Summary, TableKind::Contributions, TableKind::MotifHits] {
            let rows = kind.rows(&explanation, &[1]);
            assert!(!rows.is_empty() && rows.iter().all(|row| row.len() == kind.columns().len()), "{kind:?}");
        }
    }

    #[test]
    fn contribution_rows_follow_the_strand_and_leave_n_empty() {
        let rows = TableKind::Contributions.rows(&explanation(), &[1]);
        let cells = |row: usize| [&rows[row][3], &rows[row][4], &rows[row][5], &rows[row][7]];
        // Upstream of a reverse-strand TSS at 100: position -2 is 102.
        assert_eq!(cells(0), [&Cell::Integer(-2), &Cell::text("C"), &Cell::real(0.5), &Cell::Integer(102)]);
        assert_eq!(cells(3), [&Cell::Integer(1), &Cell::text("N"), &Cell::Real(None), &Cell::Integer(99)]);
    }

    #[test]
    fn motif_hit_contribution_is_the_sum_over_its_bases() {
        let rows = TableKind::MotifHits.rows(&explanation(), &[1]);
        // 0.5 - 1.0 over positions -2 and -1, which are 101..103 on the genome.
        let expected = [Cell::text("reverse"), Cell::real(3.0), Cell::Real(Some(1e-9)), Cell::real(-0.5)];
        assert_eq!(rows[0][5..9], expected);
        assert_eq!(rows[0][10..], [Cell::Integer(101), Cell::Integer(103)]);
    }
}
