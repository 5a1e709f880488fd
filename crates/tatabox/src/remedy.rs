//! Next steps after an error, free of the words of any front end.

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
    /// Choose another folder for the output.
    ChooseOutputFolder,
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
