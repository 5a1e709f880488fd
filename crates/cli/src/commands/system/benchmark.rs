//! `tatabox benchmark`: speed of predictions and training steps on this machine.

use std::fmt::Write;

use anyhow::Result;
use tatabox::benchmark::{self, BenchmarkNetwork, BenchmarkReport, WindowTimes};

use super::network_text::{network, peak, significant};
use crate::args::{BenchmarkArgs, NetworkChoice};
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;

pub(crate) fn run(args: &BenchmarkArgs, console: &Console) -> Result<()> {
    let report = benchmark::run(open(args, console)?, &args.request(), console)?;
    if args.json { stdout::print_json(&report) } else { stdout::print(&text(&report)?) }
}

fn open(args: &BenchmarkArgs, console: &Console) -> Result<BenchmarkNetwork> {
    let device = args.device()?;
    Ok(match args.network.named_or_default() {
        NetworkChoice::Model(folder) => model_choice::open_on(Some(&folder), device, console)?.into(),
        NetworkChoice::Untrained { name, network, extent } => {
            console.note(format!("device: {device}"));
            BenchmarkNetwork::Untrained { name, network: Box::new(network), extent, device: Box::new(device) }
        }
    })
}

fn text(report: &BenchmarkReport) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "network  {}", network(&report.network))?;
    writeln!(text, "peak     {}", peak(&report.peak))?;
    writeln!(text)?;
    let times = format!("{:>9}{:>9}{:>9}{:>9}", "median", "p10", "p90", "fastest");
    writeln!(text, "{:<12}{:>8}{:>11}{times}{:>10}{:>12}", "task", "windows", "windows/s", "roofline", "x roofline")?;
    for row in &report.measurements {
        let WindowTimes { median, p10, p90, fastest } = row.ms_per_window;
        let [median, p10, p90, fastest] = [median, p10, p90, fastest].map(significant);
        let times = format!("{median:>9}{p10:>9}{p90:>9}{fastest:>9}");
        let [windows_per_s, roofline, times_roofline] =
            [row.windows_per_s, row.roofline_ms_per_window, row.times_roofline].map(significant);
        writeln!(
            text,
            "{:<12}{:>8}{windows_per_s:>11}{times}{roofline:>10}{times_roofline:>12}",
            row.task, row.windows
        )?;
    }
    writeln!(text, "\ntimes in ms per window")?;
    Ok(text)
}
