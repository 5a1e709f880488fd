//! Plan of an epoch: genes per batch, shifts, mutations and crops.

use rand::RngExt;
use rand::seq::SliceRandom;
use tatabox_dataset::Extent;
use tatabox_sequence::UNKNOWN;

use crate::bundle::TrainingConfig;
use crate::random_stream::{Purpose, random_stream};

/// Shortest crop, as a fraction of the extent on each side of the TSS.
const SHORTEST_CROP: f64 = 0.3;

/// Shortest window after cropping, in bp.
const SHORTEST_WINDOW_BP: u32 = 60;

/// One training step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlannedBatch {
    /// Indices into the data set.
    pub genes: Vec<usize>,
    /// Shift of each gene's window in bp; positive values move it downstream.
    pub shifts_bp: Vec<i64>,
    /// Point mutations of every gene; `None` for unchanged sequences.
    pub mutations: Option<Mutations>,
    /// Bases of each window, the same for the whole batch; sampled independently of the genes in it.
    pub extent: Extent,
}

impl PlannedBatch {
    /// Batch of these genes without shift, mutation or crop.
    pub fn unchanged(genes: &[usize], extent: Extent) -> Self {
        Self { genes: genes.to_vec(), shifts_bp: vec![0; genes.len()], mutations: None, extent }
    }

    /// Splits the batch into at most `most` parts of nearly equal size.
    pub fn parts(&self, most: usize) -> Vec<Self> {
        let genes = self.genes.len().div_ceil(most).max(1);
        let parts = self.genes.chunks(genes).zip(self.shifts_bp.chunks(genes));
        parts.map(|(genes, shifts)| Self { genes: genes.to_vec(), shifts_bp: shifts.to_vec(), ..*self }).collect()
    }
}

/// Random point mutations, an augmentation against overfitting of networks with more weights than genes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mutations {
    seed: u64,
    epoch: usize,
    rate: f64,
}

impl Mutations {
    /// Replaces each known base of `gene`, with the given rate, by a random base, which may be the same.
    pub fn apply(&self, gene: usize, codes: &mut [u8]) {
        let mut rng = random_stream(self.seed, Purpose::Mutation, self.epoch, gene);
        for code in codes.iter_mut().filter(|code| **code != UNKNOWN) {
            if rng.random_bool(self.rate) {
                *code = rng.random_range(0..UNKNOWN);
            }
        }
    }
}

/// Plans an epoch, counted from 1, from the seed alone.
pub(crate) fn plan_epoch(config: &TrainingConfig, train_genes: &[usize], epoch: usize) -> Vec<PlannedBatch> {
    let mut order = train_genes.to_vec();
    order.shuffle(&mut random_stream(config.seed, Purpose::Shuffle, epoch, 0));
    order
        .chunks(config.batch_size)
        .enumerate()
        .map(|(index, genes)| PlannedBatch {
            genes: genes.to_vec(),
            shifts_bp: genes.iter().map(|&gene| shift_bp(config, epoch, gene)).collect(),
            mutations: (config.mutation_rate > 0.0).then_some(Mutations {
                seed: config.seed,
                epoch,
                rate: config.mutation_rate,
            }),
            extent: crop(config, epoch, index),
        })
        .collect()
}

fn shift_bp(config: &TrainingConfig, epoch: usize, gene: usize) -> i64 {
    let most = config.max_shift_bp as i64;
    random_stream(config.seed, Purpose::Shift, epoch, gene).random_range(-most..=most)
}

fn crop(config: &TrainingConfig, epoch: usize, batch: usize) -> Extent {
    let full = config.data.extent;
    let mut rng = random_stream(config.seed, Purpose::Extent, epoch, batch);
    if !rng.random_bool(config.crop_probability) {
        return full;
    }
    let mut side = |bases: u32| (f64::from(bases) * rng.random_range(SHORTEST_CROP..=1.0)).round() as u32;
    let cropped = Extent { upstream_bp: side(full.upstream_bp), downstream_bp: side(full.downstream_bp) };
    if cropped.total_bp() < SHORTEST_WINDOW_BP { full } else { cropped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::TrainingData;
    use crate::nn::{NetworkConfig, Preset};
    use tatabox_sequence::WindowGeometry;

    fn config() -> TrainingConfig {
        let extent = Extent { upstream_bp: 250, downstream_bp: 50 };
        let data = TrainingData {
            name: "test".to_owned(),
            checksum: String::new(),
            geometry: WindowGeometry::new(250, 50).expect("valid"),
            extent,
            simulated: true,
        };
        TrainingConfig::new(NetworkConfig::preset(Preset::Small, 300, 1), vec!["K562".to_owned()], data)
            .with_batch_size(10)
            .with_crop_probability(0.5)
    }

    #[test]
    fn plan_epoch_includes_every_gene_once() {
        let genes: Vec<usize> = (100..137).collect();
        let plan = plan_epoch(&config(), &genes, 1);
        assert_eq!(plan.len(), 4);
        let mut shown: Vec<usize> = plan.into_iter().flat_map(|batch| batch.genes).collect();
        shown.sort_unstable();
        assert_eq!(shown, genes);
    }

    #[test]
    fn plan_epoch_depends_on_seed_and_epoch_alone() {
        let genes: Vec<usize> = (0..50).collect();
        let config = config();
        assert_eq!(plan_epoch(&config, &genes, 3), plan_epoch(&config, &genes, 3));
        assert_ne!(plan_epoch(&config, &genes, 3), plan_epoch(&config, &genes, 4));
    }

    #[test]
    fn plan_epoch_extent_is_independent_of_genes() {
        let config = config();
        let some: Vec<usize> = (0..200).collect();
        let others: Vec<usize> = (1000..1200).collect();
        let extents = |genes: &[usize]| -> Vec<Extent> {
            plan_epoch(&config, genes, 2).into_iter().map(|batch| batch.extent).collect()
        };
        assert_eq!(extents(&some), extents(&others));
        assert!(extents(&some).iter().any(|extent| *extent != config.data.extent), "some batches are cropped");
    }

    #[test]
    fn mutations_replace_the_given_fraction_of_known_bases() {
        let mutations = Mutations { seed: 42, epoch: 1, rate: 0.1 };
        let mut codes = vec![2; 20_000];
        codes.extend([UNKNOWN; 100]);
        mutations.apply(7, &mut codes);
        // A tenth is replaced, three quarters of which change: 1,500 expected, standard deviation 37.
        let changed = codes[..20_000].iter().filter(|&&code| code != 2).count();
        assert!((1350..1650).contains(&changed), "{changed}");
        assert!(codes[20_000..].iter().all(|&code| code == UNKNOWN));
    }

    #[test]
    fn plan_epoch_shifts_reach_their_bound() {
        let genes: Vec<usize> = (0..500).collect();
        let shifts: Vec<i64> = plan_epoch(&config(), &genes, 1).into_iter().flat_map(|batch| batch.shifts_bp).collect();
        assert_eq!(shifts.iter().min(), Some(&-10));
        assert_eq!(shifts.iter().max(), Some(&10));
    }
}
