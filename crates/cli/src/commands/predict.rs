//! `tatabox predict`: expression of promoters.

pub(crate) mod variants;

use std::io::{self, IsTerminal};

use anyhow::Result;
use tatabox::inputs::PromoterSource;
use tatabox::predict::{self, PredictRequest};
use tatabox::tables::{TableFormat, TableOutput};
use tatabox_sequence::counted;

use crate::args::PredictArgs;
use crate::resolve::model as model_choice;
use crate::resolve::promoters as promoter_choice;
use crate::terminal::console::Console;
use crate::terminal::failure::usage;
use crate::terminal::interrupt;

pub(crate) fn run(args: &PredictArgs, console: &Console) -> Result<()> {
    let (input, format) = (args.input()?, args.format()?);
    if format == TableFormat::Parquet && args.output.is_none() && io::stdout().is_terminal() {
        return Err(usage("--format parquet: a terminal cannot show it; write to a file with --output"));
    }
    if args.output.is_some() {
        // Output in a pipe cannot be taken back, so only a file is worth a graceful end.
        interrupt::watch(console)?;
    }
    let device = args.model.device.select()?.with_precision(args.precision)?;
    let model = model_choice::open_on(args.model.model.as_deref(), device, console)?.with_outputs(&args.outputs)?;
    let mut promoters = promoter_choice::source(&input, console)?;
    if let PromoterSource::Fasta { malformed, .. } = &mut promoters {
        *malformed = args.on_malformed.policy();
    }
    let request = PredictRequest {
        promoters,
        auxiliary: args.promoters.auxiliary.sources(),
        shard: args.shard,
        wide: args.wide,
        output: TableOutput { destination: args.output.clone().into(), format },
    };
    let summary = predict::run(&model, request, console)?;

    for warning in summary.warnings(model.extent()) {
        console.warn(warning);
    }
    let total_s = summary.total.as_secs_f64();
    tracing::info!("network {:.0}% of {total_s:.1} s", 100.0 * summary.computing.as_secs_f64() / total_s);
    console.note(format!(
        "{}, {:.0} windows/s, model {} on {}, written to {}",
        counted(summary.promoters, "promoter"),
        summary.rate(),
        model.name(),
        model.device().name,
        summary.destination,
    ));
    Ok(())
}
