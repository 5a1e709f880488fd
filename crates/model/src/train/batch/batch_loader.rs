//! Batches read in advance, while the device works on earlier ones.

use std::panic;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

use super::epoch_plan::PlannedBatch;
use super::row_batch::{EncodedBatch, RowReader};

/// Number of steps whose batches are read in advance.
const STEPS_AHEAD: usize = 3;

/// Reader of the batches of an epoch, in order, on a separate thread.
pub(crate) struct BatchLoader {
    reader: Arc<RowReader>,
    reading: Option<Reading>,
}

struct Reading {
    steps: Receiver<Vec<EncodedBatch>>,
    thread: JoinHandle<()>,
}

impl BatchLoader {
    pub fn new(reader: Arc<RowReader>) -> Self {
        Self { reader, reading: None }
    }

    /// Starts reading `steps`, each with one batch per device. Batches of an earlier start are discarded.
    pub fn start(&mut self, steps: Vec<Vec<PlannedBatch>>) {
        let reader = Arc::clone(&self.reader);
        let (sender, receiver) = sync_channel(STEPS_AHEAD);
        let read = move || {
            for step in steps {
                let batches = step.iter().map(|planned| reader.read(planned)).collect();
                // The receiver is gone once the run is over.
                if sender.send(batches).is_err() {
                    return;
                }
            }
        };
        self.reading = Some(Reading { steps: receiver, thread: thread::spawn(read) });
    }

    /// Batches of the next step.
    ///
    /// # Panics
    /// With the panic of the reading thread, if it panicked; if no step is left.
    pub fn next(&mut self) -> Vec<EncodedBatch> {
        if let Some(batches) = self.reading.as_ref().and_then(|reading| reading.steps.recv().ok()) {
            return batches;
        }
        if let Some(Err(cause)) = self.reading.take().map(|reading| reading.thread.join()) {
            panic::resume_unwind(cause);
        }
        panic!("more steps were requested than announced")
    }
}
