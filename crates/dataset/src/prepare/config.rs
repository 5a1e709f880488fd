//! Configuration of a preparation.

use std::path::{Path, PathBuf};

use tatabox_sequence::{WindowGeometry, require_regular_file};

use super::collector::EXPRESSION_ROLE;
use super::gene_filter::GeneFilter;
use super::source::gene_features::{GENE_FEATURES_ROLE, GeneFeatureSource};
use super::source::gene_tss::{CAGE_ROLE, TssSettings};
use super::source::promoter_activity::{ACTIVITY_ROLE, PromoterActivitySource};
use super::source::promoters::PROMOTERS_ROLE;
use super::source::tracks::{TRACK_ROLE, TrackSource};
use crate::assay::{ASSAY_ROLE, AssaySource};
use crate::error::{DatasetError, Result};
use crate::expression::{ExpressionConfig, ResolvedSource};
use crate::split::{HeldOutChromosomes, SplitRule};

/// Configuration of [`prepare`](super::prepare).
///
/// Windows come from a genome with annotation (GTF, GFF3) or TSSs (BED), from promoter records, or from both. With
/// both, the window with more known bases is used.
///
/// # Examples
///
/// ```
/// use tatabox_dataset::{GeneFilter, PrepareConfig};
/// use tatabox_sequence::WindowGeometry;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut config = PrepareConfig::new("tpm.tsv", "data/human", WindowGeometry::new(500, 100)?);
/// config.genome = Some("hg38.2bit".into());
/// config.annotation = Some("gencode.gtf.gz".into());
/// config.drop = vec!["chrY".parse()?, GeneFilter::Histones];
/// assert_eq!(config.name, "human");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PrepareConfig {
    /// Name of the data set.
    pub name: String,
    /// Output folder.
    pub out_dir: PathBuf,
    /// Whether to replace an existing data set in that folder.
    pub force: bool,
    /// Expression tables.
    pub expression: ExpressionConfig,
    /// Genes to exclude.
    pub drop: Vec<GeneFilter>,
    /// Promoter records (FASTA) in sense direction. If `truth.json` of a simulation is next to the file, the data set
    /// is recorded as simulated.
    pub promoters: Option<PathBuf>,
    /// Index of the TSS base, 0-based, for promoter records without `tss_offset=` in the header.
    pub tss_offset: Option<usize>,
    /// Reference genome: FASTA (plain, bgzip or gzip) or 2bit.
    pub genome: Option<PathBuf>,
    /// Gene annotation (GTF or GFF3) on that genome; without a genome, only for transcripts and read counts of expression
    /// tables.
    pub annotation: Option<PathBuf>,
    /// TSSs (BED6) on that genome, in place of annotation.
    pub tss_bed: Option<PathBuf>,
    /// Activities of promoters, by which the promoter of a gene is chosen among several records, TSSs or transcripts.
    pub promoter_activity: Option<PromoterActivitySource>,
    /// Rules that select the TSS of a gene from annotation.
    pub tss: TssSettings,
    /// Gene features (auxiliary inputs).
    pub gene_features: Option<GeneFeatureSource>,
    /// Whether to exclude genes without features.
    pub require_features: bool,
    /// Signal tracks along the windows (auxiliary inputs).
    pub tracks: Vec<TrackSource>,
    /// Assays: measurements of further sequences or of the genes.
    pub assays: Vec<AssaySource>,
    /// Folder for the index of a genome in a read-only location, and for the unpacked copy of a large genome compressed
    /// with plain gzip.
    pub genome_cache: Option<PathBuf>,
    /// Window around each TSS.
    pub geometry: WindowGeometry,
    /// Minimum number of known bases per window.
    pub min_known_bp: u32,
    /// Seed of the split.
    pub seed: u64,
    /// Fractions of train, validation and test genes.
    pub fractions: [f64; 3],
    /// Validation and test chromosomes chosen by name.
    pub held_out: HeldOutChromosomes,
    /// Whether to read everything and report, without keeping the data set.
    pub dry_run: bool,
}

impl PrepareConfig {
    /// Default minimum number of known bases: the length of the shortest permitted window.
    pub const DEFAULT_MIN_KNOWN_BP: u32 = 60;

