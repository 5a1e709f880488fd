//! Memory that one strip of windows leaves to the next.

use std::sync::{Mutex, PoisonError};

use super::network::Activations;

/// Activations that nobody uses just now. A strip of 11 kb windows fills megabytes; asking the system for them anew each
/// time costs a tenth of the whole time.
#[derive(Debug, Default)]
pub(crate) struct Scratch(Mutex<Vec<Activations>>);

impl Scratch {
    /// Lends activations to `work`.
    pub fn lend<T>(&self, work: impl FnOnce(&mut Activations) -> T) -> T {
        let mut activations = self.free().pop().unwrap_or_default();
        let result = work(&mut activations);
        self.free().push(activations);
        result
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Activations>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
