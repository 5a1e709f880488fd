//! What each base contributes, whatever the method.

use tatabox_model::{Attribution, Completeness, SubstitutionEffects};

use crate::args::Method;

/// Contributions to the prediction in one cell type, in log2(TPM + 1), over the bases to explain.
pub(super) struct Contributions {
    pub(super) method: Method,
    /// Index of the cell type.
    pub(super) cell_type: usize,
    /// Of the bases that are there; 0 for N.
    pub(super) own: Vec<f64>,
    /// Of each base in the order A, C, G, T; 0 for N.
    pub(super) hypothetical: Vec<[f64; 4]>,
    /// How well they add up, where they are meant to.
    pub(super) completeness: Option<Completeness>,
}

impl Contributions {
    /// Those of in-silico mutagenesis.
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
            own: positions.map(|position| known(effects.importance(position, cell_type))).collect(),
            completeness: None,
        }
    }

    /// Those of an attribution of a whole window, over `region` of it.
    pub(super) fn of_attribution(
        method: Method,
        cell_type: usize,
        attribution: &Attribution,
        window: &[u8],
        region: &std::ops::Range<usize>,
    ) -> Self {
        Self {
            method,
            cell_type,
            own: attribution.contributions(window)[region.clone()].to_vec(),
            hypothetical: attribution.hypothetical[region.clone()].to_vec(),
            completeness: attribution.completeness,
        }
    }
}
