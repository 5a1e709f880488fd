//! Failures on the terminal: message, remedy and exit code.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use tatabox::{ErrorKind, Remedy};

/// A combination or value of options that is not valid; ends with exit code 2, as clap's own errors do.
#[derive(Debug)]
pub(crate) struct UsageError(pub(crate) String);

impl fmt::Display for UsageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for UsageError {}

/// A [`UsageError`] with this message.
pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
    UsageError(message.into()).into()
}

/// Exit code: 2 for wrong usage, 1 for everything else.
pub(crate) fn exit_code(error: &anyhow::Error) -> u8 {
    let is_request = of_library(error).is_some_and(|error| error.kind() == ErrorKind::Request);
    if is_request || error.downcast_ref::<UsageError>().is_some() { 2 } else { 1 }
}

/// Whether the reader of our output closed it, so that nothing needs to be reported.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    of_library(error).is_some_and(tatabox::Error::is_output_closed)
        || error.chain().any(|cause| {
            let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
            kind == Some(io::ErrorKind::BrokenPipe)
        })
}

/// The message in one line: all causes, without those that the one before already contains, and the remedy.
pub(crate) fn in_one_line(error: &anyhow::Error) -> String {
    let mut causes = error.chain().map(message);
    let mut last = causes.next().unwrap_or_default();
    let mut line = last.clone();
    for cause in causes {
        if !last.contains(&cause) {
            line.push_str(": ");
            line.push_str(&cause);
        }
        last = cause;
    }
    if let Some(remedy) = error.chain().find_map(remedy_of).and_then(|remedy| in_flags(&remedy)) {
        line.push_str("; ");
        line.push_str(&remedy);
    }
    line
}

/// The error of the library among the causes.
fn of_library(error: &anyhow::Error) -> Option<&tatabox::Error> {
    error.chain().find_map(|cause| cause.downcast_ref())
}

