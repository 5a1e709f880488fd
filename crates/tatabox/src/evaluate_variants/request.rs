//! Request to compare measured with predicted effects of variants.

use std::path::{Path, PathBuf};

use tatabox_dataset::{AlleleLayout, EffectColumnNames, TrackSource};
use tatabox_eval::EffectScoreOptions;
use tatabox_sequence::Sequence;

use crate::error::{Error, Result};
use crate::inputs::GenomeSource;
use crate::model_store::OutputSelection;
use crate::output_paths::OutputPaths;
use crate::variants::{ReferenceMismatchPolicy, TssSource, WindowShifts};

/// Largest level of significance; a larger one would call most effects significant.
const LARGEST_LEVEL: f64 = 0.5;

/// Table of measured effects, sequences, scores and output of a comparison.
///
/// # Examples
///
/// ```
/// use tatabox::evaluate_variants::EvaluateVariantsRequest;
/// use tatabox::inputs::GenomeSource;
///
/// let mut request = EvaluateVariantsRequest::new("effects.tsv", "effects-evaluation");
/// request.genome = Some(GenomeSource::new("hg38.fa.gz"));
/// assert!(request.validate().is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct EvaluateVariantsRequest {
    /// Table of measured effects: TSV or CSV, plain or gzip; `-` for standard input.
    pub measured: PathBuf,
    /// Names of its columns, where they differ from the default.
    pub columns: EffectColumnNames,
    /// Layout of the alleles; `None` for the only one that the columns form.
    pub layout: Option<AlleleLayout>,
    /// Promoter records, for positions relative to their TSS.
    pub promoters: Option<PathBuf>,
    /// The genome, for positions on it.
    pub genome: Option<GenomeSource>,
    /// Source of TSSs, for rows without a TSS.
    pub sites: Option<TssSource>,
    /// Flanks and TSS of constructs; the TSS offset is also that of promoter records whose header states none.
    pub construct: Construct,
    /// What happens to rows whose REF differs.
    pub reference_mismatch: ReferenceMismatchPolicy,
    /// Outputs that rows are compared with. `Names` and `All`: these, as their mean. `Expression`: the cell type of the row, or
    /// all of expression if the table has no column of cell types. `Effects`: the outputs that the model designates for
    /// variant effects, else as `Expression`.
    pub outputs: OutputSelection,
    /// Shifts of the window over which effects are averaged.
    pub shifts: WindowShifts,
    /// Level below which a p-value or false discovery rate is significant.
    pub significance_level: f64,
    /// bigWig files, such as of conservation, scored as controls of the magnitude; they require positions on a genome.
    pub tracks: Vec<TrackSource>,
    /// Bootstrap and definitions of the scores.
    pub scores: EffectScoreOptions,
    /// Whether figures are written.
    pub figures: bool,
    /// Whether report.html is written.
    pub report: bool,
    /// Output folder.
    pub out_dir: PathBuf,
    /// Whether the results of an earlier run in the folder are replaced.
    pub overwrite: bool,
    /// The command as typed, for the record; empty where there is none.
    pub command: Vec<String>,
}

/// Sequence around the inserts of a reporter assay, and the position of the TSS.
///
/// # Examples
///
/// ```
/// use tatabox::evaluate_variants::Construct;
/// use tatabox_sequence::Sequence;
///
/// // An insert of 230 bp in front of a minimal promoter, whose TSS follows the insert.
/// let construct = Construct {
///     right_flank: Sequence::from_ascii(b"TAGAGGGTATATAATGGAAGCTCGACTTCCAG")?,
///     tss_offset: Some(230),
///     ..Construct::default()
/// };
/// assert!(construct.left_flank.is_empty());
/// # Ok::<(), tatabox_sequence::InvalidByte>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Construct {
    /// Bases in front of the insert.
    pub left_flank: Sequence,
    /// Bases after the insert.
    pub right_flank: Sequence,
    /// 0-based index of the TSS base in the insert; negative or past its end if the TSS is in a flank.
    pub tss_offset: Option<i64>,
}

