//! Predictions of each member of an ensemble.

/// Predictions of each member of a model for one window, in log2(TPM + 1).
///
/// A single network counts as an ensemble of one member.
///
/// # Examples
/// ```
/// use tatabox_model::MemberPredictions;
///
/// // Two members, three cell types.
/// let predictions = MemberPredictions::new(vec![vec![1.0, 2.0, 3.0], vec![1.5, 2.5, 3.5]]);
/// assert_eq!((predictions.members(), predictions.cell_types()), (2, 3));
/// assert_eq!(predictions.of_cell_type(1), [2.0, 2.5]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberPredictions {
    /// `[members][cell types]`
    by_member: Vec<Vec<f64>>,
}

impl MemberPredictions {
    /// Predictions given per member and cell type, NaN where a member lacks an output; each member has the same length.
    pub fn new(by_member: Vec<Vec<f64>>) -> Self {
        Self { by_member }
    }

    /// Number of members.
    pub fn members(&self) -> usize {
        self.by_member.len()
    }

    /// Number of cell types.
    pub fn cell_types(&self) -> usize {
        self.by_member.first().map_or(0, Vec::len)
    }

    /// Predictions of a member, one per cell type; `None` if the member does not exist.
    pub fn log2_tpm(&self, member: usize) -> Option<&[f64]> {
        self.by_member.get(member).map(Vec::as_slice)
    }

    /// Predictions per member, each with one value per cell type.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.by_member.iter().map(Vec::as_slice)
    }

    /// Predictions for a cell type, one per member that has this output; empty if no member has.
    pub fn of_cell_type(&self, cell_type: usize) -> Vec<f64> {
        let values = self.iter().filter_map(|log2_tpm| log2_tpm.get(cell_type).copied());
        values.filter(|value| !value.is_nan()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn member_predictions_are_indexed_by_member_and_cell_type() {
        let predictions = MemberPredictions::new(vec![vec![1.0, 2.0], vec![3.0, 4.0], vec![5.0, 6.0]]);
        assert_eq!((predictions.members(), predictions.cell_types()), (3, 2));
        assert_eq!(predictions.log2_tpm(1), Some(&[3.0, 4.0][..]));
        assert_eq!(predictions.log2_tpm(3), None);
        assert_eq!(predictions.of_cell_type(1), [2.0, 4.0, 6.0]);
        assert!(predictions.of_cell_type(2).is_empty());
        let lacking = MemberPredictions::new(vec![vec![1.0, f64::NAN], vec![2.0, 7.0]]);
        assert_eq!((lacking.of_cell_type(0), lacking.of_cell_type(1)), (vec![1.0, 2.0], vec![7.0]));
        assert_eq!(predictions.iter().len(), 3);
    }
}
