//! Files of the assays of a data set: rows with their targets (parquet), and packed windows.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{Column, DataFrame, PlSmallStr};

use super::{Assay, AssayRecord, AssayRow};
use crate::error::{DatasetError, Result};
use crate::io::parquet::{number_column, read_frame, text_column, write_frame};
use crate::io::table_error::{TableError, TableProblem};
use crate::prepared::GeneEntry;
use crate::schema::{ASSAYS_DIR, GENE_ID, SPLIT};
use crate::storage::PackedWindows;

const ID: &str = "id";
const CHROMOSOMES: &str = "chromosomes";
const GENES: &str = "genes";
const GROUP: &str = "group";
const INSERT_START: &str = "insert_start";
const INSERT_END: &str = "insert_end";

/// Columns that precede the outputs.
const ROW_COLUMNS: [&str; 8] = [ID, CHROMOSOMES, GENES, GROUP, SPLIT, INSERT_START, INSERT_END, GENE_ID];

/// Separator of the names in a cell.
const SEPARATOR: char = ';';

/// Names of the files of an assay in the folder of the data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssayFiles {
    /// Rows, or values of the genes.
    pub rows: String,
    /// Windows of the rows.
    pub windows: String,
}

impl AssayFiles {
    /// Files of assays with these names. Characters that a file system may not accept become `_`, and equal names get a number.
    pub(crate) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Self> {
        let mut stems: Vec<String> = Vec::new();
        for name in names {
            let is_safe = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
            let safe: String = name.chars().map(|letter| if is_safe(letter) { letter } else { '_' }).collect();
            let safe = if safe.starts_with('.') { format!("_{safe}") } else { safe };
            let is_free = |stem: &String| stems.iter().all(|other| !other.eq_ignore_ascii_case(stem));
            let numbered = (2..).map(|number| format!("{safe}_{number}"));
            let stem = std::iter::once(safe.clone()).chain(numbered).find(is_free).expect("numbers do not end");
            stems.push(stem);
        }
        let file = |stem: &String, ending: &str| format!("{ASSAYS_DIR}/{stem}.{ending}");
        stems.iter().map(|stem| Self { rows: file(stem, "parquet"), windows: file(stem, "bin") }).collect()
    }
}

/// Checks that outputs are named unlike each other, the cell types and the other columns of the files.
pub(crate) fn check_output_names<'a>(
    cell_types: &[String],
    outputs: impl IntoIterator<Item = &'a String>,
) -> Result<()> {
    let refuse = |name: &str, expected: &str| {
        let value = format!("output {name:?}");
        Err(DatasetError::InvalidSetting { field: "assay", value, expected: expected.to_owned() })
    };
    let mut seen: Vec<&str> = Vec::new();
    for output in outputs {
        let is_output = |other: &&str| other.eq_ignore_ascii_case(output);
        if cell_types.iter().any(|cell_type| cell_type.eq_ignore_ascii_case(output)) {
            return refuse(output, "a cell type has this name; name the output, such as values=COLUMN:OUTPUT");
        }
        if seen.iter().any(is_output) {
            return refuse(output, "another output has this name; name the output, such as values=COLUMN:OUTPUT");
        }
        if ROW_COLUMNS.iter().any(is_output) {
            let expected = format!("the name is reserved (reserved: {}); name it otherwise", ROW_COLUMNS.join(", "));
            return refuse(output, &expected);
        }
        seen.push(output);
    }
    Ok(())
}

/// Writes the rows of an assay with their targets.
pub(crate) fn write_rows(
    path: &Path,
    genes: &[GeneEntry],
    rows: &[AssayRow],
    outputs: &[String],
    targets: &[f32],
) -> Result<()> {
    let name = |name: &str| PlSmallStr::from_str(name);
    let text = |of: &dyn Fn(&AssayRow) -> String| -> Vec<Option<String>> {
        rows.iter().map(of).map(|text| Some(text).filter(|text| !text.is_empty())).collect()
    };
    let number = |of: &dyn Fn(&AssayRow) -> u32| rows.iter().map(of).collect::<Vec<u32>>();
    let separator = SEPARATOR.to_string();
    let gene_ids = |row: &AssayRow| {
        row.genes.iter().map(|&gene| genes[gene as usize].gene_id.as_str()).collect::<Vec<_>>().join(&separator)
    };
    let mut columns = vec![
        Column::new(name(ID), text(&|row| row.id.clone())),
        Column::new(name(CHROMOSOMES), text(&|row| row.chromosomes.join(&separator))),
        Column::new(name(GENES), text(&gene_ids)),
        Column::new(name(GROUP), number(&|row| row.group)),
        Column::new(name(SPLIT), text(&|row| row.split.map_or_else(String::new, |split| split.to_string()))),
        Column::new(name(INSERT_START), number(&|row| row.insert.start)),
        Column::new(name(INSERT_END), number(&|row| row.insert.end)),
    ];
    columns.extend(output_columns(outputs, targets));
    write(path, rows.len(), columns)
}

