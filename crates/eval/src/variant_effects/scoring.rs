//! Scores of all predictors, per element, pooled and as means over elements.

mod element_means;
mod scored_set;

use serde::Serialize;

use super::comparison::{EffectComparison, EffectComparisonTable};
use super::effects::{EffectScoreOptions, VariantEffects};
use super::labels::EffectLabels;
use super::metric::EffectMetric;
use super::resampled::{ResampledScores, Scores};
use super::score_table::{EffectScope, EffectScoreTable};
use crate::stats::{MINIMUM_BLOCKS, Resampling};

use element_means::ElementMeans;
use scored_set::ScoredSet;

/// Scores of all predictors, and tests between them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EffectScores {
    /// Scores with intervals.
    pub metrics: EffectScoreTable,
    /// Tests of the first predictor against every other; empty for a single predictor.
    pub comparisons: EffectComparisonTable,
}

/// Effects of one element in one cell type, or of all elements in one cell type.
struct EffectSet<'a> {
    element: Option<&'a str>,
    cell_type: &'a str,
    /// Indices of the effects.
    rows: Vec<usize>,
    labels: EffectLabels,
    /// Prepared scores of each predictor; `None` where they are not defined.
    predictors: Vec<Option<ResampledScores>>,
}

/// Scores the predictions of measured effects.
///
/// Scores are computed per element and cell type, over all effects of a cell type, and as means over the elements with at least
/// `min_variants` variants; smaller ones have scores without intervals. Intervals come from resampling variants (within each
/// element for a mean) and elements; tests between the first predictor and every other are paired. Which effects are significant
/// or strong is decided once, not per resample.
///
/// # Panics
///
/// If a predictor has another number of values than there are measured effects.
pub fn score_variant_effects(effects: &VariantEffects, options: &EffectScoreOptions) -> EffectScores {
    for predictor in &effects.predictors {
        assert_eq!(predictor.values.len(), effects.measured.len(), "one prediction per effect");
    }
    let is_known = effects.has_significance();
    let [significant, strong] = EffectLabels::definitions(is_known, options);
    let (elements, cell_types) = (effects.elements(), effects.cell_types());
    let mut means = ElementMeans::new(effects, &cell_types, options);
    let mut of_elements = Vec::new();
    for (index, &element) in elements.iter().enumerate() {
        let rows: Vec<usize> =
            (0..effects.measured.len()).filter(|&row| effects.measured[row].element == element).collect();
        let units = Units::new(rows.iter().map(|&row| (element, effects.measured[row].variant)));
        let sets: Vec<EffectSet<'_>> = cell_types
            .iter()
            .filter_map(|&cell_type| {
                let keep = |&&row: &&usize| effects.measured[row].cell_type == cell_type;
                let rows: Vec<usize> = rows.iter().filter(keep).copied().collect();
                let units: Vec<usize> =
                    rows.iter().map(|&row| units.of((element, effects.measured[row].variant))).collect();
                (!rows.is_empty()).then(|| EffectSet::new(effects, Some(element), cell_type, rows, &units, options))
            })
            .collect();
        // Each element has a separate stream, so that its resamples do not depend on the other elements.
        let seed = options.seed.wrapping_add((index as u64 + 1) << 32);
        // Of a few variants no interval is meaningful, and tables of eQTLs have thousands of such elements.
        let is_large = sets.iter().any(|set| set.rows.len() >= options.min_variants);
        let resamples = if is_large { options.resamples } else { 0 };
        let draws = Resampling::genes(units.count())
            .draws(resamples, seed, |weights| sets.iter().map(|set| set.resample(weights)).collect::<Vec<_>>());
        for (position, set) in sets.iter().enumerate() {
            let draws: Vec<Vec<Scores>> = draws.iter().map(|draw| draw[position].clone()).collect();
            means.add(set, &draws);
            of_elements.push(ScoredSet::of(set, 1, draws, None));
        }
    }
    let mut sets = Vec::new();
    if elements.len() > 1 {
        sets.extend(means.finish());
        sets.extend(cell_types.iter().map(|cell_type| pooled(effects, cell_type, options)));
    }
    sets.extend(of_elements);

    let names: Vec<(&str, _)> =
        effects.predictors.iter().map(|predictor| (predictor.name.as_str(), predictor.kind)).collect();
    let mut comparisons = EffectComparisonTable {
        reference: names.first().map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
        bootstrap_resamples: options.resamples,
        bootstrap_seed: options.seed,
        rows: sets.iter().flat_map(|set| set.comparisons(&names)).collect::<Vec<EffectComparison>>(),
    };
    comparisons.correct();
    let metrics = EffectScoreTable {
        bootstrap_resamples: options.resamples,
        bootstrap_seed: options.seed,
        min_variants: options.min_variants,
        significant,
        strong,
        rows: sets.iter().flat_map(|set| set.rows(&names)).collect(),
    };
    EffectScores { metrics, comparisons }
}

