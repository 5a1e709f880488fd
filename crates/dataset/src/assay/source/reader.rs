//! Reading of the rows of an assay from its files.

use std::collections::HashMap;
use std::path::Path;

use tatabox_sequence::{Sequence, strip_version};

use super::sequences::{self, InputSequence};
use super::values::{chromosome_column, id_column, sequence_column, targets, value_columns};
use super::{AssayColumn, AssayProblem, AssaySequences, AssaySource};
use crate::drop_reason::DropReason;
use crate::error::Result;
use crate::io::table_error::{TableError, TableLocation, TableProblem};
use crate::io::text_table::TextTable;
use crate::schema::{GENE_ID, GENE_NAME};

/// Rows of an assay as its files list them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AssayInput {
    /// Names of the outputs.
    pub outputs: Vec<String>,
    /// Rows with a usable sequence and at least one value.
    pub rows: Vec<InputRow>,
    /// Targets in log2, rows x outputs; NaN if missing.
    pub targets: Vec<f32>,
    /// Rows that are not used.
    pub excluded: Vec<ExcludedRow>,
    /// Number of rows whose identifier another construct has as well, so that a number was added to it.
    pub renamed: usize,
}

/// Row with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputRow {
    pub id: String,
    /// Symbol of a gene, if the table has a column of them.
    pub symbol: Option<String>,
    /// Contigs that the input states.
    pub contigs: Vec<String>,
    /// Sequence; empty for genes.
    pub sequence: Sequence,
}

/// Row that is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExcludedRow {
    pub id: String,
    pub reason: DropReason,
    pub detail: String,
}

/// Reads the rows of an assay.
///
/// A table with sequences and values may repeat an identifier for different sequences, which are different constructs: the
/// second row of the identifier X becomes `X#2`. Otherwise, identifiers are unique.
///
/// # Errors
///
/// The errors of tables, with the line; [`AssayProblem`] for columns that are not clear, invalid values and duplicate
/// identifiers.
pub(crate) fn read(source: &AssaySource) -> Result<AssayInput> {
    match (&source.sequences, &source.values) {
        (AssaySequences::Genes, _) => Ok(read_genes(source, source.table())?),
        (AssaySequences::File(path), Some(values)) if values != path => read_two_files(source, path, values),
        (AssaySequences::File(path), _) => {
            if sequences::is_fasta(path)? {
                let problem = TableProblem::Assay(AssayProblem::FastaWithoutValues);
                return Err(TableError::in_file(path, problem).into());
            }
            Ok(read_one_table(source, path)?)
        }
    }
}

/// Rows under construction.
struct Rows {
    input: AssayInput,
}

impl Rows {
    fn new(source: &AssaySource, columns: &[AssayColumn]) -> Self {
        Self {
            input: AssayInput {
                outputs: source.outputs(columns),
                rows: Vec::new(),
                targets: Vec::new(),
                excluded: Vec::new(),
                renamed: 0,
            },
        }
    }

    fn exclude(&mut self, id: &str, reason: DropReason, detail: String) {
        self.input.excluded.push(ExcludedRow { id: id.to_owned(), reason, detail });
    }

    /// Adds a row, unless it has no value or no usable sequence.
    fn take(&mut self, row: InputRow, problem: Option<String>, targets: &[f32], location: TableLocation) {
        if let Some(problem) = problem {
            self.exclude(&row.id, DropReason::InvalidRecord, format!("{location}: {problem}"));
        } else if targets.iter().all(|target| target.is_nan()) {
            self.exclude(&row.id, DropReason::NoMeasurement, format!("{location}: every value is missing"));
        } else {
            self.input.rows.push(row);
            self.input.targets.extend_from_slice(targets);
        }
    }

    fn finish(self, path: &Path) -> Result<AssayInput, TableError> {
        if self.input.rows.is_empty() && self.input.excluded.is_empty() {
            return Err(TableError::in_file(path, TableProblem::NoRows));
        }
        Ok(self.input)
    }
}

