//! Record of an assay in the manifest of a data set.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{DatasetError, Result};
use crate::expression::{TargetTransform, tpm_to_log2};

/// Scale of the values of an assay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssayScale {
    /// Transcripts per million or any other linear activity; targets are log2(x + 1).
    Tpm,
    /// Counts, comparable between rows; targets are log2(x + 1).
    Counts,
    /// Logarithms to base 2, which are the targets.
    Log2,
}

impl AssayScale {
    /// Every scale.
    pub const ALL: [Self; 3] = [Self::Tpm, Self::Counts, Self::Log2];

    /// Name of the scale.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tpm => "tpm",
            Self::Counts => "counts",
            Self::Log2 => "log2",
        }
    }

    /// Training target of a value: its logarithm to base 2, with a pseudocount of 1 on linear scales.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_dataset::AssayScale;
    ///
    /// assert_eq!(AssayScale::Tpm.to_target(3.0), 2.0);
    /// assert_eq!(AssayScale::Log2.to_target(-1.5), -1.5);
    /// ```
    pub fn to_target(self, value: f64) -> f64 {
        match self {
            Self::Tpm | Self::Counts => tpm_to_log2(value),
            Self::Log2 => value,
        }
    }
}

impl fmt::Display for AssayScale {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for AssayScale {
    type Err = DatasetError;

    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|scale| scale.as_str().eq_ignore_ascii_case(text));
        found.ok_or_else(|| DatasetError::InvalidSetting {
            field: "assay scale",
            value: text.to_owned(),
            expected: "expected tpm, counts or log2".to_owned(),
        })
    }
}

/// Reporter construct that completes an insert to a window.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Construct {
    /// Bases before the insert, 5' to 3'.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub left: String,
    /// Bases after the insert, such as a minimal promoter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub right: String,
    /// Index of the TSS base: from the first base of the insert, or, if negative, from the end of the construct.
    pub tss: i64,
}

/// Record of an assay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssayRecord {
    /// Name of the assay.
    pub name: String,
    /// Names of its outputs, in the order of its values.
    pub outputs: Vec<String>,
    /// Scale of the values in the input.
    pub scale: AssayScale,
    /// Construct around each sequence; absent for sequences of the genome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub construct: Option<Construct>,
    /// Whether an insert and its reverse complement have the same activity, so that training may show both.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reverse_complement: bool,
    /// Number of rows; 0 for an assay that measures the genes of the data set.
    pub rows: usize,
    /// Number of rows by split; rows in no split are similar to sequences of several splits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub splits: BTreeMap<String, usize>,
    /// Number of rows whose chromosome is stated by the input; the others are placed by similarity.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub placed: usize,
    /// Number of excluded rows by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub excluded: BTreeMap<String, usize>,
    /// Standardisation of the targets, fitted on the train rows; `cell_types` holds the outputs.
    pub transform: TargetTransform,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
