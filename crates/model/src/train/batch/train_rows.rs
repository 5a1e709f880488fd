//! Train rows of a run, and the selection of them that an epoch shows.

use rand::RngExt;

use crate::bundle::{AssayTraining, TrainingConfig};
use crate::random_stream::{Purpose, random_stream};

/// Train rows of a run, as indices into the rows of the data set.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TrainRows {
    /// Genes, each shown once per epoch.
    pub genes: Vec<usize>,
    /// Rows of each assay of the configuration; empty for one that measures the genes.
    pub assays: Vec<Vec<usize>>,
}

/// Rows of an epoch that are augmented in the same way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EpochRows<'a> {
    /// The assay; `None` for genes.
    pub assay: Option<&'a AssayTraining>,
    pub rows: Vec<usize>,
}

impl TrainRows {
    /// Number of rows that an epoch shows.
    pub fn rows_per_epoch(&self, config: &TrainingConfig) -> usize {
        self.genes.len() + self.counts(config).iter().sum::<usize>()
    }

    /// Rows that an epoch shows, before shuffling: all genes, then the rows of each assay.
    pub fn of_epoch<'a>(&self, config: &'a TrainingConfig, epoch: usize) -> Vec<EpochRows<'a>> {
        let counts = self.counts(config);
        let of_assay = |index: usize| EpochRows {
            assay: Some(&config.assays[index]),
            rows: sampled(&self.assays[index], counts[index], config.seed, epoch),
        };
        let genes = EpochRows { assay: None, rows: self.genes.clone() };
        std::iter::once(genes).chain((0..self.assays.len()).map(of_assay)).collect()
    }

    /// Number of rows of each assay per epoch. Assays with a share get that fraction of all rows; genes and the other
    /// assays are shown once.
    fn counts(&self, config: &TrainingConfig) -> Vec<usize> {
        let assays = || self.assays.iter().zip(&config.assays).filter(|(rows, _)| !rows.is_empty());
        let shares: f64 = assays().filter_map(|(_, assay)| assay.share).sum();
        let once: usize = assays().filter(|(_, assay)| assay.share.is_none()).map(|(rows, _)| rows.len()).sum();
        let total = match self.genes.len() + once {
            // Shares of nothing else: the rows that exist, divided by the shares.
            0 => assays().map(|(rows, _)| rows.len()).sum::<usize>() as f64 / shares.max(f64::MIN_POSITIVE),
            others => others as f64 / (1.0 - shares),
        };
        let count = |(rows, assay): (&Vec<usize>, &AssayTraining)| match assay.share {
            _ if rows.is_empty() => 0,
            Some(share) => (share * total).round() as usize,
            None => rows.len(),
        };
        self.assays.iter().zip(&config.assays).map(count).collect()
    }
}

/// `count` of the rows: each as often as the others, give or take one, chosen by seed and epoch.
fn sampled(rows: &[usize], count: usize, seed: u64, epoch: usize) -> Vec<usize> {
    if rows.is_empty() || count == rows.len() {
        return rows.to_vec();
    }
    let mut shown = rows.repeat(count / rows.len());
    let mut keyed: Vec<(u64, usize)> =
        rows.iter().map(|&row| (random_stream(seed, Purpose::AssayRows, epoch, row).random(), row)).collect();
    keyed.sort_unstable();
    shown.extend(keyed.into_iter().take(count % rows.len()).map(|(_, row)| row));
    shown.sort_unstable();
    shown
}

#[cfg(test)]
mod tests {
    use tatabox_dataset::AssayScale;

    use super::*;
    use crate::train::batch::epoch_plan::tests::config;

    fn with_shares(shares: &[Option<f64>]) -> TrainingConfig {
        let assay = |(index, &share): (usize, &Option<f64>)| AssayTraining {
            share,
            ..AssayTraining::new(format!("assay {index}"), 1, AssayScale::Log2)
        };
        let assays: Vec<AssayTraining> = shares.iter().enumerate().map(assay).collect();
        let names: Vec<String> = assays.iter().map(|assay| assay.name.clone()).collect();
        config().with_assays(assays, names)
    }

    fn rows(genes: usize, assays: &[usize]) -> TrainRows {
        let mut first = genes;
        let of_assay = |&count: &usize| {
            first += count;
            (first - count..first).collect()
        };
        TrainRows { genes: (0..genes).collect(), assays: assays.iter().map(of_assay).collect() }
    }

    #[test]
    fn rows_per_epoch_follow_the_shares() {
        // Without shares every row is shown once.
        assert_eq!(rows(100, &[50, 10]).rows_per_epoch(&with_shares(&[None, None])), 160);
        // A quarter of an epoch is the first assay: 100 + 20 other rows are three quarters of 160.
        let shares = with_shares(&[Some(0.25), None]);
        let train = rows(100, &[1000, 20]);
        assert_eq!(train.rows_per_epoch(&shares), 160);
        let counts: Vec<usize> = train.of_epoch(&shares, 1).iter().map(|part| part.rows.len()).collect();
        assert_eq!(counts, [100, 40, 20]);
        // Fewer rows than the share: each is shown three or four times.
        let few = rows(100, &[11, 20]).of_epoch(&shares, 1);
        let times = |row: usize| few[1].rows.iter().filter(|&&other| other == row).count();
        assert!(few[1].rows.len() == 40 && (100..111).all(|row| (3..=4).contains(&times(row))));
        // Without genes the shares are relative to the rows that exist.
        assert_eq!(rows(0, &[30, 90]).rows_per_epoch(&with_shares(&[Some(0.25), Some(0.25)])), 120);
    }

    #[test]
    fn training_config_without_assays_has_one_head_for_expression() {
        let joint = with_shares(&[None, None]);
        assert_eq!((joint.network.heads.clone(), joint.network.outputs), (vec![1, 1, 1], 3));
        let alone = joint.without_assays();
        assert_eq!((&alone.network, alone.cell_types), (&config().network, vec!["K562".to_owned()]));
        assert!(alone.assays.is_empty());
    }

    #[test]
    fn of_epoch_samples_other_rows_in_other_epochs() {
        let (train, config) = (rows(10, &[1000]), with_shares(&[Some(0.5)]));
        let shown = |epoch| train.of_epoch(&config, epoch)[1].rows.clone();
        assert_eq!(shown(1), shown(1));
        assert_ne!(shown(1), shown(2));
        assert_eq!(shown(1).len(), 10);
    }
}
