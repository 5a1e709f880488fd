//! `tatabox motifs`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox::motifs::{AblationOptions, MotifDatabase, MotifsOutput, MotifsRequest};
use tatabox_dataset::Split;
use tatabox_model::DEFAULT_SEED;

use crate::args::ModelArgs;

/// Motifs that the filters of a model detect, and their effects.
///
/// Every filter of the first convolution becomes a position weight matrix of the sites at which it is active in the promoters
/// of a data set. Each matrix is compared with a database of known motifs, the positions of its sites relative to the TSS are
/// counted, and its effect is measured by ablation of its sites. For an ensemble, the filters of all members are reported as
/// m1.f00 and so on.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox motifs --data data/human --database jaspar.meme -o motifs
  tatabox motifs --model models/k562 --data data/human --genes 500 \\
      --effect-genes 50 -o motifs-k562
  tatabox motifs --effect-genes 0 --split test

METHOD
  sites       positions where the activation of a filter is above half of its
              maximum over all promoters (Alipanahi et al. 2015,
              doi:10.1038/nbt.3300; Kelley et al. 2016,
              doi:10.1101/gr.200535.115); bases under the filter are counted,
              with one pseudocount
  ablation    in up to --effect-genes promoters with a site, all sites of the
              filter are replaced by the bases of a dinucleotide shuffle of the
              promoter at the same positions, --shuffles times; the change of
              the predicted log2(TPM + 1) is averaged over the shuffles, then
              over the promoters, with a 95% bootstrap interval over promoters.
              Negative: the motif raises expression. Sites are not replaced by
              N, which are rare in the training data
  control     the same for as many other bases: the pattern of sites is moved
              around the promoter by a random distance. Ablation and control
              are similar for a filter that is active everywhere
  matches     as TOMTOM (Gupta et al. 2007, doi:10.1186/gb-2007-8-2-r24):
              Euclidean distances of columns, every offset with 5 shared
              columns, both strands; columns without a partner score the median
              of their distances; the p-value of the best offset is that of
              targets of random columns of the database, corrected for the
              number of offsets; q-values by Benjamini and Hochberg over the
              database, for each filter

FILES
  motifs.meme     the matrices, in MEME format
  motifs.tsv      one row per filter, in the order of ablation minus control
    filter, consensus (IUPAC), sites
    genes, genes_fraction
                        genes with a site, of those scanned
    information_bits    relative to the base frequencies of the promoters
    first_quartile_bp, median_bp, third_quartile_bp
                        midpoints of the sites relative to the TSS
    effect_genes        promoters in which the effect was measured
    ablation_log2_tpm, low, high
                        mean change over all cell types, 95% interval
    control_log2_tpm    the same for other bases
    most_changed_cell_type, most_changed_ablation_log2_tpm
    sites_expression_pearson
                        over genes, number of sites against measured
                        log2(TPM + 1); mean over the cell types
    match, match_name, match_p, match_q, match_strand
                        the best match in the database, significant or not
    note                reason for a missing value
  matches.tsv     all matches with q below 0.1: offset is the column of the
                  filter under the first of the target; overlap in columns
  positions.tsv   sites of each filter by position of their midpoint: start_bp
                  and end_bp relative to the TSS, half-open
  effects.tsv     ablation, control and correlation of each filter in each
                  cell type
  run.json        versions, model, data set, options
  files.txt       the files of the run, which --force removes")]
pub(crate) struct MotifsArgs {
    /// A prepared data set [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Data")]
    pub(crate) data: Option<PathBuf>,
    /// Split of the genes: train, validation or test
    #[arg(long, help_heading = "Data", default_value_t = Split::Train)]
    split: Split,
    /// Largest number of genes, which are selected at random
    #[arg(long, value_name = "N", help_heading = "Data", default_value_t = 2_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    genes: u32,
    /// Known motifs to compare with: MEME, JASPAR, HOMER, TRANSFAC or others (.gz)
    #[arg(long, value_name = "FILE", help_heading = "Data")]
    database: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) model: ModelArgs,

    /// Largest number of promoters per filter in which its effect is measured; 0: no effects
    #[arg(long, value_name = "N", help_heading = "Effects", default_value_t = 100)]
    effect_genes: u32,
    /// Shuffles of each promoter that replace the sites
    #[arg(long, value_name = "N", help_heading = "Effects", default_value_t = 3)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000))]
    shuffles: u32,
    /// Bootstrap resamples of each interval
    #[arg(long, value_name = "N", help_heading = "Effects", default_value_t = 1_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    bootstrap: u32,
    /// Seed of the selection of genes, shuffles and bootstrap resamples
    #[arg(long, value_name = "N", help_heading = "Effects", default_value_t = DEFAULT_SEED)]
    seed: u64,

    /// Output folder
    #[arg(short, long, value_name = "DIR", help_heading = "Output", default_value = "motifs")]
    pub(crate) out: PathBuf,
    /// Replace the results of an earlier run in the folder; other files in it are kept
    #[arg(long, help_heading = "Output")]
    force: bool,
}

impl MotifsArgs {
    /// The request, with the database read.
    pub(crate) fn request(&self) -> Result<MotifsRequest> {
        Ok(MotifsRequest {
            split: self.split,
            max_genes: self.genes as usize,
            database: self.database.as_deref().map(MotifDatabase::read).transpose()?,
            ablation: AblationOptions {
                max_genes: self.effect_genes as usize,
                shuffles: self.shuffles as usize,
                resamples: self.bootstrap as usize,
            },
            seed: self.seed,
        })
    }

    /// The output folder, with the command to store in it.
    pub(crate) fn output(&self, command: Vec<String>) -> MotifsOutput {
        MotifsOutput { folder: self.out.clone(), overwrite: self.force, command }
    }
}
