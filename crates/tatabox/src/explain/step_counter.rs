//! Progress of a step that several threads count.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// Progress of an explanation, in steps of its methods.
pub(super) struct StepCounter<'o> {
    progress: Mutex<Progress<'o>>,
    done: AtomicU64,
}

impl<'o> StepCounter<'o> {
    pub(super) fn start(observer: &'o dyn Observer) -> Self {
        let progress = Mutex::new(Progress::start(observer, "explaining", None, Unit::Steps));
        Self { progress, done: AtomicU64::new(0) }
    }

    /// Counts `steps` more.
    pub(super) fn add(&self, steps: usize) {
        let done = self.done.fetch_add(steps as u64, Ordering::Relaxed) + steps as u64;
        if let Ok(mut progress) = self.progress.lock() {
            progress.set(done);
        }
    }
}
