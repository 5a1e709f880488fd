//! `tatabox variants`: effects of variants on promoters.

use std::io::{self, IsTerminal};

use anyhow::Result;
use tatabox::tables::TableFormat;
use tatabox::variants::{self, SaturatedPromoters, VariantSummary};
use tatabox_sequence::{counted, is_or_are};

use crate::args::VariantsArgs;
use crate::resolve::dataset as data_choice;
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use crate::terminal::failure::usage;
use crate::terminal::interrupt;

pub(crate) fn run(args: &VariantsArgs, console: &Console) -> Result<()> {
    if args.saturate { saturate(args, console) } else { score(args, console) }
}

fn score(args: &VariantsArgs, console: &Console) -> Result<()> {
    let request = args.request()?;
    let table = request.table.as_ref();
    let is_parquet = table.is_some_and(|table| table.format == TableFormat::Parquet);
    if is_parquet && args.output.is_none() && io::stdout().is_terminal() {
        return Err(usage("--format parquet: a terminal cannot show it; write to a file with --output"));
    }
    request.validate()?;
    if args.output.is_some() || args.annotated.is_some() {
        // Output in a pipe cannot be taken back, so only a file is worth a graceful end.
        interrupt::watch(console)?;
    }
    let model = model_choice::open(&args.model, console)?.with_outputs(&args.cell_types.outputs())?;
    let summary = variants::score(&model, &request, console)?;

    present(&summary, args.report.is_some() || args.all, console);
    let total_s = summary.total.as_secs_f64().max(1e-9);
    tracing::info!("network {:.0}% of {total_s:.1} s", 100.0 * summary.computing.as_secs_f64() / total_s);
    let of_shard = if summary.skipped > 0 { format!(" (after {} skipped)", summary.skipped) } else { String::new() };
    console.note(format!(
        "{}{of_shard}, {} scored, {:.0} records/s, model {} on {}, written to {}",
        counted(summary.records, "record"),
        counted(summary.scored, "allele"),
        summary.rate(),
        model.name(),
        model.device().name,
        summary.destination,
    ));
    Ok(())
}

fn saturate(args: &VariantsArgs, console: &Console) -> Result<()> {
    let dataset = || data_choice::open(args.data.as_deref(), console).map(Box::new).map(SaturatedPromoters::Dataset);
    let request = args.saturation(dataset)?;
    let model = model_choice::open(&args.model, console)?.with_outputs(&args.cell_types.outputs())?;
    let promoters = variants::saturate(&model, &request, console)?;
    let destination =
        args.output.as_ref().map_or_else(|| "standard output".to_owned(), |path| path.display().to_string());
    console.note(format!("{} saturated, written to {destination}", counted(promoters, "promoter")));
    Ok(())
}

/// Reports what is not in the results, and why.
fn present(summary: &VariantSummary, is_listed: bool, console: &Console) {
    let unscored = summary.unscored_alleles();
    if unscored > 0 {
        let hint = if is_listed { "" } else { " (--report lists them)" };
        let reasons = summary.unscored_reasons();
        console.warn(format!(
            "{unscored} of {} {} not scored: {reasons}{hint}",
            counted(summary.alleles, "allele"),
            is_or_are(unscored)
        ));
    }
    if summary.records == 0 {
        console.warn("the input has no variant, so that no effect is written");
    } else if summary.scored == 0 {
        console.warn(format!("none of {} is scored, so that no effect is written", counted(summary.alleles, "allele")));
    }
    if summary.replaced_reference > 0 {
        console.warn(format!(
            "the bases of the genome replaced the REF of {} (ref_match is false)",
            counted(summary.replaced_reference, "allele")
        ));
    }
    if summary.is_unsorted {
        console.note("the variants are not sorted by position; their order is kept, so sort before indexing");
    }
    if summary.in_no_window > 0 {
        console.note(format!(
            "{} of {} {} in no window",
            summary.in_no_window,
            counted(summary.alleles, "allele"),
            is_or_are(summary.in_no_window)
        ));
    }
}
