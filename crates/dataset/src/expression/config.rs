//! Configuration of the expression tables of a data set and of their combination.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::sample_files::files_of;
use super::{ExpressionFormat, SampleFiles, Scale};

/// Expression tables and the settings for combining them.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{ExpressionConfig, ExpressionSource, HpaUnit};
///
/// let table = |path: &str| ExpressionSource::Table { path: path.into(), format: None, scale: None };
/// let mut config = ExpressionConfig::of(vec![table("57epigenomes.RPKM.pc.gz"), table("rna_celline.tsv")]);
/// assert_eq!(config.hpa_unit, HpaUnit::Ptpm);
/// config.cell_types = vec!["K562".to_owned(), "HepG2".to_owned()];
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ExpressionConfig {
    /// Tables, in the order of their cell types.
    pub sources: Vec<ExpressionSource>,
    /// Cell types to keep, in this order; all if empty.
    pub cell_types: Vec<String>,
    /// Unit read from tables of the Human Protein Atlas.
    pub hpa_unit: HpaUnit,
    /// Conversion of RPKM.
    pub rpkm: RpkmScale,
    /// Rule for a cell type that occurs in two tables.
    pub duplicate: DuplicateCellType,
    /// Harmonisation of the tables.
    pub harmonise: Harmonise,
    /// Annotation (GTF or GFF3) with the genes of transcripts and the lengths of genes, for tables that state neither.
    /// A data set is prepared with its own annotation.
    pub annotation: Option<PathBuf>,
}

impl ExpressionConfig {
    /// Configuration with default settings.
    pub fn of(sources: Vec<ExpressionSource>) -> Self {
        Self {
            sources,
            cell_types: Vec::new(),
            hpa_unit: HpaUnit::default(),
            rpkm: RpkmScale::default(),
            duplicate: DuplicateCellType::default(),
            harmonise: Harmonise::default(),
            annotation: None,
        }
    }
}

impl ExpressionConfig {
    /// The configuration with an annotation.
    #[must_use]
    pub fn with_annotation(self, annotation: Option<PathBuf>) -> Self {
        Self { annotation, ..self }
    }

    /// Paths of the tables and of the files of samples, as given; files that a sample sheet lists are not among them.
    pub fn paths(&self) -> Vec<&Path> {
        let paths = self.sources.iter().flat_map(|source| match source {
            ExpressionSource::Table { path, .. } => vec![path.as_path()],
            ExpressionSource::Samples { samples, .. } => files_of(samples).map(PathBuf::as_path).collect(),
        });
        paths.collect()
    }
}

impl From<PathBuf> for ExpressionConfig {
    fn from(path: PathBuf) -> Self {
        Self::of(vec![ExpressionSource::Table { path, format: None, scale: None }])
    }
}

impl From<&Path> for ExpressionConfig {
    fn from(path: &Path) -> Self {
        path.to_owned().into()
    }
}

impl From<&PathBuf> for ExpressionConfig {
    fn from(path: &PathBuf) -> Self {
        path.clone().into()
    }
}

impl From<&str> for ExpressionConfig {
    fn from(path: &str) -> Self {
        PathBuf::from(path).into()
    }
}

/// Source of expression values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpressionSource {
    /// Expression table.
    Table {
        /// Path of the table.
        path: PathBuf,
        /// Format; recognised by the header if `None`.
        format: Option<ExpressionFormat>,
        /// Scale of the values; that of the format, else TPM, if `None`.
        scale: Option<Scale>,
    },
    /// Files of one sample each, as of ENCODE, salmon, kallisto or `StringTie`.
    Samples {
        /// Cell types with their replicates.
        samples: Vec<SampleFiles>,
        /// Format; recognised by the header if `None`.
        format: Option<ExpressionFormat>,
        /// Scale of the values; that of the format if `None`.
        scale: Option<Scale>,
    },
}

/// Unit of the Human Protein Atlas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HpaUnit {
    /// TPM of all transcripts.
    Tpm,
    /// TPM of protein-coding genes, scaled to a sum of one million. Default: every release since 19 provides this unit,
    /// and it does not depend on the other cell lines of a release.
    #[default]
    Ptpm,
    /// pTPM normalised between samples by the trimmed mean of M values (TMM); release 21 and later.
    Ntpm,
    /// Normalised expression; releases up to 20.
    Nx,
}

impl HpaUnit {
    /// All units.
    pub const ALL: [Self; 4] = [Self::Tpm, Self::Ptpm, Self::Ntpm, Self::Nx];

    /// Column name of the unit.
    pub const fn column(self) -> &'static str {
        match self {
            Self::Tpm => "TPM",
            Self::Ptpm => "pTPM",
            Self::Ntpm => "nTPM",
            Self::Nx => "NX",
        }
    }
}

/// Conversion of reads per kilobase and million (RPKM).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RpkmScale {
    /// Scaling of each cell type to a sum of one million over the genes of its table: TPM = RPKM / sum(RPKM) x 10^6.
    ///
    /// Default, since all later steps expect TPM.
    ///
    /// # Source
    ///
    /// Li and Dewey 2011, doi:10.1186/1471-2105-12-323, where the sum is over all transcripts.
    #[default]
    Tpm,
    /// No conversion.
    Keep,
}

/// Rule for a cell type that occurs in two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateCellType {
    /// Report an error.
    #[default]
    Refuse,
    /// Use the first table.
    First,
    /// Use the mean TPM of the tables that measure the gene.
    Mean,
}

/// Harmonisation of tables from different laboratories.
///
/// Harmonised values are comparable. Differences between cell types of different tables are removed together with the
/// laboratory effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harmonise {
    /// No harmonisation.
    #[default]
    None,
    /// Same distribution in every cell type, fitted on the train genes.
    Quantile,
    /// Same mean in every table for each gene, over the cell types of the table.
    Offset,
}

impl Harmonise {
    /// Name in `dataset.json` and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quantile => "quantile",
            Self::Offset => "offset",
        }
    }
}