/// Scores over all effects of a cell type.
fn pooled<'a>(effects: &'a VariantEffects, cell_type: &'a str, options: &EffectScoreOptions) -> ScoredSet<'a> {
    let measured = &effects.measured;
    let rows: Vec<usize> = (0..measured.len()).filter(|&row| measured[row].cell_type == cell_type).collect();
    let units = Units::new(rows.iter().map(|&row| (measured[row].element.as_str(), measured[row].variant)));
    let unit_of_row: Vec<usize> =
        rows.iter().map(|&row| units.of((measured[row].element.as_str(), measured[row].variant))).collect();
    let set = EffectSet::new(effects, None, cell_type, rows, &unit_of_row, options);
    let draw =
        |resampling: &Resampling| resampling.draws(options.resamples, options.seed, |weights| set.resample(weights));
    let draws = draw(&Resampling::genes(units.count()));
    let elements: Vec<Option<&str>> = units.0.iter().map(|(element, _)| Some(*element)).collect();
    let over_elements = Resampling::groups(&elements);
    let enough = over_elements.block_count() >= MINIMUM_BLOCKS;
    let element_draws = enough.then(|| draw(&over_elements));
    ScoredSet::of(&set, over_elements.block_count(), draws, element_draws)
}

/// Distinct variants of a set, each of which a resample contains as a whole, in ascending order.
struct Units<'a>(Vec<(&'a str, usize)>);

impl<'a> Units<'a> {
    fn new(variants: impl Iterator<Item = (&'a str, usize)>) -> Self {
        let mut units: Vec<(&str, usize)> = variants.collect();
        units.sort_unstable();
        units.dedup();
        Self(units)
    }

    fn count(&self) -> usize {
        self.0.len()
    }

    fn of(&self, variant: (&str, usize)) -> usize {
        self.0.binary_search(&variant).expect("the units hold every variant of the set")
    }
}

impl<'a> EffectSet<'a> {
    fn new(
        effects: &VariantEffects,
        element: Option<&'a str>,
        cell_type: &'a str,
        rows: Vec<usize>,
        units: &[usize],
        options: &EffectScoreOptions,
    ) -> Self {
        let measured: Vec<_> = rows.iter().map(|&row| &effects.measured[row]).collect();
        let labels = EffectLabels::new(&measured, effects.has_significance(), options);
        let values: Vec<f64> = measured.iter().map(|measured| measured.effect).collect();
        let prepared = effects
            .predictors
            .iter()
            .map(|predictor| ResampledScores::new(&rows, units, &values, predictor, &labels))
            .collect();
        Self { element, cell_type, rows, labels, predictors: prepared }
    }

    /// Scores of each predictor.
    fn whole(&self) -> Vec<Scores> {
        self.predictors.iter().map(|predictor| predictor.as_ref().map_or(UNDEFINED, ResampledScores::whole)).collect()
    }