impl Default for Construct {
    fn default() -> Self {
        let none = || Sequence::from_codes(Vec::new());
        Self { left_flank: none(), right_flank: none(), tss_offset: None }
    }
}

impl EvaluateVariantsRequest {
    /// A request with default settings, for tables of constructs.
    pub fn new(measured: impl Into<PathBuf>, out_dir: impl Into<PathBuf>) -> Self {
        Self {
            measured: measured.into(),
            columns: EffectColumnNames::default(),
            layout: None,
            promoters: None,
            genome: None,
            sites: None,
            construct: Construct::default(),
            reference_mismatch: ReferenceMismatchPolicy::default(),
            outputs: OutputSelection::Effects,
            shifts: WindowShifts::default(),
            significance_level: 0.05,
            tracks: Vec::new(),
            scores: EffectScoreOptions::default(),
            figures: true,
            report: true,
            out_dir: out_dir.into(),
            overwrite: false,
            command: Vec::new(),
        }
    }

    /// Checks the values of the request, without opening any file.
    ///
    /// # Errors
    /// A value is out of its range.
    pub fn validate(&self) -> Result<()> {
        let level = self.significance_level;
        if !(level > 0.0 && level <= LARGEST_LEVEL) {
            let problem =
                format!("{level} is not a level of significance; expected more than 0, at most {LARGEST_LEVEL}");
            return Err(Error::request("significance", problem));
        }
        if let Some(strong) = self.scores.strong_effect.filter(|strong| !(*strong > 0.0 && strong.is_finite())) {
            return Err(Error::request("strong_effect", format!("{strong}; expected a magnitude above 0")));
        }
        if self.scores.resamples == 0 {
            return Err(Error::request("resamples", "0; expected 1 or more"));
        }
        Ok(())
    }

    /// Roles and paths of the input files, without indexes.
    pub(super) fn input_files(&self) -> Vec<(&'static str, &Path)> {
        let optional = [
            ("promoters", self.promoters.as_deref()),
            ("genome", self.genome.as_ref().map(|genome| genome.path.as_path())),
            (
                "TSSs",
                self.sites.as_ref().map(|sites| match sites {
                    TssSource::Annotation(path, _) | TssSource::Bed(path) => path.as_path(),
                }),
            ),
        ];
        let given = optional.into_iter().filter_map(|(role, path)| Some((role, path?)));
        let tracks = self.tracks.iter().map(|track| ("signal track", track.path.as_path()));
        [("measured effects", self.measured.as_path())].into_iter().chain(given).chain(tracks).collect()
    }

    /// Adds the inputs and the output folder of the request.
    pub(super) fn list_paths(&self, mut paths: OutputPaths, contents: &[impl AsRef<Path>]) -> OutputPaths {
        for (role, path) in self.input_files() {
            paths.input(role, path);
        }
        if let Some(genome) = &self.genome {
            paths.genome(genome);
        }
        paths.output_folder("out", &self.out_dir, contents);
        paths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evaluate_variants_request_values_out_of_range_name_their_field() {
        let request = || EvaluateVariantsRequest::new("x.tsv", "out");
        assert!(request().validate().is_ok());
        let field = |request: EvaluateVariantsRequest| request.validate().expect_err("refused").to_string();
        assert!(field(EvaluateVariantsRequest { significance_level: 0.0, ..request() }).starts_with("significance: "));
        let scores = EffectScoreOptions { strong_effect: Some(-1.0), ..EffectScoreOptions::default() };
        assert!(field(EvaluateVariantsRequest { scores, ..request() }).starts_with("strong_effect: "));
        let scores = EffectScoreOptions { resamples: 0, ..EffectScoreOptions::default() };
        assert!(field(EvaluateVariantsRequest { scores, ..request() }).starts_with("resamples: "));
    }
}
