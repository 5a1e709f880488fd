//! Scale of the values of an expression table.

mod check;

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{ExpressionTable, log2_to_tpm};

pub(crate) use check::ValueSummary;

/// Scale of the values in a file. A data set stores linear TPM, to which each scale is converted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Linear TPM: unchanged.
    #[default]
    Tpm,
    /// FPKM or RPKM: scaled to a sum of one million per cell type.
    Fpkm,
    /// Read counts: divided by the length of the gene, then scaled to a sum of one million per cell type.
    Counts,
    /// log2(TPM + 1): undone.
    Log2,
}

impl Scale {
    /// All scales.
    pub const ALL: [Self; 4] = [Self::Tpm, Self::Fpkm, Self::Counts, Self::Log2];

    /// Name in `dataset.json` and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tpm => "tpm",
            Self::Fpkm => "fpkm",
            Self::Counts => "counts",
            Self::Log2 => "log2",
        }
    }

    /// Unit of the values of a data set that were in this scale.
    pub(super) const fn converted_unit(self) -> &'static str {
        match self {
            Self::Tpm => "TPM",
            Self::Fpkm => "TPM of FPKM",
            Self::Counts => "TPM of read counts",
            Self::Log2 => "TPM of log2(TPM + 1)",
        }
    }

    /// Scale that the name of a file states, such as `genes_rpkm.tsv`.
    pub(super) fn named_in(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        name.split(|letter: char| !letter.is_alphanumeric()).find_map(|word| match word {
            "tpm" => Some(Self::Tpm),
            "fpkm" | "rpkm" => Some(Self::Fpkm),
            "log2" | "log2tpm" | "logtpm" => Some(Self::Log2),
            _ => None,
        })
    }

    /// Linear value of a value in this scale.
    pub(super) fn linear(self, value: f64) -> f64 {
        if self == Self::Log2 { log2_to_tpm(value) } else { value }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Scales every column to a sum of one million and returns the sums. Missing values and all-zero columns are unchanged.
///
/// # Source
///
/// Li and Dewey 2011, doi:10.1186/1471-2105-12-323: TPM are RPKM, or reads per base, as a fraction of their sum.
pub(super) fn scale_to_million(table: &mut ExpressionTable) -> Vec<f64> {
    let width = table.cell_types.len();
    let mut sums = vec![0.0_f64; width];
    for row in table.tpm.chunks_exact(width) {
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += if value.is_nan() { 0.0 } else { f64::from(value) };
        }
    }
    for row in table.tpm.chunks_exact_mut(width) {
        for (value, &sum) in row.iter_mut().zip(&sums) {
            if sum > 0.0 {
                *value = (f64::from(*value) / sum * 1e6) as f32;
            }
        }
    }
    sums
}

/// Converts read counts to TPM with the length of each gene. Genes without a length become missing; they are returned.
pub(super) fn counts_to_tpm(table: &mut ExpressionTable, length_of_gene: impl Fn(usize) -> Option<f64>) -> Vec<usize> {
    let width = table.cell_types.len();
    let mut without_length = Vec::new();
    for (gene, row) in table.tpm.chunks_exact_mut(width).enumerate() {
        let length = length_of_gene(gene).filter(|&length| length > 0.0);
        if length.is_none() {
            without_length.push(gene);
        }
        for value in row {
            *value = length.map_or(f32::NAN, |length| (f64::from(*value) / length) as f32);
        }
    }
    scale_to_million(table);
    without_length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(values: &[f32]) -> ExpressionTable {
        ExpressionTable {
            gene_ids: (0..values.len() / 2).map(|gene| format!("G{gene}")).collect(),
            gene_names: None,
            cell_types: vec!["A".into(), "B".into()],
            tpm: values.to_vec(),
        }
    }

    #[test]
    fn counts_to_tpm_matches_hand_calculation() {
        // Reads per base of A: 10 / 100 = 0.1 and 30 / 100 = 0.3, of B: 0 and 0.5. The last gene has no length.
        let mut counts = table(&[10.0, 0.0, 30.0, 50.0, 7.0, 7.0]);
        let lengths = [Some(100.0), Some(100.0), None];
        assert_eq!(counts_to_tpm(&mut counts, |gene| lengths[gene]), [2]);
        assert_eq!(counts.tpm[..4], [250_000.0, 0.0, 750_000.0, 1_000_000.0]);
        assert!(counts.tpm[4].is_nan() && counts.tpm[5].is_nan());
    }

    #[test]
    fn scale_to_million_keeps_missing_values_and_zero_columns() {
        let mut fpkm = table(&[1.0, 0.0, f32::NAN, 0.0, 3.0, 0.0]);
        assert_eq!(scale_to_million(&mut fpkm), [4.0, 0.0]);
        assert_eq!((fpkm.tpm[0], fpkm.tpm[1], fpkm.tpm[4]), (250_000.0, 0.0, 750_000.0));
        assert!(fpkm.tpm[2].is_nan());
    }

    #[test]
    fn scale_linear_undoes_log2_only() {
        assert!((Scale::Log2.linear(3.0) - 7.0).abs() < 1e-12);
        assert!((Scale::Fpkm.linear(3.0) - 3.0).abs() < 1e-12);
    }
}
