//! Next steps after an error, free of the words of any front end.

use std::path::PathBuf;

use tatabox_dataset::{DatasetError, DropReason, Scale, TableError, TableProblem};
use tatabox_model::{GeneShortage, ModelError, ResumeConflict};

/// Next step that resolves an error. Front ends phrase it in their own terms.
///
/// ```
/// use tatabox::Remedy;
/// use tatabox_model::ModelError;
///
/// let error = ModelError::RunExists { path: "models/k562".into() };
/// assert_eq!(Remedy::of_model_error(&error), Some(Remedy::Overwrite));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// State the index of the TSS base in each promoter record.
    GiveTssOffset,
    /// State the window that the promoter records have, or the index of the TSS base.
    GiveWindowOrTssOffset,
    /// Provide a table of gene features.
    GiveGeneFeatures,
    /// Provide a bigWig file for a signal track.
    GiveTrack {
        /// Name of the track.
        name: String,
    },
    /// Use promoters with genome coordinates, together with bigWig files, or genes of a data set.
    GiveGenomeCoordinates,
    /// Choose what happens to records whose REF differs from the genome.
    ChangeReferencePolicy,
    /// Skip records whose REF differs from the genome, or whose contig has another length.
    SkipReferenceMismatches,
    /// Choose what happens to malformed records.
    ChangeMalformedPolicy,
    /// Allow an existing output to be replaced.
    Overwrite,
    /// Choose another model.
    ChooseModel,
    /// Omit the data set.
    OmitDataset,
    /// Evaluate or cross-validate a model first.
    EvaluateFirst,
    /// Record checksums and check predictions of a model folder that is trusted as it is.
    RecordModelFiles,
    /// Choose another folder for the output.
    ChooseOutputFolder,
    /// Prepare the data set with gene features.
    PrepareGeneFeatures,
    /// Prepare the data set with signal tracks.
    PrepareTracks,
    /// Prepare the data set with windows of at least this length.
    PrepareWindows {
        /// Bases before the TSS.
        upstream_bp: u32,
        /// Bases from the TSS on.
        downstream_bp: u32,
    },
    /// Choose a shorter extent, or prepare the data set with windows of this length.
    ShortenExtent {
        /// Bases before the TSS.
        upstream_bp: u32,
        /// Bases from the TSS on.
        downstream_bp: u32,
    },
    /// Choose a longer extent, or a lower fraction of train genes that must have sequence over the whole extent.
    LengthenExtent,
    /// Exclude the comparator.
    ExcludeComparator,
    /// Name a folder for caches.
    SetCacheFolder,
    /// Choose another output folder, or allow its contents to be discarded.
    ChooseOutputOrReplace,
    /// Choose another output folder, or allow the results of an earlier run in it to be replaced.
    ReplaceResults,
    /// Discard the results of an earlier run.
    StartAnew,
    /// Resume the unfinished run, or discard it.
    ResumeOrDiscard,
    /// Add measurements of a cell type, or omit it.
    OmitCellType,
    /// Search fewer values.
    NarrowSearchSpace,
    /// Select the auxiliary inputs of the model that training begins from.
    MatchAuxiliaryInputs,
    /// Export each member of the ensemble, or export the ensemble in another format.
    ExportMembers {
        /// Folder of the ensemble; `None` for the bundled model.
        model: Option<PathBuf>,
    },
    /// Choose other background promoters: another split, data set or file.
    ChooseBackgrounds,
    /// Start from promoters of genes instead of random sequences.
    ChooseGeneStarts,
    /// Choose a device that is available.
    ChooseDevice,
    /// Choose a number format that the device supports.
    ChoosePrecision,
    /// Resume the unfinished run.
    ResumeRun,
    /// Start the run without resuming.
    StartWithoutResume,
    /// Resume with the options that the run was started with, or start anew.
    MatchRunOptions,
    /// Request an ensemble, or choose another name.
    RequestEnsemble,
    /// Request a single network, or choose another name.
    RequestSingleNetwork,
    /// Use in-silico mutagenesis, or compute on the CPU.
    UseMutagenesis,
    /// Choose a model with motif convolutions.
    ChooseConvolutionalModel,
    /// Choose another data set.
    ChooseDataset,
    /// Choose a shorter extent.
    ChooseShorterExtent,
    /// Add measurements.
    AddMeasurements,
    /// Use a larger fraction of the genes.
    RaiseGenesFraction,
    /// Lower the learning rate.
    LowerLearningRate,
    /// Provide a file of the model that the weights do not contain.
    GiveCompanionFile {
        /// Name of the file without its extension.
        name: &'static str,
    },
    /// Take the first of several tables for a cell type, or their mean.
    ChooseDuplicatePolicy,
    /// Name the cell type of a single-sample table.
    NameSample {
        /// The table.
        file: String,
    },
    /// State the scale of the values of an expression table.
    StateScale {
        /// The scale that the values seem to have.
        scale: Option<Scale>,
    },
    /// Provide an annotation with transcripts and exons.
    GiveAnnotation,
    /// Prepare the data set first, or choose another folder.
    PrepareFirst,
    /// Audit the data set again.
    AuditAgain,
}

