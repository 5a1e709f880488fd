//! Motifs that the filters of a model detect, and their effects on expression.
//!
//! Every filter of the first convolution becomes a position weight matrix of the sites at which it is active in the promoters of a
//! data set. Matrices are compared with a database of known motifs, and the effect of a filter is measured by ablation of its sites.
//! [`analyze`] returns the motifs, [`run`] also writes a folder of tables.

mod ablation;
mod ablation_effect;
mod database;
mod filter_motif;
mod promoters;
mod record;
mod request;
mod site_histogram;
mod tables;

use std::path::PathBuf;

use rayon::prelude::*;
use tatabox_dataset::PreparedDataset;

use crate::error::Result;
use crate::model_store::Model;
use crate::observer::Observer;
use crate::output_folder::{OutputFolder, RUN_RECORD};
use crate::output_paths::OutputPaths;

use ablation::Ablation;

pub use ablation_effect::{AblationEffect, MeanChange};
pub use database::{DatabaseMatch, MotifDatabase};
pub use filter_motif::FilterMotif;
pub use promoters::ScannedPromoters;
pub use request::{AblationOptions, MotifsRequest};
pub use tatabox_eval::Interval;
pub use tatabox_model::{FilterSite, FilterSites};

/// Motifs of all filters of a model, in descending order of their effect beyond that of the control.
///
/// # Examples
///
/// ```
/// use tatabox::motifs::FilterMotifs;
///
/// fn best_matches(motifs: &FilterMotifs) -> Vec<(&str, Option<&str>)> {
///     motifs.filters.iter().map(|filter| (filter.name.as_str(), motifs.best_match_name(filter))).collect()
/// }
/// # let _ = best_matches;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FilterMotifs {
    /// The filters; of an ensemble those of all members, named m1.f00 and so on.
    pub filters: Vec<FilterMotif>,
    /// Promoters in which the filters were active.
    pub promoters: ScannedPromoters,
    /// Cell types of the model; effects and correlations are in their order.
    pub cell_types: Vec<String>,
    /// Known motifs that the filters were compared with.
    pub database: Option<MotifDatabase>,
}

impl FilterMotifs {
    /// Name of the best match of a filter in the database: the alternative name, where it has one.
    pub fn best_match_name(&self, filter: &FilterMotif) -> Option<&str> {
        let best = filter.matches.first()?;
        let target = self.database.as_ref()?.motifs.get(best.alignment.target)?;
        Some(target.alternative_name().unwrap_or(target.name()))
    }
}

/// Motifs of the filters of a model in the promoters of a data set, and their effects.
///
/// # Errors
/// The network has no convolution filters, the data set does not fit the model or has too few genes, or the observer cancels.
///
/// # Examples
///
/// ```no_run
/// use std::path::Path;
///
/// use tatabox::motifs::{self, MotifDatabase, MotifsRequest};
/// use tatabox::{Model, Silent};
/// use tatabox_dataset::PreparedDataset;
///
/// let model = Model::open("models/human")?;
/// let dataset = PreparedDataset::open("data/human".as_ref())?;
/// let database = Some(MotifDatabase::read(Path::new("jaspar.meme"))?);
/// let motifs = motifs::analyze(&model, &dataset, &MotifsRequest { database, ..MotifsRequest::default() }, &Silent)?;
/// for filter in &motifs.filters {
///     println!("{} {} {:?}", filter.name, filter.consensus(), motifs.best_match_name(filter));
/// }
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn analyze(
    model: &Model,
    dataset: &PreparedDataset,
    request: &MotifsRequest,
    observer: &dyn Observer,
) -> Result<FilterMotifs> {
    request.validate()?;
    let predictor = model.predictor();
    predictor.check_geometry(dataset)?;
    // A network without filters is refused before promoters are read.
    let networks = filter_motif::networks(predictor)?;
    let promoters = ScannedPromoters::select(dataset, predictor, request)?;
    observer.note(&promoters.describe(request.split, model.extent()));
    let mut filters = filter_motif::scan(&networks, &promoters, model.extent().upstream_bp)?;
    if filters.iter().all(|filter| filter.motif.is_none()) {
        observer.warn(&format!(
            "no filter has enough sites in the {} promoters for a motif, so that there is none to report; select more genes",
            promoters.genes.len()
        ));
    }
    for filter in &mut filters {
        filter.correlate(dataset, predictor.cell_types(), &promoters);
    }
    if let Some(database) = &request.database {
        let comparison = database.comparison();
        filters.par_iter_mut().for_each(|filter| filter.compare(&comparison));
    }
    if request.ablation.max_genes > 0 {
        let ablation =
            Ablation { options: &request.ablation, seed: request.seed, predictor, dataset, promoters: &promoters };
        ablation.measure(&mut filters, observer)?;
    }
    filters.sort_by(|one, other| {
        other.effect_size().total_cmp(&one.effect_size()).then_with(|| one.name.cmp(&other.name))
    });
    Ok(FilterMotifs { filters, promoters, cell_types: model.cell_types().to_vec(), database: request.database.clone() })
}

/// Folder of the motifs of filters.
///
/// # Examples
///
/// ```
/// use tatabox::motifs::MotifsOutput;
///
/// assert!(MotifsOutput::new("motifs").command.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MotifsOutput {
    /// The folder.
    pub folder: PathBuf,
    /// Whether the results of an earlier run in the folder are replaced.
    pub overwrite: bool,
    /// Command line or call to store in `run.json`.
    pub command: Vec<String>,
}

impl MotifsOutput {
    /// A folder, without a command.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), overwrite: false, command: Vec::new() }
    }
}

/// As [`analyze`], and writes `motifs.meme`, TSV tables and `run.json` to a folder.
///
/// # Errors
/// As [`analyze`], an output is an input, the folder is not empty and may not be replaced, or a file cannot be written. Nothing is
/// then written.
///
/// # Examples
///
/// ```no_run
/// use tatabox::motifs::{self, MotifsOutput, MotifsRequest};
/// use tatabox::{Model, Silent};
/// use tatabox_dataset::PreparedDataset;
///
/// let model = Model::open("models/human")?;
/// let dataset = PreparedDataset::open("data/human".as_ref())?;
/// motifs::run(&model, &dataset, &MotifsRequest::default(), &MotifsOutput::new("motifs"), &Silent)?;
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(
    model: &Model,
    dataset: &PreparedDataset,
    request: &MotifsRequest,
    output: &MotifsOutput,
    observer: &dyn Observer,
) -> Result<FilterMotifs> {
    let mut paths = OutputPaths::of_model(model);
    paths.dataset(dataset);
    if let Some(file) = request.database.as_ref().and_then(|database| database.file.as_ref()) {
        paths.input("motifs", file.path.as_ref());
    }
    let contents = [&tables::FILES[..], &[RUN_RECORD]].concat();
    paths.output_folder("out", &output.folder, &contents);
    paths.check()?;
    let folder = OutputFolder::create_with(&output.folder, output.overwrite, &contents)?;
    let motifs = analyze(model, dataset, request, observer)?;
    tables::write(folder.path(), &motifs, model.extent())?;
    record::write(folder.path(), &motifs, model, dataset, request, &output.command)?;
    folder.keep()?;
    Ok(motifs)
}