    /// Default configuration without a window source; the data set is named after its folder.
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
            promoter_activity: None,
            tss: TssSettings::default(),
            gene_features: None,
            require_features: false,
            tracks: Vec::new(),
            assays: Vec::new(),
            genome_cache: None,
            geometry,
            min_known_bp: Self::DEFAULT_MIN_KNOWN_BP,
            seed: 0,
            fractions: SplitRule::DEFAULT_FRACTIONS,
            held_out: HeldOutChromosomes::default(),
            dry_run: false,
        }
    }

    /// Input files with their roles; those of `expression` come first.
    pub(crate) fn inputs(&self, expression: &[ResolvedSource]) -> Vec<(&'static str, PathBuf)> {
        let tables = expression.iter().flat_map(ResolvedSource::files).map(|path| (EXPRESSION_ROLE, path.to_owned()));
        tables.chain(self.sequence_inputs().map(|(role, path)| (role, path.to_owned()))).collect()
    }

    /// Input files with their roles, without those that a sample sheet lists.
    pub(crate) fn given_inputs(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let tables = self.expression.paths().into_iter();
        tables.map(|path| (EXPRESSION_ROLE, path)).chain(self.sequence_inputs())
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
            (ACTIVITY_ROLE, self.promoter_activity.as_ref().map(|source| &source.table)),
            (GENE_FEATURES_ROLE, table),
        ]
        .into_iter()
        .filter_map(|(role, path)| Some((role, path?.as_path())))
        .chain(self.tracks.iter().map(|track| (TRACK_ROLE, track.path.as_path())))
        .chain(self.assay_paths().into_iter().map(|path| (ASSAY_ROLE, path)))
    }

    /// Files of the assays, each once.
    fn assay_paths(&self) -> Vec<&Path> {
        let mut paths: Vec<&Path> = Vec::new();
        for path in self.assays.iter().flat_map(AssaySource::paths) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }

    /// Validates the settings that do not depend on file contents.
    pub(crate) fn check(&self) -> Result<()> {
        let tss_inputs = usize::from(self.annotation.is_some()) + usize::from(self.tss_bed.is_some());
        let refuse = |field, value: &str, expected: &str| {
            Err(DatasetError::InvalidSetting { field, value: value.to_owned(), expected: expected.to_owned() })
        };
        match (self.genome.is_some(), tss_inputs) {
            (true, 0) => {
                return refuse("annotation", "none", "a genome requires annotation (GTF or GFF3) or TSSs (BED)");
            }
            // The annotation may serve the expression tables alone, which is checked when their formats are known.
            (false, 1) if self.annotation.is_some() && self.promoters.is_some() => {}
            (false, 1..) => {
                return refuse("genome", "none", "annotation and TSSs (BED) require the genome they refer to");
            }
            (_, 2) => return refuse("annotation", "GTF and BED", "expected only one of them"),
            (false, 0) if self.promoters.is_none() => {
                return refuse("promoters", "none", "expected promoter records (FASTA) or a genome with annotation");
            }
            _ => {}
        }
        let has_annotated_genome = self.annotation.is_some() && self.genome.is_some();
        if !has_annotated_genome && self.tss != TssSettings::default() {
            return refuse("tss", "a choice", "TSS selection requires annotation (GTF or GFF3)");
        }
        if !has_annotated_genome && self.gene_features == Some(GeneFeatureSource::HalfLife) {
            let expected = "half-life features require annotation (GTF or GFF3) and a genome; give both or a \
                            table of features";
            return refuse("gene_features", "half-life", expected);
        }
        if self.annotation.is_none() && self.gene_features == Some(GeneFeatureSource::Structure) {
            return refuse("gene_features", "structure", "structure features require annotation (GTF or GFF3)");
        }
        if self.require_features && self.gene_features.is_none() {
            return refuse("drop", "no-features", "no gene features are configured");
        }
        for (index, track) in self.tracks.iter().enumerate() {
            if self.tracks[..index].iter().any(|other| other.name == track.name) {
                return refuse("track", &track.name, "each track requires a unique name");
            }
        }
        for (index, assay) in self.assays.iter().enumerate() {
            assay.check()?;
            if self.assays[..index].iter().any(|other| other.name.eq_ignore_ascii_case(&assay.name)) {
                return refuse("assay", &assay.name, "each assay requires a unique name");
            }
        }
        if self.min_known_bp as usize > self.geometry.len() {
            let expected = format!("expected at most the window length of {} bp", self.geometry.len());
            return refuse("min_known_bp", &self.min_known_bp.to_string(), &expected);
        }
        for path in self.genome.iter().chain(self.tracks.iter().map(|track| &track.path)) {
            require_regular_file(path)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prepare_config_incompatible_sources_return_error() {
        let config = PrepareConfig::new("tpm.tsv", "data/set", WindowGeometry::new(50, 10).expect("valid"));
        assert_eq!(config.name, "set");
        let some = |path: &str| Some(PathBuf::from(path));
        let refused = |config: PrepareConfig| config.check().expect_err("refused").to_string();
        assert!(refused(config.clone()).contains("expected promoter records"));
        assert!(refused(PrepareConfig { genome: some("x.fa"), ..config.clone() }).contains("requires annotation"));
        assert!(refused(PrepareConfig { tss_bed: some("x.bed"), ..config.clone() }).contains("genome"));
        let genome = PrepareConfig { genome: some("-"), tss_bed: some("x.bed"), ..config.clone() };
        assert!(refused(genome).contains("standard input: is a pipe"));
        let good = PrepareConfig { promoters: some("p.fa"), ..config };
        assert!(good.check().is_ok());
        assert!(refused(PrepareConfig { min_known_bp: 61, ..good }).contains("at most the window length of 60 bp"));
    }
}
