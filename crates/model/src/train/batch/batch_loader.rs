//! Batches read ahead of the device that works on them.

use std::panic;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

use super::epoch_plan::PlannedBatch;
use super::gene_batch::{EncodedBatch, GeneReader};

/// Steps whose batches wait while the device works on another.
const STEPS_AHEAD: usize = 3;

/// Reads the batches of an epoch on a thread of its own, in their order.
pub(crate) struct BatchLoader {
    reader: Arc<GeneReader>,
    reading: Option<Reading>,
}

struct Reading {
    steps: Receiver<Vec<EncodedBatch>>,
    thread: JoinHandle<()>,
}

impl BatchLoader {
    pub fn new(reader: Arc<GeneReader>) -> Self {
        Self { reader, reading: None }
    }

    /// Begins to read `steps`, each of one batch a device. What was begun before is dropped.
    pub fn start(&mut self, steps: Vec<Vec<PlannedBatch>>) {
        let reader = Arc::clone(&self.reader);
        let (sender, receiver) = sync_channel(STEPS_AHEAD);
        let read = move || {
            for step in steps {
                let batches = step.iter().map(|planned| reader.read(planned)).collect();
                // Nobody listens once the run is over.
                if sender.send(batches).is_err() {
                    return;
                }
            }
        };
        self.reading = Some(Reading { steps: receiver, thread: thread::spawn(read) });
    }

    /// The batches of the next step.
    ///
    /// # Panics
    /// If reading it panicked, in the same words; if no step is left.
    pub fn next(&mut self) -> Vec<EncodedBatch> {
        if let Some(batches) = self.reading.as_ref().and_then(|reading| reading.steps.recv().ok()) {
            return batches;
        }
        if let Some(Err(cause)) = self.reading.take().map(|reading| reading.thread.join()) {
            panic::resume_unwind(cause);
        }
        panic!("more steps were asked for than announced")
    }
}
