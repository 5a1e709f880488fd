//! Check of the values of a table against their scale: whole numbers, range and column sums.

use super::Scale;

/// Nonzero values of a column from which whole numbers alone indicate read counts.
const MIN_VALUES: usize = 20;
/// Genes from which the largest value alone indicates a logarithm.
const MANY_GENES: usize = 200;
/// Genes of a table that covers most of a genome, so that its TPM sum to about one million.
const WHOLE_GENOME: usize = 10_000;
/// Largest logarithm, with a margin: log2 of one million TPM is 20, log2 of the reads of a gene at most about 24.
const MAX_LOG2: f64 = 25.0;
/// Largest ratio of maximum and mean of a small table in logarithms; linear expression is far more skewed.
const MAX_LOG2_SKEW: f64 = 5.0;
/// TPM sum to one million at most. The margin covers normalisation between samples.
const MAX_TPM_SUM: f64 = 2e6;
/// TPM of the protein-coding genes alone sum to more.
const MIN_WHOLE_GENOME_SUM: f64 = 3e5;
/// FPKM that are scaled like TPM sum to a million within this fraction.
const MILLION_TOLERANCE: f64 = 0.01;

/// Summary of the unconverted values of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct ValueSummary {
    columns: Vec<ColumnSummary>,
}

#[derive(Debug, Clone, Default)]
struct ColumnSummary {
    measured: usize,
    nonzero: usize,
    /// Nonzero values that are whole numbers.
    whole: usize,
    sum: f64,
    /// Sum of the values if they are log2(TPM + 1).
    sum_of_log2: f64,
    max: f64,
}

impl ValueSummary {
    /// Summary of a table with this number of cell types.
    pub(crate) fn new(width: usize) -> Self {
        Self { columns: vec![ColumnSummary::default(); width] }
    }

    /// Adds a measured value.
    pub(crate) fn add(&mut self, column: usize, value: f64) {
        let summary = &mut self.columns[column];
        summary.measured += 1;
        summary.sum += value;
        summary.max = summary.max.max(value);
        if value != 0.0 {
            summary.nonzero += 1;
            summary.whole += usize::from(value.fract() == 0.0);
        }
        if value < MAX_LOG2 {
            summary.sum_of_log2 += Scale::Log2.linear(value);
        } else {
            summary.sum_of_log2 = f64::INFINITY;
        }
    }

    /// Disagreement of the values with their scale; `None` if they agree. Values without a stated scale are taken as TPM.
    pub(crate) fn disagreement(&self, stated: Option<Scale>) -> Option<String> {
        let is_scale = |scale| stated == Some(scale);
        let confirm = if is_scale(Scale::Tpm) { "" } else { ", scale `tpm` states that they are TPM" };
        if self.looks_logarithmic() && !is_scale(Scale::Log2) {
            let max = self.max();
            return Some(format!(
                "no value is above {max}, as in a logarithm: scale `log2` undoes log2(TPM + 1){confirm}"
            ));
        }
        if self.has_whole_column() && !is_scale(Scale::Counts) {
            return Some(format!(
                "every value of a column is a whole number, as in read counts: scale `counts` converts read counts{confirm}"
            ));
        }
        let (low, high) = self.sums();
        match stated.unwrap_or_default() {
            Scale::Tpm if high > MAX_TPM_SUM => Some(format!(
                "a column sums to {high:.0}, but TPM sum to at most a million: scale `counts` converts read counts, \
                 scale `fpkm` FPKM{confirm}"
            )),
            Scale::Tpm if self.genes() >= WHOLE_GENOME && low < MIN_WHOLE_GENOME_SUM => Some(format!(
                "a column of {} genes sums to {low:.0}, but TPM of all genes sum to about a million: \
                 scale `fpkm` converts FPKM and RPKM{confirm}",
                self.genes()
            )),
            Scale::Counts if (high / 1e6 - 1.0).abs() < MILLION_TOLERANCE && !self.has_whole_column() => {
                Some(format!("a column sums to {high:.0}, as TPM do: scale `tpm` reads TPM"))
            }
            Scale::Log2 => {
                let undone = |column: &ColumnSummary| column.sum_of_log2;
                let (low, high) = self.range_of(undone);
                let is_small = self.genes() >= WHOLE_GENOME && low < MIN_WHOLE_GENOME_SUM / 3.0;
                (high > MAX_TPM_SUM || is_small).then(|| {
                    let sum = if is_small { low } else { high };
                    format!(
                        "undone as log2(TPM + 1), a column sums to {sum:.0}, but TPM sum to about a million: \
                         the values may be another logarithm or that of other values"
                    )
                })
            }
            _ => None,
        }
    }

