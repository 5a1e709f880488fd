//! Borrowed part of a window.

use std::ops::Range;

use tatabox_sequence::UNKNOWN;

use super::promoter_window::ModelWindow;
use crate::error::ModelError;

/// Borrowed part of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct WindowView<'a> {
    pub bases: &'a [u8],
    pub gene_features: Option<&'a [f32]>,
    /// `[tracks, bases of the whole window]`
    tracks: Option<&'a [f32]>,
    /// Length of the whole window, and the start of the part in it.
    whole: usize,
    start: usize,
}

impl<'a> WindowView<'a> {
    /// View of a whole window.
    pub fn of<W: ModelWindow + ?Sized>(window: &'a W) -> Self {
        Self {
            bases: window.bases(),
            gene_features: window.gene_features().map(|features| &features[..]),
            tracks: window.tracks().map(|tracks| &tracks[..]),
            whole: window.bases().len(),
            start: 0,
        }
    }

    /// Checks length and codes of the bases; `index` is that of the window.
    ///
    /// # Errors
    /// [`ModelError::WrongWindowLength`]; [`ModelError::InvalidBase`].
    pub fn check_bases(self, index: usize, expected: usize) -> Result<(), ModelError> {
        let length = self.bases.len();
        if length != expected {
            return Err(ModelError::WrongWindowLength { window: index, length, expected });
        }
        match self.bases.iter().position(|&code| code > UNKNOWN) {
            None => Ok(()),
            Some(base) => Err(ModelError::InvalidBase { window: index, index: base, code: self.bases[base] }),
        }
    }

    /// Part of the view.
    pub fn crop(self, range: Range<usize>) -> Self {
        Self { bases: &self.bases[range.clone()], start: self.start + range.start, ..self }
    }

    /// The same view with other bases.
    pub fn with_bases<'b>(self, bases: &'b [u8]) -> WindowView<'b>
    where
        'a: 'b,
    {
        debug_assert_eq!(bases.len(), self.bases.len(), "as many bases as before");
        WindowView { bases, ..self }
    }

    /// Number of tracks; `None` where there are none, or where the number of values is not a multiple of the window's
    /// length.
    pub fn track_count(self) -> Option<usize> {
        let tracks = self.tracks?;
        (self.whole > 0 && tracks.len().is_multiple_of(self.whole)).then(|| tracks.len() / self.whole)
    }

    /// Values of a track along the bases.
    ///
    /// # Panics
    /// If the track does not exist.
    pub fn track(self, track: usize) -> &'a [f32] {
        let tracks = self.tracks.expect("the window has tracks");
        &tracks[track * self.whole + self.start..][..self.bases.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::promoter_window::tests::window;

    #[test]
    fn window_view_crop_keeps_tracks_aligned() {
        let window = window();
        let stretch = WindowView::of(&window).crop(1..4).crop(1..3);
        assert_eq!((stretch.bases, stretch.track_count()), (&[2, 3][..], Some(2)));
        assert_eq!((stretch.track(0), stretch.track(1)), (&[3.0, 4.0][..], &[30.0, 40.0][..]));
        assert_eq!(stretch.gene_features, Some(&[0.5, 1.5][..]));
        let mutant = stretch.with_bases(&[0, 0]);
        assert_eq!((mutant.bases, mutant.track(1)), (&[0, 0][..], &[30.0, 40.0][..]));
    }
}
