//! Paired tests between a reference and every other predictor.

use serde::{Deserialize, Serialize};

use super::metric::EffectMetric;
use super::paired_difference::PairedDifference;
use super::score_table::EffectScope;
use crate::stats::{Interval, benjamini_hochberg, holm};

/// Difference in one score between the reference and another predictor, on the same effects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectComparison {
    /// Set of effects.
    pub scope: EffectScope,
    /// Element; `None` for the mean and for pooled effects.
    pub element: Option<String>,
    /// Cell type; `None` for the mean over elements and cell types.
    pub cell_type: Option<String>,
    /// The other predictor.
    pub predictor: String,
    /// Score that is compared.
    pub metric: EffectMetric,
    /// Score of the reference minus score of the other predictor.
    pub difference: f64,
    /// Paired bootstrap over variants.
    pub variants: BootstrapTest,
    /// Paired bootstrap over elements; requires at least five.
    pub elements: Option<BootstrapTest>,
}

/// Paired bootstrap test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BootstrapTest {
    /// 95% interval of the difference.
    pub interval: Option<Interval>,
    /// Two-sided p-value.
    pub p: Option<f64>,
    /// p-value after Holm's correction over the comparisons of this score in sets of this kind.
    pub p_holm: Option<f64>,
    /// p-value after Benjamini and Hochberg's correction over the same comparisons.
    pub p_bh: Option<f64>,
}

/// All paired tests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EffectComparisonTable {
    /// The reference.
    pub reference: String,
    /// Number of resamples of the paired bootstrap.
    pub bootstrap_resamples: usize,
    /// Seed of the resampling.
    pub bootstrap_seed: u64,
    /// Means over elements, pooled effects, then elements.
    pub rows: Vec<EffectComparison>,
}

impl EffectComparison {
    pub(super) fn new(
        scope: EffectScope,
        [element, cell_type]: [Option<&str>; 2],
        predictor: &str,
        metric: EffectMetric,
        difference: PairedDifference,
    ) -> Self {
        Self {
            scope,
            element: element.map(str::to_owned),
            cell_type: cell_type.map(str::to_owned),
            predictor: predictor.to_owned(),
            metric,
            difference: difference.value,
            variants: difference.variants,
            elements: difference.elements,
        }
    }
}

impl EffectComparisonTable {
    /// Fills in the adjusted p-values. The comparisons of one score over all elements and cell types form one family, those in
    /// single cell types another, and so do pooled effects and single elements.
    pub(super) fn correct(&mut self) {
        let family =
            |row: &EffectComparison| (row.scope, row.scope == EffectScope::Mean && row.cell_type.is_some(), row.metric);
        let mut families: Vec<_> = self.rows.iter().map(family).collect();
        families.sort_unstable();
        families.dedup();
        for key in families {
            let mut rows: Vec<&mut EffectComparison> = self.rows.iter_mut().filter(|row| family(row) == key).collect();
            adjust(rows.iter_mut().map(|row| &mut row.variants));
            adjust(rows.iter_mut().filter_map(|row| row.elements.as_mut()));
        }
    }
}

fn adjust<'a>(tests: impl Iterator<Item = &'a mut BootstrapTest>) {
    let tests: Vec<&mut BootstrapTest> = tests.filter(|test| test.p.is_some()).collect();
    let p: Vec<f64> = tests.iter().filter_map(|test| test.p).collect();
    for (test, (holm, bh)) in tests.into_iter().zip(holm(&p).into_iter().zip(benjamini_hochberg(&p))) {
        test.p_holm = Some(holm);
        test.p_bh = Some(bh);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correct_adjusts_each_score_and_kind_of_set_separately() {
        let row = |scope, metric, p| {
            let variants = BootstrapTest { p: Some(p), ..BootstrapTest::default() };
            let difference = PairedDifference { value: 0.1, variants, elements: None };
            EffectComparison::new(scope, [None, None], "ridge", metric, difference)
        };
        let mut table = EffectComparisonTable {
            rows: vec![
                row(EffectScope::Mean, EffectMetric::Spearman, 0.01),
                row(EffectScope::Mean, EffectMetric::Spearman, 0.04),
                row(EffectScope::Mean, EffectMetric::Auroc, 0.04),
                row(EffectScope::Pooled, EffectMetric::Spearman, 0.04),
            ],
            ..EffectComparisonTable::default()
        };
        table.correct();
        let holm: Vec<f64> = table.rows.iter().filter_map(|row| row.variants.p_holm).collect();
        // Two tests in the first family: 2 * 0.01, then max(0.02, 0.04).
        assert_eq!(holm, [0.02, 0.04, 0.04, 0.04]);
    }
}
