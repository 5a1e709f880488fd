//! Recognition, reading and combination of the configured expression tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::format::encode::{self, ExcludedGenes};
use super::format::{detect_format, hpa, roadmap};
use super::merge::merge;
use super::record::{ExpressionRecord, SourceRecord};
use super::{
    EncodeSample, ExpressionConfig, ExpressionFormat, ExpressionSource, ExpressionTable, Harmonise, HpaUnit, RpkmScale,
    find_cell_type,
};
use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};

/// Source with known format and files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ResolvedSource {
    Matrix(PathBuf),
    Roadmap(PathBuf),
    Hpa(PathBuf),
    Encode { sheet: Option<PathBuf>, samples: Vec<EncodeSample> },
}

/// Recognises the format of every source and reads sample sheets.
///
/// # Errors
///
/// The errors of table headers and sample sheets; [`DatasetError::InvalidSetting`] for incompatible settings.
pub(crate) fn resolve_sources(config: &ExpressionConfig) -> Result<Vec<ResolvedSource>> {
    let refuse = |field, value: &str, expected: &str| {
        Err(DatasetError::InvalidSetting { field, value: value.to_owned(), expected: expected.to_owned() })
    };
    if config.sources.is_empty() {
        return refuse("expression", "none", "expected at least one expression table");
    }
    if config.harmonise != Harmonise::None && config.sources.len() < 2 {
        return refuse("harmonise", config.harmonise.as_str(), "expected tables of at least two sources");
    }
    let mut known = Vec::with_capacity(config.sources.len());
    for source in &config.sources {
        known.push(match source {
            ExpressionSource::Table { path, format } => match detect_format(path, *format)? {
                ExpressionFormat::Matrix => ResolvedSource::Matrix(path.clone()),
                ExpressionFormat::Roadmap => ResolvedSource::Roadmap(path.clone()),
                ExpressionFormat::Hpa => ResolvedSource::Hpa(path.clone()),
                ExpressionFormat::Encode => {
                    let samples = joined(&encode::read_sample_sheet(path)?)?;
                    ResolvedSource::Encode { sheet: Some(path.clone()), samples }
                }
            },
            ExpressionSource::Encode { samples } => ResolvedSource::Encode { sheet: None, samples: joined(samples)? },
        });
    }
    Ok(known)
}

/// Samples with equal names combined as replicates of one cell type.
fn joined(samples: &[EncodeSample]) -> Result<Vec<EncodeSample>> {
    let mut joined: Vec<EncodeSample> = Vec::new();
    for sample in samples {
        match joined.iter_mut().find(|other| other.cell_type == sample.cell_type) {
            Some(other) => other.files.extend(sample.files.iter().cloned()),
            None => joined.push(sample.clone()),
        }
    }
    let files: Vec<&PathBuf> = encode::files_of(&joined).collect();
    match (1..files.len()).find(|&index| files[..index].contains(&files[index])) {
        Some(index) => Err(DatasetError::InvalidSetting {
            field: "encode",
            value: files[index].display().to_string(),
            expected: "the file is given twice; give each replicate once".to_owned(),
        }),
        None => Ok(joined),
    }
}

impl ResolvedSource {
    /// Files of the source; a sample sheet comes first.
    pub(crate) fn files(&self) -> Vec<&Path> {
        match self {
            Self::Matrix(path) | Self::Roadmap(path) | Self::Hpa(path) => vec![path],
            Self::Encode { sheet, samples } => {
                sheet.iter().chain(encode::files_of(samples)).map(PathBuf::as_path).collect()
            }
        }
    }

    const fn format(&self) -> ExpressionFormat {
        match self {
            Self::Matrix(_) => ExpressionFormat::Matrix,
            Self::Roadmap(_) => ExpressionFormat::Roadmap,
            Self::Hpa(_) => ExpressionFormat::Hpa,
            Self::Encode { .. } => ExpressionFormat::Encode,
        }
    }

    /// Label for messages.
    fn label(&self) -> String {
        match self {
            Self::Encode { sheet: None, .. } => "the ENCODE quantifications".to_owned(),
            _ => self.files()[0].display().to_string(),
        }
    }

    fn read(&self, config: &ExpressionConfig, excluded: &mut ExcludedGenes) -> Result<(ExpressionTable, SourceRecord)> {
        let mut record = SourceRecord {
            format: self.format(),
            files: self.files().iter().map(|path| path.display().to_string()).collect(),
            unit: HpaUnit::Tpm.column().to_owned(),
            genes: 0,
            cell_types: 0,
            renamed: BTreeMap::new(),
            rpkm_sums: BTreeMap::new(),
            replicates: BTreeMap::new(),
        };
        let table = match self {
            Self::Matrix(path) => ExpressionTable::read_matrix(path)?,
            Self::Roadmap(path) => {
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
            Self::Hpa(path) => {
                let read = hpa::read(path, config.hpa_unit)?;
                record.renamed = read.renamed;
                config.hpa_unit.column().clone_into(&mut record.unit);
                read.table
            }
            Self::Encode { samples, .. } => {
                let read = encode::read(samples)?;
                record.replicates = read.replicates;
                excluded.extend(read.excluded);
                read.table
            }
        };
        record.genes = table.gene_ids.len();
        record.cell_types = table.cell_types.len();
        Ok((table, record))
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

/// Reads and combines all sources, and selects the configured cell types.
pub(crate) fn read(config: &ExpressionConfig, sources: &[ResolvedSource]) -> Result<JoinedExpression> {
    let mut excluded = ExcludedGenes::new();
    let (mut tables, mut records) = (Vec::new(), Vec::new());
    for source in sources {
        let (table, record) = source.read(config, &mut excluded)?;
        tables.push((source.label(), table));
        records.push(record);
    }
    let merged = merge(tables, config.duplicate)?;
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
    use crate::expression::DuplicateCellType;

    struct Files(tempfile::TempDir);

    impl Files {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("folder"))
        }

        fn put(&self, name: &str, text: &str) -> ExpressionSource {
            let path = self.0.path().join(name);
            std::fs::write(&path, text).expect("written");
            ExpressionSource::Table { path, format: None }
        }
    }

    fn joined_of(config: &ExpressionConfig) -> Result<JoinedExpression> {
        read(config, &resolve_sources(config)?)
    }

    const ROADMAP: &str = "gene_id\tE000\tE118\nENSG1\t1.5\t3\t\nENSG2\t0.5\t1\t\n";
    const HPA: &str =
        "Gene\tGene name\tCell line\tTPM\tpTPM\tnTPM\nENSG1\tA\tHep G2\t1\t2\t3\nENSG3\tC\tHeLa\t4\t5\t6\n";

    #[test]
    fn read_joins_tables_of_three_formats() {
        let files = Files::new();
        files.put("k562.tsv", "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\nENSG1.2\tT\t1\t1\t1\t9\t1\n10904\tT\t1\t1\t1\t9\t1\n");
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
        assert_eq!(joined.excluded[0].1, DropReason::NotEnsembl);
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
        let sample = EncodeSample { cell_type: "K562".to_owned(), files: vec!["a".into()] };
        let config = ExpressionConfig::of(vec![ExpressionSource::Encode { samples: vec![sample.clone(), sample] }]);
        assert!(resolve_sources(&config).expect_err("twice").to_string().contains("the file is given twice"));
        assert!(resolve_sources(&ExpressionConfig::of(Vec::new())).is_err());
    }
}
