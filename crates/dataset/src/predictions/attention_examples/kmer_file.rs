//! File of attention-enriched k-mers: one row per k-mer and position.

use std::path::Path;

use super::{AttentionEnrichedKmer, out_of_range, parse_cell};
use crate::error::Result;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_table::TextTable;

/// Columns of the file, in order. `motif` and `column` count from 1.
pub(super) const COLUMNS: [&str; 10] =
    ["motif", "consensus", "sites", "log2_enrichment", "median_position_bp", "column", "a", "c", "g", "t"];

const COUNT: &str = "a whole number of 0 or more";
const MOTIF_ORDER: &str = "the number of the current or the next motif";
const COLUMN_ORDER: &str = "consecutive columns of a motif, starting at 1";
const SAME_IN_MOTIF: &str = "the same value in every row of a motif";

/// Row of the file.
struct MotifRow {
    number: usize,
    column: usize,
    /// K-mer with the counts of one position.
    motif: AttentionEnrichedKmer,
}

pub(super) fn read(path: &Path) -> Result<Vec<AttentionEnrichedKmer>, TableError> {
    let mut table = TextTable::open(path)?;
    let columns = table.columns(COLUMNS)?;
    let mut motifs: Vec<AttentionEnrichedKmer> = Vec::new();
    let mut last = table.header_location();
    while let Some((location, cells)) = table.next_row()? {
        let row = parse_row(columns.map(|column| cells[column].trim()));
        let (complete, open) = (last, motifs.len());
        row.and_then(|row| add_row(&mut motifs, row)).map_err(|problem| TableError::at(path, location, problem))?;
        if open > 0 && motifs.len() > open {
            check_motif(&motifs[open - 1]).map_err(|problem| TableError::at(path, complete, problem))?;
        }
        last = location;
    }
    if let Some(motif) = motifs.last() {
        check_motif(motif).map_err(|problem| TableError::at(path, last, problem))?;
    }
    Ok(motifs)
}

/// Validated rows of the file.
pub(super) fn records(motifs: &[AttentionEnrichedKmer]) -> Result<Vec<Vec<String>>, TableError> {
    let mut records = Vec::new();
    for (index, motif) in motifs.iter().enumerate() {
        let sound = check_motif(motif).and_then(|()| motif.counts.iter().try_for_each(|c| check_column(motif, *c)));
        let location = TableLocation::Row(index as u64 + 1);
        sound.map_err(|problem| TableError::at(Path::new("attention-enriched k-mers"), location, problem))?;
        for (column, counts) in motif.counts.iter().enumerate() {
            let mut record = vec![
                (index + 1).to_string(),
                motif.consensus.clone(),
                motif.sites.to_string(),
                motif.log2_enrichment.to_string(),
                motif.median_position_bp.to_string(),
                (column + 1).to_string(),
            ];
            record.extend(counts.map(|count| count.to_string()));
            records.push(record);
        }
    }
    Ok(records)
}

fn parse_row(cells: [&str; COLUMNS.len()]) -> Result<MotifRow, TableProblem> {
    let [number, consensus, sites, log2_enrichment, median_position_bp, column, a, c, g, t] = cells;
    let count = |name: &str, text: &str| parse_cell::<u32>(name, text, COUNT);
    let motif = AttentionEnrichedKmer {
        consensus: consensus.to_owned(),
        sites: count("sites", sites)?,
        log2_enrichment: parse_cell("log2_enrichment", log2_enrichment, "a number")?,
        median_position_bp: parse_cell("median_position_bp", median_position_bp, "a whole number of bp")?,
        counts: vec![[count("a", a)?, count("c", c)?, count("g", g)?, count("t", t)?]],
    };
    check_column(&motif, motif.counts[0])?;
    let (number, column) = (parse_cell("motif", number, MOTIF_ORDER)?, parse_cell("column", column, COLUMN_ORDER)?);
    Ok(MotifRow { number, column, motif })
}

