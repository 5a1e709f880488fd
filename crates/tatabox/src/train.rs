//! Training of networks and ensembles.
//!
//! [`run`] trains on the genes of a data set; [`assemble`] combines trained models into an ensemble.

mod cell_type_score;
mod ensemble;
mod epoch_progress;
mod epoch_report;
mod gene_counts;
mod model_name;
mod options;
mod request;
pub(crate) mod run_record;
mod settings_file;
mod setup;
mod trained;
mod training_run;
mod transfer_options;
mod transfer_source;

use tatabox_dataset::PreparedDataset;
use tatabox_model::{AuxiliaryInputs, EnsembleDirectory, RunDirectory, member_configs};

use crate::error::Result;
use crate::observer::Observer;
use crate::output_paths::OutputPaths;

pub use cell_type_score::CellTypeScore;
pub use ensemble::{EnsembleRequest, assemble};
pub use epoch_report::{EnsembleMember, EpochReport};
pub use options::{AssayOptions, ExtentChoice, NameSelection, TrainingOptions};
pub use request::TrainRequest;
pub use settings_file::SettingsFile;
pub use trained::{Trained, TrainedEnsemble, TrainedMember, TrainedNetwork};
pub use transfer_options::{FrozenEpochs, TransferOptions};

pub(crate) use gene_counts::warn_of_few_genes;
pub(crate) use model_name::{check_model_name, distinct_folder_names, folder_name};
pub(crate) use options::{default_config, request_error, validated};
pub(crate) use setup::{TrainingSetup, training_data};
pub(crate) use training_run::TrainingRun;

use transfer_source::TransferSource;

/// Trains a network, or an ensemble of networks that differ in their seed, and writes its folder.
///
/// The weights of the epoch with the best validation Pearson correlation are kept; the test genes are not used. A cancelled
/// run is resumed by the same request with [`Start::Resume`](tatabox_model::Start::Resume), and ends with the same weights.
///
/// # Errors
/// An option is outside its range, the data set lacks a cell type or an auxiliary input, a finished model or an unfinished run of
/// the name exists, or the observer cancels.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::train::{self, NameSelection, Trained, TrainRequest};
/// use tatabox_dataset::PreparedDataset;
///
/// let dataset = PreparedDataset::open("data/human".as_ref())?;
/// let mut request = TrainRequest::new("models");
/// request.options.cell_types = NameSelection::Only(vec!["K562".to_owned()]);
/// if let Trained::Network(network) = train::run(&dataset, &request, &Silent)? {
///     println!("{}: validation Pearson {:.3}", network.name, network.validation_pearson);
/// }
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(dataset: &PreparedDataset, request: &TrainRequest, observer: &dyn Observer) -> Result<Trained> {
    request.validate()?;
    let options = &request.options;
    let transfer = request.transfer.as_ref();
    let source = transfer.map(|transfer| TransferSource::open(&transfer.from, dataset, observer)).transpose()?;
    let device = options.select_device()?;
    observer.note(&format!("device: {device}"));

    let setup = match &source {
        Some(source) => TrainingSetup::transferred(options, dataset, source)?,
        None => TrainingSetup::new(options, dataset)?,
    };
    let name = request.name.clone().unwrap_or_else(|| default_name(&setup, dataset, request, source.as_ref()));
    let mut config = setup.config(options, dataset)?;
    observer.note(&format!(
        "model: {name} ({}) for {}, reading {} around the TSS{}",
        setup.architecture,
        setup.cell_types.join(", "),
        setup.extent,
        auxiliary_inputs(config.auxiliary_inputs())
    ));
    config.genes_fraction = request.genes_fraction;
    if let (Some(source), Some(transfer)) = (&source, transfer) {
        config = source.transfer(config, transfer.frozen, options.learning_rate)?;
    }
    let config = validated(config)?;
    let path = request.models_dir.join(&name);
    if let Some(source) = &source {
        let mut paths = OutputPaths::default();
        paths.input_folder("model to begin from", source.directory());
        paths.output_folder("name", &path, &[""]);
        paths.check()?;
        let frozen = config.transfer.as_ref().map(|transfer| transfer.frozen_epochs);
        if frozen == Some(config.epochs) {
            let epochs = config.epochs;
            observer.warn(&format!(
                "only the last layer is trained in all {epochs} epochs; request more epochs to train every layer"
            ));
        }
    }
    warn_of_few_genes(dataset, &config, observer);
    let transferred_from = source.as_ref().map(TransferSource::record);
    let training = TrainingRun {
        dataset,
        device: &device,
        command: &request.command,
        stop_after_epoch: request.stop_after_epoch,
        observer,
    };
    if let Some(members) = request.members {
        let run = EnsembleDirectory::new(&request.models_dir, &name);
        let configs = member_configs(&config, members);
        let summary = training.train_ensemble(&configs, &run, request.start, transferred_from)?;
        return Ok(Trained::Ensemble(TrainedEnsemble::new(&name, run.path(), &config.cell_types, &summary)));
    }
    let run = RunDirectory::new(&request.models_dir, &name);
    let summary = training.train(&config, &run, request.start, transferred_from)?;
    Ok(Trained::Network(TrainedNetwork::new(&name, run.path(), &config, &summary, &device.name)))
}

fn auxiliary_inputs(inputs: &AuxiliaryInputs) -> String {
    if inputs.is_empty() { String::new() } else { format!(" and {inputs}") }
}

/// Name such as `k562-human300`, with `-1pct` for a hundredth of the genes and `-from-human` for a transfer.
fn default_name(
    setup: &TrainingSetup,
    dataset: &PreparedDataset,
    request: &TrainRequest,
    source: Option<&TransferSource>,
) -> String {
    let fraction = request.genes_fraction.map(|fraction| format!("-{}pct", 100.0 * fraction));
    let from = source.map(|source| format!("-from-{}", folder_name(source.name())));
    setup.model_name(dataset, request.members) + &fraction.unwrap_or_default() + &from.unwrap_or_default()
}
