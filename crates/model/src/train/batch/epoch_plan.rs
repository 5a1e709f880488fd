//! Plan of an epoch: rows per batch, shifts, mutations and crops.

use rand::RngExt;
use rand::seq::SliceRandom;
use tatabox_dataset::Extent;
use tatabox_sequence::UNKNOWN;

use super::train_rows::TrainRows;
use crate::bundle::{AssayTraining, TrainingConfig};
use crate::random_stream::{Purpose, random_stream};

/// Shortest crop, as a fraction of the extent on each side of the TSS.
const SHORTEST_CROP: f64 = 0.3;

/// Shortest window after cropping, in bp.
const SHORTEST_WINDOW_BP: u32 = 60;

/// One training step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlannedBatch {
    pub rows: Vec<PlannedRow>,
    /// Bases of each window, the same for the whole batch; sampled independently of the rows in it.
    pub extent: Extent,
}

/// Row of a training step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PlannedRow {
    /// Index into the rows of the data set.
    pub row: usize,
    /// Shift of the window in bp; positive values move it downstream.
    pub shift_bp: i64,
    /// Point mutations; `None` for the unchanged sequence.
    pub mutations: Option<Mutations>,
    /// Whether the insert is shown as its reverse complement.
    pub reverse_complement: bool,
}

impl PlannedRow {
    /// Row without shift, mutation or reverse complement.
    fn unchanged(row: usize) -> Self {
        Self { row, shift_bp: 0, mutations: None, reverse_complement: false }
    }

    /// Row of a gene, shifted and mutated as configured.
    fn of_gene(config: &TrainingConfig, epoch: usize, gene: usize) -> Self {
        Self {
            row: gene,
            shift_bp: shift_bp(config, epoch, gene),
            mutations: Mutations::of_rate(config, epoch, config.mutation_rate),
            reverse_complement: false,
        }
    }

    /// Row of an assay. A construct has a fixed distance to its TSS, so that it is not shifted.
    fn of_assay(config: &TrainingConfig, assay: &AssayTraining, epoch: usize, row: usize) -> Self {
        let mut orientation = random_stream(config.seed, Purpose::Orientation, epoch, row);
        Self {
            mutations: Mutations::of_rate(config, epoch, assay.mutation_rate),
            reverse_complement: assay.reverse_complement && orientation.random_bool(0.5),
            ..Self::unchanged(row)
        }
    }
}

impl PlannedBatch {
    /// Batch of these rows without shift, mutation or crop.
    pub fn unchanged(rows: &[usize], extent: Extent) -> Self {
        Self { rows: rows.iter().map(|&row| PlannedRow::unchanged(row)).collect(), extent }
    }

