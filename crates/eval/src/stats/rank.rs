//! Ranks, ties and quantiles of a list of numbers.

use std::cmp::Ordering;

/// Ranks from 1; ties have the average of the ranks that they span (scipy's `rankdata`).
///
/// # Examples
///
/// ```
/// assert_eq!(tatabox_eval::average_ranks(&[2.0, 7.0, 1.0, 2.0]), [2.5, 4.0, 1.0, 2.5]);
/// ```
pub fn average_ranks(values: &[f64]) -> Vec<f64> {
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for ties in tie_groups(values) {
        let rank = before as f64 + f64::midpoint(1.0, ties.len() as f64);
        before += ties.len();
        for index in ties {
            ranks[index] = rank;
        }
    }
    ranks
}

/// Indices in ascending order of value, one group per distinct value; a group is in order of index.
pub(crate) fn tie_groups(values: &[f64]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    order
        .chunk_by(|&a, &b| values[a].partial_cmp(&values[b]).is_some_and(Ordering::is_eq))
        .map(<[usize]>::to_vec)
        .collect()
}

/// Quantile of ascending values at `probability`, interpolated between order statistics (numpy's default, type 7).
///
/// `None` without values.
///
/// # Examples
///
/// ```
/// assert_eq!(tatabox_eval::quantile(&[10.0, 20.0, 30.0, 40.0], 0.25), Some(17.5));
/// ```
pub fn quantile(ascending: &[f64], probability: f64) -> Option<f64> {
    (!ascending.is_empty()).then(|| tatabox_dataset::quantile(ascending, probability.clamp(0.0, 1.0)))
}

/// The value that all values equal; `None` if they differ or there are none.
pub(crate) fn constant_value(values: &[f64]) -> Option<f64> {
    let &first = values.first()?;
    values.iter().all(|value| value.partial_cmp(&first).is_some_and(Ordering::is_eq)).then_some(first)
}

/// Copy of the values in ascending order.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut ascending = values.to_vec();
    ascending.sort_by(f64::total_cmp);
    ascending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn average_ranks_ties_have_their_average_rank() {
        // 1 is first, the two 2s span ranks 2 and 3, 7 is last.
        assert_eq!(average_ranks(&[2.0, 7.0, 1.0, 2.0]), [2.5, 4.0, 1.0, 2.5]);
        assert_eq!(average_ranks(&[]), Vec::<f64>::new());
    }

    #[test]
    fn average_ranks_positive_and_negative_zero_tie() {
        assert_eq!(average_ranks(&[0.0, -0.0]), [1.5, 1.5]);
    }

    #[test]
    fn constant_value_of_equal_values_is_that_value() {
        assert_eq!(
            (constant_value(&[0.1, 0.1]), constant_value(&[0.1, 0.2]), constant_value(&[])),
            (Some(0.1), None, None)
        );
    }

    #[test]
    fn quantile_interpolates_between_order_statistics() {
        // position 0.25 * 3 = 0.75 between 10 and 20.
        assert_eq!(quantile(&[10.0, 20.0, 30.0, 40.0], 0.25), Some(17.5));
        assert_eq!(quantile(&[5.0], 0.975), Some(5.0));
        assert_eq!(quantile(&[], 0.5), None);
    }
}
