//! Progress of one step of a task.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::observer::Observer;

/// Unit in which a step counts.
///
/// ```
/// assert_eq!(tatabox::Unit::Records.name(), "records");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// Promoter windows.
    Windows,
    /// Records of a file.
    Records,
    /// Bytes of a file.
    Bytes,
    /// Models.
    Models,
    /// Figures.
    Figures,
    /// Steps of a computation.
    Steps,
}

/// Stage in the life of a step.
///
/// ```
/// use tatabox::ProgressStage;
///
/// assert_ne!(ProgressStage::Finished, ProgressStage::Removed);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProgressStage {
    /// The step began.
    Started,
    /// The count, the total or the message changed.
    Running,
    /// The step is complete.
    Finished,
    /// The step ended without a word: it was short, it failed, or its result is reported elsewhere.
    Removed,
}

/// Snapshot of a step, as an [`Observer`] receives it.
///
/// # Examples
///
/// ```
/// use std::sync::Mutex;
/// use tatabox::{Observer, Progress, ProgressState, Unit};
///
/// #[derive(Default)]
/// struct Last(Mutex<Option<ProgressState>>);
///
/// impl Observer for Last {
///     fn progress(&self, state: &ProgressState) {
///         *self.0.lock().unwrap() = Some(state.clone());
///     }
/// }
///
/// let observer = Last::default();
/// let mut progress = Progress::start(&observer, "scoring", Some(10), Unit::Records);
/// progress.set(4);
/// let state = observer.0.lock().unwrap().clone().unwrap();
/// assert_eq!((state.done, state.total, state.label.as_str()), (4, Some(10), "scoring"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProgressState {
    /// Number of the step, unique within the process.
    pub id: u64,
    /// Name of the step.
    pub label: String,
    /// Unit of `done` and `total`.
    pub unit: Unit,
    /// Units done.
    pub done: u64,
    /// Units that an earlier run did; they do not count towards the rate.
    pub done_before: u64,
    /// Units in all, where known.
    pub total: Option<u64>,
    /// Current detail, such as the loss; may be empty.
    pub message: String,
    /// Stage of the step.
    pub stage: ProgressStage,
    /// Start of the step.
    pub started: Instant,
}

/// One step of a task, reported to an [`Observer`]. Dropping it removes it from the observer's view.
///
/// ```
/// use tatabox::{Progress, Silent, Unit};
///
/// let mut progress = Progress::start(&Silent, "reading", Some(2), Unit::Records);
/// progress.set(2);
/// progress.finish();
/// ```
pub struct Progress<'o> {
    observer: &'o dyn Observer,
    state: ProgressState,
}

/// Source of [`ProgressState::id`].
static NEXT_ID: AtomicU64 = AtomicU64::new(0);

impl<'o> Progress<'o> {
    /// Starts a step of `total` units; without a total it only counts.
    pub fn start(observer: &'o dyn Observer, label: impl Into<String>, total: Option<u64>, unit: Unit) -> Self {
        let state = ProgressState {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            label: label.into(),
            unit,
            done: 0,
            done_before: 0,
            total,
            message: String::new(),
            stage: ProgressStage::Started,
            started: Instant::now(),
        };
        observer.progress(&state);
        Self { observer, state }
    }

    /// Sets the number of units done.
    pub fn set(&mut self, done: u64) {
        self.state.done = done;
        self.report();
    }

    /// Sets what an earlier run did, so that it does not count towards the rate of this one.
    pub fn resume_at(&mut self, done: u64) {
        self.state.done_before = done;
        self.set(done);
    }

    /// Sets the total once it is known.
    pub fn set_total(&mut self, total: u64) {
        self.state.total = Some(total);
        self.report();
    }

    /// Sets the current detail, such as the loss.
    pub fn set_message(&mut self, message: String) {
        self.state.message = message;
        self.report();
    }

    /// Units per second so far.
    pub fn rate(&self) -> f64 {
        self.state.rate()
    }

    /// Ends the step without a word.
    pub fn clear(self) {}

    /// Ends the step as complete.
    pub fn finish(mut self) {
        self.state.stage = ProgressStage::Finished;
        self.observer.progress(&self.state);
    }

    fn report(&mut self) {
        self.state.stage = ProgressStage::Running;
        self.observer.progress(&self.state);
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if self.state.stage != ProgressStage::Finished {
            self.state.stage = ProgressStage::Removed;
            self.observer.progress(&self.state);
        }
    }
}

impl ProgressState {
    /// Time since the step began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Units per second so far.
    pub fn rate(&self) -> f64 {
        (self.done - self.done_before) as f64 / self.elapsed().as_secs_f64().max(1e-9)
    }
}

impl Unit {
    /// Plural of the unit.
    ///
    /// ```
    /// assert_eq!(tatabox::Unit::Windows.name(), "windows");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Records => "records",
            Self::Bytes => "bytes",
            Self::Models => "models",
            Self::Figures => "figures",
            Self::Steps => "steps",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Stages(Mutex<Vec<ProgressStage>>);

    impl Observer for Stages {
        fn progress(&self, state: &ProgressState) {
            self.0.lock().expect("no panic").push(state.stage);
        }
    }

    #[test]
    fn progress_dropped_step_is_removed_and_finished_step_is_not() {
        use ProgressStage::{Finished, Removed, Running, Started};
        let stages = Stages::default();
        drop(Progress::start(&stages, "reading", None, Unit::Records));
        let mut progress = Progress::start(&stages, "reading", None, Unit::Records);
        progress.set(3);
        progress.finish();
        assert_eq!(*stages.0.lock().expect("no panic"), [Started, Removed, Started, Running, Finished]);
    }
}
