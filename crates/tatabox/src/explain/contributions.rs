//! Contributions of bases to a prediction.

use std::ops::Range;

use tatabox_model::{Attribution, Completeness, SubstitutionEffects};

use super::method::Method;

/// Contributions of the explained bases to the prediction in one cell type, by one method.
///
/// # Units
/// log2(TPM + 1).
///
/// # Examples
///
/// ```
/// use tatabox::explain::{Contributions, Method};
///
/// let contributions = Contributions {
///     method: Method::Ism,
///     cell_type: 0,
///     values: vec![0.1, -0.7, 0.2],
///     hypothetical: vec![[0.0; 4]; 3],
///     completeness: None,
/// };
/// assert_eq!(contributions.strongest(), Some((1, -0.7)));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Contributions {
    /// Attribution method.
    pub method: Method,
    /// Index into the cell types of the model.
    pub cell_type: usize,
    /// Contribution of each base of the promoter, `[bases]`; 0 for N.
    pub values: Vec<f64>,
    /// Contribution that A, C, G and T have or would have at each position, `[bases, 4]`; 0 for N. For ISM: the prediction with
    /// the base minus the mean over the four.
    pub hypothetical: Vec<[f64; 4]>,
    /// Difference between the sum of the contributions and the difference that they explain, for integrated gradients.
    pub completeness: Option<Completeness>,
}

impl Contributions {
    /// Index and value of the largest contribution by magnitude; `None` without bases.
    pub fn strongest(&self) -> Option<(usize, f64)> {
        let values = self.values.iter().copied().enumerate();
        values.max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()))
    }

    /// Contributions from in-silico mutagenesis.
    pub(super) fn of_substitutions(effects: &SubstitutionEffects, cell_type: usize) -> Self {
        let positions = 0..effects.positions();
        let known = |value: f64| if value.is_nan() { 0.0 } else { value };
        let hypothetical = positions.clone().map(|position| {
            let effects = effects.at(position, cell_type).map(known);
            let mean = effects.iter().sum::<f64>() / effects.len() as f64;
            effects.map(|effect| effect - mean)
        });
        Self {
            method: Method::Ism,
            cell_type,
            hypothetical: hypothetical.collect(),
            values: positions.map(|position| known(effects.importance(position, cell_type))).collect(),
            completeness: None,
        }
    }

    /// The part of a window's attribution that covers `region`.
    pub(super) fn of_attribution(
        method: Method,
        cell_type: usize,
        attribution: &Attribution,
        window: &[u8],
        region: &Range<usize>,
    ) -> Self {
        Self {
            method,
            cell_type,
            values: attribution.contributions(window)[region.clone()].to_vec(),
            hypothetical: attribution.hypothetical[region.clone()].to_vec(),
            completeness: attribution.completeness,
        }
    }
}
