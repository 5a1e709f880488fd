//! Next steps after an error, free of the words of any front end.

use std::path::PathBuf;

use tatabox_dataset::DatasetError;
use tatabox_model::ModelError;

/// Next step that resolves an error. Front ends phrase it in their own terms.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// State the index of the TSS base in each promoter record.
    GiveTssOffset,
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
    /// Discard the results of an earlier run.
    StartAnew,
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
}

impl Remedy {
    pub(crate) fn of_model_error(error: &ModelError) -> Option<Self> {
        match error {
            ModelError::RunExists { .. } => Some(Self::Overwrite),
            _ => None,
        }
    }

    pub(crate) fn of_dataset_error(_error: &DatasetError) -> Option<Self> {
        None
    }
}
