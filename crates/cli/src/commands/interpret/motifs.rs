//! `tatabox motifs`: what the filters of a model read, and what they are worth.

mod ablation;
mod filter;
mod record;
mod tables;

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use tatabox_dataset::{PreparedDataset, write_whole};
use tatabox_eval::benjamini_hochberg;
use tatabox_model::{GeneSelection, Predictor};
use tatabox_sequence::{MotifComparison, MotifFile, UNKNOWN};

use crate::args::MotifsArgs;
use crate::resolve::dataset as data_choice;
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use crate::terminal::interrupt::Interrupt;
use crate::terminal::stdout;
use ablation::Ablation;
use filter::{Filter, FilterMatch};
use record::MotifsRecord;
use tatabox::OutputFolder;

/// Filters told on standard output.
const SHOWN: usize = 10;

/// Sites below which a filter's matrix is too much of an accident to be compared.
const FEWEST_SITES: usize = 10;

/// The promoters that filters are run over.
struct ReadPromoters {
    /// Indices into the data set.
    genes: Vec<usize>,
    /// The bases that the model reads of each.
    windows: Vec<Vec<u8>>,
    /// Frequencies of A, C, G and T in them.
    background: [f64; 4],
    /// Genes of the split, those of them that are not known over the extent, and those without the gene features that the
    /// model reads.
    in_split: usize,
    shorter_than_extent: usize,
    without_features: usize,
}

pub(crate) fn run(args: &MotifsArgs, console: &Console) -> Result<()> {
    let database = args.database.as_ref().map(MotifFile::read).transpose()?;
    let model = model_choice::open(&args.model, console)?;
    let predictor = model.predictor();
    let dataset = data_choice::open(args.data.as_deref(), console)?;
    predictor.check_geometry(&dataset)?;
    // Filters are looked for first: a network without any is told before the work.
    let networks = filter::networks(predictor)?;
    let out = OutputFolder::open(&args.out)?;
    let interrupt = Interrupt::watch(console)?;

    let promoters = ReadPromoters::of(&dataset, predictor, args)?;
    console.note(format!(
        "reading {} of {} {} genes; {} are known over less than {}{}",
        promoters.genes.len(),
        promoters.in_split,
        args.split,
        promoters.shorter_than_extent,
        predictor.extent(),
        match promoters.without_features {
            0 => String::new(),
            without => format!(", {without} have not the gene features that the model reads"),
        }
    ));
    let mut filters = filter::read(&networks, &promoters)?;
    for filter in &mut filters {
        filter.correlate(&dataset, predictor.cell_types(), &promoters);
    }
    if let Some(database) = &database {
        compare(&mut filters, database);
    }
    if args.effect_genes > 0 {
        Ablation { args, predictor, dataset: &dataset, promoters: &promoters }.measure(
            &mut filters,
            &interrupt,
            console,
        )?;
    }
    filters.sort_by(|a, b| b.effect_size().total_cmp(&a.effect_size()).then_with(|| a.name.cmp(&b.name)));

    tables::write(&args.out, &filters, &promoters, predictor, database.as_ref())?;
    MotifsRecord::new(args, &model, &dataset, &promoters, &filters, database.as_ref())?.write(&args.out)?;
    out.keep();
    stdout::print(&tables::in_short(&filters, database.as_ref(), SHOWN))?;
    console.note(format!("{} filters, written to {}", filters.len(), args.out.display()));
    Ok(())
}

impl ReadPromoters {
    fn of(dataset: &PreparedDataset, predictor: &Predictor, args: &MotifsArgs) -> Result<Self> {
        let selection = GeneSelection::enough_of_split(dataset, args.split, predictor.extent(), predictor.needs())?;
        let mut genes = selection.drawn(args.genes as usize, args.seed);
        genes.sort_unstable();
        let windows: Vec<Vec<u8>> = genes.par_iter().map(|&gene| predictor.gene_window(dataset, gene).bases).collect();
        let mut counts = [0u64; 4];
        for &code in windows.iter().flatten().filter(|&&code| code != UNKNOWN) {
            counts[usize::from(code)] += 1;
        }
        let known: u64 = counts.iter().sum();
        let background = counts.map(|count| count as f64 / known as f64);
        if background.contains(&0.0) {
            bail!("the promoters of {} lack one of the four bases; nothing can be compared with them", dataset.name());
        }
        let shorter_than_extent = selection.shorter_than_extent.len();
        let without_features = selection.without_features.len();
        Ok(Self {
            in_split: selection.genes.len() + shorter_than_extent + without_features,
            shorter_than_extent,
            without_features,
            genes,
            windows,
            background,
        })
    }
}

/// Finds the motifs of the database that each filter is like; q-values are over the database, for each filter.
fn compare(filters: &mut [Filter], database: &MotifFile) {
    let comparison = MotifComparison::new(&database.motifs);
    filters.par_iter_mut().for_each(|filter| {
        let Some(motif) = filter.motif.as_ref().filter(|_| filter.sites.sites.len() >= FEWEST_SITES) else { return };
        let found = comparison.compare(motif);
        let q_values = benjamini_hochberg(&found.iter().map(|found| found.p_value).collect::<Vec<_>>());
        let mut matches: Vec<FilterMatch> =
            found.into_iter().zip(q_values).map(|(found, q_value)| FilterMatch { found, q_value }).collect();
        matches.sort_by(|a, b| {
            a.found.p_value.total_cmp(&b.found.p_value).then_with(|| a.found.target.cmp(&b.found.target))
        });
        filter.matches = matches;
    });
}

/// A file of the output folder, written whole.
fn write_file(folder: &Path, name: &str, text: &str) -> Result<()> {
    let path = folder.join(name);
    write_whole(&path, |file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}
