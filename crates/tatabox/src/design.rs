//! Design of promoters with target expression.
//!
//! A search looks for few substitutions of a promoter that bring its predicted expression closer to a target in some cell types.
//! [`promoters`] designs from windows in memory, [`run`] from files or data sets into a folder.

mod designs;
mod model_scorer;
mod output_files;
mod problem;
mod record;
mod request;
mod starts;
mod tables;
mod target;

use tatabox_model::{PromoterWindow, design};

use crate::error::{Error, Result, ensure};
use crate::inputs::refuse_tracks;
use crate::model_store::Model;
use crate::observer::Observer;
use crate::output_folder::OutputFolder;
use crate::output_paths::OutputPaths;
use crate::progress::{Progress, Unit};

use model_scorer::ModelScorer;
use record::DesignRecord;

pub use designs::{DesignedPromoter, Designs, OffTargetChange};
pub use request::{DesignFolderRequest, DesignRequest};
pub use starts::{DesignStart, StartSource};
pub use target::DesignTarget;
pub use tatabox_model::{
    BaseEdit, CellTypeObjective, Design, DesignGoal, DesignLimits, DesignObjective, DesignPoint, DesignSearch,
    DesignStep, GeneticOptions,
};

/// Limits of designs, reported in every run and written with the designs.
pub const CAUTION: [&str; 3] = [
    "designs optimise the prediction of a model, which is unreliable far from natural sequence; models of this kind often \
     get the direction of single variants wrong (Huang et al. 2023, https://doi.org/10.1038/s41588-023-01574-w; Sasse et \
     al. 2023, https://doi.org/10.1038/s41588-023-01524-6)",
    "cell types without a target are unconstrained; see off_target in designs.tsv",
    "verify designs by experiment",
];

/// Designs promoters from starts in memory, one design per start.
///
/// The same request gives the same designs.
///
/// # Errors
/// The request does not fit the model, a start does not have the model's extent or has no base that may be edited, two starts have
/// the same identifier, or the observer cancels.
///
/// # Examples
///
/// ```no_run
/// use tatabox::design::{self, DesignRequest, DesignStart};
/// use tatabox::{Model, Silent};
/// use tatabox_sequence::Sequence;
///
/// let model = Model::open("models/human")?;
/// let sequence = Sequence::from_ascii(&b"GATTACA".repeat(100))?;
/// let start = DesignStart::new("P1", model.extent().cut(sequence.codes(), 350));
/// let request = DesignRequest::new(vec!["K562=high".parse()?, "HepG2=low".parse()?]);
/// let designs = design::promoters(&model, vec![start], &request, &Silent)?;
/// println!("{:?}", designs.designs[0].edits());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn promoters(
    model: &Model,
    starts: Vec<DesignStart>,
    request: &DesignRequest,
    observer: &dyn Observer,
) -> Result<Designs> {
    request.validate()?;
    let predictor = model.predictor();
    refuse_tracks(predictor, "the effect of an edit on them is not known")?;
    let objective = DesignTarget::objective(&request.targets, model.cell_types())?;
    starts::check(&starts, &request.limits, predictor, observer)?;
    let problem = |start: &DesignStart| problem::problem(start, request, &objective, model.extent());
    let problems = starts.iter().map(problem).collect::<Result<Vec<_>>>()?;
    for line in CAUTION {
        observer.warn(line);
    }

    let total = problem::max_windows(request, &problems);
    let progress = Progress::start(observer, "designing", Some(total), Unit::Windows);
    let mut scorer = ModelScorer::new(predictor, progress, observer);
    let mut designs = Vec::new();
    for (number, (start, problem)) in starts.into_iter().zip(&problems).enumerate() {
        scorer.set_gene_features(start.window.gene_features.clone());
        let design = design(problem, &request.search, request.seed, number, &mut scorer)?;
        if observer.is_cancelled() {
            return Err(Error::Cancelled(format!("interrupted at {}; nothing was written", start.id)));
        }
        let gene_features = start.window.gene_features.clone();
        let window = PromoterWindow { gene_features, ..design.window.clone().into() };
        let log2_tpm_sd = predictor.predict(&[window])?.swap_remove(0).log2_tpm_sd;
        let z = design.log2_tpm.iter().enumerate().map(|(output, &log2_tpm)| predictor.to_z(output, log2_tpm));
        designs.push(DesignedPromoter {
            z: z.collect(),
            keeps_limits: request.limits.hold(&design.window),
            start,
            design,
            log2_tpm_sd,
        });
    }
    Ok(Designs {
        designs,
        objective,
        cell_types: model.cell_types().to_vec(),
        extent: model.extent(),
        windows: scorer.finish(),
    })
}

/// Designs promoters from files, data sets or random sequences, and writes sequences, tables and `run.json` to a folder.
///
/// # Errors
/// As [`promoters`], an output is an input, an input cannot be read, the folder is not empty and may not be replaced, or a file
/// cannot be written. Nothing is then written.
///
/// # Examples
///
/// ```no_run
/// use tatabox::design::{self, DesignFolderRequest, DesignRequest, StartSource};
/// use tatabox::inputs::PromoterSource;
/// use tatabox::{Model, Silent};
///
/// let model = Model::open("models/human")?;
/// let starts = StartSource::Promoters(PromoterSource::fasta("promoter.fa"));
/// let design = DesignRequest::new(vec!["K562=high".parse()?]);
/// let designs = design::run(&model, DesignFolderRequest::new(starts, design, "design"), &Silent)?;
/// for warning in designs.warnings() {
///     eprintln!("{warning}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run(model: &Model, request: DesignFolderRequest, observer: &dyn Observer) -> Result<Designs> {
    request.design.validate()?;
    let mut paths = OutputPaths::of_model(model);
    if let StartSource::Promoters(promoters) | StartSource::Shuffled { promoters, .. } = &request.starts {
        paths.promoters(promoters);
    }
    paths.auxiliary(&request.auxiliary);
    paths.output_folder("out", &request.folder, &output_files::FILES);
    paths.check()?;
    let folder = OutputFolder::create_with(&request.folder, request.overwrite, &output_files::FILES)?;
    let starts = starts::read(request.starts, &request.auxiliary, &request.design, model.predictor(), observer)?;
    ensure!(!starts.is_empty(), "there is no promoter to edit");
    let designs = promoters(model, starts, &request.design, observer)?;
    let record = DesignRecord::new(&request.design, request.command, model, &designs);
    output_files::write(folder.path(), &designs, &record)?;
    folder.keep()?;
    Ok(designs)
}
