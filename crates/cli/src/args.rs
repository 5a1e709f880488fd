//! Arguments of the command line.

mod data;
mod evaluate;
mod interpret;
mod positional;
mod predict;
mod system;
mod train;

use std::ffi::OsString;

use clap::{ArgAction, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use data::audit::AuditArgs;
pub(crate) use data::auxiliary_inputs::{AuxiliaryArgs, DatasetAuxiliaryArgs};
pub(crate) use data::download::DownloadArgs;
pub(crate) use data::expression::ExpressionArgs;
pub(crate) use data::half_life::HalfLifeArgs;
pub(crate) use data::measurements::MeasurementArgs;
pub(crate) use data::prepare::PrepareArgs;
pub(crate) use data::simulate::SimulateArgs;
pub(crate) use data::tss::TssArgs;
pub(crate) use data::{DataArgs, DataCommand};
pub(crate) use evaluate::EvaluateArgs;
pub(crate) use evaluate::bootstrap::BootstrapArgs;
pub(crate) use evaluate::crossval::CrossvalArgs;
pub(crate) use evaluate::drawing::DrawingArgs;
pub(crate) use evaluate::figures::FiguresArgs;
pub(crate) use evaluate::variants::EvaluateVariantsArgs;
pub(crate) use evaluate::verify::VerifyArgs;
pub(crate) use interpret::design::{DesignArgs, StartChoice};
pub(crate) use interpret::explain::ExplainArgs;
pub(crate) use interpret::marginalize::{BackgroundChoice, MarginalizeArgs};
pub(crate) use interpret::motifs::MotifsArgs;
pub(crate) use predict::PredictArgs;
pub(crate) use predict::cell_types::{CellTypeArgs, EffectOutputArgs};
pub(crate) use predict::format::Format;
pub(crate) use predict::model::ModelArgs;
pub(crate) use predict::promoters::{PromoterArgs, PromoterInput};
pub(crate) use predict::variants::VariantsArgs;
pub(crate) use system::benchmark::BenchmarkArgs;
pub(crate) use system::completions::CompletionsArgs;
pub(crate) use system::demo::DemoArgs;
pub(crate) use system::export::ExportArgs;
pub(crate) use system::import::ImportArgs;
pub(crate) use system::info::InfoArgs;
pub(crate) use system::man::ManArgs;
pub(crate) use train::TrainArgs;
pub(crate) use train::ensemble::EnsembleArgs;
pub(crate) use train::explicit_options::ExplicitOptions;
pub(crate) use train::members::MembersArgs;
pub(crate) use train::network::{NetworkArgs, NetworkChoice};
pub(crate) use train::training::TrainingArgs;
pub(crate) use train::transfer::FrozenArgs;
pub(crate) use train::transfer_benchmark::TransferBenchmarkArgs;
pub(crate) use train::tune::TuneArgs;

/// Predict gene expression from promoter DNA.
///
/// tatabox reads the bases around transcription start sites and predicts how strongly genes are expressed in each cell
/// type, as log2(TPM + 1). Results go to standard output, everything else to standard error.
#[derive(Debug, Parser)]
#[command(
    name = "tatabox",
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[command(after_long_help = "\
EXAMPLES
  See everything once, on simulated promoters:
    tatabox demo

  Predict a promoter with the bundled model:
    tatabox predict --fasta promoters.fa

  From your own data to a scored model:
    tatabox prepare --genome hg38.fa --annotation gencode.gtf.gz \\
        --expression tpm.tsv -o data/human
    tatabox train --cell-type K562 --name k562
    tatabox evaluate --model models/k562 --split test

EXIT CODES
  0 done, 1 failed, 2 wrong usage")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Increase verbosity (-v: info, -vv: debug)
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,
    /// Print only warnings and errors on stderr
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    /// Colour on stderr and in help
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    /// Number of threads [default: one per core]
    #[arg(long, global = true, value_name = "N", value_parser = parse_threads)]
    pub(crate) threads: Option<usize>,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(DemoArgs),
    Download(Box<DownloadArgs>),
    Prepare(Box<PrepareArgs>),
    HalfLife(HalfLifeArgs),
    Audit(AuditArgs),
    Train(Box<TrainArgs>),
    Predict(PredictArgs),
    Variants(Box<VariantsArgs>),
    Design(Box<DesignArgs>),
    Evaluate(EvaluateArgs),
    EvaluateVariants(Box<EvaluateVariantsArgs>),
    Crossval(Box<CrossvalArgs>),
    Tune(Box<TuneArgs>),
    Ensemble(EnsembleArgs),
    TransferBenchmark(Box<TransferBenchmarkArgs>),
    Figures(FiguresArgs),
    Explain(Box<ExplainArgs>),
    Motifs(MotifsArgs),
    Marginalize(MarginalizeArgs),
    Simulate(SimulateArgs),
    Data(DataArgs),
    Info(InfoArgs),
    Benchmark(BenchmarkArgs),
    Verify(VerifyArgs),
    Export(ExportArgs),
    Import(ImportArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

impl Cli {
    /// Parses arguments, the first of which is the name of the program; help, version and wrong usage end the process here.
    pub(crate) fn from_arguments(arguments: &[OsString]) -> Self {
        let words: Vec<String> = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
        let mut command = Self::command().color(color_of_help(&words));
        let matches = command.try_get_matches_from_mut(arguments);
        let matches = matches.unwrap_or_else(|error| positional::with_tip(error, &command, &words).exit());
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// Help is printed while arguments are still being parsed, so its colour is looked up before.
fn color_of_help(arguments: &[String]) -> ColorChoice {
    let pairs = arguments.iter().zip(arguments.iter().skip(1).map(Some).chain([None]));
    let values = pairs.filter_map(|(argument, next)| match argument.strip_prefix("--color")? {
        "" => next.map(String::as_str),
        value => value.strip_prefix('='),
    });
    match values.last() {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    }
}

/// More than any machine has; a typing error rather than a wish.
const MOST_THREADS: usize = 4_096;

fn parse_threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads) if (1..=MOST_THREADS).contains(&threads) => Ok(threads),
        _ => Err(format!("expected a number of threads from 1 to {MOST_THREADS}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn command_help_ends_with_examples() {
        for verb in Cli::command().get_subcommands_mut().filter(|verb| verb.get_name() != "help") {
            let help = verb.render_long_help().to_string();
            assert!(help.contains("EXAMPLES\n"), "{}", verb.get_name());
            assert!(verb.get_about().is_some(), "{}", verb.get_name());
        }
    }

    #[test]
    fn help_colour_option_is_found_at_any_position() {
        let color = |line: &str| color_of_help(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(color("tatabox --color never train --help"), ColorChoice::Never);
        assert_eq!(color("tatabox train --color=always -h"), ColorChoice::Always);
        assert_eq!(color("tatabox train --color"), ColorChoice::Auto);
    }

    #[test]
    fn threads_out_of_range_are_refused() {
        assert_eq!(parse_threads("8"), Ok(8));
        assert!(parse_threads("0").is_err());
        assert!(parse_threads("many").is_err());
    }
}