/// The remedy that a cause names.
fn remedy_of(cause: &(dyn Error + 'static)) -> Option<Remedy> {
    let of_library = cause.downcast_ref().and_then(tatabox::Error::remedy);
    let of_model = || cause.downcast_ref().and_then(Remedy::of_model_error);
    let of_dataset = || cause.downcast_ref().and_then(Remedy::of_dataset_error);
    of_library.or_else(of_model).or_else(of_dataset)
}

/// The message of one cause; a field of a request is named by its flag.
fn message(cause: &(dyn Error + 'static)) -> String {
    match cause.downcast_ref() {
        Some(tatabox::Error::InvalidRequest { field, problem }) => format!("{}: {problem}", flag(field)),
        _ => cause.to_string(),
    }
}

/// The flag that sets a field of a request.
fn flag(field: &str) -> String {
    match field {
        "cell_types" => "--cell-type".to_owned(),
        "max_shift_bp" => "--max-shift".to_owned(),
        "members" => "--ensemble".to_owned(),
        "resamples" => "--bootstrap".to_owned(),
        field => format!("--{}", field.replace('_', "-")),
    }
}

/// A remedy in terms of flags and commands; `None` for a remedy that has none.
pub(crate) fn in_flags(remedy: &Remedy) -> Option<String> {
    const HALF_LIFE: &str =
        "`tatabox half-life --annotation GTF --genome FASTA -o half_life.tsv` computes half-life features";
    Some(match remedy {
        Remedy::GiveTssOffset => "pass --tss-offset N".to_owned(),
        Remedy::GiveWindowOrTssOffset => {
            "pass --upstream and --downstream that add up to the length of the records, or --tss-offset N with the 0-based index of \
             the TSS"
                .to_owned()
        }
        Remedy::GiveGeneFeatures => {
            format!(
                "pass --gene-features TABLE with one row per promoter, or --gene of a data set that has them; {HALF_LIFE}"
            )
        }
        Remedy::GiveTrack { name } => format!("pass --track {name}=BIGWIG"),
        Remedy::GiveGenomeCoordinates => {
            "pass --bed with --genome and --track NAME=BIGWIG, or --gene of a data set with these tracks".to_owned()
        }
        Remedy::ChangeReferencePolicy => "or pass --ref-mismatch skip or --ref-mismatch use-genome".to_owned(),
        Remedy::SkipReferenceMismatches => {
            "or pass --ref-mismatch skip, which scores the records whose REF agrees with the genome".to_owned()
        }
        Remedy::ChangeMalformedPolicy => "pass --on-malformed skip to skip such records".to_owned(),
        Remedy::Overwrite => "pass --force to replace it".to_owned(),
        Remedy::RecordModelFiles => "if the folder is correct as it is, run `tatabox verify --write`".to_owned(),
        Remedy::OmitDataset => "omit --data".to_owned(),
        Remedy::EvaluateFirst => "make one with `tatabox evaluate` or `tatabox crossval`".to_owned(),
        Remedy::ChooseModel => "choose another model with --model".to_owned(),
        Remedy::ChooseOutputFolder => "choose another folder with --out".to_owned(),
        Remedy::PrepareGeneFeatures => "prepare it with --half-life or --gene-features".to_owned(),
        Remedy::PrepareTracks => {
            "choose others with --tracks, or prepare the data set with --track NAME=BIGWIG".to_owned()
        }
        Remedy::PrepareWindows { upstream_bp, downstream_bp } => {
            format!("prepare the data set with --upstream {upstream_bp} --downstream {downstream_bp} or more")
        }
        Remedy::ShortenExtent { upstream_bp, downstream_bp } => format!(
            "pass a shorter --extent, or prepare the data set with --upstream {upstream_bp} --downstream {downstream_bp}"
        ),
        Remedy::LengthenExtent => {
            "pass a longer --extent, or a lower --extent-coverage, which excludes more train genes".to_owned()
        }
        Remedy::ExcludeComparator => "omit it from --baselines".to_owned(),
        Remedy::SetCacheFolder => "there is no home folder; set XDG_CACHE_HOME to a folder".to_owned(),
        Remedy::ChooseOutputOrReplace => "choose another folder with --out, or pass --force to discard it".to_owned(),
        Remedy::ReplaceResults => {
            "choose another folder with --out, or pass --force to replace the results of an earlier run in it"
                .to_owned()
        }
        Remedy::ResumeOrDiscard => {
            "resume it with `tatabox train --resume`, or pass --force to discard it and start anew".to_owned()
        }
        Remedy::OmitCellType => {
            "select other cell types with --cell-type, or add measurements with --expression".to_owned()
        }
        Remedy::StartAnew => "pass --force to discard it and start anew".to_owned(),
        Remedy::ExportMembers { model } => {
            let folder = model.as_deref().unwrap_or_else(|| Path::new("models/human")).display();
            format!("export each member, as with --model {folder}/members/1, or the ensemble as ONNX")
        }
        Remedy::MatchAuxiliaryInputs => {
            "pass --gene-features and --tracks as in the training of the model to begin from".to_owned()
        }
        Remedy::NarrowSearchSpace => "search fewer values with --space".to_owned(),
        Remedy::ChooseBackgrounds => "choose another --split, --data or --background".to_owned(),
        Remedy::ChooseGeneStarts => "start from --start or --gene".to_owned(),
        Remedy::ChooseDevice => "pass --device cpu or --device auto".to_owned(),
        Remedy::ChoosePrecision => {
            "pass --precision f32, or bf16 on a GPU of compute capability 8.0 or newer".to_owned()
        }
        Remedy::ResumeRun => "resume it with --resume".to_owned(),
        Remedy::StartWithoutResume => "start anew without --resume".to_owned(),
        Remedy::MatchRunOptions => {
            "pass the options that the run was started with, or --force in place of --resume to start anew".to_owned()
        }
        Remedy::RequestEnsemble => "pass --ensemble, or choose another --name".to_owned(),
        Remedy::RequestSingleNetwork => "omit --ensemble, or choose another --name".to_owned(),
        Remedy::UseMutagenesis => "pass --method ism, or --device cpu".to_owned(),
        Remedy::ChooseConvolutionalModel => "choose a model of another --architecture, such as hybrid".to_owned(),
        Remedy::ChooseDataset => "choose another data set with --data".to_owned(),
        Remedy::ChooseShorterExtent => "pass a shorter --extent".to_owned(),
        Remedy::AddMeasurements => "add measurements with --expression".to_owned(),
        Remedy::RaiseGenesFraction => "raise --genes-fraction".to_owned(),
        Remedy::LowerLearningRate => "lower --learning-rate, with --force where the run is to start anew".to_owned(),
        Remedy::GiveCompanionFile { name } => format!("pass --{name} FILE"),
        Remedy::ChooseDuplicatePolicy => "choose with --duplicate first or --duplicate mean".to_owned(),
        Remedy::NameSample { file } => format!("name its cell type, as in --expression K562={file}"),
        Remedy::StateScale { scale: Some(scale) } => format!("pass --scale {scale} if that is their scale"),
        Remedy::StateScale { scale: None } => "pass --scale tpm, fpkm, counts or log2".to_owned(),
        Remedy::GiveAnnotation => "pass --annotation GTF".to_owned(),
        Remedy::PrepareFirst => "make one with `tatabox prepare`".to_owned(),
        Remedy::AuditAgain => "run `tatabox audit` again".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn failure_repeated_cause_is_shown_once() {
        let refused = || io::Error::new(io::ErrorKind::PermissionDenied, "permission denied");
        let repeated: anyhow::Result<()> = Err(refused()).context("x.tsv: permission denied");
        assert_eq!(in_one_line(&repeated.expect_err("refused")), "x.tsv: permission denied");
        let added: anyhow::Result<()> = Err(refused()).context("cannot write x.tsv");
        assert_eq!(in_one_line(&added.expect_err("refused")), "cannot write x.tsv: permission denied");
    }

    #[test]
    fn failure_closed_pipe_is_found_below_its_context() {
        let closed: anyhow::Result<()> = Err(io::Error::from(io::ErrorKind::BrokenPipe)).context("cannot write");
        assert!(is_broken_pipe(&closed.expect_err("closed")));
        assert!(!is_broken_pipe(&usage("no")));
    }

    #[test]
    fn failure_request_field_is_named_by_its_flag() {
        let error: anyhow::Error = tatabox::variants::WindowShifts::new(&[1, 2]).expect_err("even").into();
        assert!(in_one_line(&error).starts_with("--shifts: expected an odd number"), "{error}");
        assert_eq!(flag("cell_types"), "--cell-type");
    }
}