    /// Scores of each predictor in a resample.
    fn resample(&self, weights: &[f64]) -> Vec<Scores> {
        let of = |predictor: &ResampledScores| predictor.resample(weights);
        self.predictors.iter().map(|predictor| predictor.as_ref().map_or(UNDEFINED, of)).collect()
    }
}

/// Scores that are not defined.
const UNDEFINED: Scores = [None; EffectMetric::ALL.len()];

/// Scores of the first predictor minus those of each predictor.
fn first_minus_each(scores: &[Scores]) -> Vec<Scores> {
    let Some(first) = scores.first() else { return Vec::new() };
    let minus = |other: &Scores| {
        std::array::from_fn(|metric| first[metric].zip(other[metric]).map(|(first, other)| first - other))
    };
    scores.iter().map(minus).collect()
}

/// Kind of set that a [`ScoredSet`] describes.
const fn scope_of(element: Option<&str>) -> EffectScope {
    if element.is_some() { EffectScope::Element } else { EffectScope::Pooled }
}

#[cfg(test)]
mod tests {
    use super::super::effects::{EffectPredictor, MeasuredEffect, PredictorKind};
    use super::*;
    use crate::table::TableExport;

    /// Effects of `elements` elements with `variants` variants each, in two cell types.
    fn effects(elements: usize, variants: usize) -> VariantEffects {
        let mut measured = Vec::new();
        for element in 0..elements {
            for variant in 0..variants {
                for (offset, cell_type) in ["K562", "HepG2"].into_iter().enumerate() {
                    measured.push(MeasuredEffect {
                        element: format!("E{element}"),
                        cell_type: cell_type.to_owned(),
                        variant,
                        effect: ((variant * 7 + element * 3 + offset) % 11) as f64 - 4.5,
                        is_significant: None,
                    });
                }
            }
        }
        let predictor = |name: &str, is_signed, value: &dyn Fn(usize, f64) -> f64| EffectPredictor {
            name: name.to_owned(),
            kind: PredictorKind::Model,
            is_signed,
            values: measured.iter().enumerate().map(|(row, measured)| value(row, measured.effect)).collect(),
        };
        let predictors = vec![
            predictor("right", true, &|_, effect| 2.0 * effect),
            predictor("noisy", true, &|row, effect| effect + ((row * 5) % 13) as f64 - 6.0),
            predictor("distance", false, &|row, _| -((row % 9) as f64)),
        ];
        VariantEffects { measured, predictors }
    }

    fn options() -> EffectScoreOptions {
        EffectScoreOptions { resamples: 60, ..EffectScoreOptions::default() }
    }

    #[test]
    fn score_variant_effects_rows_are_means_pooled_sets_and_elements() {
        let scores = score_variant_effects(&effects(6, 12), &options());
        let rows = &scores.metrics.rows;
        // Three predictors: mean over both cell types and in each, pooled in each, six elements in each.
        assert_eq!(rows.len(), 3 * (3 + 2 + 12));
        let mean = &rows[0];
        assert_eq!((mean.scope, mean.cell_type.as_deref(), mean.elements, mean.n), (EffectScope::Mean, None, 6, 144));
        assert_eq!(mean.spearman.value, Some(1.0));
        assert!(mean.spearman.element_interval.is_some() && rows[1].spearman.interval.is_some());
        // The mean of the second predictor is that of its twelve sets.
        let of_elements: Vec<f64> = rows
            .iter()
            .filter(|row| row.scope == EffectScope::Element && row.predictor == "noisy")
            .map(|row| row.pearson.value.expect("varies"))
            .collect();
        let expected = of_elements.iter().sum::<f64>() / 12.0;
        assert!((rows[1].pearson.value.expect("defined") - expected).abs() < 1e-12);
        // A predictor without sign has no signed score.
        assert_eq!((rows[2].spearman.value, rows[2].sign_agreement.value), (None, None));
        assert!(rows[2].spearman_magnitude.value.is_some());
        let overall: Vec<&str> = scores.metrics.overall().map(|row| row.predictor.as_str()).collect();
        assert_eq!(overall, ["right", "noisy", "distance"]);
    }

