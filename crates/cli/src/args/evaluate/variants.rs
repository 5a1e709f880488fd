//! `tatabox evaluate-variants`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox::evaluate_variants::{Construct, EffectColumnNames, EffectScoreOptions, EvaluateVariantsRequest};
use tatabox::variants::{TssSource, WindowShifts};
use tatabox_dataset::{AlleleLayout, TrackSource};
use tatabox_model::DeviceChoice;
use tatabox_sequence::Sequence;

use crate::args::data::auxiliary_inputs::track;
use crate::args::predict::variants::ReferenceMismatch;
use crate::args::{EffectOutputArgs, TssArgs};
use crate::resolve::promoters::genome_source;
use crate::run_record;

/// Compare measured with predicted effects of variants.
///
/// Reads a table with one measured variant per row: saturation mutagenesis, SNP pairs or deletion scans of reporter assays, or
/// eQTLs. Predicts each variant as `tatabox variants` does, and scores models and controls per promoter and over promoters, with
/// bootstrap intervals and paired tests.
#[derive(Debug, Args)]
#[command(after_long_help = include_str!("variants_help.txt").trim_end())]
pub(crate) struct EvaluateVariantsArgs {
    /// Measured effects: TSV or CSV (.gz), one row per variant; - for standard input
    #[arg(long, value_name = "TABLE", help_heading = "Variants")]
    measured: PathBuf,
    /// Columns with another name than below, such as effect=Value,pos=Position; may be repeated
    #[arg(long, value_name = "COLUMN=NAME", help_heading = "Variants", value_delimiter = ',')]
    column: Vec<EffectColumnNames>,
    /// Alleles to read if the columns hold several: sequences, promoter or genome
    #[arg(long, value_name = "LAYOUT", help_heading = "Variants")]
    alleles: Option<AlleleLayout>,
    /// Promoter records of the column promoter, in sense direction: FASTA (.gz)
    #[arg(long, value_name = "FILE", help_heading = "Variants", conflicts_with = "genome")]
    promoters: Option<PathBuf>,
    /// Genome of the columns chrom and pos: FASTA (plain, bgzip or gzip) or 2bit
    #[arg(long, value_name = "FILE", help_heading = "Variants")]
    genome: Option<PathBuf>,
    /// Genes whose TSSs are used in rows without one: GTF or GFF3 (.gz)
    #[arg(long, value_name = "FILE", help_heading = "Variants", requires = "genome", conflicts_with = "tss")]
    annotation: Option<PathBuf>,
    /// TSSs used in rows without one: BED6 (.gz), 0-based
    #[arg(long, value_name = "FILE", help_heading = "Variants", requires = "genome")]
    tss: Option<PathBuf>,
    #[command(flatten)]
    tss_choice: TssArgs,
    /// Index of the TSS base in reference_sequence, which may be in a flank, or in promoter records; 0-based
    #[arg(long, value_name = "N", help_heading = "Variants", allow_hyphen_values = true)]
    tss_offset: Option<i64>,
    /// Bases in front of both sequences in the reporter [default: unknown]
    #[arg(long, value_name = "BASES", help_heading = "Variants", value_parser = bases)]
    left_flank: Option<Sequence>,
    /// Bases after both sequences in the reporter, such as a minimal promoter [default: unknown]
    #[arg(long, value_name = "BASES", help_heading = "Variants", value_parser = bases)]
    right_flank: Option<Sequence>,
    /// Handling of a ref that differs from the genome or promoter
    #[arg(long, value_name = "WHAT", help_heading = "Variants", value_enum, default_value_t)]
    ref_mismatch: ReferenceMismatch,

