//! Comparison with scipy, scikit-learn, statsmodels, pingouin and numpy; `golden/golden.py` computes `golden/golden.json`.

use serde::Deserialize;
use tatabox_eval::{
    Scores, average_ranks, benjamini_hochberg, corrected_resampled_t, holm, one_way_anova, qq_band_at, quantile,
    repeated_measures_anova, signed_rank,
};

/// Relative tolerance of values: both sides compute in f64 and differ only in the order of sums.
const TOLERANCE: f64 = 1e-10;
/// Relative tolerance of p-values, which come from two implementations of each distribution.
const P_TOLERANCE: f64 = 1e-8;
/// Tolerance of the Q-Q band, which comes from two implementations of the inverse incomplete beta function.
const BAND_TOLERANCE: f64 = 1e-6;

#[derive(Deserialize)]
struct Golden {
    metrics: Vec<Case>,
    average_ranks: Ranks,
    quantiles: Quantiles,
    normal_band: Band,
    tests: Tests,
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

#[derive(Deserialize)]
struct Tests {
    signed_rank: Vec<SignedRankCase>,
    corrected_t: Vec<CorrectedTCase>,
    one_way: Vec<OneWayCase>,
    repeated: Vec<RepeatedCase>,
    adjusted: Vec<AdjustedCase>,
}

#[derive(Deserialize)]
struct SignedRankCase {
    name: String,
    differences: Vec<f64>,
    statistic: f64,
    p: f64,
    rank_biserial: f64,
}

#[derive(Deserialize)]
struct CorrectedTCase {
    differences: Vec<f64>,
    test_to_train: f64,
    t: f64,
    p: f64,
    cohens_d: f64,
}

#[derive(Deserialize)]
struct OneWayCase {
    groups: Vec<Vec<f64>>,
    f: f64,
    p: f64,
    eta_squared: f64,
}

#[derive(Deserialize)]
struct RepeatedCase {
    treatments: Vec<Vec<f64>>,
    f: f64,
    df: [f64; 2],
    p: f64,
    epsilon: f64,
    p_greenhouse_geisser: f64,
    partial_eta_squared: f64,
}

#[derive(Deserialize)]
struct AdjustedCase {
    p: Vec<f64>,
    holm: Vec<f64>,
    benjamini_hochberg: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/golden.json")).expect("golden.json is valid")
}

fn assert_close(got: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((got - expected).abs() <= tolerance * expected.abs().max(1.0), "{what}: {got}, expected {expected}");
}

/// p-values of any magnitude agree to the same number of digits.
fn assert_same_p(got: f64, expected: f64, what: &str) {
    assert!((got - expected).abs() <= P_TOLERANCE * expected.abs(), "{what}: p {got:e}, expected {expected:e}");
}

fn slices(lists: &[Vec<f64>]) -> Vec<&[f64]> {
    lists.iter().map(Vec::as_slice).collect()
}

#[test]
fn scores_match_scipy_and_scikit_learn() {
    for case in golden().metrics {
        let scores = Scores::new(&case.measured, &case.predicted);
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
fn ranks_and_quantiles_match_scipy_and_numpy() {
    let Golden { average_ranks: ranks, quantiles, .. } = golden();
    assert_eq!(average_ranks(&ranks.values), ranks.ranks);
    let mut ascending = quantiles.values;
    ascending.sort_by(f64::total_cmp);
    for (&probability, &expected) in quantiles.probabilities.iter().zip(&quantiles.expected) {
        assert_close(quantile(&ascending, probability).expect("values"), expected, TOLERANCE, "quantile");
    }
}

#[test]
fn qq_band_matches_scipy() {
    let band = golden().normal_band;
    for row in band.rows {
        let point = qq_band_at(row.p, band.n).expect("inside (0, 1)");
        assert_close(point.theoretical, row.middle, BAND_TOLERANCE, "quantile of the normal");
        assert_close(point.low, row.low, BAND_TOLERANCE, &format!("lower limit at {}", row.p));
        assert_close(point.high, row.high, BAND_TOLERANCE, &format!("upper limit at {}", row.p));
    }
}

#[test]
fn signed_rank_matches_scipy() {
    for case in golden().tests.signed_rank {
        let test = signed_rank(&case.differences).expect("not all zero");
        assert_close(test.statistic, case.statistic, TOLERANCE, &case.name);
        assert_close(test.rank_biserial, case.rank_biserial, TOLERANCE, &case.name);
        assert_same_p(test.p, case.p, &case.name);
    }
}

#[test]
fn corrected_resampled_t_matches_its_formula() {
    for case in golden().tests.corrected_t {
        let test = corrected_resampled_t(&case.differences, case.test_to_train).expect("the differences vary");
        assert_close(test.t, case.t, TOLERANCE, "t");
        assert_close(test.cohens_d, case.cohens_d, TOLERANCE, "Cohen's d");
        assert_same_p(test.p, case.p, "corrected t-test");
    }
}

#[test]
fn anova_matches_scipy_statsmodels_and_pingouin() {
    let tests = golden().tests;
    for case in tests.one_way {
        let test = one_way_anova(&slices(&case.groups)).expect("the groups vary");
        assert_close(test.f, case.f, P_TOLERANCE, "F");
        assert_close(test.eta_squared, case.eta_squared, TOLERANCE, "eta squared");
        assert_same_p(test.p, case.p, "one-way analysis");
    }
    for case in tests.repeated {
        let test = repeated_measures_anova(&slices(&case.treatments)).expect("the treatments vary");
        assert_close(test.f, case.f, P_TOLERANCE, "F");
        assert_eq!(test.df.map(|df| df as u32), case.df.map(|df| df as u32));
        assert_close(test.epsilon, case.epsilon, P_TOLERANCE, "epsilon");
        assert_close(test.partial_eta_squared, case.partial_eta_squared, P_TOLERANCE, "partial eta squared");
        assert_same_p(test.p, case.p, "repeated measures");
        assert_same_p(test.p_greenhouse_geisser, case.p_greenhouse_geisser, "repeated measures, corrected");
    }
}

#[test]
fn adjusted_p_values_match_statsmodels() {
    for case in golden().tests.adjusted {
        for (got, expected) in [(holm(&case.p), case.holm), (benjamini_hochberg(&case.p), case.benjamini_hochberg)] {
            assert_eq!(got.len(), expected.len());
            for (got, expected) in got.iter().zip(expected) {
                assert_same_p(*got, expected, "adjusted");
            }
        }
    }
}
