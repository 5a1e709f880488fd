//! `tatabox explain`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use tatabox_model::{DEFAULT_SEED, IntegratedGradients};
use tatabox_sequence::DEFAULT_HIT_P_VALUE;

use crate::args::{CellTypeArgs, Format, ModelArgs, PromoterArgs};
use crate::terminal::failure::usage;
use tatabox::inputs::TssRange;

/// Show which bases of a promoter drive its prediction.
///
/// In-silico mutagenesis (ISM) predicts every substitution; gradients tell the slope along each base. What attention
/// weighs is written auxiliary, with its rank agreement with ISM: attention alone is no explanation. Tables, genome
/// tracks, arrays for TF-MoDISco and a figure a promoter and cell type go to a folder, a summary to standard output.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox explain --gene GATA1 --data data/human --cell-type K562
  tatabox explain --fasta promoters.fa --region -300..+100 -o explained
  tatabox explain --bed tss.bed --genome hg38.fa --method ism,integrated-gradients
  tatabox explain --gene ALB --deletions 5 --motifs jaspar.meme

METHODS
  ism                   log2(TPM + 1) with each of the three other bases minus
                        without; the contribution of a base is minus their mean
  gradient-input        slope of the prediction along the base that is there
  integrated-gradients  slopes averaged on the way from a promoter of no bases
                        and from dinucleotide-shuffled ones to this promoter;
                        they add up to the difference, and completeness_delta
                        tells the share that is missed
  attention             what attention weighs, always written where a model has
                        it; asked for alone, nothing else is computed

FILES, in the folder of --out; positions are relative to the TSS base, which is
0, in sense direction; genome columns are empty where the place is not known
  summary.tsv        a row a promoter, cell type and method
  contributions.tsv  a row a base; start is 0-based on the genome
  substitutions.tsv  a row a substitution; pos is 1-based, ref and alt are those
                     of the forward strand, as in a VCF
  attention.tsv      a row a bin; start_bp and end_bp, half-open
  deletions.tsv      with --deletions
  motif_hits.tsv     with --motifs: sites at p below --motif-p, the sum of the
                     contributions under each, by the first method asked for
  tracks/            METHOD.CELL.bedgraph and .bw on the genome; where promoters
                     share a base, the mean
  arrays/            one_hot.npz and METHOD.CELL.hypothetical.npz, each arr_0
  figures/           ID.CELL.svg and .png
  run.json           versions, model, options

ARRAYS FOR TF-MODISCO are N x L x 4 (A, C, G, T), as its Python function takes
them; its command `modisco motifs -s one_hot.npz -a ...` wants N x 4 x L, which
--array-axes ncl writes. Hypothetical contributions of ISM are the prediction
with a base minus the mean over the four.")]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) promoters: PromoterArgs,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    pub(crate) cell_types: CellTypeArgs,

    /// How to explain; may be repeated
    #[arg(long, value_name = "METHOD", help_heading = "Explanation", value_delimiter = ',', default_value = "ism")]
    pub(crate) method: Vec<Method>,
    /// Bases to explain, relative to the TSS, half-open [default: all that the model reads]
    #[arg(long, value_name = "FROM..TO", help_heading = "Explanation", allow_hyphen_values = true)]
    pub(crate) region: Option<TssRange>,
    /// Also delete N neighbouring bases all along
    #[arg(long, value_name = "N", help_heading = "Explanation", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) deletions: Option<u32>,
    /// Bases from one deletion to the next [default: as many as are deleted]
    #[arg(long, value_name = "N", help_heading = "Explanation", requires = "deletions", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) deletion_step: Option<u32>,
    /// Steps of integrated gradients from each baseline
    #[arg(long, value_name = "N", help_heading = "Explanation", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) steps: u32,
    /// Dinucleotide-shuffled baselines of integrated gradients
    #[arg(long, value_name = "N", help_heading = "Explanation", default_value_t = 4)]
    pub(crate) shuffles: u32,
    /// Leave out the baseline of no bases
    #[arg(long, help_heading = "Explanation")]
    pub(crate) no_zeros: bool,
    /// Seed of the shuffles
    #[arg(long, value_name = "N", help_heading = "Explanation", default_value_t = DEFAULT_SEED)]
    pub(crate) seed: u64,

    /// Folder to write to
    #[arg(short, long, value_name = "DIR", help_heading = "Output", default_value = "explained")]
    pub(crate) out: PathBuf,
    /// Format of the tables
    #[arg(long, help_heading = "Output", default_value = "tsv")]
    pub(crate) format: Format,
    /// Lengths of the contigs, for bigWig: name and length a line [default: as far as the promoters reach]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) chrom_sizes: Option<PathBuf>,
    /// Order of the axes of arrays
    #[arg(long, value_name = "AXES", help_heading = "Output", default_value = "nlc")]
    pub(crate) array_axes: ArrayAxes,
    /// Motifs whose sites are looked for and marked in figures: MEME or JASPAR
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) motifs: Option<PathBuf>,
    /// Largest p-value of a motif's site
    #[arg(long, value_name = "P", help_heading = "Output", default_value_t = DEFAULT_HIT_P_VALUE, requires = "motifs")]
    pub(crate) motif_p: f64,
    /// Figures to draw at most, one a promoter and cell type
    #[arg(long, value_name = "N", help_heading = "Output", default_value_t = 24)]
    pub(crate) figures: usize,
}

/// A way to explain a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Method {
    /// In-silico mutagenesis
    Ism,
    /// Gradient times input
    GradientInput,
    /// Integrated gradients
    IntegratedGradients,
    /// Attention weights
    Attention,
}

/// Order of the axes of an array of bases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ArrayAxes {
    /// Promoters, bases, channels
    Nlc,
    /// Promoters, channels, bases
    Ncl,
}

impl From<ArrayAxes> for tatabox::tracks::ArrayAxes {
    fn from(axes: ArrayAxes) -> Self {
        match axes {
            ArrayAxes::Nlc => Self::Nlc,
            ArrayAxes::Ncl => Self::Ncl,
        }
    }
}

impl Method {
    /// Name in files and tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ism => "ism",
            Self::GradientInput => "gradient-input",
            Self::IntegratedGradients => "integrated-gradients",
            Self::Attention => "attention",
        }
    }
}

impl ExplainArgs {
    /// Each method once.
    pub(crate) fn methods(&self) -> Vec<Method> {
        let mut methods = self.method.clone();
        methods.sort_unstable();
        methods.dedup();
        methods
    }

    /// How gradients are integrated.
    pub(crate) fn integrated_gradients(&self) -> Result<IntegratedGradients> {
        if self.no_zeros && self.shuffles == 0 {
            return Err(usage("--no-zeros --shuffles 0: integrated gradients need a baseline"));
        }
        Ok(IntegratedGradients {
            steps: self.steps as usize,
            from_zeros: !self.no_zeros,
            shuffles: self.shuffles as usize,
            seed: self.seed,
        })
    }
}
