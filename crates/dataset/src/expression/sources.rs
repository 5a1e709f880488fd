//! Recognition, reading and combination of the configured expression tables.

use std::path::{Path, PathBuf};

use tatabox_sequence::open_input;

use super::format::{Detected, detect_format, encode};
use super::gene_model::GeneModel;
use super::merge::merge;
use super::record::ExpressionRecord;
use super::resolved_source::{ResolvedSource, SourceContent};
use super::sample_files::{ExcludedGenes, files_of};
use super::{
    ExpressionConfig, ExpressionFormat, ExpressionSource, ExpressionTable, Harmonise, SampleFiles, Scale,
    find_cell_type,
};
use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};
use crate::io::table_error::{TableError, TableProblem};

/// Recognises the format of every source and reads sample sheets.
///
/// # Errors
///
/// The errors of table headers and sample sheets; [`TableProblem::SampleWithoutCellType`] for the file of one sample;
/// [`DatasetError::InvalidSetting`] for incompatible settings.
pub(crate) fn resolve_sources(config: &ExpressionConfig) -> Result<Vec<ResolvedSource>> {
    let refuse = |field, value: &str, expected: &str| {
        Err(DatasetError::InvalidSetting { field, value: value.to_owned(), expected: expected.to_owned() })
    };
    if config.sources.is_empty() {
        return refuse("expression", "none", "expected at least one expression table");
    }
    let mut known = Vec::with_capacity(config.sources.len());
    for source in &config.sources {
        match source {
            ExpressionSource::Table { path, format, scale } => {
                let Detected { format, is_sample } = detect_format(path, *format)?;
                if is_sample {
                    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    let problem = TableProblem::SampleWithoutCellType { file, format: format.title() };
                    return Err(TableError::in_file(path, problem).into());
                }
                if format == ExpressionFormat::Encode {
                    let samples = encode::read_sample_sheet(path)?;
                    resolve_samples(Some(path), &samples, None, *scale, &mut known)?;
                } else {
                    known.push(ResolvedSource { format, scale: *scale, content: SourceContent::Table(path.clone()) });
                }
            }
            ExpressionSource::Samples { samples, format, scale } => {
                resolve_samples(None, samples, *format, *scale, &mut known)?;
            }
        }
    }
    if config.harmonise != Harmonise::None && known.len() < 2 {
        return refuse("harmonise", config.harmonise.as_str(), "expected tables of at least two sources");
    }
    for source in &known {
        source.check_scale()?;
    }
    Ok(known)
}

/// Adds one source per format of the samples.
fn resolve_samples(
    sheet: Option<&Path>,
    samples: &[SampleFiles],
    requested: Option<ExpressionFormat>,
    scale: Option<Scale>,
    known: &mut Vec<ResolvedSource>,
) -> Result<()> {
    let mut by_format: Vec<(ExpressionFormat, Vec<SampleFiles>)> = Vec::new();
    for sample in joined(samples)? {
        let mut formats = Vec::with_capacity(sample.files.len());
        for path in &sample.files {
            formats.push(sample_format(path, requested)?);
        }
        let format = formats[0];
        if let Some(index) = formats.iter().position(|&other| other != format) {
            let problem = TableProblem::ReplicateFormat {
                cell_type: sample.cell_type,
                found: formats[index].as_str(),
                expected: format.as_str(),
            };
            return Err(TableError::in_file(&sample.files[index], problem).into());
        }
        match by_format.iter_mut().find(|(other, _)| *other == format) {
            Some((_, samples)) => samples.push(sample),
            None => by_format.push((format, vec![sample])),
        }
    }
    for (format, samples) in by_format {
        let sheet = sheet.map(Path::to_owned);
        known.push(ResolvedSource { format, scale, content: SourceContent::Samples { sheet, samples } });
    }
    Ok(())
}

/// Format of the file of a sample.
fn sample_format(path: &Path, requested: Option<ExpressionFormat>) -> Result<ExpressionFormat> {
    open_input(path).map_err(|error| TableError::in_file(path, TableProblem::Open(error)))?;
    let found = detect_format(path, requested)?;
    match (found.format, found.is_sample) {
        (ExpressionFormat::Hpa | ExpressionFormat::Roadmap | ExpressionFormat::Encode, false) => {
            let problem = TableProblem::NameForTable { format: found.format.title() };
            Err(TableError::in_file(path, problem).into())
        }
        (format, _) => Ok(format),
    }
}

/// Samples with equal names combined as replicates of one cell type.
fn joined(samples: &[SampleFiles]) -> Result<Vec<SampleFiles>> {
    let mut joined: Vec<SampleFiles> = Vec::new();
    for sample in samples {
        match joined.iter_mut().find(|other| other.cell_type == sample.cell_type) {
            Some(other) => other.files.extend(sample.files.iter().cloned()),
            None => joined.push(sample.clone()),
        }
    }
    let files: Vec<&PathBuf> = files_of(&joined).collect();
    match (1..files.len()).find(|&index| files[..index].contains(&files[index])) {
        Some(index) => Err(DatasetError::InvalidSetting {
            field: "expression",
            value: files[index].display().to_string(),
            expected: "the file is given twice; give each replicate once".to_owned(),
        }),
        None => Ok(joined),
    }
}

