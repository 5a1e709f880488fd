//! Measured effects of variants: one row per variant, with its alleles in one of three layouts.

mod column;
mod layout;
mod variant;

use std::path::{Path, PathBuf};

use tatabox_sequence::InputCopies;

use crate::error::Result;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_table::TextTable;

use column::ColumnPositions;

pub use column::{EffectColumn, EffectColumnNames};
pub use layout::AlleleLayout;
pub use variant::{MeasuredAlleles, MeasuredVariant, Significance};

/// Table of measured variants: saturation mutagenesis, reporter assays of SNP pairs, deletion scans or eQTLs.
///
/// A TSV or CSV file (plain, gzip or zip) with a header. Required are a column `effect` and the columns of one
/// [`AlleleLayout`]; [`EffectColumn`] lists all columns.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{AlleleLayout, EffectColumnNames, MeasuredVariants};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("effects.tsv");
/// std::fs::write(&path, "chrom\tpos\tref\talt\teffect\nchr5\t1295113\tG\tA\t1.25\n")?;
/// let table = MeasuredVariants::read(&path, &EffectColumnNames::default(), None)?;
/// assert_eq!((table.layout, table.rows[0].effect), (AlleleLayout::Genome, Some(1.25)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredVariants {
    /// Path as given.
    pub path: PathBuf,
    /// Layout of the alleles.
    pub layout: AlleleLayout,
    /// Column that decides which effects are significant; `None` if the table has none.
    pub significance: Option<EffectColumn>,
    /// Whether the table has a column of elements.
    pub has_elements: bool,
    /// Whether the table has a column of cell types.
    pub has_cell_types: bool,
    /// Rows in the order of the file.
    pub rows: Vec<MeasuredVariant>,
}

