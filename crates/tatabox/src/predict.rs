//! Expression of promoters.

mod prediction_writer;
mod summary;

use std::mem;
use std::time::Duration;

use tatabox_model::{Predictor, PromoterWindow, WindowPrediction};
use tatabox_sequence::{InvalidRecord, counted};

use crate::error::{Error, Result};
use crate::inputs::{AuxiliarySources, Promoter, PromoterSource, Shard, open_promoters};
use crate::model_store::Model;
use crate::observer::Observer;
use crate::output_paths::OutputPaths;
use crate::pipeline;
use crate::progress::{Progress, Unit};
use crate::remedy::Remedy;
use crate::tables::{PredictedPromoter, PredictionLayout, TableOutput};

use prediction_writer::PredictionWriter;
pub use summary::PredictionSummary;

/// Request to predict promoters into a table.
///
/// # Examples
///
/// ```no_run
/// use tatabox::inputs::PromoterSource;
/// use tatabox::predict::{self, PredictRequest};
/// use tatabox::tables::TableOutput;
/// use tatabox::{Model, Silent};
///
/// let model = Model::bundled()?;
/// let mut request = PredictRequest::new(PromoterSource::fasta("promoters.fa"));
/// request.output = TableOutput::to_file("predictions.parquet");
/// let summary = predict::run(&model, request, &Silent)?;
/// println!("{} promoters", summary.promoters);
/// # Ok::<(), tatabox::Error>(())
/// ```
pub struct PredictRequest {
    /// Promoters.
    pub promoters: PromoterSource,
    /// Files with auxiliary inputs that the model reads.
    pub auxiliary: AuxiliarySources,
    /// One part of the promoters; `None` for all.
    pub shard: Option<Shard>,
    /// One row per promoter instead of one row per promoter and cell type.
    pub wide: bool,
    /// The table.
    pub output: TableOutput,
}

impl PredictRequest {
    /// A long table of all promoters on standard output.
    pub fn new(promoters: PromoterSource) -> Self {
        Self {
            promoters,
            auxiliary: AuxiliarySources::default(),
            shard: None,
            wide: false,
            output: TableOutput::default(),
        }
    }
}

/// Promoter and its prediction; `None` where it cannot be predicted.
///
/// ```
/// use tatabox::Model;
/// use tatabox::inputs::Promoter;
/// use tatabox::predict::{Prediction, predict_promoters};
///
/// let model = Model::bundled()?;
/// // A promoter of N has no prediction.
/// let empty = Promoter::new("empty".to_owned(), vec![4; 300], model.extent());
/// let predictions: Vec<Prediction> = predict_promoters(&model, vec![empty])?;
/// assert!(predictions[0].1.is_none());
/// # Ok::<(), tatabox::Error>(())
/// ```
pub type Prediction = (Promoter, Option<WindowPrediction>);

/// Predicts promoters in a stream and writes them to a table, in constant memory.
///
/// # Errors
/// The output is an input, an input cannot be read, the output cannot be written, or the observer cancels.
pub fn run(model: &Model, request: PredictRequest, observer: &dyn Observer) -> Result<PredictionSummary> {
    let mut paths = OutputPaths::of_model(model);
    paths.promoters(&request.promoters);
    paths.auxiliary(&request.auxiliary);
    paths.destination("output", &request.output.destination);
    paths.check()?;
    let sink = request.output.destination.open()?;
    let destination = sink.name().to_owned();
    let layout = PredictionLayout {
        measured: matches!(request.promoters, PromoterSource::Genes { .. }),
        ..table_layout(model, request.wide)
    };
    let promoters = open_promoters(request.promoters, &request.auxiliary, request.shard, model.predictor(), observer)?;
    let writer = PredictionWriter {
        sink,
        format: request.output.format,
        layout,
        extent: model.extent(),
        simulated: model.is_simulated(),
    };

    let mut progress = Progress::start(observer, "predicting", None, Unit::Windows);
    let mut done = 0;
    let compute = |chunk: Vec<Promoter>| {
        if observer.is_cancelled() {
            return Err(Error::Cancelled(format!(
                "interrupted after {}; {destination} was not written",
                counted(done, "promoter")
            )));
        }
        done += chunk.len();
        let predictions = predict(chunk, model.predictor())?;
        progress.set(done as u64);
        Ok(predictions)
    };
    let promoters = promoters.map(|promoter| promoter.map_err(with_skipping));
    let ((sink, mut summary), timing) = pipeline::run(promoters, compute, move |chunks| writer.write(chunks))?;
    progress.clear();
    sink.commit()?;
    summary.total = timing.total.max(Duration::from_nanos(1));
    summary.computing = timing.computing;
    summary.destination = destination;
    Ok(summary)
}

