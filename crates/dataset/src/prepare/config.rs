//! What a data set is to be made from, and how.

use std::path::{Path, PathBuf};

use tatabox_sequence::WindowGeometry;

use super::collector::EXPRESSION_ROLE;
use super::gene_filter::GeneFilter;
use super::source::gene_features::{GENE_FEATURES_ROLE, GeneFeatureSource};
use super::source::gene_tss::{CAGE_ROLE, TssSettings};
use super::source::promoters::PROMOTERS_ROLE;
use super::source::tracks::{TRACK_ROLE, TrackSource};
use crate::error::{DatasetError, Result};
use crate::expression::{ExpressionConfig, ExpressionSource, ResolvedSource};
use crate::split::SplitRule;

/// Settings of [`prepare`](super::prepare).
///
/// Windows come from a genome with annotation (GTF) or TSSs (BED), from promoter records, or from both; with both the
/// window with more known bases is used.
#[derive(Debug, Clone, PartialEq)]
pub struct PrepareConfig {
    /// Name of the data set.
    pub name: String,
    /// Folder to write.
    pub out_dir: PathBuf,
    /// Whether a data set in that folder is replaced.
    pub force: bool,
    /// Tables of expression.
    pub expression: ExpressionConfig,
    /// Genes to leave out.
    pub drop: Vec<GeneFilter>,
    /// Promoter records (FASTA), in sense direction. With the note of a simulation beside them, the data set is
    /// recorded as simulated.
    pub promoters: Option<PathBuf>,
    /// Index of the TSS base in promoter records whose header does not tell it, 0-based.
    pub tss_offset: Option<usize>,
    /// Reference genome: FASTA (plain or bgzip) or 2bit.
    pub genome: Option<PathBuf>,
    /// Gene annotation (GTF or GFF3) on that genome.
    pub annotation: Option<PathBuf>,
    /// TSSs (BED6) on that genome, instead of annotation.
    pub tss_bed: Option<PathBuf>,
    /// How the TSS of a gene is chosen from annotation.
    pub tss: TssSettings,
    /// Features of genes beside their promoters.
    pub gene_features: Option<GeneFeatureSource>,
    /// Whether genes without features are left out.
    pub require_features: bool,
    /// Signals along the windows.
    pub tracks: Vec<TrackSource>,
    /// Folder for the index of a genome that lies where nothing can be written.
    pub index_cache: Option<PathBuf>,
    /// Window around each TSS.
    pub geometry: WindowGeometry,
    /// Known bases that a window must hold to be used.
    pub min_known_bp: u32,
    /// Seed of the split.
    pub seed: u64,
    /// Shares of train, validation and test genes.
    pub fractions: [f64; 3],
}

impl PrepareConfig {
    /// Known bases below which a window tells too little: the shortest window there is.
    pub const DEFAULT_MIN_KNOWN_BP: u32 = 60;

    /// Default settings without a window source; the data set is named after its folder.
    pub fn new(expression: impl Into<ExpressionConfig>, out_dir: impl Into<PathBuf>, geometry: WindowGeometry) -> Self {
        let out_dir = out_dir.into();
        Self {
            name: out_dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            out_dir,
            force: false,
            expression: expression.into(),
            drop: Vec::new(),
            promoters: None,
            tss_offset: None,
            genome: None,
            annotation: None,
            tss_bed: None,
            tss: TssSettings::default(),
            gene_features: None,
            require_features: false,
            tracks: Vec::new(),
            index_cache: None,
            geometry,
            min_known_bp: Self::DEFAULT_MIN_KNOWN_BP,
            seed: 0,
            fractions: SplitRule::DEFAULT_FRACTIONS,
        }
    }

    /// Input files with their roles, those of `expression` first.
    pub(crate) fn inputs(&self, expression: &[ResolvedSource]) -> Vec<(&'static str, PathBuf)> {
        let tables = expression.iter().flat_map(ResolvedSource::files).map(|path| (EXPRESSION_ROLE, path.to_owned()));
        tables.chain(self.sequence_inputs().map(|(role, path)| (role, path.to_owned()))).collect()
    }

