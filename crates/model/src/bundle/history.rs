//! Training history: one row per epoch.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// Losses and scores of one epoch.
///
/// Times are not included, because the same seed must give the same file.
///
/// # Examples
/// ```
/// use tatabox_model::EpochRecord;
///
/// let epoch = |epoch, validation_pearson| EpochRecord {
///     epoch,
///     train_loss: 0.6,
///     validation_loss: 0.7,
///     validation_pearson,
///     learning_rate: 0.001,
/// };
/// let history = [epoch(1, 0.5), epoch(2, 0.625), epoch(3, 0.625)];
/// assert_eq!(EpochRecord::best(&history).map(|best| best.epoch), Some(2));
/// assert_eq!(EpochRecord::from_csv(&EpochRecord::to_csv(&history)).as_deref(), Some(&history[..]));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Number of the epoch, counted from 1.
    pub epoch: usize,
    /// Loss in z-scores over the batches of the epoch, with dropout.
    pub train_loss: f64,
    /// Loss in z-scores over the validation split.
    pub validation_loss: f64,
    /// Pearson correlation across all validation genes, mean over cell types.
    pub validation_pearson: f64,
    /// Learning rate of the last step.
    pub learning_rate: f64,
}

impl EpochRecord {
    /// Formats a CSV table with a header.
    pub fn to_csv(history: &[Self]) -> String {
        let mut csv = String::from("epoch,train_loss,validation_loss,validation_pearson,learning_rate\n");
        for row in history {
            // Writing into a String cannot fail.
            let _ = writeln!(
                csv,
                "{},{},{},{},{}",
                row.epoch, row.train_loss, row.validation_loss, row.validation_pearson, row.learning_rate
            );
        }
        csv
    }

    /// Parses a table of [`to_csv`](Self::to_csv); `None` if a row is malformed.
    pub fn from_csv(csv: &str) -> Option<Vec<Self>> {
        let row = |line: &str| {
            let mut fields = line.split(',');
            let epoch = fields.next()?.parse().ok()?;
            let mut number = || fields.next()?.parse().ok();
            let (train_loss, validation_loss, validation_pearson) = (number()?, number()?, number()?);
            Some(Self { epoch, train_loss, validation_loss, validation_pearson, learning_rate: number()? })
        };
        csv.lines().skip(1).map(row).collect()
    }

    /// Epoch with the highest validation Pearson correlation; the first one among ties.
    pub fn best(history: &[Self]) -> Option<&Self> {
        history.iter().reduce(|best, row| if row.validation_pearson > best.validation_pearson { row } else { best })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(epoch: usize, validation_pearson: f64) -> EpochRecord {
        EpochRecord { epoch, train_loss: 0.5, validation_loss: 0.75, validation_pearson, learning_rate: 0.001 }
    }

    #[test]
    fn best_epoch_tied_scores_returns_first() {
        let history = [row(1, 0.2), row(2, 0.4), row(3, 0.4), row(4, 0.1)];
        assert_eq!(EpochRecord::best(&history).map(|row| row.epoch), Some(2));
        assert!(EpochRecord::best(&[]).is_none());
    }

    #[test]
    fn epoch_record_csv_round_trips() {
        assert_eq!(
            EpochRecord::to_csv(&[row(1, 0.25)]),
            "epoch,train_loss,validation_loss,validation_pearson,learning_rate\n1,0.5,0.75,0.25,0.001\n"
        );
        let history = [row(1, 0.25), row(2, 1.0 / 3.0)];
        assert_eq!(EpochRecord::from_csv(&EpochRecord::to_csv(&history)).as_deref(), Some(history.as_slice()));
        assert_eq!(EpochRecord::from_csv("epoch\n1,high\n"), None);
    }
}