/// Predicts promoters in memory; those without a known base or without an auxiliary input of the model have no prediction.
///
/// # Errors
/// The window of a promoter does not have the length that the model reads.
///
/// # Examples
///
/// ```
/// use tatabox::Model;
/// use tatabox::inputs::Promoter;
/// use tatabox::predict::predict_promoters;
///
/// let model = Model::bundled()?;
/// // Nucleotide codes A = 0, C = 1, G = 2, T = 3 over the extent of the model.
/// let window: Vec<u8> = (0..model.extent().total_bp()).map(|index| (index % 4) as u8).collect();
/// let promoter = Promoter::new("repeat".to_owned(), window, model.extent());
/// let predictions = predict_promoters(&model, vec![promoter])?;
/// let (_, prediction) = &predictions[0];
/// assert_eq!(prediction.as_ref().unwrap().log2_tpm.len(), model.cell_types().len());
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn predict_promoters(model: &Model, promoters: Vec<Promoter>) -> Result<Vec<Prediction>> {
    predict(promoters, model.predictor())
}

/// The error; that of a record that may be skipped with this next step.
fn with_skipping(error: Error) -> Error {
    match &error {
        Error::Sequence(cause) if InvalidRecord::of(cause).is_some() => {
            error.with_remedy(Remedy::ChangeMalformedPolicy)
        }
        _ => error,
    }
}

/// A prediction as a row of a table, with the notes that [`run`] writes.
///
/// # Examples
///
/// ```
/// use tatabox::Model;
/// use tatabox::inputs::Promoter;
/// use tatabox::predict::{predict_promoters, table_row};
///
/// let model = Model::bundled()?;
/// let promoter = Promoter::new("empty".to_owned(), vec![4; 300], model.extent());
/// let prediction = predict_promoters(&model, vec![promoter])?.remove(0);
/// assert_eq!(table_row(&model, prediction).note, "no known base");
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn table_row(model: &Model, prediction: Prediction) -> PredictedPromoter {
    prediction_writer::noted(prediction, model.extent(), model.is_simulated())
}

/// Layout of a table of predictions, with one row per promoter (`wide`) or one per promoter and output.
///
/// # Examples
///
/// ```
/// use tatabox::Model;
/// use tatabox::predict::table_layout;
///
/// let layout = table_layout(&Model::bundled()?, true);
/// assert_eq!(layout.columns()[1].name, "log2_tpm_K562");
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn table_layout(model: &Model, wide: bool) -> PredictionLayout {
    let predictor = model.predictor();
    PredictionLayout {
        cell_types: model.cell_types().to_vec(),
        assays: (0..model.cell_types().len()).map(|output| predictor.assay_of_output(output).is_some()).collect(),
        wide,
        spread: model.members() > 1,
        measured: false,
    }
}

/// Predicts the promoters that can be predicted, and takes their windows out of them.
fn predict(mut promoters: Vec<Promoter>, predictor: &Predictor) -> Result<Vec<Prediction>> {
    let predictable = promoters.iter_mut().filter(|promoter| promoter.is_predictable());
    let windows: Vec<PromoterWindow> = predictable.map(|promoter| mem::take(&mut promoter.window)).collect();
    // Independent of the batch, so that a shard gives the same bytes as the whole file.
    let mut predictions = predictor.predict_batch_invariant(&windows)?.into_iter();
    let predicted = promoters.into_iter().map(|promoter| {
        let prediction = promoter.is_predictable().then(|| predictions.next()).flatten();
        (promoter, prediction)
    });
    Ok(predicted.collect())
}