    fn sequence_inputs(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let table = match &self.gene_features {
            Some(GeneFeatureSource::Table(path)) => Some(path),
            _ => None,
        };
        [
            (PROMOTERS_ROLE, self.promoters.as_ref()),
            ("genome", self.genome.as_ref()),
            ("annotation", self.annotation.as_ref()),
            ("tss_bed", self.tss_bed.as_ref()),
            (CAGE_ROLE, self.tss.cage.as_ref()),
            (GENE_FEATURES_ROLE, table),
        ]
        .into_iter()
        .filter_map(|(role, path)| Some((role, path?.as_path())))
        .chain(self.tracks.iter().map(|track| (TRACK_ROLE, track.path.as_path())))
    }

    /// Checks what can be checked before a file is opened.
    pub(crate) fn check(&self) -> Result<()> {
        let tss_inputs = usize::from(self.annotation.is_some()) + usize::from(self.tss_bed.is_some());
        let refuse = |field, value: &str, expected: &str| {
            Err(DatasetError::InvalidSetting { field, value: value.to_owned(), expected: expected.to_owned() })
        };
        match (self.genome.is_some(), tss_inputs) {
            (true, 0) => return refuse("annotation", "none", "a genome needs annotation (GTF) or a TSS BED"),
            (false, 1..) => return refuse("genome", "none", "annotation and TSS BED need the genome they belong to"),
            (_, 2) => return refuse("annotation", "GTF and BED", "give one of them"),
            (false, 0) if self.promoters.is_none() => {
                return refuse("promoters", "none", "give promoter records (FASTA), or a genome with annotation");
            }
            _ => {}
        }
        if self.annotation.is_none() && self.tss != TssSettings::default() {
            return refuse("tss", "a choice", "TSSs are chosen from annotation (GTF or GFF3); give one");
        }
        if self.annotation.is_none() && self.gene_features == Some(GeneFeatureSource::HalfLife) {
            let expected = "half-life features are computed from annotation (GTF or GFF3) and genome; give both, or a \
                            table of features";
            return refuse("gene_features", "half-life", expected);
        }
        if self.require_features && self.gene_features.is_none() {
            return refuse("drop", "no-features", "no features of genes are asked for");
        }
        for (index, track) in self.tracks.iter().enumerate() {
            if self.tracks[..index].iter().any(|other| other.name == track.name) {
                return refuse("track", &track.name, "each track needs a name of its own");
            }
        }
        if self.min_known_bp as usize > self.geometry.len() {
            let expected = format!("at most the window's {} bp", self.geometry.len());
            return refuse("min_known_bp", &self.min_known_bp.to_string(), &expected);
        }
        let tables = self.expression.sources.iter().flat_map(|source| match source {
            ExpressionSource::Table { path, .. } => vec![path.as_path()],
            ExpressionSource::Encode { samples } => {
                samples.iter().flat_map(|sample| &sample.files).map(PathBuf::as_path).collect()
            }
        });
        let inputs = tables.map(|path| (EXPRESSION_ROLE, path)).chain(self.sequence_inputs());
        if let Some((role, _)) = inputs.into_iter().find(|(_, path)| *path == Path::new("-")) {
            return refuse(role, "-", "a file is needed, since its checksum is recorded");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_that_do_not_go_together_are_refused() {
        let config = PrepareConfig::new("tpm.tsv", "data/set", WindowGeometry::new(50, 10).expect("valid"));
        assert_eq!(config.name, "set");
        let some = |path: &str| Some(PathBuf::from(path));
        let refused = |config: PrepareConfig| config.check().expect_err("refused").to_string();
        assert!(refused(config.clone()).contains("give promoter records"));
        assert!(refused(PrepareConfig { genome: some("x.fa"), ..config.clone() }).contains("needs annotation"));
        assert!(refused(PrepareConfig { tss_bed: some("x.bed"), ..config.clone() }).contains("genome"));
        assert!(refused(PrepareConfig { promoters: some("-"), ..config.clone() }).contains("a file is needed"));
        let good = PrepareConfig { promoters: some("p.fa"), ..config };
        assert!(good.check().is_ok());
        assert!(refused(PrepareConfig { min_known_bp: 61, ..good }).contains("at most the window's 60 bp"));
    }
}
