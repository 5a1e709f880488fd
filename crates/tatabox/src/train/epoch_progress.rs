//! Progress of training: one step per epoch, and a report at its end.

use std::ops::ControlFlow;
use std::time::Instant;

use tatabox_model::{EpochRecord, MemberEvent, TrainingEvent};
use tatabox_sequence::counted;

use super::{EnsembleMember, EpochReport};
use crate::number_format::grouped;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// Receiver of training events, which passes them to an observer and ends training when the observer cancels.
pub(super) struct EpochProgress<'a> {
    observer: &'a dyn Observer,
    epochs: usize,
    stop_after_epoch: Option<usize>,
    member: Option<EnsembleMember>,
    step: Option<Progress<'a>>,
    started: Instant,
    epochs_before: usize,
    windows_in_epoch: u64,
    windows_per_s: f64,
}

impl<'a> EpochProgress<'a> {
    pub(super) fn new(observer: &'a dyn Observer, epochs: usize, stop_after_epoch: Option<usize>) -> Self {
        Self {
            observer,
            epochs,
            stop_after_epoch,
            member: None,
            step: None,
            started: Instant::now(),
            epochs_before: 0,
            windows_in_epoch: 0,
            windows_per_s: 0.0,
        }
    }

    /// Passes on an event; breaks where the observer cancels.
    pub(super) fn show(&mut self, event: TrainingEvent) -> ControlFlow<()> {
        let mut stops = self.observer.is_cancelled();
        match event {
            TrainingEvent::Started { train_genes, validation_genes, parameters, epochs_done } => {
                self.started = Instant::now();
                self.epochs_before = epochs_done;
                self.windows_in_epoch = train_genes as u64;
                let resumed =
                    if epochs_done > 0 { format!(", after {}", counted(epochs_done, "epoch")) } else { String::new() };
                self.observer.note(&format!(
                    "training {} weights on {} genes, validating on {}{resumed}",
                    grouped(parameters),
                    grouped(train_genes),
                    grouped(validation_genes)
                ));
                self.start_epoch(epochs_done + 1);
            }
            TrainingEvent::Step { windows, windows_in_epoch, loss, .. } => {
                if let Some(step) = &mut self.step {
                    step.set(windows as u64);
                    let stage = if windows == windows_in_epoch { ", validating" } else { "" };
                    step.set_message(format!("loss {loss:.4}{stage}"));
                    self.windows_per_s = step.rate();
                }
            }
            TrainingEvent::Epoch { record, best } => {
                self.close();
                self.observer.epoch(&self.report(record, best));
                stops |= self.stop_after_epoch.is_some_and(|last| record.epoch >= last);
                if !stops && record.epoch < self.epochs {
                    self.start_epoch(record.epoch + 1);
                }
            }
        }
        if stops { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Passes on an event of an ensemble; breaks where the observer cancels.
    pub(super) fn show_member(&mut self, event: MemberEvent) -> ControlFlow<()> {
        let MemberEvent { member: number, members, seed, event } = event;
        if let TrainingEvent::Started { .. } = event {
            self.member = Some(EnsembleMember { number, members });
            self.observer.note(&format!("member {number} of {members}, seed {seed}"));
        }
        self.show(event)
    }

    /// The member that is trained, for an ensemble.
    pub(super) fn member(&self) -> Option<EnsembleMember> {
        self.member
    }

    /// Ends the step of the current epoch.
    pub(super) fn close(&mut self) {
        if let Some(step) = self.step.take() {
            step.clear();
        }
    }

    fn start_epoch(&mut self, epoch: usize) {
        let member = self.member.map(|member| format!("{member}, ")).unwrap_or_default();
        let label = format!("{member}epoch {epoch}/{}", self.epochs);
        self.step = Some(Progress::start(self.observer, label, Some(self.windows_in_epoch), Unit::Windows));
    }

    fn report(&self, record: &EpochRecord, best: &EpochRecord) -> EpochReport {
        let epochs_run = record.epoch.saturating_sub(self.epochs_before).max(1);
        let epochs_left = self.epochs.saturating_sub(record.epoch) as u32;
        EpochReport {
            member: self.member,
            record: record.clone(),
            best: best.clone(),
            epochs: self.epochs,
            windows_per_s: self.windows_per_s,
            remaining: (epochs_left > 0).then(|| self.started.elapsed() / epochs_run as u32 * epochs_left),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::observer::Silent;

    fn record(epoch: usize, validation_pearson: f64) -> EpochRecord {
        EpochRecord { epoch, train_loss: 0.5, validation_loss: 0.75, validation_pearson, learning_rate: 0.001 }
    }

    #[test]
    fn epoch_progress_breaks_after_the_requested_epoch() {
        let mut progress = EpochProgress::new(&Silent, 3, Some(2));
        let (first, second) = (record(1, 0.1), record(2, 0.2));
        assert!(progress.show(TrainingEvent::Epoch { record: &first, best: &first }).is_continue());
        assert!(progress.show(TrainingEvent::Epoch { record: &second, best: &second }).is_break());
    }

    #[test]
    fn epoch_progress_reports_epochs_of_ensemble_members() {
        #[derive(Default)]
        struct Reports(Mutex<Vec<EpochReport>>);
        impl Observer for Reports {
            fn epoch(&self, epoch: &EpochReport) {
                self.0.lock().expect("no panic").push(epoch.clone());
            }
        }
        let reports = Reports::default();
        let mut progress = EpochProgress::new(&reports, 3, None);
        let event = TrainingEvent::Started { train_genes: 9, validation_genes: 8, parameters: 7, epochs_done: 0 };
        assert!(progress.show_member(MemberEvent { member: 2, members: 5, seed: 7, event }).is_continue());
        let record = record(2, 0.5);
        assert!(progress.show(TrainingEvent::Epoch { record: &record, best: &record }).is_continue());
        let reports = reports.0.lock().expect("no panic");
        assert_eq!(reports[0].member, Some(EnsembleMember { number: 2, members: 5 }));
        assert_eq!((reports[0].epochs, reports[0].remaining.is_some()), (3, true));
    }
}
