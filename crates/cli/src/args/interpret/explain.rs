//! `tatabox explain`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use tatabox::OutputSelection;
use tatabox::explain::{
    DeletionScan, ExplainFolderRequest, ExplainRequest, ExplanationOutput, IntegratedGradients, MotifSearch,
};
use tatabox::inputs::{PromoterSource, TssRange};
use tatabox_model::DEFAULT_SEED;
use tatabox_sequence::DEFAULT_HIT_P_VALUE;

use crate::args::{CellTypeArgs, Format, ModelArgs, PromoterArgs};

/// Contribution of each base of a promoter to its prediction.
///
/// In-silico mutagenesis (ISM) predicts every substitution; gradient methods use the slope of the prediction at each base.
/// Attention weights are reported in addition, with their rank correlation with the contributions: attention alone is no
/// explanation. Tables, genome tracks, arrays for TF-MoDISco and figures are written to a folder, a summary to standard output.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox explain --gene GATA1 --data data/human --cell-type K562
  tatabox explain --fasta promoters.fa --region -300..+100 -o explained
  tatabox explain --bed tss.bed --genome hg38.fa --method ism,integrated-gradients
  tatabox explain --gene ALB --deletions 5 --motifs jaspar.meme

METHODS
  ism                   log2(TPM + 1) with each of the three other bases minus
                        that of the promoter; the contribution of a base is
                        minus their mean
  gradient-input        gradient of the prediction times the one-hot input
  integrated-gradients  gradients averaged along the path from an all-zero
                        baseline and from dinucleotide-shuffled promoters to
                        this promoter; contributions add up to the difference,
                        and completeness_delta is the fraction that they miss
  attention             attention weights, always written if the model has
                        attention; requested alone, nothing else is computed

FILES, in the folder --out; positions are relative to the TSS base, which is 0,
in sense direction; genome columns are empty without genome coordinates
  summary.tsv        one row per promoter, cell type and method
  contributions.tsv  one row per base; start is 0-based on the genome
  substitutions.tsv  one row per substitution; pos is 1-based, ref and alt are
                     those of the forward strand, as in a VCF
  attention.tsv      one row per attention bin; start_bp and end_bp, half-open
  deletions.tsv      with --deletions
  motif_hits.tsv     with --motifs: sites with p up to --motif-p, and the sum of
                     the contributions of their bases by the first method
  tracks/            METHOD.CELL.bedgraph and .bw on the genome; the mean where
                     promoters overlap
  arrays/            one_hot.npz and METHOD.CELL.hypothetical.npz, each arr_0
  figures/           ID.CELL.svg, .png and .csv; figures.tsv lists the file of each
                     promoter and cell type, as long names are shortened and
                     names that would be one file are numbered
  run.json           versions, model, options
  files.txt          the files of the run, which --force removes