/// Reads the values of genes.
fn read_genes(source: &AssaySource, path: &Path) -> Result<AssayInput, TableError> {
    let mut table = TextTable::open(path)?;
    let default = table.header.iter().position(|name| name == GENE_ID).unwrap_or_default();
    let id = source.id_column.as_deref().map_or(Ok(default), |name| id_column(&table, Some(name)))?;
    let symbol = table.header.iter().position(|name| name == GENE_NAME).filter(|&column| column != id);
    let other: Vec<usize> = [Some(id), symbol].into_iter().flatten().collect();
    let named = value_columns(source, path, &table, &other)?;
    let values = positions(&table, &named)?;
    let mut rows = Rows::new(source, &named);
    let (header, mut seen) = (table.header.clone(), HashMap::new());
    while let Some((location, cells)) = table.next_row()? {
        let error = |problem| TableError::at(path, location, problem);
        let gene_id = strip_version(cells[id].trim()).into_owned();
        if gene_id.is_empty() {
            return Err(error(TableProblem::EmptyCell { column: header[id].clone() }));
        }
        if let Some(first) = seen.insert(gene_id.clone(), location) {
            return Err(error(TableProblem::DuplicateGene { gene_id, first }));
        }
        let targets = targets(cells, &gene_id, &values, &header, source.scale).map_err(error)?;
        let symbol = symbol.map(|column| cells[column].trim().to_owned()).filter(|symbol| !symbol.is_empty());
        let row = InputRow { id: gene_id, symbol, contigs: Vec::new(), sequence: Sequence::default() };
        rows.take(row, None, &targets, location);
    }
    rows.finish(path)
}

/// Reads a table of sequences and values.
fn read_one_table(source: &AssaySource, path: &Path) -> Result<AssayInput, TableError> {
    let mut table = TextTable::open(path)?;
    let id = id_column(&table, source.id_column.as_deref())?;
    let sequence = sequence_column(&table, source.sequence_column.as_deref())?;
    let chromosome = chromosome_column(&table, source.chromosome_column.as_deref())?;
    let other: Vec<usize> = [Some(id), Some(sequence), chromosome].into_iter().flatten().collect();
    let named = value_columns(source, path, &table, &other)?;
    let values = positions(&table, &named)?;
    let mut rows = Rows::new(source, &named);
    let header = table.header.clone();
    // Location and sequence of the rows of each identifier.
    let mut seen: HashMap<String, Vec<(TableLocation, Sequence)>> = HashMap::new();
    while let Some((location, cells)) = table.next_row()? {
        let error = |problem| TableError::at(path, location, problem);
        let stated = cells[id].trim();
        if stated.is_empty() {
            return Err(error(TableProblem::EmptyCell { column: header[id].clone() }));
        }
        let (sequence, problem) = match sequences::sequence_of(&cells[sequence]) {
            Ok(sequence) => (sequence, None),
            Err(problem) => (Sequence::default(), Some(problem)),
        };
        let of_id = seen.entry(stated.to_owned()).or_default();
        if let Some(&(first, _)) = of_id.iter().find(|(_, other)| *other == sequence) {
            let problem = AssayProblem::DuplicateId { id: stated.to_owned(), first };
            return Err(error(TableProblem::Assay(problem)));
        }
        of_id.push((location, sequence.clone()));
        let id = if of_id.len() == 1 { stated.to_owned() } else { format!("{stated}#{}", of_id.len()) };
        rows.input.renamed += usize::from(of_id.len() > 1);
        let targets = targets(cells, &id, &values, &header, source.scale).map_err(error)?;
        let contigs = sequences::contigs_of(stated, chromosome.map(|column| &cells[column]));
        rows.take(InputRow { id, symbol: None, contigs, sequence }, problem, &targets, location);
    }
    rows.finish(path)
}

