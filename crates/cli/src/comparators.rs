//! The models that a network is compared with: baselines, simpler networks and controls, on the same genes and bases.

mod cache;
mod network;

use std::time::Instant;

use anyhow::{Context, Result, bail};
use tatabox_baselines::{Baseline, BaselineTask, predict_baseline};
use tatabox_dataset::{Extent, PredictionRow, PreparedDataset, Split};
use tatabox_model::{GeneSelection, Predictor, SelectedDevice, cell_type_columns};
use tatabox_sequence::Shuffle;

use crate::args::Comparator;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt::Interrupt;
use cache::{Cache, Key};
use network::Variation;
use tatabox::{Progress, Unit};

/// What comparators have to say, and how they were fitted.
#[derive(Default)]
pub(crate) struct Compared {
    pub(crate) rows: Vec<PredictionRow>,
    /// Such as the k and penalty chosen.
    pub(crate) notes: Vec<String>,
}

/// What is held equal for every comparator.
pub(crate) struct Comparison<'a> {
    pub(crate) predictor: &'a Predictor,
    /// Name of the model that the others are compared with.
    pub(crate) model_name: &'a str,
    pub(crate) dataset: &'a PreparedDataset,
    pub(crate) split: Split,
    pub(crate) device: &'a SelectedDevice,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) console: &'a Console,
}

impl Comparison<'_> {
    /// Rows of every comparator asked for. What was fitted before on the same data is read from the cache.
    pub(crate) fn predict(&self, comparators: &[Comparator]) -> Result<Compared> {
        let cache = Cache::open();
        let mut all = Compared { rows: Vec::new(), notes: Vec::new() };
        for (index, &comparator) in comparators.iter().enumerate() {
            if self.interrupt.is_wanted() {
                bail!(run_record::interrupted());
            }
            let label = format!("comparing {}/{}: {}", index + 1, comparators.len(), comparator.name());
            let started = Instant::now();
            let compared = match comparator {
                Comparator::Baseline(baseline) => self.baseline(baseline, &label, &cache)?,
                Comparator::Network(architecture) => {
                    network::predict(self, Variation::Architecture(architecture), &label, &cache)?
                }
                Comparator::BasesOnly => network::predict(self, Variation::BasesOnly, &label, &cache)?,
                Comparator::Shuffled(shuffle) => self.shuffled(shuffle, &label)?,
            };
            tracing::info!(comparator = comparator.name(), seconds = started.elapsed().as_secs_f64(), "compared");
            all.rows.extend(compared.rows);
            all.notes.extend(compared.notes);
        }
        Ok(all)
    }

    fn seed(&self) -> u64 {
        self.predictor.model().config.seed
    }

    fn extent(&self) -> Extent {
        self.predictor.extent()
    }

    fn baseline(&self, baseline: Baseline, label: &str, cache: &Cache) -> Result<Compared> {
        let cell_types = self.predictor.cell_types();
        let key = Key {
            dataset: self.dataset.checksum(),
            comparator: baseline.name(),
            cell_types,
            extent: self.extent(),
            split: self.split,
            seed: self.seed(),
            gene_features: self.predictor.auxiliary_inputs().feature_names(),
        };
        if let Some(compared) = cache.read(&key) {
            self.console.note(format!("{label} (from the cache)"));
            return Ok(compared);
        }
        self.console.note(label);
        let usable = self.usable_genes();
        let task = BaselineTask {
            dataset: self.dataset,
            cell_types: &cell_type_columns(self.dataset, cell_types)?,
            extent: self.extent().window_range(self.dataset.geometry()),
            genes: &usable,
            splits: &[self.split],
            seed: self.seed(),
        };
        let mut progress = Progress::start(self.console, baseline.name(), None, Unit::Steps);
        let predicted = predict_baseline(baseline, &task, &mut |now| {
            progress.set_total(now.total as u64);
            progress.set(now.done as u64);
            progress.set_message(now.stage.to_owned());
        })
        .with_context(|| format!("cannot fit {baseline}; leave it out with --baselines"))?;
        progress.finish();
        let notes = predicted.notes.iter().map(|note| format!("{baseline}: {note}")).collect();
        let compared = Compared { rows: predicted.rows, notes };
        cache.write(&key, &compared, self.console);
        Ok(compared)
    }

    /// The genes of every split that the model can read, in their order.
    fn usable_genes(&self) -> Vec<usize> {
        let of_split =
            |split| GeneSelection::of_split(self.dataset, split, self.extent(), self.predictor.auxiliary_inputs()).genes;
        let mut genes: Vec<usize> = Split::ALL.into_iter().flat_map(of_split).collect();
        genes.sort_unstable();
        genes
    }

    /// The model itself, shown promoters whose bases are shuffled: what it makes of composition alone.
    fn shuffled(&self, shuffle: Shuffle, label: &str) -> Result<Compared> {
        self.console.note(label);
        let kept = match shuffle {
            Shuffle::Mononucleotide => "mono",
            Shuffle::Dinucleotide => "di",
        };
        let name = format!("{}-{kept}-shuffled", self.model_name);
        let genes = self.dataset.genes();
        let edit = |gene: usize, codes: &mut [u8]| shuffle.apply(codes, self.seed(), &genes[gene].gene_id);
        let of_split = GeneSelection::of_split(self.dataset, self.split, self.extent(), self.predictor.auxiliary_inputs()).genes;
        let total = of_split.len() as u64;
        let mut progress = Progress::start(self.console, "predicting shuffled", Some(total), Unit::Windows);
        let rows = self.predictor.predict_genes_edited(self.dataset, &of_split, &name, &edit, &mut |done, _| {
            progress.set(done as u64);
        })?;
        progress.finish();
        Ok(Compared { rows, notes: Vec::new() })
    }
}
