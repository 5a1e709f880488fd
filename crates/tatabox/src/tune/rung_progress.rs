//! Progress of the trial that is trained.

use std::ops::ControlFlow;

use tatabox_model::TrainingEvent;

use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// Receiver of training events, which ends training at the end of a rung and when the observer cancels.
pub(super) struct RungProgress<'a> {
    observer: &'a dyn Observer,
    stop_after_epoch: Option<usize>,
    /// Epochs of all trials in this run of the search.
    epochs_trained: usize,
    label: String,
    /// Epochs up to which the trial is trained, and epochs trained before.
    epochs: usize,
    epochs_before: usize,
    windows_in_epoch: usize,
    step: Option<Progress<'a>>,
}

impl<'a> RungProgress<'a> {
    pub(super) fn new(observer: &'a dyn Observer, stop_after_epoch: Option<usize>) -> Self {
        Self {
            observer,
            stop_after_epoch,
            epochs_trained: 0,
            label: String::new(),
            epochs: 0,
            epochs_before: 0,
            windows_in_epoch: 0,
            step: None,
        }
    }

    /// Starts a trial, which is trained up to `epochs` epochs.
    pub(super) fn start(&mut self, label: &str, epochs: usize) {
        label.clone_into(&mut self.label);
        self.epochs = epochs;
    }

    /// Passes on an event; breaks at the end of the rung, and where the observer cancels.
    pub(super) fn show(&mut self, event: TrainingEvent) -> ControlFlow<()> {
        let mut stops = false;
        match event {
            TrainingEvent::Started { train_genes, epochs_done, .. } => {
                (self.windows_in_epoch, self.epochs_before) = (train_genes, epochs_done);
                let windows = self.epochs.saturating_sub(epochs_done) * train_genes;
                self.step =
                    Some(Progress::start(self.observer, self.label.clone(), Some(windows as u64), Unit::Windows));
            }
            TrainingEvent::Step { epoch, windows, loss, .. } => {
                let epochs_done_here = epoch.saturating_sub(self.epochs_before + 1);
                if let Some(step) = &mut self.step {
                    step.set((epochs_done_here * self.windows_in_epoch + windows) as u64);
                    step.set_message(format!("epoch {epoch}/{}, loss {loss:.4}", self.epochs));
                }
            }
            TrainingEvent::Epoch { record, .. } => {
                self.epochs_trained += 1;
                stops = record.epoch >= self.epochs;
            }
        }
        stops |= self.observer.is_cancelled();
        stops |= self.stop_after_epoch.is_some_and(|last| self.epochs_trained >= last);
        if stops { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Ends the step of the current trial.
    pub(super) fn close(&mut self) {
        if let Some(step) = self.step.take() {
            step.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use tatabox_model::EpochRecord;

    use super::*;
    use crate::observer::Silent;

    fn record(epoch: usize) -> EpochRecord {
        EpochRecord { epoch, train_loss: 0.5, validation_loss: 0.75, validation_pearson: 0.1, learning_rate: 0.001 }
    }

    #[test]
    fn rung_progress_breaks_at_the_end_of_a_rung_and_after_the_requested_epochs() {
        let mut progress = RungProgress::new(&Silent, Some(3));
        progress.start("trial 1", 2);
        let (first, second) = (record(1), record(2));
        assert!(progress.show(TrainingEvent::Epoch { record: &first, best: &first }).is_continue());
        assert!(progress.show(TrainingEvent::Epoch { record: &second, best: &first }).is_break(), "end of the rung");
        assert!(progress.show(TrainingEvent::Epoch { record: &first, best: &first }).is_break(), "third epoch");
        let step = TrainingEvent::Step { epoch: 1, windows: 1, windows_in_epoch: 9, loss: 1.0 };
        assert!(progress.show(step).is_break(), "the next trial does not start");
    }
}