/// Combined expression tables with their record.
#[derive(Debug)]
pub(crate) struct JoinedExpression {
    pub table: ExpressionTable,
    /// Index of the source of each cell type.
    pub source_of: Vec<usize>,
    pub record: ExpressionRecord,
    /// Rows that do not represent a gene: identifier, reason, location.
    pub excluded: Vec<(String, DropReason, String)>,
}

/// Reads and combines all sources, and selects the configured cell types. Transcripts and read counts need the genes of an
/// annotation.
pub(crate) fn read(
    config: &ExpressionConfig,
    sources: &[ResolvedSource],
    model: Option<&GeneModel>,
) -> Result<JoinedExpression> {
    let mut excluded = ExcludedGenes::new();
    let (mut tables, mut records) = (Vec::new(), Vec::new());
    for source in sources {
        let (table, record) = source.read(config, model, &mut excluded)?;
        tables.push((source.label(), table));
        records.push(record);
    }
    let merged = merge(tables, config.duplicate)?;
    for (gene_id, detail) in merged.ambiguous {
        excluded.insert((gene_id, DropReason::AmbiguousName), detail);
    }
    let record = ExpressionRecord {
        sources: records,
        genes: merged.table.gene_ids.len(),
        genes_in_every_source: merged.genes_in_all,
        duplicate: config.duplicate,
        duplicated_cell_types: merged.duplicated,
        harmonise: config.harmonise,
        harmonised: None,
    };
    let (mut table, mut source_of) = (merged.table, merged.source_of);
    if !config.cell_types.is_empty() {
        let selected =
            config.cell_types.iter().map(|name| find_cell_type(&table.cell_types, name)).collect::<Result<Vec<_>>>()?;
        if let Some(twice) = (1..selected.len()).find(|&index| selected[..index].contains(&selected[index])) {
            return Err(DatasetError::InvalidSetting {
                field: "cell_types",
                value: config.cell_types[twice].clone(),
                expected: "expected each cell type once".to_owned(),
            });
        }
        source_of = selected.iter().map(|&column| source_of[column]).collect();
        table = select_columns(&table, &selected);
    }
    let excluded = excluded.into_iter().map(|((gene_id, reason), location)| (gene_id, reason, location)).collect();
    Ok(JoinedExpression { table, source_of, record, excluded })
}