    #[test]
    fn score_variant_effects_small_elements_are_not_in_the_mean() {
        let mut effects = effects(6, 12);
        let keep: Vec<bool> = effects.measured.iter().map(|m| m.element != "E5" || m.variant < 4).collect();
        let mut index = 0..;
        effects.measured.retain(|_| keep[index.next().expect("endless")]);
        for predictor in &mut effects.predictors {
            let mut index = 0..;
            predictor.values.retain(|_| keep[index.next().expect("endless")]);
        }
        let scores = score_variant_effects(&effects, &options());
        assert_eq!((scores.metrics.rows[0].elements, scores.metrics.rows[0].n), (5, 120));
        let small = scores.metrics.rows.iter().find(|row| row.element.as_deref() == Some("E5")).expect("a row");
        assert!(small.n == 4 && small.pearson.value.is_some() && small.pearson.interval.is_none());
        assert!(scores.comparisons.rows.iter().all(|row| row.element.as_deref() != Some("E5")));
    }

    #[test]
    fn score_variant_effects_comparisons_are_paired_and_corrected() {
        let scores = score_variant_effects(&effects(6, 12), &options());
        let rows = &scores.comparisons.rows;
        assert_eq!(scores.comparisons.reference, "right");
        let first = &rows[0];
        assert_eq!(
            (first.scope, first.predictor.as_str(), first.metric),
            (EffectScope::Mean, "noisy", EffectMetric::Spearman)
        );
        let whole = scores.metrics.rows[1].spearman.value.expect("varies");
        assert!((first.difference - (1.0 - whole)).abs() < 1e-12);
        let elements = first.elements.expect("six elements");
        assert!(first.variants.p.expect("defined") < 0.05 && elements.p.is_some());
        assert!(first.variants.p_holm.is_some() && elements.p_bh.is_some());
        assert!(rows.iter().all(|row| row.predictor != "distance" || !row.metric.needs_sign()));
    }

    #[test]
    fn score_variant_effects_is_deterministic_and_depends_on_the_seed() {
        let run = |seed| score_variant_effects(&effects(5, 10), &EffectScoreOptions { seed, ..options() });
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn score_variant_effects_of_one_element_have_no_mean() {
        let scores = score_variant_effects(&effects(1, 12), &options());
        assert!(scores.metrics.rows.iter().all(|row| row.scope == EffectScope::Element));
        assert_eq!(scores.metrics.overall().count(), 6);
    }

    #[test]
    fn score_variant_effects_of_small_elements_are_pooled() {
        let scores = score_variant_effects(&effects(8, 3), &options());
        let overall: Vec<_> = scores.metrics.overall().map(|row| (row.scope, row.n)).collect();
        // Three predictors in two cell types.
        assert_eq!(overall, [(EffectScope::Pooled, 24); 6]);
        assert!(scores.comparisons.overall().all(|row| row.scope == EffectScope::Pooled));
        assert!(scores.metrics.to_text().contains("as one set"));
    }

    #[test]
    fn score_variant_effects_undefined_predictions_have_no_score() {
        let mut effects = effects(6, 12);
        effects.predictors[1].values[0] = f64::NAN;
        let scores = score_variant_effects(&effects, &options());
        let of = |scope| {
            let is_it = |row: &&super::super::EffectScoreRow| row.scope == scope && row.predictor == "noisy";
            scores.metrics.rows.iter().find(is_it).expect("a row").pearson.value
        };
        // Row 0 is in the first element in K562, whose score is missing; the mean is over the other eleven sets.
        assert_eq!(of(EffectScope::Element), None);
        assert!(of(EffectScope::Mean).is_some());
    }
}
