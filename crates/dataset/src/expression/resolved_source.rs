//! Sources of known format: reading and conversion to TPM.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::format::matrix::Matrix;
use super::format::quantification::Quantification;
use super::format::{encode, gene_counts, hpa, is_unit, roadmap};
use super::gene_model::GeneModel;
use super::record::SourceRecord;
use super::sample_files::{ExcludedGenes, combine, files_of};
use super::scale::{counts_to_tpm, scale_to_million};
use super::unusable_rows::without_unusable_rows;
use super::{ExpressionConfig, ExpressionFormat, ExpressionTable, HpaUnit, RpkmScale, SampleFiles, Scale};
use crate::error::Result;
use crate::io::table_error::{TableError, TableProblem};
use crate::io::text_table::TextTable;
use crate::simulate::SimulationTruth;

/// Largest logarithm of a table in log2(TPM + 1), with a margin.
const MAX_LOG2: f64 = 25.0;

/// Source with known format and files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResolvedSource {
    pub(super) format: ExpressionFormat,
    /// Scale as stated.
    pub(super) scale: Option<Scale>,
    pub(super) content: SourceContent,
}

/// Files of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SourceContent {
    /// Table with several cell types.
    Table(PathBuf),
    /// Files of one sample each, perhaps listed in a sheet.
    Samples { sheet: Option<PathBuf>, samples: Vec<SampleFiles> },
}

/// Table of a file in TPM, with the origin of its values.
struct ConvertedTable {
    table: ExpressionTable,
    columns: Vec<String>,
    excluded_columns: Vec<String>,
    scale: Option<Scale>,
    sums: BTreeMap<String, f64>,
    gene_lengths: Option<&'static str>,
}

impl ResolvedSource {
    /// Files of the source; a sample sheet comes first.
    pub(crate) fn files(&self) -> Vec<&Path> {
        match &self.content {
            SourceContent::Table(path) => vec![path],
            SourceContent::Samples { sheet, samples } => {
                sheet.iter().chain(files_of(samples)).map(PathBuf::as_path).collect()
            }
        }
    }

    /// Whether the genes of an annotation are needed: those of transcripts, or their lengths.
    pub(crate) fn uses_gene_model(&self) -> bool {
        use ExpressionFormat as Format;
        matches!(self.format, Format::Salmon | Format::Kallisto | Format::Htseq | Format::Star)
            || self.scale == Some(Scale::Counts)
    }

    /// Label for messages.
    pub(super) fn label(&self) -> String {
        match &self.content {
            SourceContent::Samples { sheet: None, .. } if self.format == ExpressionFormat::Encode => {
                "the RSEM quantifications".to_owned()
            }
            _ => self.files()[0].display().to_string(),
        }
    }

    /// Format in the record. The files of ENCODE are gene quantifications of RSEM, as those of other laboratories are; only a
    /// sample sheet is a separate format.
    fn recorded_format(&self) -> ExpressionFormat {
        match &self.content {
            SourceContent::Samples { sheet: None, .. } if self.format == ExpressionFormat::Encode => {
                ExpressionFormat::Rsem
            }
            _ => self.format,
        }
    }

