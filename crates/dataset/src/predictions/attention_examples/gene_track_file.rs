//! File of gene tracks: one row per bin with its weight and bases.

use std::path::Path;

use super::{GeneTrack, out_of_range, parse_cell};
use crate::error::Result;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_table::TextTable;

/// Columns of the file, in order.
pub(super) const COLUMNS: [&str; 8] =
    ["gene_id", "gene_name", "measured", "predicted", "start_bp", "bin_bp", "weight", "bases"];

const BASES: &str = "A, C, G, T and N, one per base of the bin (the last bin may be shorter)";
const SAME_IN_GENE: &str = "the same value in every row of a gene";

pub(super) fn read(path: &Path) -> Result<Vec<GeneTrack>, TableError> {
    let mut tracks: Vec<GeneTrack> = Vec::new();
    TextTable::for_each_row(path, COLUMNS, |cells| {
        let bin = parse_row(cells)?;
        check_track(&bin)?;
        add_bin(&mut tracks, bin)
    })?;
    Ok(tracks)
}

/// Validated rows of the file.
pub(super) fn records(tracks: &[GeneTrack]) -> Result<Vec<Vec<String>>, TableError> {
    let mut records = Vec::new();
    for (index, track) in tracks.iter().enumerate() {
        let twice = tracks[..index].iter().any(|other| other.gene_id == track.gene_id);
        let sound = if twice { Err(scattered_bins(track)) } else { check_track(track) };
        let location = TableLocation::Row(index as u64 + 1);
        sound.map_err(|problem| TableError::at(Path::new("gene tracks"), location, problem))?;
        let bases = track.sequence.as_bytes().chunks(track.bin_bp as usize);
        for (bin, (weight, bases)) in track.weights.iter().zip(bases).enumerate() {
            records.push(vec![
                track.gene_id.clone(),
                track.gene_name.clone().unwrap_or_default(),
                track.measured.to_string(),
                track.predicted.to_string(),
                (i64::from(track.start_bp) + bin as i64 * i64::from(track.bin_bp)).to_string(),
                track.bin_bp.to_string(),
                weight.to_string(),
                String::from_utf8_lossy(bases).into_owned(),
            ]);
        }
    }
    Ok(records)
}

/// Track with the single bin of a row.
fn parse_row(cells: [&str; COLUMNS.len()]) -> Result<GeneTrack, TableProblem> {
    let [gene_id, gene_name, measured, predicted, start_bp, bin_bp, weight, bases] = cells;
    Ok(GeneTrack {
        gene_id: gene_id.to_owned(),
        gene_name: (!gene_name.is_empty()).then(|| gene_name.to_owned()),
        start_bp: parse_cell("start_bp", start_bp, "a whole number of bp")?,
        bin_bp: parse_cell("bin_bp", bin_bp, "a whole number of bp above 0")?,
        weights: vec![parse_cell("weight", weight, "a number of 0 or more")?],
        sequence: bases.to_owned(),
        measured: parse_cell("measured", measured, "a number")?,
        predicted: parse_cell("predicted", predicted, "a number")?,
    })
}

/// Appends a bin to the last track or starts a new track.
fn add_bin(tracks: &mut Vec<GeneTrack>, bin: GeneTrack) -> Result<(), TableProblem> {
    let Some(index) = tracks.iter().position(|track| track.gene_id == bin.gene_id) else {
        tracks.push(bin);
        return Ok(());
    };
    if index + 1 != tracks.len() {
        return Err(scattered_bins(&bin));
    }
    let track = &mut tracks[index];
    let end_bp = i64::from(track.start_bp) + track.sequence.len() as i64;
    let full = track.sequence.len() == track.weights.len() * track.bin_bp as usize;
    if !full || i64::from(bin.start_bp) != end_bp {
        return Err(out_of_range("start_bp", &bin.start_bp.to_string(), "the end of the preceding bin"));
    }
    let columns = [
        ("gene_name", track.gene_name == bin.gene_name, bin.gene_name.clone().unwrap_or_default()),
        ("measured", track.measured.to_bits() == bin.measured.to_bits(), bin.measured.to_string()),
        ("predicted", track.predicted.to_bits() == bin.predicted.to_bits(), bin.predicted.to_string()),
        ("bin_bp", track.bin_bp == bin.bin_bp, bin.bin_bp.to_string()),
    ];
    if let Some((name, _, text)) = columns.into_iter().find(|(_, same, _)| !same) {
        return Err(out_of_range(name, &text, SAME_IN_GENE));
    }
    track.weights.extend(bin.weights);
    track.sequence.push_str(&bin.sequence);
    Ok(())
}

