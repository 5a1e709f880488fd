//! One base put in the place of another.

use crate::error::ModelError;

/// A substitution of one base of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BaseEdit {
    /// Index in the window.
    pub index: usize,
    /// Code of the base that is there.
    pub from: u8,
    /// Code of the base that comes in its place.
    pub to: u8,
}

impl BaseEdit {
    /// The window with the new base.
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

    /// The substitutions that lead from one window to another of the same length, by index.
    pub fn between(before: &[u8], after: &[u8]) -> Vec<Self> {
        let pairs = before.iter().zip(after).enumerate();
        pairs.filter(|(_, (from, to))| from != to).map(|(index, (&from, &to))| Self { index, from, to }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_between_windows_lead_from_one_to_the_other() {
        let (before, after) = ([0, 1, 2, 3], [0, 3, 2, 0]);
        let edits = BaseEdit::between(&before, &after);
        assert_eq!(edits, [BaseEdit { index: 1, from: 1, to: 3 }, BaseEdit { index: 3, from: 3, to: 0 }]);
        assert_eq!(edits.iter().fold(before.to_vec(), |window, edit| edit.applied_to(&window).expect("within")), after);
        assert!(edits[0].applied_to(&[0]).is_err());
    }
}
