//! Report on an epoch of training.

use std::fmt;
use std::time::Duration;

use tatabox_model::EpochRecord;

use crate::number_format::rounded_duration;

/// Scores of an epoch that ended, for an [`Observer`](crate::Observer).
///
/// # Examples
///
/// ```
/// use tatabox::Observer;
/// use tatabox::train::EpochReport;
///
/// struct LossCurve;
///
/// impl Observer for LossCurve {
///     fn epoch(&self, epoch: &EpochReport) {
///         println!("{}\t{}\t{}", epoch.record.epoch, epoch.record.train_loss, epoch.record.validation_loss);
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EpochReport {
    /// The network that is trained, where it is a member of an ensemble.
    pub member: Option<EnsembleMember>,
    /// Losses and validation score of the epoch.
    pub record: EpochRecord,
    /// Those of the epoch with the best validation score so far.
    pub best: EpochRecord,
    /// Largest number of epochs.
    pub epochs: usize,
    /// Training windows per second.
    pub windows_per_s: f64,
    /// Upper bound of the time to the last epoch; `None` after it.
    pub remaining: Option<Duration>,
}

/// Number of a network in an ensemble.
///
/// ```
/// use tatabox::train::EnsembleMember;
///
/// assert_eq!(EnsembleMember { number: 2, members: 5 }.to_string(), "member 2/5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnsembleMember {
    /// The network, from 1.
    pub number: usize,
    /// Networks of the ensemble.
    pub members: usize,
}

impl fmt::Display for EnsembleMember {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "member {}/{}", self.number, self.members)
    }
}

impl fmt::Display for EpochReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { member, record, best, epochs, windows_per_s, remaining } = self;
        if let Some(member) = member {
            write!(formatter, "{member}, ")?;
        }
        write!(
            formatter,
            "epoch {:>2}/{epochs}: loss {:.4}, validation loss {:.4}, validation Pearson {:.4}",
            record.epoch, record.train_loss, record.validation_loss, record.validation_pearson
        )?;
        if best.epoch == record.epoch {
            formatter.write_str(", the best so far")?;
        } else {
            write!(formatter, ", best {:.4} in epoch {}", best.validation_pearson, best.epoch)?;
        }
        write!(formatter, "; {windows_per_s:.0} windows/s")?;
        match remaining {
            Some(remaining) => write!(formatter, ", at most {} left", rounded_duration(*remaining)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(epoch: usize, validation_pearson: f64) -> EpochRecord {
        EpochRecord { epoch, train_loss: 0.5, validation_loss: 0.75, validation_pearson, learning_rate: 0.001 }
    }

    #[test]
    fn epoch_report_text_names_the_best_epoch_and_the_member() {
        let mut report = EpochReport {
            member: None,
            record: record(2, 0.25),
            best: record(1, 0.5),
            epochs: 3,
            windows_per_s: 120.4,
            remaining: Some(Duration::from_secs(75)),
        };
        let expected = "epoch  2/3: loss 0.5000, validation loss 0.7500, validation Pearson 0.2500, best 0.5000 in epoch 1; \
                        120 windows/s, at most 75 seconds left";
        assert_eq!(report.to_string(), expected);
        report.record = record(3, 0.75);
        report.best = report.record.clone();
        report.member = Some(EnsembleMember { number: 2, members: 5 });
        report.remaining = None;
        let text = report.to_string();
        assert!(text.starts_with("member 2/5, epoch  3/3: loss"), "{text}");
        assert!(text.ends_with("0.7500, the best so far; 120 windows/s"), "{text}");
    }
}