ARRAYS FOR TF-MODISCO have the shape N x L x 4 (A, C, G, T), as its Python
function reads them; its command `modisco motifs -s one_hot.npz -a ...` reads
N x 4 x L, which --array-axes ncl writes. Hypothetical contributions of ISM are
the prediction with a base minus the mean over the four bases.")]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) promoters: PromoterArgs,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    cell_types: CellTypeArgs,

    /// Attribution method; may be repeated
    #[arg(long, value_name = "METHOD", help_heading = "Explanation", value_delimiter = ',', default_value = "ism")]
    method: Vec<Method>,
    /// Bases to explain, relative to the TSS, half-open [default: all that the model reads]
    #[arg(long, value_name = "FROM..TO", help_heading = "Explanation", allow_hyphen_values = true)]
    region: Option<TssRange>,
    /// Also delete N neighbouring bases along the region
    #[arg(long, value_name = "N", help_heading = "Explanation", value_parser = clap::value_parser!(u32).range(1..))]
    deletions: Option<u32>,
    /// Distance between the starts of neighbouring deletions [default: the number of deleted bases]
    #[arg(long, value_name = "N", help_heading = "Explanation", requires = "deletions", value_parser = clap::value_parser!(u32).range(1..))]
    deletion_step: Option<u32>,
    /// Steps of integrated gradients from each baseline
    #[arg(long, value_name = "N", help_heading = "Explanation", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    steps: u32,
    /// Dinucleotide-shuffled baselines of integrated gradients
    #[arg(long, value_name = "N", help_heading = "Explanation", default_value_t = 4)]
    shuffles: u32,
    /// Exclude the all-zero baseline
    #[arg(long, help_heading = "Explanation")]
    no_zeros: bool,
    /// Seed of the shuffles
    #[arg(long, value_name = "N", help_heading = "Explanation", default_value_t = DEFAULT_SEED)]
    seed: u64,

    /// Output folder
    #[arg(short, long, value_name = "DIR", help_heading = "Output", default_value = "explained")]
    pub(crate) out: PathBuf,
    /// Replace the results of an earlier run in the folder; other files in it are kept
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Format of the tables
    #[arg(long, help_heading = "Output", default_value = "tsv")]
    format: Format,
    /// Lengths of the contigs, for bigWig: name and length, one contig per line [default: up to the last promoter]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    chrom_sizes: Option<PathBuf>,
    /// Order of the axes of arrays
    #[arg(long, value_name = "AXES", help_heading = "Output", default_value = "nlc")]
    array_axes: ArrayAxes,
    /// Known motifs whose sites are marked in figures: MEME, JASPAR, HOMER and others (.gz)
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    motifs: Option<PathBuf>,
    /// Largest p-value of a motif site
    #[arg(long, value_name = "P", help_heading = "Output", default_value_t = DEFAULT_HIT_P_VALUE, requires = "motifs")]
    motif_p: f64,
    /// Largest number of figures, which are one per promoter and cell type
    #[arg(long, value_name = "N", help_heading = "Output", default_value_t = 24)]
    figures: usize,
}

/// Attribution method, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Method {
    /// In-silico mutagenesis
    Ism,
    /// Gradient times input
    GradientInput,
    /// Integrated gradients
    IntegratedGradients,
    /// Attention weights
    Attention,
}

/// Order of the axes of an array of bases, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ArrayAxes {
    /// Promoters, bases, channels
    Nlc,
    /// Promoters, channels, bases
    Ncl,
}

impl From<Method> for tatabox::explain::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Ism => Self::Ism,
            Method::GradientInput => Self::GradientInput,
            Method::IntegratedGradients => Self::IntegratedGradients,
            Method::Attention => Self::Attention,
        }
    }
}

impl From<ArrayAxes> for tatabox::tracks::ArrayAxes {
    fn from(axes: ArrayAxes) -> Self {
        match axes {
            ArrayAxes::Nlc => Self::Nlc,
            ArrayAxes::Ncl => Self::Ncl,
        }
    }
}

impl ExplainArgs {
    /// The outputs to compute.
    pub(crate) fn outputs(&self) -> OutputSelection {
        self.cell_types.outputs()
    }

    /// Methods, cell types and bases to explain.
    pub(crate) fn explain_request(&self) -> Result<ExplainRequest> {
        let motifs = self.motifs.as_deref().map(MotifSearch::read).transpose()?;
        Ok(ExplainRequest {
            methods: self.method.iter().map(|&method| method.into()).collect(),
            cell_types: self.cell_types.names().to_vec(),
            region: self.region,
            integrated_gradients: IntegratedGradients {
                steps: self.steps as usize,
                from_zeros: !self.no_zeros,
                shuffles: self.shuffles as usize,
                seed: self.seed,
            },
            deletions: self.deletions.map(|width| DeletionScan {
                width_bp: width as usize,
                step_bp: self.deletion_step.unwrap_or(width) as usize,
            }),
            motifs: motifs.map(|motifs| MotifSearch { p_value: self.motif_p, ..motifs }),
        })
    }

    /// The request to explain promoters into the output folder.
    pub(crate) fn request(
        &self,
        promoters: PromoterSource,
        explain: ExplainRequest,
        command: Vec<String>,
    ) -> ExplainFolderRequest {
        ExplainFolderRequest {
            promoters,
            auxiliary: self.promoters.auxiliary.sources(),
            explain,
            output: ExplanationOutput {
                folder: self.out.clone(),
                format: self.format.into(),
                chrom_sizes: self.chrom_sizes.clone(),
                array_axes: self.array_axes.into(),
                max_figures: self.figures,
                overwrite: self.force,
            },
            command,
        }
    }
}
