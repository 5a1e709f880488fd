//! Which tables expression is read from, and how they become one.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ExpressionFormat;

/// Tables of expression and how they are joined.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpressionConfig {
    /// Tables; their cell types follow each other in this order.
    pub sources: Vec<ExpressionSource>,
    /// Cell types to keep, in this order; all if empty.
    pub cell_types: Vec<String>,
    /// Values taken from tables of the Human Protein Atlas.
    pub hpa_unit: HpaUnit,
    /// What is done with RPKM.
    pub rpkm: RpkmScale,
    /// What is done with a cell type that two tables have.
    pub duplicate: DuplicateCellType,
    /// How differences between tables are evened out.
    pub harmonise: Harmonise,
}

impl ExpressionConfig {
    /// Tables with the default of every setting.
    pub fn of(sources: Vec<ExpressionSource>) -> Self {
        Self {
            sources,
            cell_types: Vec::new(),
            hpa_unit: HpaUnit::default(),
            rpkm: RpkmScale::default(),
            duplicate: DuplicateCellType::default(),
            harmonise: Harmonise::default(),
        }
    }
}

impl From<PathBuf> for ExpressionConfig {
    fn from(path: PathBuf) -> Self {
        Self::of(vec![ExpressionSource::Table { path, format: None }])
    }
}

impl From<&Path> for ExpressionConfig {
    fn from(path: &Path) -> Self {
        path.to_owned().into()
    }
}

impl From<&str> for ExpressionConfig {
    fn from(path: &str) -> Self {
        PathBuf::from(path).into()
    }
}

/// Where expression comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpressionSource {
    /// A table.
    Table {
        /// The file.
        path: PathBuf,
        /// Its format; recognised by the header if absent.
        format: Option<ExpressionFormat>,
    },
    /// Gene quantifications of ENCODE, a file a replicate.
    Encode {
        /// Cell types with their replicates.
        samples: Vec<EncodeSample>,
    },
}

/// Replicates of one cell type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeSample {
    /// Name of the cell type.
    pub cell_type: String,
    /// Gene quantifications, one a replicate.
    pub files: Vec<PathBuf>,
}

/// Values of the Human Protein Atlas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HpaUnit {
    /// TPM of all transcripts.
    Tpm,
    /// TPM of protein-coding genes, scaled to a sum of a million. The default: every release since 19 has it, and it
    /// does not depend on which other lines a release holds.
    #[default]
    Ptpm,
    /// pTPM normalised between samples by trimmed means (TMM); release 21 and later.
    Ntpm,
    /// Normalised expression; up to release 20.
    Nx,
}

impl HpaUnit {
    /// Every unit.
    pub const ALL: [Self; 4] = [Self::Tpm, Self::Ptpm, Self::Ntpm, Self::Nx];

    /// The column of that unit.
    pub const fn column(self) -> &'static str {
        match self {
            Self::Tpm => "TPM",
            Self::Ptpm => "pTPM",
            Self::Ntpm => "nTPM",
            Self::Nx => "NX",
        }
    }
}

/// What is done with reads per kilobase and million (RPKM).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RpkmScale {
    /// Each cell type is scaled to a sum of a million over the genes of its table: TPM = RPKM / sum(RPKM) x 10^6.
    ///
    /// The default, since all that comes after calls its numbers TPM.
    ///
    /// # Source
    ///
    /// Li & Dewey 2011, doi:10.1186/1471-2105-12-323; the sum there is over all transcripts.
    #[default]
    Tpm,
    /// Taken as they are.
    Keep,
}

/// What is done with a cell type that two tables have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateCellType {
    /// It is an error.
    #[default]
    Refuse,
    /// The table named first counts.
    First,
    /// The mean of TPM over the tables that measure the gene.
    Mean,
}

/// How differences between tables are evened out. Values become comparable; what is lost with the difference between
/// laboratories is what the cell types of one differ from those of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harmonise {
    /// Not at all.
    #[default]
    None,
    /// Every cell type gets the same distribution over the train genes.
    Quantile,
    /// Every gene gets the same mean over the cell types of each table.
    Offset,
}

impl Harmonise {
    /// The word in `dataset.json` and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quantile => "quantile",
            Self::Offset => "offset",
        }
    }
}