/// Table restricted to the given columns.
fn select_columns(table: &ExpressionTable, columns: &[usize]) -> ExpressionTable {
    let genes = 0..table.gene_ids.len();
    ExpressionTable {
        gene_ids: table.gene_ids.clone(),
        gene_names: table.gene_names.clone(),
        cell_types: columns.iter().map(|&column| table.cell_types[column].clone()).collect(),
        tpm: genes.flat_map(|gene| columns.iter().map(move |&column| table.row(gene)[column])).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::{DuplicateCellType, HpaUnit, RpkmScale};

    struct Files(tempfile::TempDir);

    impl Files {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("folder"))
        }

        fn put(&self, name: &str, text: &str) -> ExpressionSource {
            let path = self.0.path().join(name);
            std::fs::write(&path, text).expect("written");
            ExpressionSource::Table { path, format: None, scale: None }
        }
    }

    fn joined_of(config: &ExpressionConfig) -> Result<JoinedExpression> {
        read(config, &resolve_sources(config)?, None)
    }

    const ROADMAP: &str = "gene_id\tE000\tE118\nENSG1\t1.5\t3\t\nENSG2\t0.5\t1\t\n";
    const HPA: &str =
        "Gene\tGene name\tCell line\tTPM\tpTPM\tnTPM\nENSG1\tA\tHep G2\t1\t2\t3\nENSG3\tC\tHeLa\t4\t5\t6\n";

    #[test]
    fn read_joins_tables_of_three_formats() {
        let files = Files::new();
        files.put("k562.tsv", "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\nENSG1.2\tT\t1\t1\t1\t9\t1\ngSpikein_1\tT\t1\t1\t1\t9\t1\n");
        let sheet = files.put("samples.tsv", "cell_type\tfile\nK562\tk562.tsv\n");
        let mut config = ExpressionConfig::of(vec![files.put("r", ROADMAP), files.put("h", HPA), sheet]);
        config.duplicate = DuplicateCellType::First;
        let joined = joined_of(&config).expect("joined");
        assert_eq!(joined.table.cell_types, ["E000", "HepG2", "HeLa-S3", "K562"]);
        assert_eq!(joined.source_of, [0, 0, 1, 2]);
        // HepG2 from Roadmap, as TPM: 3 of a sum of 4.
        assert_eq!(joined.table.row(0)[1..2], [750_000.0]);
        assert_eq!((joined.table.row(2)[2], joined.table.row(0)[3]), (5.0, 9.0));
        let record = &joined.record;
        assert_eq!((record.genes, record.genes_in_every_source), (3, 1));
        assert_eq!(record.duplicated_cell_types, ["HepG2"]);
        let units: Vec<&str> = record.sources.iter().map(|source| source.unit.as_str()).collect();
        assert_eq!(units, ["TPM of RPKM", "pTPM", "TPM"]);
        assert_eq!(joined.excluded[0].1, DropReason::SpikeIn);
    }

    #[test]
    fn read_table_of_a_unit_needs_a_cell_type() {
        let files = Files::new();
        let gct = "#1.2\n2\t3\nName\tDescription\tlength\tK562\tTPM\nENSG1\tA\t9\t1\t2\nENSG2\tB\t9\t3\t4\n";
        let joined = joined_of(&ExpressionConfig::of(vec![files.put("e.gct", gct)])).expect("K562");
        assert_eq!(joined.table.cell_types, ["K562"]);
        assert_eq!(joined.record.sources[0].excluded_columns, ["length", "TPM"]);
        for (name, text) in [
            ("one.gct", "#1.2\n1\t2\nName\tDescription\tlength\tTPM\nENSG1\tA\t9\t1\n"),
            ("one.tsv", "gene_id\tlength\tFPKM\nENSG1\t9\t1\n"),
        ] {
            let table = files.put(name, text);
            let error = joined_of(&ExpressionConfig::of(vec![table])).expect_err("a unit").to_string();
            assert!(error.contains("is a unit, not a cell type") && error.contains(name), "{error}");
            let samples = vec![SampleFiles { cell_type: "K562".to_owned(), files: vec![files.0.path().join(name)] }];
            let sample = ExpressionSource::Samples { samples, format: None, scale: None };
            assert_eq!(joined_of(&ExpressionConfig::of(vec![sample])).expect("named").table.cell_types, ["K562"]);
        }
    }

    #[test]
    fn read_names_the_program_of_gene_quantifications() {
        let files = Files::new();
        let rows =
            "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\nENSG1\tT\t1\t1\t1\t9\t1\n";
        files.put("k562.tsv", rows);
        let sheet = files.put("samples.tsv", "cell_type\tfile\nK562\tk562.tsv\n");
        let samples = vec![SampleFiles { cell_type: "K562".to_owned(), files: vec![files.0.path().join("k562.tsv")] }];
        let sample = ExpressionSource::Samples { samples, format: None, scale: None };
        for (source, expected) in [(sample, ExpressionFormat::Rsem), (sheet, ExpressionFormat::Encode)] {
            let joined = joined_of(&ExpressionConfig::of(vec![source])).expect("read");
            assert_eq!(joined.record.sources[0].format, expected);
        }
    }

    #[test]
    fn read_applies_unit_and_cell_type_settings() {
        let files = Files::new();
        let sources = vec![files.put("r", ROADMAP), files.put("h", HPA)];
        let mut config =
            ExpressionConfig { rpkm: RpkmScale::Keep, hpa_unit: HpaUnit::Ntpm, ..ExpressionConfig::of(sources) };
        let error = joined_of(&config).expect_err("HepG2 twice").to_string();
        assert!(error.contains("cell type `HepG2` is in both"), "{error}");
        config.duplicate = DuplicateCellType::Mean;
        config.cell_types = vec!["hela".to_owned(), "HepG2".to_owned()];
        let joined = joined_of(&config).expect("joined");
        assert_eq!(
            (joined.table.cell_types.clone(), joined.source_of),
            (vec!["HeLa-S3".into(), "HepG2".into()], vec![1, 0])
        );
        // (3 + 3) / 2 and 6.
        assert_eq!((joined.table.row(0)[1], joined.table.row(2)[0]), (3.0, 6.0));
        config.cell_types.push("HeLa-S3".to_owned());
        assert!(joined_of(&config).expect_err("twice").to_string().contains("each cell type once"));
        config.cell_types = vec!["K562".to_owned()];
        assert!(joined_of(&config).expect_err("absent").to_string().contains("unknown cell type `K562`"));
    }

    #[test]
    fn resolve_sources_incompatible_settings_return_error() {
        let files = Files::new();
        let mut config = ExpressionConfig::of(vec![files.put("r", ROADMAP)]);
        config.harmonise = Harmonise::Offset;
        assert!(
            resolve_sources(&config).expect_err("one source").to_string().contains("tables of at least two sources")
        );
        let sample = SampleFiles { cell_type: "K562".to_owned(), files: vec!["a".into()] };
        let samples = vec![sample.clone(), sample];
        let config = ExpressionConfig::of(vec![ExpressionSource::Samples { samples, format: None, scale: None }]);
        assert!(resolve_sources(&config).expect_err("twice").to_string().contains("the file is given twice"));
        assert!(resolve_sources(&ExpressionConfig::of(Vec::new())).is_err());
    }
}
