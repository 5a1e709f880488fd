//! Input of a model: the bases of a promoter and its auxiliary inputs.

use std::sync::Arc;

/// Bases of a promoter with the auxiliary inputs of a model.
///
/// Values are unscaled, as in the data set; each model applies its own scaling
/// ([`AuxiliaryInputs`](crate::AuxiliaryInputs)). Clones share the values.
///
/// # Examples
/// ```
/// use tatabox_model::{ModelWindow, PromoterWindow};
///
/// let window = PromoterWindow { gene_features: Some([0.5, 1.5].into()), ..PromoterWindow::from(vec![0, 1, 2, 3]) };
/// let mutant = window.with_bases(vec![0, 1, 2, 0]);
/// assert_eq!(mutant.gene_features, window.gene_features);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PromoterWindow {
    /// Nucleotide codes on the sense strand: 0 to 3 for A, C, G, T and 4 for N.
    pub bases: Vec<u8>,
    /// Gene features, in the order of the model's names.
    pub gene_features: Option<Arc<[f32]>>,
    /// `[tracks, bases]`: signal along the sense strand, tracks in the order of the model's names.
    pub tracks: Option<Arc<[f32]>>,
}

impl PromoterWindow {
    /// Number of bases.
    pub fn len(&self) -> usize {
        self.bases.len()
    }

    /// Whether there is no base.
    pub fn is_empty(&self) -> bool {
        self.bases.is_empty()
    }
}

impl From<Vec<u8>> for PromoterWindow {
    fn from(bases: Vec<u8>) -> Self {
        Self { bases, gene_features: None, tracks: None }
    }
}

/// Input of a model: bases alone, or a [`PromoterWindow`].
pub trait ModelWindow: Sync {
    /// Nucleotide codes.
    fn bases(&self) -> &[u8];

    /// Gene features.
    fn gene_features(&self) -> Option<&Arc<[f32]>> {
        None
    }

    /// `[tracks, bases]`
    fn tracks(&self) -> Option<&Arc<[f32]>> {
        None
    }

    /// The same window with other bases, as many as before; gene features and tracks stay.
    fn with_bases(&self, bases: Vec<u8>) -> PromoterWindow {
        debug_assert_eq!(bases.len(), self.bases().len(), "as many bases as before");
        PromoterWindow { bases, gene_features: self.gene_features().cloned(), tracks: self.tracks().cloned() }
    }
}

impl ModelWindow for PromoterWindow {
    fn bases(&self) -> &[u8] {
        &self.bases
    }

    fn gene_features(&self) -> Option<&Arc<[f32]>> {
        self.gene_features.as_ref()
    }

    fn tracks(&self) -> Option<&Arc<[f32]>> {
        self.tracks.as_ref()
    }
}

impl ModelWindow for [u8] {
    fn bases(&self) -> &[u8] {
        self
    }
}

impl ModelWindow for Vec<u8> {
    fn bases(&self) -> &[u8] {
        self
    }
}

impl<const BASES: usize> ModelWindow for [u8; BASES] {
    fn bases(&self) -> &[u8] {
        self
    }
}

impl<W: ModelWindow + ?Sized> ModelWindow for &W {
    fn bases(&self) -> &[u8] {
        (**self).bases()
    }

    fn gene_features(&self) -> Option<&Arc<[f32]>> {
        (**self).gene_features()
    }

    fn tracks(&self) -> Option<&Arc<[f32]>> {
        (**self).tracks()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Four bases with two gene features and two tracks.
    pub(crate) fn window() -> PromoterWindow {
        PromoterWindow {
            bases: vec![0, 1, 2, 3],
            gene_features: Some(Arc::from([0.5, 1.5])),
            tracks: Some(Arc::from([1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0])),
        }
    }

    #[test]
    fn with_bases_keeps_auxiliary_inputs() {
        let mutant = window().with_bases(vec![3, 3, 3, 3]);
        assert_eq!((mutant.gene_features.clone(), mutant.tracks.clone()), (window().gene_features, window().tracks));
        assert_eq!(vec![0, 1].with_bases(vec![2, 2]), PromoterWindow::from(vec![2, 2]));
    }
}
