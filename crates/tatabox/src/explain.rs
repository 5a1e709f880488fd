//! Contribution of each base of a promoter to its predicted expression.
//!
//! [`promoter`] explains one promoter in memory; an [`Explainer`] explains several. [`run`] explains a stream of promoters and
//! writes a folder of tables, genome tracks, arrays and figures.

mod attention_bins;
mod contig_lengths;
mod contributions;
mod explainer;
mod explanation;
#[cfg(feature = "plot")]
mod figures;
#[cfg(not(feature = "plot"))]
#[path = "explain/no_figures.rs"]
mod figures;
mod folder_request;
mod method;
mod motif_sites;
mod output_files;
mod record;
mod request;
mod step_counter;
mod summary;
mod tables;

use crate::error::{Error, Result, ensure};
use crate::inputs::{Promoter, open_promoters};
use crate::model_store::Model;
use crate::observer::Observer;
use crate::output_folder::OutputFolder;
use crate::output_paths::OutputPaths;

use output_files::ExplanationFiles;
use step_counter::StepCounter;

pub use attention_bins::AttentionBin;
pub use contributions::Contributions;
pub use explainer::Explainer;
pub use explanation::{Deletion, Explanation};
#[cfg(feature = "plot")]
pub use figures::figure_svg;
pub use folder_request::{ExplainFolderRequest, ExplanationOutput};
pub use method::Method;
pub use motif_sites::{MotifSearch, MotifSite};
pub use request::{DeletionScan, ExplainRequest};
pub use summary::{ExplainSummary, IncompleteAttribution, StrongestBase};
pub use tatabox_model::{Completeness, IntegratedGradients, SubstitutionEffects};

/// Explains the prediction of one promoter.
///
/// An [`Explainer`] checks the request once and is faster for several promoters.
///
/// # Errors
/// The request does not fit the model, the window of the promoter does not have the model's extent, or the observer cancels.
///
/// # Examples
///
/// ```no_run
/// use tatabox::explain::{self, ExplainRequest};
/// use tatabox::inputs::Promoter;
/// use tatabox::{Model, Silent};
/// use tatabox_sequence::Sequence;
///
/// let model = Model::open("models/human")?;
/// let sequence = Sequence::from_ascii(&b"GATTACA".repeat(100)).expect("nucleotides");
/// let window = model.extent().cut(sequence.codes(), 350);
/// let promoter = Promoter::new("P1".to_owned(), window, model.extent());
///
/// let explanation = explain::promoter(&model, promoter, &ExplainRequest::default(), &Silent)?;
/// for contributions in &explanation.contributions {
///     println!("{}: {:?}", explanation.cell_types[contributions.cell_type], contributions.strongest());
/// }
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn promoter(
    model: &Model,
    promoter: Promoter,
    request: &ExplainRequest,
    observer: &dyn Observer,
) -> Result<Explanation> {
    Explainer::new(model, request)?.explain(promoter, observer)
}

/// Explains promoters and writes a folder of tables, genome tracks, arrays and figures.
///
/// Tables are written promoter by promoter; tracks and arrays are kept in memory until the last one.
///
/// # Errors
/// The request does not fit the model, an output is an input, the folder is not empty and may not be replaced, there is no promoter,
/// an input cannot be read, an output cannot be written, or the observer cancels. Nothing is then written.
///
/// # Examples
///
/// ```no_run
/// use tatabox::explain::{self, ExplainFolderRequest};
/// use tatabox::inputs::PromoterSource;
/// use tatabox::{Model, Silent};
///
/// let model = Model::open("models/human")?;
/// let request = ExplainFolderRequest::new(PromoterSource::fasta("promoters.fa"), "explained");
/// let summary = explain::run(&model, request, &Silent)?;
/// println!("{} promoters explained", summary.explained);
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(model: &Model, request: ExplainFolderRequest, observer: &dyn Observer) -> Result<ExplainSummary> {
    let explainer = Explainer::new(model, &request.explain)?;
    let mut paths = OutputPaths::of_model(model);
    paths.promoters(&request.promoters);
    paths.auxiliary(&request.auxiliary);
    if let Some(file) = request.explain.motifs.as_ref().and_then(|motifs| motifs.file.as_ref()) {
        paths.input("motifs", file);
    }
    if let Some(chrom_sizes) = &request.output.chrom_sizes {
        paths.input("contig lengths", chrom_sizes);
    }
    let contents = output_files::contents(request.output.format);
    paths.output_folder("out", &request.output.folder, &contents);
    paths.check()?;
    let folder = OutputFolder::create_with(&request.output.folder, request.output.overwrite, &contents)?;
    let mut files = ExplanationFiles::create(folder.path(), &request.output, &explainer, request.command)?;

    let steps = StepCounter::start(observer);
    for promoter in open_promoters(request.promoters, &request.auxiliary, None, model.predictor(), observer)? {
        if observer.is_cancelled() {
            return Err(Error::Cancelled(format!("interrupted; {} was not written", folder.target().display())));
        }
        files.write(&explainer.explain_with(promoter?, observer, &|more| steps.add(more))?)?;
    }
    let summary = files.finish()?;
    ensure!(
        summary.explained > 0,
        "no promoter could be explained: {} have no known base, {} lack an auxiliary input of the model",
        summary.empty,
        summary.lacking_input
    );
    folder.keep()?;
    Ok(summary)
}
