//! Messages of a task on their way to Python.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tatabox::train::EpochReport;
use tatabox::{Observer, ProgressStage, ProgressState};
use tracing::field::{Field, Visit};
use tracing::{Event as LogEvent, Level, Metadata, Subscriber, span};

/// Time between two reports on the progress of a step.
const INTERVAL: Duration = Duration::from_millis(100);

/// Message of a task.
pub(super) enum Event {
    Progress(ProgressState),
    Note(String),
    Warning(String),
    Epoch(Box<EpochReport>),
}

/// Observer that sends messages to the calling thread.
pub(super) struct TaskObserver {
    /// `None` once the task is over.
    sender: Mutex<Option<Sender<Event>>>,
    /// When the progress of each step was last sent.
    sent: Mutex<HashMap<u64, Instant>>,
    cancelled: AtomicBool,
}

impl TaskObserver {
    pub(super) fn new(sender: Sender<Event>) -> Self {
        start_log();
        LOG.lock().unwrap_or_else(PoisonError::into_inner).push(sender.clone());
        Self { sender: Mutex::new(Some(sender)), sent: Mutex::default(), cancelled: AtomicBool::new(false) }
    }

    fn send(&self, event: Event) {
        if let Some(sender) = &*self.sender.lock().unwrap_or_else(PoisonError::into_inner) {
            // The receiver outlives the task.
            let _ = sender.send(event);
        }
    }

    /// Ends the messages of the task.
    pub(super) fn close(&self) {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).pop();
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Observer for TaskObserver {
    fn progress(&self, state: &ProgressState) {
        if state.stage == ProgressStage::Running {
            let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
            if sent.get(&state.id).is_some_and(|last| last.elapsed() < INTERVAL) {
                return;
            }
            sent.insert(state.id, Instant::now());
        }
        self.send(Event::Progress(state.clone()));
    }

    fn note(&self, message: &str) {
        self.send(Event::Note(message.to_owned()));
    }

    fn warn(&self, message: &str) {
        self.send(Event::Warning(message.to_owned()));
    }

    fn epoch(&self, report: &EpochReport) {
        self.send(Event::Epoch(Box::new(report.clone())));
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Object of Python that receives the messages of a task; absent for `None`.
pub(super) struct Listener<'py>(Option<Bound<'py, PyAny>>);

impl<'py> Listener<'py> {
    pub(super) fn new(listener: &Bound<'py, PyAny>) -> Self {
        Self((!listener.is_none()).then(|| listener.clone()))
    }

    /// Calls the method of the event.
    ///
    /// # Errors
    /// The exception of the method.
    pub(super) fn deliver(&self, event: &Event) -> PyResult<()> {
        let Some(listener) = &self.0 else { return Ok(()) };
        match event {
            Event::Progress(state) => {
                let stage = match state.stage {
                    ProgressStage::Started => "started",
                    ProgressStage::Running => "running",
                    ProgressStage::Finished => "finished",
                    ProgressStage::Removed => "removed",
                };
                let arguments =
                    (state.id, state.label.as_str(), state.unit.name(), state.done, state.total, &state.message, stage);
                listener.call_method1("progress", arguments)?;
            }
            Event::Note(message) => {
                listener.call_method1("note", (message,))?;
            }
            Event::Warning(message) => {
                listener.call_method1("warn", (message,))?;
            }
            Event::Epoch(report) => {
                listener.call_method1("epoch", (epoch(listener.py(), report)?,))?;
            }
        }
        Ok(())
    }
}

/// Scores of an epoch as a dictionary.
fn epoch<'py>(py: Python<'py>, report: &EpochReport) -> PyResult<Bound<'py, PyDict>> {
    let values = PyDict::new(py);
    values.set_item("member", report.member.map(|member| member.number))?;
    values.set_item("epoch", report.record.epoch)?;
    values.set_item("epochs", report.epochs)?;
    values.set_item("train_loss", report.record.train_loss)?;
    values.set_item("validation_loss", report.record.validation_loss)?;
    values.set_item("validation_pearson", report.record.validation_pearson)?;
    values.set_item("learning_rate", report.record.learning_rate)?;
    values.set_item("best_epoch", report.best.epoch)?;
    values.set_item("windows_per_s", report.windows_per_s)?;
    Ok(values)
}

/// Tasks that run, the last one last; events of the log go to the last one.
static LOG: Mutex<Vec<Sender<Event>>> = Mutex::new(Vec::new());

/// Sends warnings of the log to the running task, from here on.
fn start_log() {
    static START: Once = Once::new();
    START.call_once(|| {
        // A program that contains this module may have another subscriber.
        let _ = tracing::subscriber::set_global_default(Log);
    });
}

/// Subscriber that passes warnings and information of our crates to the running task.
struct Log;

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO && metadata.target().starts_with("tatabox")
    }

    fn new_span(&self, _span: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _span: &span::Id, _values: &span::Record<'_>) {}

    fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}

    fn event(&self, event: &LogEvent<'_>) {
        let mut text = EventText(String::new());
        event.record(&mut text);
        let event = if *event.metadata().level() <= Level::WARN { Event::Warning } else { Event::Note };
        if let Some(sender) = LOG.lock().unwrap_or_else(PoisonError::into_inner).last() {
            let _ = sender.send(event(text.0));
        }
    }

    fn enter(&self, _span: &span::Id) {}

    fn exit(&self, _span: &span::Id) {}
}

/// Message of an event, followed by its other fields.
struct EventText(String);

impl Visit for EventText {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        use fmt::Write;
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => {
                let rest = std::mem::take(&mut self.0);
                write!(self.0, "{value:?}{rest}")
            }
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}
