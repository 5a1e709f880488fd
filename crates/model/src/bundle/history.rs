//! One row an epoch.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// What one epoch gave. Holds no times: the same seed must give the same file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// From 1.
    pub epoch: usize,
    /// Mean squared error of the z-scores over the epoch's batches, dropout on.
    pub train_loss: f64,
    /// Mean squared error of the z-scores over the validation split.
    pub validation_loss: f64,
    /// Mean over cell types of Pearson across all validation genes.
    pub validation_pearson: f64,
    /// Learning rate of the last step.
    pub learning_rate: f64,
}

impl EpochRecord {
    /// A CSV table with a header.
    pub fn to_csv(history: &[Self]) -> String {
        let mut csv = String::from("epoch,train_loss,validation_loss,validation_pearson,learning_rate\n");
        for row in history {
            // Writing to a String cannot fail.
            let _ = writeln!(
                csv,
                "{},{},{},{},{}",
                row.epoch, row.train_loss, row.validation_loss, row.validation_pearson, row.learning_rate
            );
        }
        csv
    }

    /// Reads what [`to_csv`](Self::to_csv) wrote; `None` where it is something else.
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

    /// The epoch with the highest validation Pearson; of equals, the first.
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
    fn the_first_of_the_best_epochs_is_kept() {
        let history = [row(1, 0.2), row(2, 0.4), row(3, 0.4), row(4, 0.1)];
        assert_eq!(EpochRecord::best(&history).map(|row| row.epoch), Some(2));
        assert!(EpochRecord::best(&[]).is_none());
    }

    #[test]
    fn csv_has_a_header_and_a_row_an_epoch() {
        assert_eq!(
            EpochRecord::to_csv(&[row(1, 0.25)]),
            "epoch,train_loss,validation_loss,validation_pearson,learning_rate\n1,0.5,0.75,0.25,0.001\n"
        );
        let history = [row(1, 0.25), row(2, 1.0 / 3.0)];
        assert_eq!(EpochRecord::from_csv(&EpochRecord::to_csv(&history)).as_deref(), Some(history.as_slice()));
        assert_eq!(EpochRecord::from_csv("epoch\n1,high\n"), None);
    }
}