    /// Largest value.
    pub(crate) fn max(&self) -> f64 {
        self.columns.iter().map(|column| column.max).fold(0.0, f64::max)
    }

    fn genes(&self) -> usize {
        self.columns.iter().map(|column| column.measured).max().unwrap_or(0)
    }

    fn sums(&self) -> (f64, f64) {
        self.range_of(|column| column.sum)
    }

    /// Smallest and largest value of the columns that have a nonzero value.
    fn range_of(&self, value: impl Fn(&ColumnSummary) -> f64) -> (f64, f64) {
        let values = self.columns.iter().filter(|column| column.nonzero > 0).map(value);
        values.fold((f64::INFINITY, 0.0), |(low, high), value| (value.min(low), value.max(high)))
    }

    fn has_whole_column(&self) -> bool {
        self.columns.iter().any(|column| column.nonzero >= MIN_VALUES && column.whole == column.nonzero)
    }

    fn looks_logarithmic(&self) -> bool {
        let (sum, nonzero) =
            self.columns.iter().fold((0.0, 0), |(sum, n), column| (sum + column.sum, n + column.nonzero));
        let max = self.max();
        if nonzero < MIN_VALUES || max >= MAX_LOG2 || self.columns.iter().all(|column| column.whole == column.nonzero) {
            return false;
        }
        self.genes() >= MANY_GENES || max < MAX_LOG2_SKEW * sum / nonzero as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(values: impl Iterator<Item = f64>) -> ValueSummary {
        let mut summary = ValueSummary::new(1);
        values.for_each(|value| summary.add(0, value));
        summary
    }

    /// Skewed linear values of `genes` genes with this sum.
    fn linear(genes: u32, sum: f64) -> Vec<f64> {
        let shape: Vec<f64> =
            (0..genes).map(|gene| (f64::from(gene) / f64::from(genes) * 14.0).exp2() - 0.999).collect();
        let total: f64 = shape.iter().sum();
        shape.into_iter().map(|value| value / total * sum).collect()
    }

    fn disagreement(values: &[f64], stated: Option<Scale>) -> String {
        summary(values.iter().copied()).disagreement(stated).unwrap_or_default()
    }

    #[test]
    fn disagreement_of_linear_tpm_is_none() {
        for (genes, sum) in [(20_000, 1e6), (15_000, 7e5), (2_000, 1e6), (2_000, 2e5), (24, 900.0)] {
            assert_eq!(disagreement(&linear(genes, sum), None), "", "{genes} genes, sum {sum}");
        }
    }

    #[test]
    fn disagreement_of_read_counts_names_the_scale() {
        let counts: Vec<f64> = linear(2_000, 2.4e7).into_iter().map(f64::round).collect();
        assert!(disagreement(&counts, None).contains("scale `counts`"));
        assert!(disagreement(&counts, Some(Scale::Fpkm)).contains("scale `counts`"));
        assert_eq!(disagreement(&counts, Some(Scale::Counts)), "");
        // Expected counts are not whole.
        assert!(disagreement(&linear(2_000, 2.4e7), None).contains("sums to 24000000"));
        assert!(disagreement(&linear(20_000, 1e6), Some(Scale::Counts)).contains("scale `tpm`"));
    }

    #[test]
    fn disagreement_of_logarithms_names_the_scale() {
        for (genes, sum) in [(20_000, 1e6), (2_000, 1e6), (24, 900.0)] {
            let log2: Vec<f64> = linear(genes, sum).iter().map(|value| (value + 1.0).log2()).collect();
            assert!(disagreement(&log2, None).contains("scale `log2`"), "{genes} genes");
            assert!(disagreement(&log2, Some(Scale::Counts)).contains("scale `log2`"), "{genes} genes");
            assert_eq!(disagreement(&log2, Some(Scale::Log2)), "", "{genes} genes");
        }
        let natural: Vec<f64> = linear(20_000, 1e6).iter().map(|value| (value + 1.0).log10()).collect();
        assert!(disagreement(&natural, Some(Scale::Log2)).contains("another logarithm"));
    }

    #[test]
    fn disagreement_of_fpkm_over_all_genes_names_the_scale() {
        assert!(disagreement(&linear(20_000, 2e5), None).contains("scale `fpkm`"));
        assert_eq!(disagreement(&linear(20_000, 2e5), Some(Scale::Fpkm)), "");
    }
}
