//! Correction of p-values for multiple testing, per kind of test and split.
//!
//! The comparisons over all cell types, one per model, are the primary question and form one family; the comparisons in single
//! cell types form another.

use super::CompareOptions;
use super::comparison::{ComparisonRow, ComparisonTable};
use super::verdict::SIGNIFICANCE;
use crate::stats::{benjamini_hochberg, holm};

/// A p-value with mutable references to its Holm and Benjamini-Hochberg adjusted values.
type Adjusted<'a> = (f64, &'a mut Option<f64>, &'a mut Option<f64>);

/// Fills in the p-values adjusted after Holm and after Benjamini and Hochberg.
pub(super) fn correct(compared: &mut ComparisonTable, options: &CompareOptions) {
    let mut notes = Vec::new();
    let families = options.splits.iter().flat_map(|&split| [true, false].map(|overall| (split, overall)));
    for (split, overall) in families {
        let is_member = |row: &ComparisonRow| row.split == split && row.cell_type.is_none() == overall;
        let has_p = |row: &&ComparisonRow| is_member(row) && row.pearson.is_some_and(|test| test.p.is_some());
        let bootstraps = compared.rows.iter().filter(has_p).count();
        let least = 2.0 / (options.resamples as f64 + 1.0);
        if least * bootstraps as f64 >= SIGNIFICANCE {
            notes.push(format!(
                "{split}: {} resamples cannot give a bootstrap p below {least:.2}, which Holm's correction over {bootstraps} tests \
raises to {:.2}; use more resamples for smaller p-values",
                options.resamples,
                (least * bootstraps as f64).min(1.0)
            ));
        }
        adjust(compared.rows.iter_mut().filter(|row| is_member(row)).filter_map(|row| {
            let test = row.pearson.as_mut()?;
            Some((test.p?, &mut test.p_holm, &mut test.p_bh))
        }));
        adjust(compared.rows.iter_mut().filter(|row| is_member(row)).filter_map(|row| {
            let test = row.absolute_error.as_mut()?;
            Some((test.p, &mut test.p_holm, &mut test.p_bh))
        }));
        adjust(compared.rows.iter_mut().filter(|row| is_member(row)).filter_map(|row| {
            let test = row.folds.as_mut()?;
            Some((test.p, &mut test.p_holm, &mut test.p_bh))
        }));
    }
    for note in notes {
        compared.note(note);
    }
}

fn adjust<'a>(tests: impl Iterator<Item = Adjusted<'a>>) {
    let tests: Vec<Adjusted<'a>> = tests.collect();
    let p: Vec<f64> = tests.iter().map(|test| test.0).collect();
    for ((_, of_holm, of_bh), (holm, bh)) in tests.into_iter().zip(holm(&p).into_iter().zip(benjamini_hochberg(&p))) {
        *of_holm = Some(holm);
        *of_bh = Some(bh);
    }
}

#[cfg(test)]
mod tests {
    use crate::compare::compare;
    use crate::compare::tests::{options, three_models};

    #[test]
    fn correct_adjusts_each_kind_of_test_within_its_family() {
        let compared = compare(&three_models(), &options()).expect("three models");
        // One model has correlations in two cell types and their mean, each with the smallest p of 200 resamples.
        let pearson = |index: usize| compared.rows[index].pearson.expect("both vary");
        assert!((pearson(0).p_holm.expect("corrected") - 4.0 / 201.0).abs() < 1e-12);
        assert!((pearson(2).p_holm.expect("corrected") - 2.0 / 201.0).abs() < 1e-12);
        assert!((pearson(0).p_bh.expect("corrected") - 2.0 / 201.0).abs() < 1e-12);
        // Two models have errors in each cell type.
        let of_cell_types = compared.rows.iter().filter(|row| row.cell_type.is_some());
        let errors = of_cell_types.map(|row| row.absolute_error.expect("errors differ"));
        let least = errors.min_by(|a, b| a.p.total_cmp(&b.p)).expect("four rows");
        assert!((least.p_holm.expect("corrected") / (4.0 * least.p) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn correct_too_few_resamples_adds_a_note() {
        let mut few = options();
        few.resamples = 20;
        let notes = compare(&three_models(), &few).expect("three models").notes;
        assert!(
            notes.iter().any(|note| note.contains("20 resamples cannot give a bootstrap p below 0.10")),
            "{notes:?}"
        );
        assert!(
            compare(&three_models(), &options()).expect("three models").notes.iter().all(|n| !n.contains("resamples"))
        );
    }
}