/// Writes the targets of the genes.
pub(crate) fn write_genes(path: &Path, genes: &[GeneEntry], outputs: &[String], targets: &[f32]) -> Result<()> {
    let gene_ids: Vec<&str> = genes.iter().map(|gene| gene.gene_id.as_str()).collect();
    let mut columns = vec![Column::new(PlSmallStr::from_str(GENE_ID), gene_ids)];
    columns.extend(output_columns(outputs, targets));
    write(path, genes.len(), columns)
}

fn output_columns(outputs: &[String], targets: &[f32]) -> impl Iterator<Item = Column> {
    outputs.iter().enumerate().map(|(index, output)| {
        let values = targets.iter().skip(index).step_by(outputs.len());
        let values: Vec<Option<f32>> = values.map(|target| Some(*target).filter(|target| !target.is_nan())).collect();
        Column::new(PlSmallStr::from_str(output), values)
    })
}

fn write(path: &Path, height: usize, columns: Vec<Column>) -> Result<()> {
    let parquet = |error| DatasetError::from(TableError::in_file(path, TableProblem::Parquet(error)));
    let mut frame = DataFrame::new(height, columns).map_err(parquet)?;
    Ok(write_frame(path, &mut frame)?)
}

/// Opens the assays of the data set in `directory`.
///
/// # Errors
///
/// [`DatasetError::Damaged`] for files that differ from the records or from the genes.
pub(crate) fn open(
    directory: &Path,
    records: &[AssayRecord],
    genes: &[GeneEntry],
    geometry: tatabox_sequence::WindowGeometry,
) -> Result<Arc<[Assay]>> {
    let files = AssayFiles::of(records.iter().map(|record| record.name.as_str()));
    let mut gene_of: HashMap<&str, u32> = HashMap::new();
    if !records.is_empty() {
        gene_of.extend(genes.iter().zip(0..).map(|(gene, index)| (gene.gene_id.as_str(), index)));
    }
    let open = |(record, files): (&AssayRecord, AssayFiles)| -> Result<Assay> {
        let path = directory.join(files.rows);
        if record.rows == 0 {
            let targets = read_genes(&path, record, genes)?.into();
            return Ok(Assay { record: record.clone(), rows: Arc::from([]), targets, windows: None });
        }
        let (rows, targets) = read_rows(&path, record, &gene_of)?;
        let windows_path = directory.join(files.windows);
        let windows = PackedWindows::open(&windows_path)?;
        let window_bp = geometry.len() as u32;
        if rows.len() != record.rows || windows.len() != record.rows || windows.geometry() != geometry {
            let detail = format!(
                "assay {}: {} rows and {} windows of {} bp; {} rows and windows of {window_bp} bp are recorded",
                record.name,
                rows.len(),
                windows.len(),
                windows.geometry().len(),
                record.rows,
            );
            return Err(DatasetError::damaged(&windows_path, detail));
        }
        let is_within = |row: &AssayRow| row.insert.start < row.insert.end && row.insert.end <= window_bp;
        if let Some(row) = rows.iter().find(|row| !is_within(row)) {
            let detail = format!("row {}: the insert {:?} is not within the window", row.id, row.insert);
            return Err(DatasetError::damaged(&path, detail));
        }
        let windows = Some(Arc::new(windows));
        Ok(Assay { record: record.clone(), rows: rows.into(), targets: targets.into(), windows })
    };
    let assays = records.iter().zip(files).map(open).collect::<Result<Vec<_>>>()?;
    Ok(assays.into())
}

