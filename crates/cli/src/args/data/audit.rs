//! `tatabox audit`.

use std::path::PathBuf;

use clap::Args;
use tatabox_dataset::{AuditOptions, Extent};

use crate::args::train::extent::parse_extent;

/// Look for leaks between train, validation and test.
///
/// Looks for what would let a model score well on held-out genes without having learned a rule: duplicated, overlapping
/// and near-identical windows, genes in two splits, scaling fitted on held-out genes, a memoriser that scores well, padding
/// that predicts expression. Every check ends as PASS, WARN or FAIL.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox audit
  tatabox audit data/human --out audit-human
  tatabox audit data/human --near-duplicates 0.05 --json

VERDICTS
  gene identifiers     FAIL: one in two splits; WARN: a gene name in two splits
  chromosomes          FAIL: in two splits, though whole ones are held out
                       WARN: the split does not promise it, or they are unknown
  duplicated windows   FAIL: the same known sequence in two splits, either strand,
                       of more held-out genes than --near-duplicates; WARN: of any
  overlapping windows  FAIL: the same bases of the genome in two splits
                       WARN: positions that could show it are unknown
  similar windows      FAIL: near-duplicates in train of more test windows than
                       --near-duplicates; WARN: of any test or validation window
  target scaling       FAIL: not that of the train genes
  nearest neighbour    FAIL: the measurement of the most similar train window
                       correlates with test genes at 0.3 or more, clearly above
                       0.1; WARN: clearly above 0.1
  padding, network     FAIL: padding of what a network reads predicts test genes
                       clearly above 0.1
  padding, windows     WARN: padding of whole windows does
  Clearly above: the 95% bootstrap interval of the mean Pearson is.

FILES
  audit.json           every check with its numbers, and every pair found
  similarity.tsv       the most similar train gene of each held-out gene
  duplicates.tsv, overlaps.tsv

EXIT CODES
  0 no check ends as FAIL, or --no-fail; 1 one does, or the audit failed")]
pub(crate) struct AuditArgs {
    /// A prepared data set [default: the active one, else data/demo]
    #[arg(value_name = "DATA")]
    pub(crate) data: Option<PathBuf>,

    /// Bases that a network reads, in which similar windows are looked for, such as -249..+50 [default: as train has it]
    #[arg(long, value_name = "-UP..+DOWN", help_heading = "Limits", allow_hyphen_values = true)]
    #[arg(value_parser = parse_extent)]
    pub(crate) extent: Option<Extent>,
    /// Estimated identity from which two windows are near-duplicates
    #[arg(long, value_name = "SHARE", help_heading = "Limits", default_value_t = AuditOptions::default().near_identity)]
    #[arg(value_parser = parse_share)]
    near_identity: f64,
    /// Share of the held-out windows that may have a duplicate, and of the test windows a near-duplicate, in train
    #[arg(long, value_name = "SHARE", help_heading = "Limits", default_value_t = AuditOptions::default().near_duplicates)]
    #[arg(value_parser = parse_share)]
    near_duplicates: f64,
    /// Leave out the checks that fit a model: nearest neighbour and padding
    #[arg(long, help_heading = "Limits")]
    pub(crate) no_baselines: bool,

    /// Folder to write [default: audit in the folder of the data set]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Print audit.json instead of a table
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
    /// End with exit code 0 whatever the verdict
    #[arg(long, help_heading = "Output")]
    pub(crate) no_fail: bool,
}

impl AuditArgs {
    /// The options that these arguments ask for, of a network that reads `extent`.
    pub(crate) fn options(&self, extent: Extent) -> AuditOptions {
        AuditOptions { extent: Some(extent), near_identity: self.near_identity, near_duplicates: self.near_duplicates }
    }
}

fn parse_share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "expected a share from 0 to 1".to_owned())
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
    fn limits_are_those_of_the_audit_unless_typed() {
        let extent = Extent { upstream_bp: 249, downstream_bp: 50 };
        let default = AuditOptions { extent: Some(extent), ..AuditOptions::default() };
        assert_eq!(parse("").expect("valid").options(extent), default);
        let typed = parse("data/human --extent -249..+50 --near-duplicates 0.05 --near-identity 0.8").expect("valid");
        assert_eq!(typed.options(extent), AuditOptions { near_identity: 0.8, near_duplicates: 0.05, ..default });
        assert_eq!((typed.data, typed.extent), (Some("data/human".into()), Some(extent)));
    }

    #[test]
    fn shares_have_a_range() {
        for value in ["1.5", "-0.1", "NaN", "some"] {
            assert!(parse(&format!("--near-identity={value}")).is_err(), "{value}");
        }
    }
}
