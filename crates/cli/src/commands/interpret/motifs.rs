//! `tatabox motifs`: motifs of the filters of a model.

use std::fmt::Write;

use anyhow::Result;
use tatabox::OutputSelection;
use tatabox::motifs::{self, FilterMotif, FilterMotifs};
use tatabox_sequence::counted;

use crate::args::MotifsArgs;
use crate::resolve::dataset as data_choice;
use crate::resolve::model as model_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt;
use crate::terminal::stdout;

/// Filters shown on standard output.
const SHOWN_FILTERS: usize = 10;

/// Columns of the table on standard output.
const COLUMNS: [&str; 8] = ["filter", "consensus", "sites", "ablation", "95% interval", "control", "match", "q"];

pub(crate) fn run(args: &MotifsArgs, console: &Console) -> Result<()> {
    let request = args.request()?;
    let model = model_choice::open(&args.model, console)?.with_outputs(&OutputSelection::Expression)?;
    let dataset = data_choice::open(args.data.as_deref(), console)?;
    interrupt::watch(console)?;
    let motifs = motifs::run(&model, &dataset, &request, &args.output(run_record::command()), console)?;

    stdout::print(&table(&motifs))?;
    console.note(format!("{}, written to {}", counted(motifs.filters.len(), "filter"), args.out.display()));
    Ok(())
}

/// The first filters, in aligned columns.
fn table(motifs: &FilterMotifs) -> String {
    let header = COLUMNS.map(str::to_owned);
    let filters = motifs.filters.iter().take(SHOWN_FILTERS);
    let rows: Vec<[String; COLUMNS.len()]> =
        std::iter::once(header).chain(filters.map(|filter| cells(filter, motifs))).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}

fn cells(filter: &FilterMotif, motifs: &FilterMotifs) -> [String; COLUMNS.len()] {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let effect = filter.ablation.as_ref();
    let interval = effect.and_then(|effect| effect.mean.interval);
    [
        filter.name.clone(),
        filter.consensus(),
        filter.sites.sites.len().to_string(),
        or_dash(effect.map(|effect| format!("{:+.3}", effect.mean.log2_tpm))),
        or_dash(interval.map(|interval| format!("{:+.3} to {:+.3}", interval.low, interval.high))),
        or_dash(effect.map(|effect| format!("{:+.3}", effect.control.log2_tpm))),
        or_dash(motifs.best_match_name(filter).map(str::to_owned)),
        or_dash(filter.matches.first().map(|best| format!("{:.1e}", best.q_value))),
    ]
}