    /// Checks the stated scale against the format.
    ///
    /// # Errors
    ///
    /// [`TableProblem::ScaleNotInFormat`] for another scale than that of the format, [`TableProblem::CountsWithoutScale`]
    /// for read counts whose conversion is not stated.
    pub(super) fn check_scale(&self) -> Result<()> {
        use ExpressionFormat as Format;
        let (is_valid, found) = match (self.format, self.scale) {
            (Format::FeatureCounts | Format::Htseq | Format::Star, None) => {
                let format = self.format.title().to_owned();
                return Err(TableError::in_file(self.files()[0], TableProblem::CountsWithoutScale { format }).into());
            }
            (Format::Roadmap, Some(scale)) => (scale == Scale::Fpkm, "RPKM"),
            (Format::Hpa | Format::Encode, Some(scale)) => (scale == Scale::Tpm, "TPM"),
            (Format::Htseq | Format::Star, Some(scale)) => (scale == Scale::Counts, "read counts"),
            _ => (true, ""),
        };
        match self.scale {
            Some(scale) if !is_valid => {
                let format = self.format.title().to_owned();
                let problem = TableProblem::ScaleNotInFormat { scale: scale.as_str(), format, found };
                Err(TableError::in_file(self.files()[0], problem).into())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn read(
        &self,
        config: &ExpressionConfig,
        model: Option<&GeneModel>,
        excluded: &mut ExcludedGenes,
    ) -> Result<(ExpressionTable, SourceRecord)> {
        let mut record = SourceRecord {
            format: self.recorded_format(),
            files: self.files().iter().map(|path| path.display().to_string()).collect(),
            unit: HpaUnit::Tpm.column().to_owned(),
            scale: self.scale,
            genes: 0,
            cell_types: 0,
            columns: Vec::new(),
            excluded_columns: Vec::new(),
            gene_lengths: None,
            renamed: BTreeMap::new(),
            rpkm_sums: BTreeMap::new(),
            replicates: BTreeMap::new(),
        };
        let table = match &self.content {
            SourceContent::Table(path) if self.format == ExpressionFormat::Roadmap => {
                let (mut table, renamed) = roadmap::read(path)?;
                record.renamed = renamed;
                match config.rpkm {
                    RpkmScale::Tpm => {
                        record.rpkm_sums = roadmap::to_tpm(&mut table);
                        "TPM of RPKM".clone_into(&mut record.unit);
                    }
                    RpkmScale::Keep => "RPKM".clone_into(&mut record.unit),
                }
                table
            }
            SourceContent::Table(path) if self.format == ExpressionFormat::Hpa => {
                let read = hpa::read(path, config.hpa_unit)?;
                record.renamed = read.renamed;
                config.hpa_unit.column().clone_into(&mut record.unit);
                read.table
            }
            SourceContent::Table(path) => {
                let converted = self.read_matrix(path, model, excluded)?;
                let columns = &converted.table.cell_types;
                if columns.iter().all(|name| is_unit(name)) {
                    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    let problem = TableProblem::UnitForCellType { columns: columns.clone(), file };
                    return Err(TableError::in_file(path, problem).into());
                }
                record.take(converted)
            }
            SourceContent::Samples { samples, .. } => {
                let combined = combine(samples, |path| -> Result<ExpressionTable> {
                    let converted = self.read_sample(path, model, excluded)?;
                    for column in converted.columns.iter().filter(|_| self.format != ExpressionFormat::Encode) {
                        if !record.columns.contains(column) {
                            record.columns.push(column.clone());
                        }
                    }
                    Ok(record.take(converted))
                })?;
                record.replicates = combined.replicates;
                combined.table
            }
        };
        let table = without_unusable_rows(table, &self.label(), excluded);
        record.genes = table.gene_ids.len();
        record.cell_types = table.cell_types.len();
        Ok((table, record))
    }

    /// Reads the file of one sample.
    fn read_sample(
        &self,
        path: &Path,
        model: Option<&GeneModel>,
        excluded: &mut ExcludedGenes,
    ) -> Result<ConvertedTable> {
        let plain = |table, column: String, scale: Option<Scale>, gene_lengths| ConvertedTable {
            table,
            columns: vec![column],
            excluded_columns: Vec::new(),
            scale,
            sums: BTreeMap::new(),
            gene_lengths,
        };
        match self.format {
            ExpressionFormat::Encode => {
                let table = encode::read_quantification(path, excluded)?;
                Ok(plain(table, HpaUnit::Tpm.column().to_owned(), self.scale, None))
            }
            ExpressionFormat::Htseq | ExpressionFormat::Star => {
                let (table, column) = gene_counts::read(path, self.format, model, excluded)?;
                Ok(plain(table, column, Some(Scale::Counts), Some(ANNOTATION_LENGTHS)))
            }
            ExpressionFormat::Salmon
            | ExpressionFormat::Kallisto
            | ExpressionFormat::StringTie
            | ExpressionFormat::Rsem
            | ExpressionFormat::Cufflinks => {
                let header = TextTable::open(path)?.header;
                let layout = Quantification::of(&header).ok_or_else(|| {
                    let format = self.format.title();
                    let file = path.display().to_string();
                    TableError::in_file(path, TableProblem::SampleWithoutCellType { file, format })
                })?;
                let read = layout.read(path, self.scale, model, excluded)?;
                let scale = (read.scale != Scale::Tpm).then_some(read.scale).or(self.scale);
                let lengths = (read.scale == Scale::Counts).then_some("effective lengths of the file");
                Ok(plain(read.table, read.column, scale, lengths))
            }
            _ => {
                let converted = self.read_matrix(path, model, excluded)?;
                match converted.table.cell_types.len() {
                    1 => Ok(converted),
                    found => Err(TableError::in_file(path, TableProblem::NameForSeveralCellTypes { found }).into()),
                }
            }
        }
    }

    /// Reads a matrix and converts it to TPM. A disagreement of its values with their scale is a warning.
    fn read_matrix(
        &self,
        path: &Path,
        model: Option<&GeneModel>,
        excluded: &mut ExcludedGenes,
    ) -> Result<ConvertedTable> {
        let matrix = Matrix::read(path, self.scale)?;
        warn_of_scale(path, &matrix, self.scale);
        let Matrix { mut table, values, lengths, excluded_columns, excluded: rows, .. } = matrix;
        for ((label, reason), location) in rows {
            excluded.entry((label, reason)).or_insert(location);
        }
        let columns = table.cell_types.clone();
        let (mut sums, mut gene_lengths) = (BTreeMap::new(), None);
        match self.scale.unwrap_or_default() {
            Scale::Log2 if values.max() > MAX_LOG2 => {
                return Err(TableError::in_file(path, TableProblem::NotLog2 { max: values.max() }).into());
            }
            Scale::Tpm | Scale::Log2 => {}
            Scale::Fpkm => {
                let of_columns = scale_to_million(&mut table);
                sums = table.cell_types.iter().cloned().zip(of_columns).collect();
            }
            Scale::Counts => {
                let gene_ids = table.gene_ids.clone();
                let without_length = match (&lengths, model) {
                    (Some(lengths), _) => {
                        gene_lengths = Some("lengths of the file");
                        counts_to_tpm(&mut table, |gene| lengths[gene])
                    }
                    (None, Some(model)) => {
                        gene_lengths = Some(ANNOTATION_LENGTHS);
                        counts_to_tpm(&mut table, |gene| model.length_of(&gene_ids[gene]))
                    }
                    (None, None) => {
                        return Err(TableError::in_file(path, TableProblem::CountsWithoutLengths).into());
                    }
                };
                gene_counts::exclude_without_length(path, &table, &without_length, excluded)?;
            }
        }
        Ok(ConvertedTable { table, columns, excluded_columns, scale: self.scale, sums, gene_lengths })
    }
}

/// Origin of gene lengths from an annotation.
const ANNOTATION_LENGTHS: &str = "exons of the annotation";

impl SourceRecord {
    /// Records the origin of the values of a file.
    fn take(&mut self, converted: ConvertedTable) -> ExpressionTable {
        self.scale = converted.scale;
        converted.scale.unwrap_or_default().converted_unit().clone_into(&mut self.unit);
        for column in converted.excluded_columns {
            if !self.excluded_columns.contains(&column) {
                self.excluded_columns.push(column);
            }
        }
        self.rpkm_sums.extend(converted.sums);
        self.gene_lengths = converted.gene_lengths.map(str::to_owned);
        converted.table
    }
}

/// Warns of values that disagree with their scale, or of names that state another one.
fn warn_of_scale(path: &Path, matrix: &Matrix, stated: Option<Scale>) {
    // Simulated TPM of all genes do not sum to a million.
    if SimulationTruth::next_to(path).is_ok_and(|truth| truth.is_some()) {
        return;
    }
    let of_names = || {
        let scale = matrix.named_unit.or_else(|| Scale::named_in(path)).filter(|_| stated.is_none())?;
        (scale != Scale::Tpm).then(|| {
            format!("the names of columns or file state {scale}: scale `{scale}` converts the values, scale `tpm` states that they are TPM")
        })
    };
    let of_other_names = || {
        let name = names_of_other_scale(path, &matrix.table.cell_types).filter(|_| stated.is_none())?;
        Some(format!(
            "the names of columns or file state {name}, which cannot be converted to TPM; scale `tpm` states that the values are TPM"
        ))
    };
    if let Some(problem) = matrix.values.disagreement(stated).or_else(of_names).or_else(of_other_names) {
        let taken = stated.map_or("taken as TPM although ".to_owned(), |scale| format!("read as {scale} although "));
        tracing::warn!("{}: {taken}{problem}", path.display());
    }
}

/// Scale that cannot be converted to TPM, such as counts per million, if the name of the file or of every column states one.
fn names_of_other_scale(path: &Path, columns: &[String]) -> Option<&'static str> {
    const SCALES: [&str; 8] = ["cpm", "rpm", "vst", "rlog", "tmm", "zscore", "zscores", "quantile"];
    let states = |name: &str, scale: &str| {
        name.split(|letter: char| !letter.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case(scale))
    };
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    SCALES.into_iter().find(|scale| states(&file, scale) || columns.iter().all(|column| states(column, scale)))
}