impl Remedy {
    /// Next step after an error of the crate `tatabox-model`.
    pub fn of_model_error(error: &ModelError) -> Option<Self> {
        Some(match error {
            ModelError::DeviceUnavailable { .. } => Self::ChooseDevice,
            ModelError::PrecisionUnsupported { .. } => Self::ChoosePrecision,
            ModelError::RunExists { .. } => Self::Overwrite,
            ModelError::UnfinishedRun { .. } => Self::ResumeOrDiscard,
            ModelError::NotAModel { reason, .. } if reason.contains("can be resumed") => Self::ResumeRun,
            ModelError::CannotResume { conflict, .. } => match conflict {
                ResumeConflict::NothingToResume => Self::StartWithoutResume,
                ResumeConflict::IsEnsemble => Self::RequestEnsemble,
                ResumeConflict::IsSingleNetwork => Self::RequestSingleNetwork,
                ResumeConflict::DifferentConfig | ResumeConflict::DifferentMembers { .. } => Self::MatchRunOptions,
                _ => return None,
            },
            ModelError::NoGradient { .. } => Self::UseMutagenesis,
            ModelError::NoFilters { .. } => Self::ChooseConvolutionalModel,
            ModelError::NoCommonValidationGenes { .. } => Self::OmitDataset,
            ModelError::MissingAuxiliaryInputs { .. } => Self::ChooseDataset,
            ModelError::ExtentNotCovered { extent, .. } => {
                Self::PrepareWindows { upstream_bp: extent.upstream_bp, downstream_bp: extent.downstream_bp }
            }
            ModelError::DamagedCheckpoint { .. } | ModelError::TransferSourceChanged { .. } => Self::StartAnew,
            ModelError::TooFewGenes { shortage, .. } => match shortage {
                GeneShortage::ShorterThanExtent { .. } => Self::ChooseShorterExtent,
                GeneShortage::Unmeasured { .. } => Self::AddMeasurements,
                GeneShortage::UnmeasuredIn { .. } => Self::OmitCellType,
                GeneShortage::Fraction { .. } => Self::RaiseGenesFraction,
                _ => return None,
            },
            ModelError::Diverged { .. } => Self::LowerLearningRate,
            ModelError::Interrupted { .. } => Self::ResumeRun,
            ModelError::MissingCompanion { name, .. } => Self::GiveCompanionFile { name },
            ModelError::Dataset(error) => return Self::of_dataset_error(error),
            _ => return None,
        })
    }

    /// Next step after an error of the crate `tatabox-dataset`.
    pub fn of_dataset_error(error: &DatasetError) -> Option<Self> {
        Some(match error {
            DatasetError::OutputExists { .. } => Self::Overwrite,
            DatasetError::NoGenesLeft { most_frequent: DropReason::WrongLength, .. } => Self::GiveWindowOrTssOffset,
            DatasetError::CellTypeInTwoTables { .. } => Self::ChooseDuplicatePolicy,
            DatasetError::NotADataset { .. } => Self::PrepareFirst,
            DatasetError::AuditVersion { .. } => Self::AuditAgain,
            DatasetError::Table(TableError { problem, .. }) => match &**problem {
                TableProblem::SampleWithoutCellType { file, .. } | TableProblem::UnitForCellType { file, .. } => {
                    Self::NameSample { file: file.clone() }
                }
                TableProblem::CountsWithoutScale { .. } => Self::StateScale { scale: Some(Scale::Counts) },
                TableProblem::NegativeTpm { .. } => Self::StateScale { scale: Some(Scale::Log2) },
                TableProblem::SeveralUnits { .. } | TableProblem::NotLog2 { .. } => Self::StateScale { scale: None },
                TableProblem::CountsWithoutLengths | TableProblem::TranscriptsWithoutGenes { .. } => {
                    Self::GiveAnnotation
                }
                _ => return None,
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remedy_of_existing_output_is_to_overwrite_in_both_crates() {
        let path = || "out".into();
        let of_model = Remedy::of_model_error(&ModelError::RunExists { path: path() });
        let of_dataset = Remedy::of_dataset_error(&DatasetError::OutputExists { path: path() });
        assert_eq!((of_model, of_dataset), (Some(Remedy::Overwrite), Some(Remedy::Overwrite)));
    }

    #[test]
    fn remedy_of_nested_dataset_error_is_found() {
        let error = ModelError::Dataset(DatasetError::OutputExists { path: "out".into() });
        assert_eq!(Remedy::of_model_error(&error), Some(Remedy::Overwrite));
    }
}