fn check_track(track: &GeneTrack) -> Result<(), TableProblem> {
    if track.gene_id.is_empty() {
        return Err(TableProblem::EmptyCell { column: "gene_id".to_owned() });
    }
    if track.bin_bp == 0 {
        return Err(out_of_range("bin_bp", "0", "a whole number of bp above 0"));
    }
    for (name, value) in [("measured", track.measured), ("predicted", track.predicted)] {
        if !value.is_finite() {
            return Err(out_of_range(name, &value.to_string(), "a finite number"));
        }
    }
    if let Some(weight) = track.weights.iter().find(|weight| !(weight.is_finite() && **weight >= 0.0)) {
        return Err(out_of_range("weight", &weight.to_string(), "a number of 0 or more"));
    }
    let bins = track.sequence.len().div_ceil(track.bin_bp as usize);
    let letters = track.sequence.bytes().all(|base| matches!(base, b'A' | b'C' | b'G' | b'T' | b'N'));
    if !letters || bins != track.weights.len() || bins == 0 {
        return Err(out_of_range("bases", &shortened(&track.sequence), BASES));
    }
    Ok(())
}

fn scattered_bins(track: &GeneTrack) -> TableProblem {
    out_of_range("gene_id", &track.gene_id, "consecutive rows for the bins of a gene")
}

fn shortened(bases: &str) -> String {
    const SHOWN: usize = 24;
    let text: String = bases.chars().take(SHOWN).collect();
    if text.len() < bases.len() { text + "…" } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predictions::attention_examples::tests::track;

    fn message(rows: &[&str]) -> String {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("t.tsv");
        std::fs::write(&path, format!("{}\n{}\n", COLUMNS.join("\t"), rows.join("\n"))).expect("writable");
        let error = read(&path).expect_err("a bad table").to_string();
        error[error.find("t.tsv").expect("the file is named")..].to_owned()
    }

    #[test]
    fn records_have_one_row_per_bin_with_bases() {
        // Ten bases from -5 in bins of four: -5, -1 and 3, the last with two bases.
        let rows = records(&[track()]).expect("a sound track");
        let starts: Vec<(&str, &str)> = rows.iter().map(|row| (row[4].as_str(), row[7].as_str())).collect();
        assert_eq!(starts, [("-5", "ACGT"), ("-1", "NACG"), ("3", "TA")]);
    }

    #[test]
    fn read_invalid_value_error_names_line_and_column() {
        let expected = format!("t.tsv, line 2: column bases: `ACGU` found; expected {BASES}");
        assert_eq!(message(&["A\t\t1\t2\t-4\t4\t0.5\tACGU"]), expected);
        let expected = format!("t.tsv, line 2: column bases: `ACGTA` found; expected {BASES}");
        assert_eq!(message(&["A\t\t1\t2\t-4\t4\t0.5\tACGTA"]), expected);
        let expected = "t.tsv, line 2: column weight: `-1` found; expected a number of 0 or more";
        assert_eq!(message(&["A\t\t1\t2\t-4\t4\t-1\tACGT"]), expected);
        assert_eq!(
            message(&["\t\t1\t2\t-4\t4\t1\tACGT"]),
            "t.tsv, line 2: empty `gene_id`; every row requires a value"
        );
    }

    #[test]
    fn read_scattered_bins_return_error() {
        let first = "A\t\t1\t2\t-4\t4\t0.5\tACGT";
        let expected = "t.tsv, line 3: column start_bp: `4` found; expected the end of the preceding bin";
        assert_eq!(message(&[first, "A\t\t1\t2\t4\t4\t0.5\tACGT"]), expected);
        // Only the last bin may be shorter.
        let short = "A\t\t1\t2\t0\t4\t0.5\tAC";
        let expected = "t.tsv, line 4: column start_bp: `2` found; expected the end of the preceding bin";
        assert_eq!(message(&[first, short, "A\t\t1\t2\t2\t4\t0.5\tACGT"]), expected);
        let expected = "t.tsv, line 3: column measured: `3` found; expected the same value in every row of a gene";
        assert_eq!(message(&[first, "A\t\t3\t2\t0\t4\t0.5\tACGT"]), expected);
        let expected = "t.tsv, line 4: column gene_id: `A` found; expected consecutive rows for the bins of a gene";
        assert_eq!(message(&[first, "B\t\t1\t2\t0\t4\t0.5\tACGT", first]), expected);
    }
}
