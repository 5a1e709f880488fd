//! The statistics against scipy, scikit-learn and numpy: `golden/golden.py` made `golden/golden.json`.

use serde::Deserialize;
use tatabox_eval::{Scores, average_ranks, band_at, quantile};

/// Both sides compute in f64 and differ in the order of sums only.
const TOLERANCE: f64 = 1e-10;
/// Two implementations of the inverse incomplete beta function.
const BAND_TOLERANCE: f64 = 1e-6;

#[derive(Deserialize)]
struct Golden {
    metrics: Vec<Case>,
    average_ranks: Ranks,
    quantiles: Quantiles,
    normal_band: Band,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    measured: Vec<f64>,
    predicted: Vec<f64>,
    pearson: f64,
    spearman: f64,
    r2_pearson: f64,
    r2: f64,
    mse: f64,
    mae: f64,
}

#[derive(Deserialize)]
struct Ranks {
    values: Vec<f64>,
    ranks: Vec<f64>,
}

#[derive(Deserialize)]
struct Quantiles {
    values: Vec<f64>,
    probabilities: Vec<f64>,
    expected: Vec<f64>,
}

#[derive(Deserialize)]
struct Band {
    n: usize,
    rows: Vec<BandRow>,
}

#[derive(Deserialize)]
struct BandRow {
    p: f64,
    low: f64,
    middle: f64,
    high: f64,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/golden.json")).expect("golden.py wrote valid JSON")
}

fn assert_close(got: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((got - expected).abs() <= tolerance * expected.abs().max(1.0), "{what}: {got}, expected {expected}");
}

#[test]
fn metrics_equal_scipy_and_scikit_learn() {
    for case in golden().metrics {
        let scores = Scores::of(&case.measured, &case.predicted);
        let pairs = [
            ("pearson", scores.pearson, case.pearson),
            ("spearman", scores.spearman, case.spearman),
            ("r2_pearson", scores.r2_pearson, case.r2_pearson),
            ("r2", scores.r2, case.r2),
            ("mse", scores.mse, case.mse),
            ("mae", scores.mae, case.mae),
        ];
        for (metric, got, expected) in pairs {
            assert_close(got.expect("defined in every case"), expected, TOLERANCE, &format!("{}: {metric}", case.name));
        }
    }
}

#[test]
fn ranks_and_quantiles_equal_scipy_and_numpy() {
    let Golden { average_ranks: ranks, quantiles, .. } = golden();
    assert_eq!(average_ranks(&ranks.values), ranks.ranks);
    let mut ascending = quantiles.values;
    ascending.sort_by(f64::total_cmp);
    for (&probability, &expected) in quantiles.probabilities.iter().zip(&quantiles.expected) {
        assert_close(quantile(&ascending, probability).expect("values"), expected, TOLERANCE, "quantile");
    }
}

#[test]
fn the_normal_band_equals_scipy() {
    let band = golden().normal_band;
    for row in band.rows {
        let point = band_at(row.p, band.n).expect("inside (0, 1)");
        assert_close(point.theoretical, row.middle, BAND_TOLERANCE, "quantile of the normal");
        assert_close(point.low, row.low, BAND_TOLERANCE, &format!("lower limit at {}", row.p));
        assert_close(point.high, row.high, BAND_TOLERANCE, &format!("upper limit at {}", row.p));
    }
}