    /// Splits the batch into at most `most` parts of nearly equal size.
    pub fn parts(&self, most: usize) -> Vec<Self> {
        let rows = self.rows.len().div_ceil(most).max(1);
        self.rows.chunks(rows).map(|rows| Self { rows: rows.to_vec(), extent: self.extent }).collect()
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
    /// Mutations of an epoch; `None` for a rate of 0.
    fn of_rate(config: &TrainingConfig, epoch: usize, rate: f64) -> Option<Self> {
        (rate > 0.0).then_some(Self { seed: config.seed, epoch, rate })
    }

    /// Replaces each known base of `row`, with the given rate, by a random base, which may be the same.
    pub fn apply(&self, row: usize, codes: &mut [u8]) {
        let mut rng = random_stream(self.seed, Purpose::Mutation, self.epoch, row);
        for code in codes.iter_mut().filter(|code| **code != UNKNOWN) {
            if rng.random_bool(self.rate) {
                *code = rng.random_range(0..UNKNOWN);
            }
        }
    }
}

/// Plans an epoch, counted from 1, from the seed alone.
///
/// Batches mix genes and assays as they come. Within a batch the rows of an assay are neighbours, so that few heads are
/// computed for most windows.
pub(crate) fn plan_epoch(config: &TrainingConfig, train: &TrainRows, epoch: usize) -> Vec<PlannedBatch> {
    let parts = train.of_epoch(config, epoch);
    let mut order: Vec<(usize, usize)> =
        parts.iter().enumerate().flat_map(|(part, rows)| rows.rows.iter().map(move |&row| (part, row))).collect();
    order.shuffle(&mut random_stream(config.seed, Purpose::Shuffle, epoch, 0));
    let planned = |&(part, row): &(usize, usize)| match parts[part].assay {
        None => PlannedRow::of_gene(config, epoch, row),
        Some(assay) => PlannedRow::of_assay(config, assay, epoch, row),
    };
    order
        .chunks_mut(config.batch_size)
        .enumerate()
        .map(|(index, rows)| {
            rows.sort_by_key(|&(part, _)| part);
            PlannedBatch { rows: rows.iter().map(planned).collect(), extent: crop(config, epoch, index) }
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
pub(super) mod tests {
    use tatabox_dataset::AssayScale;

    use super::*;
    use crate::bundle::TrainingData;
    use crate::nn::{NetworkConfig, Preset};
    use tatabox_sequence::WindowGeometry;

    pub(in crate::train::batch) fn config() -> TrainingConfig {
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

    fn of_genes(genes: &[usize]) -> TrainRows {
        TrainRows { genes: genes.to_vec(), assays: Vec::new() }
    }

    #[test]
    fn plan_epoch_rows_of_assays_keep_their_construct() {
        let assay = AssayTraining { reverse_complement: true, ..AssayTraining::new("MPRA", 1, AssayScale::Log2) };
        let config = config().with_assays(vec![assay], ["MPRA".to_owned()]);
        let train = TrainRows { genes: (0..100).collect(), assays: vec![(100..300).collect()] };
        let plan = plan_epoch(&config, &train, 1);
        assert!(plan.iter().all(|batch| batch.rows.is_sorted_by_key(|row| row.row >= 100)), "assays are neighbours");
        let (constructs, genes): (Vec<_>, Vec<_>) =
            plan.into_iter().flat_map(|batch| batch.rows).partition(|row| row.row >= 100);
        assert_eq!((constructs.len(), genes.len()), (200, 100));
        assert!(constructs.iter().all(|row| row.shift_bp == 0 && row.mutations.is_none()));
        assert!(genes.iter().all(|row| row.mutations.is_some() && !row.reverse_complement));
        let turned = constructs.iter().filter(|row| row.reverse_complement).count();
        assert!((75..125).contains(&turned), "{turned}");
    }

    #[test]
    fn plan_epoch_includes_every_gene_once() {
        let genes: Vec<usize> = (100..137).collect();
        let plan = plan_epoch(&config(), &of_genes(&genes), 1);
        assert_eq!(plan.len(), 4);
        let mut shown: Vec<usize> = plan.into_iter().flat_map(|batch| batch.rows).map(|row| row.row).collect();
        shown.sort_unstable();
        assert_eq!(shown, genes);
    }

    #[test]
    fn plan_epoch_depends_on_seed_and_epoch_alone() {
        let genes: Vec<usize> = (0..50).collect();
        let config = config();
        assert_eq!(plan_epoch(&config, &of_genes(&genes), 3), plan_epoch(&config, &of_genes(&genes), 3));
        assert_ne!(plan_epoch(&config, &of_genes(&genes), 3), plan_epoch(&config, &of_genes(&genes), 4));
    }

    #[test]
    fn plan_epoch_extent_is_independent_of_genes() {
        let config = config();
        let some: Vec<usize> = (0..200).collect();
        let others: Vec<usize> = (1000..1200).collect();
        let extents = |genes: &[usize]| -> Vec<Extent> {
            plan_epoch(&config, &of_genes(genes), 2).into_iter().map(|batch| batch.extent).collect()
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
        let rows = plan_epoch(&config(), &of_genes(&genes), 1).into_iter().flat_map(|batch| batch.rows);
        let shifts: Vec<i64> = rows.map(|row| row.shift_bp).collect();
        assert_eq!(shifts.iter().min(), Some(&-10));
        assert_eq!(shifts.iter().max(), Some(&10));
    }
}