/// Reads sequences and values from different files, in the order of the sequences.
fn read_two_files(source: &AssaySource, sequences: &Path, values: &Path) -> Result<AssayInput> {
    check_named_columns(source, sequences, values)?;
    let mut of_values = read_values(source, values)?;
    let read = sequences::read(source, sequences)?;
    let mut rows = Rows::new(source, &of_values.columns);
    let mut seen: HashMap<String, TableLocation> = HashMap::new();
    for InputSequence { id, contigs, sequence, location } in read {
        let error = |problem| TableError::at(sequences, location, problem);
        if id.is_empty() {
            return Err(error(TableProblem::EmptyCell { column: "id".to_owned() }).into());
        }
        if let Some(first) = seen.insert(id.clone(), location) {
            return Err(error(TableProblem::Assay(AssayProblem::DuplicateId { id, first })).into());
        }
        let Some(measured) = of_values.rows.remove(&id) else {
            let detail = format!("{location}: no row in {}", values.display());
            rows.exclude(&id, DropReason::NoMeasurement, detail);
            continue;
        };
        let contigs = if measured.contigs.is_empty() { contigs } else { measured.contigs };
        let (sequence, problem) = match sequence {
            Ok(sequence) => (sequence, None),
            Err(problem) => (Sequence::default(), Some(problem)),
        };
        rows.take(InputRow { id, symbol: None, contigs, sequence }, problem, &measured.targets, location);
    }
    let mut without: Vec<(String, Measured)> = of_values.rows.into_iter().collect();
    without.sort_by(|(id, _), (other, _)| id.cmp(other));
    for (id, measured) in without {
        let detail = format!("{}: no sequence in {}", measured.location, sequences.display());
        rows.exclude(&id, DropReason::NoSequence, detail);
    }
    Ok(rows.finish(sequences)?)
}

/// Checks that one of two files has the columns of identifiers and chromosomes that the source names.
fn check_named_columns(source: &AssaySource, sequences: &Path, values: &Path) -> Result<()> {
    let table = TextTable::open(values)?;
    let mut header = table.header.clone();
    if !sequences::is_fasta(sequences)? {
        header.extend(TextTable::open(sequences)?.header);
    }
    for name in [&source.id_column, &source.chromosome_column].into_iter().flatten() {
        if !header.contains(name) {
            table.column(name, &[name])?;
        }
    }
    Ok(())
}

/// Values by identifier.
struct Values {
    columns: Vec<AssayColumn>,
    rows: HashMap<String, Measured>,
}

/// Values of one identifier.
struct Measured {
    targets: Vec<f32>,
    contigs: Vec<String>,
    location: TableLocation,
}

fn read_values(source: &AssaySource, path: &Path) -> Result<Values, TableError> {
    let mut table = TextTable::open(path)?;
    let has = |name: &&str| table.header.iter().any(|found| found == name);
    // The table of sequences may have the columns of these names instead.
    let id = id_column(&table, source.id_column.as_deref().filter(has))?;
    let chromosome = chromosome_column(&table, source.chromosome_column.as_deref().filter(has))?;
    let other: Vec<usize> = [Some(id), chromosome].into_iter().flatten().collect();
    let columns = value_columns(source, path, &table, &other)?;
    let positions = positions(&table, &columns)?;
    let (header, mut rows) = (table.header.clone(), HashMap::<String, Measured>::new());
    while let Some((location, cells)) = table.next_row()? {
        let error = |problem| TableError::at(path, location, problem);
        let id = cells[id].trim().to_owned();
        let targets = targets(cells, &id, &positions, &header, source.scale).map_err(error)?;
        let contigs = chromosome.map_or_else(Vec::new, |column| sequences::contigs_of("", Some(&cells[column])));
        let first = rows.get(&id).map(|other| other.location);
        if let Some(first) = first {
            return Err(error(TableProblem::Assay(AssayProblem::DuplicateId { id, first })));
        }
        rows.insert(id, Measured { targets, contigs, location });
    }
    Ok(Values { columns, rows })
}

/// Positions of the columns of values.
fn positions(table: &TextTable, columns: &[AssayColumn]) -> Result<Vec<usize>, TableError> {
    columns.iter().map(|column| table.column(&column.column, &[&column.column])).collect()
}