fn read_rows(path: &Path, record: &AssayRecord, gene_of: &HashMap<&str, u32>) -> Result<(Vec<AssayRow>, Vec<f32>)> {
    let frame = read_frame(path)?;
    let text = |name: &str| -> Result<Vec<String>> { Ok(text_column(path, column(path, &frame, name)?)?) };
    let number = |name: &str| -> Result<Vec<u32>> {
        let numbers = number_column(path, column(path, &frame, name)?)?;
        let whole = |(row, number): (usize, Option<f64>)| match number {
            Some(number) if number >= 0.0 && number <= f64::from(u32::MAX) => Ok(number as u32),
            _ => Err(DatasetError::damaged(path, format!("row {row} has no {name}"))),
        };
        numbers.into_iter().enumerate().map(whole).collect()
    };
    let [ids, chromosomes, genes, splits] = [text(ID)?, text(CHROMOSOMES)?, text(GENES)?, text(SPLIT)?];
    let [groups, starts, ends] = [number(GROUP)?, number(INSERT_START)?, number(INSERT_END)?];
    let mut rows = Vec::with_capacity(ids.len());
    for (row, id) in ids.into_iter().enumerate() {
        let names = |cell: &str| -> Vec<String> {
            cell.split(SEPARATOR).filter(|name| !name.is_empty()).map(str::to_owned).collect()
        };
        let gene = |gene_id: String| {
            let gene = gene_of.get(gene_id.as_str()).copied();
            gene.ok_or_else(|| DatasetError::damaged(path, format!("row {id}: no gene {gene_id} in the data set")))
        };
        let genes = names(&genes[row]).into_iter().map(gene).collect::<Result<Vec<u32>>>()?;
        rows.push(AssayRow {
            chromosomes: names(&chromosomes[row]),
            genes,
            group: groups[row],
            split: (!splits[row].is_empty()).then(|| splits[row].parse()).transpose()?,
            insert: starts[row]..ends[row],
            id,
        });
    }
    let targets = read_targets(path, &frame, &record.outputs)?;
    Ok((rows, targets))
}

fn read_genes(path: &Path, record: &AssayRecord, genes: &[GeneEntry]) -> Result<Vec<f32>> {
    let frame = read_frame(path)?;
    let gene_ids = text_column(path, column(path, &frame, GENE_ID)?)?;
    if !gene_ids.iter().eq(genes.iter().map(|gene| &gene.gene_id)) {
        return Err(DatasetError::damaged(path, "its genes are not those of the data set"));
    }
    read_targets(path, &frame, &record.outputs)
}

fn read_targets(path: &Path, frame: &DataFrame, outputs: &[String]) -> Result<Vec<f32>> {
    let mut targets = vec![f32::NAN; frame.height() * outputs.len()];
    for (index, output) in outputs.iter().enumerate() {
        for (row, value) in number_column(path, column(path, frame, output)?)?.into_iter().enumerate() {
            targets[row * outputs.len() + index] = value.map_or(f32::NAN, |value| value as f32);
        }
    }
    Ok(targets)
}

fn column<'a>(path: &Path, frame: &'a DataFrame, name: &str) -> Result<&'a Column> {
    frame.column(name).map_err(|_| DatasetError::damaged(path, format!("column {name:?} is missing")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assay_files_have_safe_and_unique_names() {
        let files = AssayFiles::of(["MPRA (K562)", "mpra:(k562)", "../x", "SuRE"]);
        let rows: Vec<&str> = files.iter().map(|files| files.rows.as_str()).collect();
        let expected = ["MPRA__K562_.parquet", "mpra__k562__2.parquet", "_.._x.parquet", "SuRE.parquet"]
            .map(|name| format!("assays/{name}"));
        assert_eq!(rows, expected);
        assert_eq!(files[3].windows, "assays/SuRE.bin");
    }

    #[test]
    fn check_output_names_refuses_known_names() {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let check = |outputs: &[&str]| check_output_names(&owned(&["K562"]), &owned(outputs));
        assert!(check(&["mpra", "SuRE"]).is_ok());
        let refused = |outputs: &[&str]| check(outputs).expect_err("refused").to_string();
        assert!(refused(&["k562"]).contains("a cell type has this name"));
        assert!(refused(&["mpra", "MPRA"]).contains("another output"));
        assert!(refused(&["Group"]).contains("reserved"));
    }
}
