//! `tatabox audit`.

use std::path::PathBuf;

use clap::Args;
use tatabox::audit::AuditRequest;
use tatabox_dataset::{AuditOptions, Extent};

use crate::args::train::extent::parse_extent;

/// Check a data set for leaks between train, validation and test.
///
/// A leak lets a model score well on held-out genes without having learned a rule. Checks: duplicated, overlapping and
/// near-identical windows, genes in two splits, scaling fitted on held-out genes, a nearest-neighbour baseline that scores
/// well, padding that predicts expression. Every check ends as PASS, WARN or FAIL.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox audit
  tatabox audit data/human --out audit-human
  tatabox audit data/human --near-duplicates 0.05 --json

VERDICTS
  gene identifiers     FAIL: one in two splits; WARN: a gene name in two splits
  chromosomes          FAIL: one in two splits, though whole ones are held out
                       WARN: whole ones are not held out, or they are unknown
  duplicated windows   FAIL: the same known sequence in two splits, either strand,
                       for more held-out genes than --near-duplicates;
                       WARN: for any held-out gene
  overlapping windows  FAIL: the same bases of the genome in two splits
                       WARN: genomic positions are unknown
  similar windows      FAIL: near-duplicates in train for more test windows than
                       --near-duplicates; WARN: for any held-out window
  target scaling       FAIL: not fitted on the train genes
  nearest neighbour    FAIL: the measurement of the most similar train window
                       correlates with test genes at 0.3 or more, clearly above
                       0.1; WARN: clearly above 0.1
  padding, network     FAIL: padding within --extent predicts test genes clearly
                       above 0.1
  padding, windows     WARN: padding of whole windows does
  Clearly above: the lower end of the 95% bootstrap interval of the mean Pearson
  is above the value.

FILES
  audit.json           every check with its numbers, and every similar pair
  similarity.tsv       the most similar train gene of each held-out gene
  duplicates.tsv, overlaps.tsv

EXIT CODES
  0 no check ends as FAIL, or --no-fail; 1 a check ends as FAIL, or an error")]
pub(crate) struct AuditArgs {
    /// Prepared data set [default: the active one, else data/demo]
    #[arg(value_name = "DATA")]
    pub(crate) data: Option<PathBuf>,

    /// Bases around the TSS that models read, such as -249..+50 [default: as for train]
    #[arg(long, value_name = "-UP..+DOWN", help_heading = "Limits", allow_hyphen_values = true)]
    #[arg(value_parser = parse_extent)]
    extent: Option<Extent>,
    /// Estimated identity from which two windows are near-duplicates
    #[arg(long, value_name = "FRACTION", help_heading = "Limits", default_value_t = AuditOptions::default().near_identity)]
    #[arg(value_parser = parse_fraction)]
    near_identity: f64,
    /// Fraction of held-out windows that may have a duplicate, and of test windows that may have a near-duplicate, in train
    #[arg(long, value_name = "FRACTION", help_heading = "Limits", default_value_t = AuditOptions::default().near_duplicates)]
    #[arg(value_parser = parse_fraction)]
    near_duplicates: f64,
    /// Skip the checks that fit a baseline: nearest neighbour and padding
    #[arg(long, help_heading = "Limits")]
    no_baselines: bool,

    /// Output folder [default: audit in the folder of the data set]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Print audit.json instead of a table
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// End with exit code 0 whatever the verdict
    #[arg(long, help_heading = "Output")]
    pub(crate) no_fail: bool,
}

impl AuditArgs {
    /// The request that these arguments describe.
    pub(crate) fn request(&self) -> AuditRequest {
        AuditRequest {
            extent: self.extent,
            near_identity: self.near_identity,
            near_duplicates: self.near_duplicates,
            baselines: !self.no_baselines,
            out_dir: self.out.clone(),
        }
    }
}

fn parse_fraction(text: &str) -> Result<f64, String> {
    let fraction = text.parse().ok().filter(|fraction| (0.0..=1.0).contains(fraction));
    fraction.ok_or_else(|| "expected a fraction from 0 to 1".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: AuditArgs,
    }

    fn parse(line: &str) -> Result<AuditArgs, clap::Error> {
        Ok(Line::try_parse_from(format!("audit {line}").split_whitespace())?.args)
    }

    #[test]
    fn audit_args_defaults_are_those_of_the_library() {
        assert_eq!(parse("").expect("valid").request(), AuditRequest::default());
        let typed = parse("data/human --extent -249..+50 --near-duplicates 0.05 --near-identity 0.8").expect("valid");
        let extent = Some(Extent { upstream_bp: 249, downstream_bp: 50 });
        let expected = AuditRequest { extent, near_identity: 0.8, near_duplicates: 0.05, ..AuditRequest::default() };
        assert_eq!(typed.request(), expected);
        assert_eq!(typed.data, Some("data/human".into()));
    }

    #[test]
    fn audit_args_fraction_out_of_range_is_refused() {
        for value in ["1.5", "-0.1", "NaN", "some"] {
            assert!(parse(&format!("--near-identity={value}")).is_err(), "{value}");
        }
    }
}
