//! Long tasks: work on a second thread, while the calling thread passes messages to Python and listens for Ctrl-C.

mod listener;
mod threads;

use std::panic;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;
use tatabox::{Observer, Result};

use crate::error::IntoPython;
use listener::{Listener, TaskObserver};

/// Time between two looks at signals.
const PATIENCE: Duration = Duration::from_millis(50);

/// Runs `work` with the interpreter unlocked, on `threads` threads (`None`: one per core).
///
/// `listener` is `None` or an object of Python whose methods `progress`, `note`, `warn` and `epoch` receive its messages.
/// Ctrl-C, and an exception of the listener, cancel the task.
///
/// # Errors
/// The exception of Ctrl-C or of the listener, or that of the task's error.
pub(crate) fn run<T: Send>(
    listener: &Bound<'_, PyAny>,
    threads: Option<usize>,
    work: impl FnOnce(&dyn Observer) -> Result<T> + Send,
) -> PyResult<T> {
    let py = listener.py();
    let pool = threads::pool(py, threads)?;
    let listener = Listener::new(listener);
    let (sender, mut receiver) = channel();
    let observer = TaskObserver::new(sender);
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let result = pool.install(|| work(&observer));
            observer.close();
            result
        });
        let mut failure = None;
        loop {
            let (event, returned) = py.detach(move || (receiver.recv_timeout(PATIENCE), receiver));
            receiver = returned;
            let delivered = match event {
                Ok(event) if failure.is_none() => listener.deliver(&event),
                Ok(_) | Err(RecvTimeoutError::Timeout) => Ok(()),
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if failure.is_none()
                && let Err(error) = delivered.and_then(|()| py.check_signals())
            {
                observer.cancel();
                failure = Some(error);
            }
        }
        let result = py.detach(|| worker.join()).unwrap_or_else(|cause| panic::resume_unwind(cause));
        match failure {
            Some(failure) => Err(failure),
            None => result.into_python(py),
        }
    })
}

/// Runs short work with the interpreter unlocked, on the calling thread and `threads` others.
///
/// # Errors
/// The exception of the error.
pub(crate) fn run_short<T: Send>(
    py: Python<'_>,
    threads: Option<usize>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    let pool = threads::pool(py, threads)?;
    py.detach(|| pool.install(work)).into_python(py)
}