    /// Folders of trained models, the first of which is the reference of the tests; comma-separated, may be repeated
    /// [default: the bundled model]
    #[arg(long, value_name = "DIR", help_heading = "Models", value_delimiter = ',')]
    pub(crate) model: Vec<PathBuf>,
    /// Device: auto, cpu or cuda:N
    #[arg(long, help_heading = "Models", default_value_t = DeviceChoice::Auto)]
    pub(crate) device: DeviceChoice,
    #[command(flatten)]
    outputs: EffectOutputArgs,
    /// Shifts of the window in bases: an odd number of values, 0 among them; 0 alone is fastest
    #[arg(long, value_name = "BP,BP..", help_heading = "Models", value_delimiter = ',', allow_hyphen_values = true)]
    #[arg(default_value = "-2,-1,0,1,2")]
    shifts: Vec<i64>,
    /// Data set on whose expression a k-mer ridge is trained as a control
    #[arg(long, value_name = "DIR", help_heading = "Models")]
    pub(crate) data: Option<PathBuf>,
    /// Signal along --genome that is scored as a control, such as conservation; repeat for more
    #[arg(long, value_name = "NAME=BIGWIG", help_heading = "Models", value_parser = track, requires = "genome")]
    track: Vec<TrackSource>,

    /// Level of significance of p_value, fdr or se
    #[arg(long, value_name = "P", help_heading = "Scores", default_value_t = 0.05)]
    significance: f64,
    /// Smallest magnitude of a strong effect [default: significant effects, else the top decile]
    #[arg(long, value_name = "LOG2", help_heading = "Scores")]
    strong_effect: Option<f64>,
    /// Fewest variants of an element in a cell type for a share in the mean over elements
    #[arg(long, value_name = "N", help_heading = "Scores", default_value_t = 10)]
    min_variants: usize,
    /// Bootstrap resamples per interval and test
    #[arg(long, value_name = "N", help_heading = "Scores", default_value_t = 2_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    bootstrap: u32,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", help_heading = "Scores", default_value_t = 42)]
    seed: u64,

    /// Output folder
    #[arg(short, long, value_name = "DIR", help_heading = "Output", default_value = "variant-evaluation")]
    pub(crate) out: PathBuf,
    /// Replace the results of an earlier run in the folder; other files in it are kept
    #[arg(long, help_heading = "Output")]
    force: bool,
    #[command(flatten)]
    omitted: OmittedArgs,
    /// Print scores and tests as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

/// Drawings to omit.
#[derive(Debug, Args)]
struct OmittedArgs {
    /// Write no figures
    #[arg(long, help_heading = "Output")]
    no_figures: bool,
    /// Write no report.html
    #[arg(long, help_heading = "Output")]
    no_report: bool,
}

impl EvaluateVariantsArgs {
    pub(crate) fn request(&self) -> Result<EvaluateVariantsRequest> {
        let annotation = self.annotation.clone().map(|path| TssSource::Annotation(path, self.tss_choice.settings()));
        let none = || Sequence::from_codes(Vec::new());
        Ok(EvaluateVariantsRequest {
            columns: self.column.iter().cloned().collect(),
            layout: self.alleles,
            promoters: self.promoters.clone(),
            genome: self.genome.as_deref().map(genome_source),
            sites: annotation.or_else(|| self.tss.clone().map(TssSource::Bed)),
            construct: Construct {
                left_flank: self.left_flank.clone().unwrap_or_else(none),
                right_flank: self.right_flank.clone().unwrap_or_else(none),
                tss_offset: self.tss_offset,
            },
            reference_mismatch: self.ref_mismatch.into(),
            outputs: self.outputs.outputs(),
            shifts: WindowShifts::new(&self.shifts)?,
            significance_level: self.significance,
            tracks: self.track.clone(),
            scores: EffectScoreOptions {
                resamples: self.bootstrap as usize,
                seed: self.seed,
                min_variants: self.min_variants,
                strong_effect: self.strong_effect,
            },
            figures: !self.omitted.no_figures,
            report: !self.omitted.no_report,
            overwrite: self.force,
            command: run_record::command(),
            ..EvaluateVariantsRequest::new(&self.measured, &self.out)
        })
    }
}

fn bases(text: &str) -> Result<Sequence, String> {
    Sequence::from_ascii(text.as_bytes()).map_err(|error| error.to_string())
}
