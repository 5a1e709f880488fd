//! What a model reads of a promoter: its bases, and of some models numbers of the gene and signal along the bases.

use std::ops::Range;
use std::sync::Arc;

/// The bases that a model reads, with what it reads beside them.
///
/// Values are as the data set holds them; each model scales them as it was trained to
/// ([`ModelInputs`](crate::ModelInputs)). Clones share them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PromoterWindow {
    /// Nucleotide codes of the model's extent, sense strand.
    pub bases: Vec<u8>,
    /// Numbers of the gene, in the order of the model's names.
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

/// What a model can be asked about: bases alone, or a [`PromoterWindow`].
pub trait ModelWindow: Sync {
    /// Nucleotide codes.
    fn bases(&self) -> &[u8];

    /// Numbers of the gene.
    fn gene_features(&self) -> Option<&Arc<[f32]>> {
        None
    }

    /// `[tracks, bases]`
    fn tracks(&self) -> Option<&Arc<[f32]>> {
        None
    }

    /// As many other bases in the place of these; gene features and tracks stay.
    fn with_bases(&self, bases: Vec<u8>) -> PromoterWindow {
        debug_assert_eq!(bases.len(), self.bases().len(), "tracks lie along the bases");
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

/// A stretch of a window, borrowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct WindowView<'a> {
    pub bases: &'a [u8],
    pub gene_features: Option<&'a [f32]>,
    /// `[tracks, bases of the whole window]`
    tracks: Option<&'a [f32]>,
    /// Bases of the whole window, and where the stretch begins in it.
    whole: usize,
    start: usize,
}

impl<'a> WindowView<'a> {
    /// The whole of a window.
    pub fn of<W: ModelWindow + ?Sized>(window: &'a W) -> Self {
        Self {
            bases: window.bases(),
            gene_features: window.gene_features().map(|features| &features[..]),
            tracks: window.tracks().map(|tracks| &tracks[..]),
            whole: window.bases().len(),
            start: 0,
        }
    }

    /// A stretch of it.
    pub fn crop(self, range: Range<usize>) -> Self {
        Self { bases: &self.bases[range.clone()], start: self.start + range.start, ..self }
    }

    /// Other bases in the place of these.
    pub fn with_bases<'b>(self, bases: &'b [u8]) -> WindowView<'b>
    where
        'a: 'b,
    {
        debug_assert_eq!(bases.len(), self.bases.len(), "tracks lie along the bases");
        WindowView { bases, ..self }
    }

    /// Number of tracks; `None` where there are none, or values that do not lie along the bases.
    pub fn track_count(self) -> Option<usize> {
        let tracks = self.tracks?;
        (self.whole > 0 && tracks.len().is_multiple_of(self.whole)).then(|| tracks.len() / self.whole)
    }

    /// The values of a track along the bases.
    ///
    /// # Panics
    /// If there is no such track.
    pub fn track(self, track: usize) -> &'a [f32] {
        let tracks = self.tracks.expect("counted before");
        &tracks[track * self.whole + self.start..][..self.bases.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window() -> PromoterWindow {
        PromoterWindow {
            bases: vec![0, 1, 2, 3],
            gene_features: Some(Arc::from([0.5, 1.5])),
            tracks: Some(Arc::from([1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0])),
        }
    }

    #[test]
    fn tracks_lie_along_the_bases_of_every_stretch() {
        let window = window();
        let stretch = WindowView::of(&window).crop(1..4).crop(1..3);
        assert_eq!((stretch.bases, stretch.track_count()), (&[2, 3][..], Some(2)));
        assert_eq!((stretch.track(0), stretch.track(1)), (&[3.0, 4.0][..], &[30.0, 40.0][..]));
        assert_eq!(stretch.gene_features, Some(&[0.5, 1.5][..]));
        let mutant = stretch.with_bases(&[0, 0]);
        assert_eq!((mutant.bases, mutant.track(1)), (&[0, 0][..], &[30.0, 40.0][..]));
    }

    #[test]
    fn a_mutant_keeps_what_is_not_bases() {
        let mutant = window().with_bases(vec![3, 3, 3, 3]);
        assert_eq!((mutant.gene_features.clone(), mutant.tracks.clone()), (window().gene_features, window().tracks));
        assert_eq!(vec![0, 1].with_bases(vec![2, 2]), PromoterWindow::from(vec![2, 2]));
    }
}
