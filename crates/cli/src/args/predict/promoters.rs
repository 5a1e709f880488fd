//! Options for the source of promoters.

use std::path::PathBuf;

use anyhow::Result;
use clap::{ArgGroup, Args};

use crate::args::AuxiliaryArgs;
use crate::terminal::failure::usage;

/// Promoters of a FASTA file, a genome or a data set.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("input").args(["fasta", "bed", "gene"]).required(true)))]
pub(crate) struct PromoterArgs {
    /// Promoter records in sense direction: FASTA (.gz), - for standard input
    #[arg(long, value_name = "FILE", help_heading = "Promoters")]
    fasta: Option<PathBuf>,
    /// TSSs on a genome: BED6 (.gz), 0-based; a site without a name is named by its position
    #[arg(long, value_name = "FILE", help_heading = "Promoters", requires = "genome")]
    bed: Option<PathBuf>,
    /// The genome of --bed: FASTA (plain, bgzip or gzip) or 2bit
    #[arg(long, value_name = "FILE", help_heading = "Promoters", requires = "bed", conflicts_with_all = ["fasta", "gene"])]
    genome: Option<PathBuf>,
    /// Genes of a data set, by name or identifier; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Promoters", value_delimiter = ',')]
    gene: Vec<String>,
    /// The data set of --gene [default: the active one, else data/demo]
    #[arg(long, value_name = "DIR", help_heading = "Promoters", requires = "gene")]
    data: Option<PathBuf>,
    /// Index of the TSS base in FASTA records whose header has no tss_offset=, 0-based
    #[arg(long, value_name = "N", help_heading = "Promoters", conflicts_with_all = ["bed", "gene"])]
    tss_offset: Option<usize>,
    #[command(flatten)]
    pub(crate) auxiliary: AuxiliaryArgs,
}

/// Source of promoters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PromoterInput {
    Fasta { path: PathBuf, tss_offset: Option<usize> },
    Bed { path: PathBuf, genome: PathBuf },
    Genes { names: Vec<String>, data: Option<PathBuf> },
}

impl PromoterArgs {
    /// Source of promoters.
    pub(crate) fn input(&self) -> Result<PromoterInput> {
        match (&self.fasta, &self.bed, &self.genome) {
            (Some(path), ..) => Ok(PromoterInput::Fasta { path: path.clone(), tss_offset: self.tss_offset }),
            (None, Some(path), Some(genome)) => Ok(PromoterInput::Bed { path: path.clone(), genome: genome.clone() }),
            _ if !self.gene.is_empty() => {
                Ok(PromoterInput::Genes { names: self.gene.clone(), data: self.data.clone() })
            }
            _ => Err(usage("give promoters with --fasta, --bed or --gene")),
        }
    }
}
