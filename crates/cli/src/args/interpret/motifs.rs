//! `tatabox motifs`.

use std::path::PathBuf;

use clap::Args;
use tatabox_dataset::Split;
use tatabox_model::DEFAULT_SEED;

use crate::args::ModelArgs;

/// Tell which motifs the filters of a model read, and what they are worth.
///
/// Every filter of the first convolution becomes a position weight matrix of the sites at which it is active in the promoters
/// of a data set. Each is compared with a database of known motifs, its sites are placed relative to the TSS, and its
/// effect is measured by predicting promoters again with its sites taken away. Of an ensemble the filters of all members
/// are told, named m1.f00 and so on.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox motifs --data data/human --database jaspar.meme -o motifs
  tatabox motifs --model models/k562 --data data/human --genes 500 \\
      --effect-genes 50 -o motifs-k562
  tatabox motifs --effect-genes 0 --split test

METHOD
  sites       places where a filter's activation is above half of its largest
              over all promoters read (Alipanahi et al. 2015,
              doi:10.1038/nbt.3300; Kelley et al. 2016,
              doi:10.1101/gr.200535.115); the bases under the filter are
              counted, and one pseudocount is added
  ablation    in up to --effect-genes promoters that have a site, all sites of
              the filter are replaced by what a dinucleotide shuffle of the
              whole promoter has in their place, --shuffles times; the change
              of the predicted log2(TPM + 1) is averaged over the shuffles,
              then over the promoters, with a 95% bootstrap interval over
              promoters. Below 0: the motif raises expression. N in their place
              would be unlike anything that the model was trained on
  control     the same with as many bases elsewhere: the pattern of sites is
              moved around the promoter by a random distance. Where a filter is
              active all over a promoter, ablation and control are alike
  matches     as TOMTOM (Gupta et al. 2007, doi:10.1186/gb-2007-8-2-r24):
              Euclidean distances of columns, every offset with 5 shared
              columns, both strands; columns without a partner score the median
              of their distances; the p-value of the best offset is that of
              targets made of random columns of the database, corrected for
              the number of offsets; q-values by Benjamini and Hochberg over
              the database, for each filter

FILES
  motifs.meme     the matrices, in MEME format
  motifs.tsv      one row a filter, in the order of ablation less control
    filter, consensus (IUPAC), sites
    genes, genes_share  genes with a site, of those read
    information_bits    relative to the bases of the promoters
    first_quartile_bp, median_bp, third_quartile_bp
                        middle of the sites relative to the TSS
    effect_genes        promoters that the effect was measured on
    ablation_log2_tpm, low, high
                        mean change over all cell types, 95% interval
    control_log2_tpm    the same with other bases in place of the sites
    most_changed_cell_type, its_ablation_log2_tpm
    sites_expression_pearson
                        over genes, sites against measured log2(TPM + 1); mean
                        of the cell types
    match, match_name, match_p, match_q, match_strand
                        the best motif of the database, however good
    note                why a value is missing
  matches.tsv     every match with q below 0.1: offset is the column of the
                  filter under the first of the target; overlap in columns
  positions.tsv   sites of each filter by position: start_bp and end_bp
                  relative to the TSS, end left out, of the middle of the site
  effects.tsv     ablation, control and correlation of each filter in each
                  cell type
  run.json        what was used, and how")]
pub(crate) struct MotifsArgs {
    /// A prepared data set [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    pub(crate) data: Option<PathBuf>,
    /// Genes whose promoters are read: train, validation or test
    #[arg(long, help_heading = "Data", default_value_t = Split::Train)]
    pub(crate) split: Split,
    /// Genes read at most, drawn at random
    #[arg(long, value_name = "N", help_heading = "Data", default_value_t = 2_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) genes: u32,
    /// Known motifs to compare with: MEME or JASPAR (.gz)
    #[arg(long, value_name = "FILE", help_heading = "Data")]
    pub(crate) database: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) model: ModelArgs,

    /// Promoters that a filter's effect is measured on at most; 0: no effects
    #[arg(long, value_name = "N", help_heading = "Effects", default_value_t = 100)]
    pub(crate) effect_genes: u32,
    /// Shuffles that the sites of a promoter are replaced from
    #[arg(long, value_name = "N", help_heading = "Effects", default_value_t = 3)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) shuffles: u32,
    /// Bootstrap draws of each interval
    #[arg(long, value_name = "DRAWS", help_heading = "Effects", default_value_t = 1_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub(crate) bootstrap: u32,
    /// Seed of genes, shuffles and bootstrap draws
    #[arg(long, value_name = "N", help_heading = "Effects", default_value_t = DEFAULT_SEED)]
    pub(crate) seed: u64,

    /// Folder to write
    #[arg(short, long, value_name = "DIR", help_heading = "Output", default_value = "motifs")]
    pub(crate) out: PathBuf,
}
