//! Memory that is reused between strips of windows.

use std::sync::{Mutex, PoisonError};

use super::network::Activations;

/// Pool of unused activations. A strip of 11 kb windows needs megabytes; allocating them each time takes a tenth of the
/// run time.
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