impl MeasuredVariants {
    /// Reads a table whose columns have the given names. `layout` selects one of several layouts that the columns form.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Table`](crate::DatasetError::Table) for a table that cannot be read, a missing or repeated column,
    /// alleles that are incomplete or in several layouts, or a cell that is not of the kind of its column.
    pub fn read(path: &Path, names: &EffectColumnNames, layout: Option<AlleleLayout>) -> Result<Self> {
        let _copies = InputCopies::of([("measured effects", path)])?;
        let mut table = TextTable::open(path)?;
        let columns = ColumnPositions::find(&table, names)?;
        let layout = layout::choose(&table, &columns, names, layout)?;
        columns.require(&table, names, EffectColumn::Effect)?;
        let mut read = Self {
            path: path.to_owned(),
            layout,
            significance: Significance::COLUMNS.into_iter().find(|&column| columns.of(column).is_some()),
            has_elements: columns.of(EffectColumn::Element).is_some(),
            has_cell_types: columns.of(EffectColumn::CellType).is_some(),
            rows: Vec::new(),
        };
        while let Some((location, cells)) = table.next_row()? {
            let line = match location {
                TableLocation::Line(line) | TableLocation::Row(line) => line,
                TableLocation::File => 0,
            };
            let variant = MeasuredVariant::parse(line, cells, &columns, names, layout)
                .map_err(|problem| TableError::at(path, location, problem))?;
            read.rows.push(variant);
        }
        if read.rows.is_empty() {
            return Err(TableError::in_file(path, TableProblem::NoRows).into());
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::Strand;

    use super::*;

    fn read(text: &str, names: &[(EffectColumn, &str)], layout: Option<AlleleLayout>) -> Result<MeasuredVariants> {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("effects.tsv");
        std::fs::write(&path, text).expect("written");
        let mut columns = EffectColumnNames::default();
        for (column, name) in names {
            columns.set(*column, name);
        }
        MeasuredVariants::read(&path, &columns, layout)
    }

    fn message(text: &str) -> String {
        read(text, &[], None).expect_err("refused").to_string()
    }

    #[test]
    fn measured_variants_three_layouts_are_recognised_by_their_columns() {
        let text = "reference_sequence,alternative_sequence,effect,tss_offset\nACGT,ACT,-0.5,-3\n";
        let table = read(text, &[], None).expect("sequences");
        let alleles = MeasuredAlleles::Sequences {
            reference: "ACGT".to_owned(),
            alternative: "ACT".to_owned(),
            tss_offset: Some(-3),
        };
        assert_eq!((table.layout, &table.rows[0].alleles), (AlleleLayout::Sequences, &alleles));
        assert_eq!((table.rows[0].line, table.rows[0].effect), (2, Some(-0.5)));

        let table = read("promoter\tposition\tref\talt\teffect\nP\t-30\tA\t-\tNA\n", &[], None).expect("promoters");
        let alleles = MeasuredAlleles::Promoter {
            promoter: "P".to_owned(),
            position_bp: -30,
            reference: "A".to_owned(),
            alternate: "-".to_owned(),
        };
        assert_eq!((&table.rows[0].alleles, table.rows[0].effect), (&alleles, None));

        let text = "Chromosome\tPosition\tRef\tAlt\tValue\tP-Value\ttss\tstrand\n5\t10\tA\tT\t1\t1e-9\t15\t-\n";
        let names = [
            (EffectColumn::Chrom, "Chromosome"),
            (EffectColumn::Pos, "Position"),
            (EffectColumn::Ref, "Ref"),
            (EffectColumn::Alt, "Alt"),
            (EffectColumn::Effect, "Value"),
            (EffectColumn::PValue, "P-Value"),
        ];
        let table = read(text, &names, None).expect("genome");
        let MeasuredAlleles::Genome { tss, .. } = &table.rows[0].alleles else { panic!("on a genome") };
        assert_eq!(*tss, Some((15, Strand::Reverse)));
        assert_eq!(table.significance, Some(EffectColumn::PValue));
        assert_eq!(table.rows[0].significance, Some(Significance::Probability(1e-9)));
    }

    #[test]
    fn measured_variants_incomplete_and_ambiguous_alleles_are_refused_with_their_columns() {
        let text = message("promoter\tposition\talt\teffect\nP\t1\tA\t1\n");
        assert!(text.contains("line 1: ") && text.contains("`promoter`, `position`, `alt`"), "{text}");
        assert!(text.contains("without `ref`"), "{text}");
        let text = message("id\teffect\nx\t1\n");
        assert!(text.contains("no column of alleles") && text.contains("reference_sequence"), "{text}");
        let both = "reference_sequence\talternative_sequence\tchrom\tpos\tref\talt\teffect\nA\tC\t1\t1\tA\tC\t1\n";
        let text = message(both);
        assert!(text.contains("sequences") && text.contains("genome") && text.contains("state which"), "{text}");
        assert_eq!(read(both, &[], Some(AlleleLayout::Genome)).expect("stated").layout, AlleleLayout::Genome);
        let text = message("chrom\tpos\tref\talt\tbeta\n1\t1\tA\tC\t1\n");
        assert!(text.contains("no column `effect`"), "{text}");
        let text = message("chrom\tpos\tref\talt\teffect\teffect\n1\t1\tA\tC\t1\t2\n");
        assert!(text.contains("duplicate column `effect`"), "{text}");
    }

    #[test]
    fn measured_variants_cells_of_another_kind_are_errors_with_line_and_column() {
        for (row, expected) in [
            ("1\tx\tA\tC\t1\t+", "line 2: column pos: `x` found; expected a position"),
            ("1\t0\tA\tC\t1\t+", "expected a position, counted from 1"),
            ("1\t3\tA\tC\thigh\t+", "column effect: `high` found; expected a number"),
            ("1\t3\tA\tC\tinf\t+", "column effect: `inf` found"),
            ("1\t3\tA\tC\t1\t.", "column strand: `.` found; expected + or -"),
        ] {
            let text = message(&format!("chrom\tpos\tref\talt\teffect\tstrand\ttss\n{row}\t9\n"));
            assert!(text.contains(expected), "{text}");
        }
        let named = read("chrom\tpos\tref\talt\teffect\n", &[(EffectColumn::Se, "sigma")], None);
        assert!(named.expect_err("absent").to_string().contains("no column `sigma`"));
    }

    #[test]
    fn measured_variant_significance_is_that_of_the_first_column() {
        let read = |columns: &str, values: &str| {
            let text = format!("promoter\tposition\tref\talt\teffect\t{columns}\nP\t1\tA\tC\t-1\t{values}\n");
            read(&text, &[], None)
        };
        let significance = |columns, values| read(columns, values).expect("read").rows[0].significance;
        assert_eq!(significance("se\tfdr", "0.5\t0.04"), Some(Significance::Probability(0.04)));
        assert_eq!(significance("se", "0.5"), Some(Significance::StandardError(0.5)));
        assert_eq!(significance("p_value", ""), None);
        let text = read("se", "-1").expect_err("negative").to_string();
        assert!(text.contains("column se: `-1` found; expected a number, 0 or more"), "{text}");
    }
}
