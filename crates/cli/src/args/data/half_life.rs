//! `tatabox half-life`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use tatabox::half_life::HalfLifeRequest;
use tatabox::tables::TableOutput;
use tatabox_sequence::FeatureSet;

use crate::args::Format;
use crate::resolve::promoters::genome_source;

/// Compute half-life or structure features of genes from their annotation.
///
/// Lengths and base composition of UTRs, coding sequence and introns predict part of the half-life of a messenger RNA.
/// Models trained with --gene-features read these numbers as auxiliary inputs; this table provides them for genes outside a
/// data set.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox half-life --annotation gencode.v47.gtf.gz --genome hg38.2bit -o half_life.tsv
  tatabox prepare --promoters promoters.fa --gene-features half_life.tsv \\
      --expression tpm.tsv --drop no-features
  tatabox predict --fasta promoters.fa --gene-features half_life.tsv --model MODEL
  tatabox half-life --feature-set structure --annotation gencode.v47.gtf.gz -o structure.tsv

COLUMNS OF half-life
  gene_id, gene_name
  transcript_id  MANE Select, else Ensembl canonical or RefSeq Select if coding,
                 else the transcript with the longest coding sequence
  utr5_log10_bp, cds_log10_bp, intron_log10_bp, utr3_log10_bp
                 log10(bp + 0.1) of 5' UTR, coding sequence with its stop codon, all
                 introns and 3' UTR
  orf_exon_density_log10_per_kb
                 log10(x + 0.1) of exon junctions per kb of coding sequence
  utr5_gc, cds_gc, utr3_gc
                 fraction of G and C among the known bases, 0 to 1
  reason         why a gene has no features: non_coding, cds_outside_exons,
                 exons_unknown where there are no exon rows and coding sequence and
                 UTRs do not reach the ends of the transcript, contig_not_in_genome,
                 outside_contig, or unknown_bases where more than 5% of a part are N

COLUMNS OF structure
  transcript_id  the transcript with the longest coding sequence
  cds_log10_bp, utr5_log10_bp, utr3_log10_bp
                 log10(bp + 0.1), as above
  intron_log10_bp
                 log10(bp + 1) of all introns
  junction_density
                 exon junctions per kb of coding sequence, those of UTRs included

SOURCE
  Agarwal and Shendure 2020, doi:10.1016/j.celrep.2020.107663 (Xpresso)")]
pub(crate) struct HalfLifeArgs {
    /// Gene annotation: GTF or GFF3 (.gz)
    #[arg(long, value_name = "FILE")]
    annotation: PathBuf,
    /// Genome of the annotation, for half-life features: FASTA (plain, bgzip or gzip) or 2bit
    #[arg(long, value_name = "FILE")]
    genome: Option<PathBuf>,
    /// Features: half-life, from annotation and genome, or structure, from annotation alone
    #[arg(long, value_name = "SET", default_value_t)]
    feature_set: FeatureSet,

    /// Format of the table [default: by the extension of --output, else tsv]
    #[arg(long, help_heading = "Output")]
    format: Option<Format>,
    /// Write to a file, which appears when it is complete [default: standard output]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

impl HalfLifeArgs {
    /// The request that these arguments describe.
    pub(crate) fn request(&self) -> Result<HalfLifeRequest> {
        let format = Format::of(self.format, self.output.as_deref())?;
        let output = TableOutput { destination: self.output.clone().into(), format };
        let (feature_set, genome) = (self.feature_set, self.genome.as_deref().map(genome_source));
        Ok(HalfLifeRequest { annotation: self.annotation.clone(), feature_set, genome, output })
    }
}
