//! Options that tell what a network may read beside the bases of a promoter.

use std::path::PathBuf;

use clap::Args;
use tatabox_dataset::{GeneFeatureSource, TrackSource};

/// What a data set gets beside bases.
#[derive(Debug, Args)]
pub(crate) struct BesideBasesArgs {
    /// Compute half-life features of the messenger RNA of each gene from annotation and genome
    #[arg(long, help_heading = "Beside the bases", requires = "annotation")]
    #[arg(conflicts_with_all = ["gene_features", "tss"])]
    half_life: bool,
    /// Features of genes: TSV, CSV (.gz) or parquet with a column gene_id and one a feature, as `tatabox half-life` writes it
    #[arg(long, value_name = "TABLE", help_heading = "Beside the bases")]
    gene_features: Option<PathBuf>,
    /// A signal along the genome, such as chromatin accessibility: a name and its bigWig; repeat for more
    #[arg(long, value_name = "NAME=BIGWIG", help_heading = "Beside the bases", value_parser = track)]
    track: Vec<TrackSource>,
}

impl BesideBasesArgs {
    /// Where features come from, and the tracks.
    pub(crate) fn into_sources(self) -> (Option<GeneFeatureSource>, Vec<TrackSource>) {
        let features = match self.gene_features {
            Some(table) => Some(GeneFeatureSource::Table(table)),
            None => self.half_life.then_some(GeneFeatureSource::HalfLife),
        };
        (features, self.track)
    }
}

/// What a model is given beside bases that are no gene's of a data set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub(crate) struct GivenInputs {
    /// Features of genes for models that read them: TSV, CSV (.gz) or parquet with a column gene_id, which is the record's or BED
    /// name, as `tatabox half-life` writes it
    #[arg(long, value_name = "TABLE", help_heading = "Beside the bases")]
    pub(crate) gene_features: Option<PathBuf>,
    /// Signal along the genome of --bed for models that read tracks: the track's name and its bigWig; repeat for more
    #[arg(long, value_name = "NAME=BIGWIG", help_heading = "Beside the bases", value_parser = track)]
    #[arg(requires = "bed")]
    pub(crate) track: Vec<TrackSource>,
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
    fn a_track_has_a_name_and_a_file() {
        let expected = TrackSource { name: "dnase".to_owned(), path: "a=b.bw".into() };
        assert_eq!(track("dnase=a=b.bw"), Ok(expected));
        for bad in ["x.bw", "=x.bw", "dnase=", "a,b=x.bw"] {
            assert!(track(bad).is_err(), "{bad}");
        }
    }
}
