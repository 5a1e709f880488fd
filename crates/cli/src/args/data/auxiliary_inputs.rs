//! Options for auxiliary inputs: gene features and signal tracks.

use std::path::PathBuf;

use clap::Args;
use tatabox::inputs::AuxiliarySources;
use tatabox_dataset::{GeneFeatureSource, TrackSource};
use tatabox_sequence::FeatureSet;

/// Auxiliary inputs of a data set.
#[derive(Debug, Args)]
pub(crate) struct DatasetAuxiliaryArgs {
    /// Compute half-life features of the messenger RNA of each gene from annotation and genome
    #[arg(long, help_heading = "Auxiliary inputs", requires = "annotation")]
    #[arg(conflicts_with_all = ["gene_features", "tss"])]
    half_life: bool,
    /// Gene features: TSV, CSV (.gz) or parquet with a column gene_id and one column per feature, as written by
    /// `tatabox half-life`; or `structure`, computed from --annotation alone (a table of this name is ./structure)
    #[arg(long, value_name = "TABLE", help_heading = "Auxiliary inputs")]
    gene_features: Option<PathBuf>,
    /// A signal along the genome, such as chromatin accessibility: a name and its bigWig; repeat for more
    #[arg(long, value_name = "NAME=BIGWIG", help_heading = "Auxiliary inputs", value_parser = track)]
    track: Vec<TrackSource>,
}

impl DatasetAuxiliaryArgs {
    /// Sources of gene features and of tracks.
    pub(crate) fn into_sources(self) -> (Option<GeneFeatureSource>, Vec<TrackSource>) {
        let features = match self.gene_features {
            Some(name) if name.as_os_str() == FeatureSet::Structure.as_str() => Some(GeneFeatureSource::Structure),
            Some(table) => Some(GeneFeatureSource::Table(table)),
            None => self.half_life.then_some(GeneFeatureSource::HalfLife),
        };
        (features, self.track)
    }
}

/// Auxiliary inputs of promoters that are not in a data set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub(crate) struct AuxiliaryArgs {
    /// Gene features for models that read them: TSV, CSV (.gz) or parquet, as written by `tatabox half-life`; the column
    /// gene_id holds the name of the FASTA record or of the BED line
    #[arg(long, value_name = "TABLE", help_heading = "Auxiliary inputs")]
    pub(crate) gene_features: Option<PathBuf>,
    /// Signal along the genome of --bed for models that read tracks: the track's name and its bigWig; repeat for more
    #[arg(long, value_name = "NAME=BIGWIG", help_heading = "Auxiliary inputs", value_parser = track)]
    #[arg(requires = "bed")]
    pub(crate) track: Vec<TrackSource>,
}

impl AuxiliaryArgs {
    /// The files.
    pub(crate) fn sources(&self) -> AuxiliarySources {
        AuxiliarySources { gene_features: self.gene_features.clone(), tracks: self.track.clone() }
    }
}

/// `dnase=K562.bw`.
pub(crate) fn track(text: &str) -> Result<TrackSource, String> {
    match text.split_once('=').map(|(name, path)| (name.trim(), path)) {
        Some((name, path)) if !name.is_empty() && !path.is_empty() && !name.contains(',') => {
            Ok(TrackSource { name: name.to_owned(), path: path.into() })
        }
        _ => Err(format!("`{text}`: expected a name without comma and a file, as in dnase=K562.dnase.bw")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn track_without_name_or_file_is_refused() {
        let expected = TrackSource { name: "dnase".to_owned(), path: "a=b.bw".into() };
        assert_eq!(track("dnase=a=b.bw"), Ok(expected));
        for bad in ["x.bw", "=x.bw", "dnase=", "a,b=x.bw"] {
            assert!(track(bad).is_err(), "{bad}");
        }
    }
}