/// Appends a position to the last k-mer or starts a new k-mer.
fn add_row(motifs: &mut Vec<AttentionEnrichedKmer>, row: MotifRow) -> Result<(), TableProblem> {
    let known = motifs.len();
    if row.number == known + 1 {
        if row.column != 1 {
            return Err(out_of_range("column", &row.column.to_string(), COLUMN_ORDER));
        }
        motifs.push(row.motif);
        return Ok(());
    }
    let motif = match motifs.last_mut() {
        Some(motif) if row.number == known => motif,
        _ => return Err(out_of_range("motif", &row.number.to_string(), MOTIF_ORDER)),
    };
    if row.column != motif.counts.len() + 1 {
        return Err(out_of_range("column", &row.column.to_string(), COLUMN_ORDER));
    }
    let columns = [
        ("consensus", motif.consensus == row.motif.consensus, row.motif.consensus.clone()),
        ("sites", motif.sites == row.motif.sites, row.motif.sites.to_string()),
        (
            "log2_enrichment",
            motif.log2_enrichment.to_bits() == row.motif.log2_enrichment.to_bits(),
            row.motif.log2_enrichment.to_string(),
        ),
        (
            "median_position_bp",
            motif.median_position_bp == row.motif.median_position_bp,
            row.motif.median_position_bp.to_string(),
        ),
    ];
    if let Some((name, _, text)) = columns.into_iter().find(|(_, same, _)| !same) {
        return Err(out_of_range(name, &text, SAME_IN_MOTIF));
    }
    motif.counts.extend(row.motif.counts);
    Ok(())
}

fn check_column(motif: &AttentionEnrichedKmer, counts: [u32; 4]) -> Result<(), TableProblem> {
    // A wider type than the counts, since the sum of four may overflow.
    let total: u64 = counts.into_iter().map(u64::from).sum();
    if motif.sites == 0 {
        Err(out_of_range("sites", "0", "1 or more"))
    } else if !motif.log2_enrichment.is_finite() {
        Err(out_of_range("log2_enrichment", &motif.log2_enrichment.to_string(), "a finite number"))
    } else if total > u64::from(motif.sites) {
        Err(out_of_range("a, c, g, t", &total.to_string(), "counts whose sum is at most the number of sites"))
    } else {
        Ok(())
    }
}

fn check_motif(motif: &AttentionEnrichedKmer) -> Result<(), TableProblem> {
    let letters = motif.consensus.chars().count();
    if letters == 0 {
        Err(TableProblem::EmptyCell { column: "consensus".to_owned() })
    } else if letters == motif.counts.len() {
        Ok(())
    } else {
        Err(out_of_range("consensus", &motif.consensus, "one letter per column of the motif"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predictions::attention_examples::tests::motif;

    fn message(rows: &[&str]) -> String {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("m.tsv");
        std::fs::write(&path, format!("{}\n{}\n", COLUMNS.join("\t"), rows.join("\n"))).expect("writable");
        let error = read(&path).expect_err("a bad table").to_string();
        error[error.find("m.tsv").expect("the file is named")..].to_owned()
    }

    #[test]
    fn read_value_out_of_range_error_names_line_and_column() {
        let expected = "m.tsv, line 2: column a: `-1` found; expected a whole number of 0 or more";
        assert_eq!(message(&["1\tG\t5\t1.5\t-47\t1\t-1\t0\t5\t0"]), expected);
        let expected =
            "m.tsv, line 2: column a, c, g, t: `6` found; expected counts whose sum is at most the number of sites";
        assert_eq!(message(&["1\tG\t5\t1.5\t-47\t1\t1\t0\t5\t0"]), expected);
        let expected = "m.tsv, line 2: column log2_enrichment: `inf` found; expected a finite number";
        assert_eq!(message(&["1\tG\t5\tinf\t-47\t1\t0\t0\t5\t0"]), expected);
    }

    #[test]
    fn read_rows_out_of_order_return_error() {
        let first = "1\tGC\t5\t1.5\t-47\t1\t0\t0\t5\t0";
        let expected =
            "m.tsv, line 3: column column: `3` found; expected consecutive columns of a motif, starting at 1";
        assert_eq!(message(&[first, "1\tGC\t5\t1.5\t-47\t3\t0\t5\t0\t0"]), expected);
        let expected = "m.tsv, line 3: column motif: `3` found; expected the number of the current or the next motif";
        assert_eq!(message(&[first, "3\tGC\t5\t1.5\t-47\t1\t0\t5\t0\t0"]), expected);
        let expected = "m.tsv, line 3: column sites: `6` found; expected the same value in every row of a motif";
        assert_eq!(message(&[first, "1\tGC\t6\t1.5\t-47\t2\t0\t5\t0\t0"]), expected);
        // The missing second position is reported at the last row of the k-mer.
        let expected = "m.tsv, line 2: column consensus: `GC` found; expected one letter per column of the motif";
        assert_eq!(message(&[first, "2\tA\t5\t1.5\t-47\t1\t5\t0\t0\t0"]), expected);
        assert_eq!(message(&[first]), expected);
    }

    #[test]
    fn records_have_one_row_per_position() {
        let rows = records(&[motif()]).expect("a sound motif");
        assert_eq!(rows[1].join(" "), "1 GCN 12 0.3333333333333333 -47 2 1 10 0 1");
        assert_eq!(rows.len(), 3);
    }
}
