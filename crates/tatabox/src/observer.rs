//! Progress, messages and cancellation of long tasks.

use crate::progress::ProgressState;
#[cfg(feature = "train")]
use crate::train::EpochReport;

/// Receiver of progress and messages, and source of cancellation.
///
/// Every method has a default, so that an observer implements only what it needs. Methods may be called from several threads.
///
/// # Examples
///
/// ```
/// use std::sync::Mutex;
/// use tatabox::Observer;
///
/// #[derive(Default)]
/// struct Warnings(Mutex<Vec<String>>);
///
/// impl Observer for Warnings {
///     fn warn(&self, message: &str) {
///         self.0.lock().unwrap().push(message.to_owned());
///     }
/// }
///
/// let observer = Warnings::default();
/// observer.warn("two genes have no sequence");
/// assert!(!observer.is_cancelled());
/// assert_eq!(observer.0.into_inner().unwrap(), ["two genes have no sequence"]);
/// ```
pub trait Observer: Send + Sync {
    /// State of a running step changed.
    fn progress(&self, _state: &ProgressState) {}

    /// Information on inputs, settings and results.
    fn note(&self, _message: &str) {}

    /// Condition that affects how results are to be read.
    fn warn(&self, _message: &str) {}

    /// An epoch of training ended. By default the report is passed to [`note`](Self::note) as text.
    #[cfg(feature = "train")]
    fn epoch(&self, report: &EpochReport) {
        self.note(&report.to_string());
    }

    /// Whether the task should stop at the next opportunity; its result is then [`Error::Cancelled`](crate::Error::Cancelled).
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Observer that discards everything and never cancels.
///
/// ```
/// use tatabox::{Observer, Silent};
///
/// Silent.note("not shown");
/// assert!(!Silent.is_cancelled());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}
