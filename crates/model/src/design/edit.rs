//! Substitution of one base.

use crate::error::ModelError;

/// Substitution of one base of a window.
///
/// # Examples
/// ```
/// use tatabox_model::BaseEdit;
///
/// let edits = BaseEdit::between(&[0, 1, 2, 3], &[0, 3, 2, 3]);
/// assert_eq!(edits, [BaseEdit { index: 1, from: 1, to: 3 }]);
/// assert_eq!(edits[0].applied_to(&[0, 1, 2, 3])?, [0, 3, 2, 3]);
/// # Ok::<(), tatabox_model::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BaseEdit {
    /// Index in the window.
    pub index: usize,
    /// Code of the original base.
    pub from: u8,
    /// Code of the new base.
    pub to: u8,
}

impl BaseEdit {
    /// Window with the new base.
    ///
    /// # Errors
    /// [`ModelError::OutsideWindow`]
    pub fn applied_to(self, window: &[u8]) -> Result<Vec<u8>, ModelError> {
        let mut edited = window.to_vec();
        let (start, length) = (self.index, window.len());
        let base = edited.get_mut(start).ok_or(ModelError::OutsideWindow { start, end: start + 1, length })?;
        *base = self.to;
        Ok(edited)
    }

    /// Substitutions between two windows of the same length, by index.
    pub fn between(before: &[u8], after: &[u8]) -> Vec<Self> {
        let pairs = before.iter().zip(after).enumerate();
        pairs.filter(|(_, (from, to))| from != to).map(|(index, (&from, &to))| Self { index, from, to }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_between_windows_reproduce_second_window() {
        let (before, after) = ([0, 1, 2, 3], [0, 3, 2, 0]);
        let edits = BaseEdit::between(&before, &after);
        assert_eq!(edits, [BaseEdit { index: 1, from: 1, to: 3 }, BaseEdit { index: 3, from: 3, to: 0 }]);
        assert_eq!(edits.iter().fold(before.to_vec(), |window, edit| edit.applied_to(&window).expect("within")), after);
        assert!(edits[0].applied_to(&[0]).is_err());
    }
}
