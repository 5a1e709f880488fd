//! Progress bars: one per step on a terminal, one line at the end of a long step elsewhere.

use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use tatabox::{ProgressState, Unit};

/// Steps shorter than this get no line where there is no terminal.
const WORTH_A_LINE: Duration = Duration::from_secs(2);

/// The bar of a step.
pub(crate) fn new(state: &ProgressState) -> ProgressBar {
    let bar = state.total.map_or_else(ProgressBar::no_length, ProgressBar::new);
    bar.with_style(style(state.total.is_some(), state.unit)).with_prefix(state.label.clone())
}

/// Shows the current state of a step.
pub(crate) fn update(bar: &ProgressBar, state: &ProgressState) {
    if let Some(total) = state.total
        && bar.length() != Some(total)
    {
        bar.set_length(total);
    }
    if bar.message() != state.message {
        bar.set_message(state.message.clone());
    }
    bar.set_position(state.done);
    if state.done > 0 && state.done == state.done_before {
        bar.reset_eta();
    }
}

/// Line on a complete step, if it took long enough.
pub(crate) fn line(state: &ProgressState) -> Option<String> {
    let elapsed = state.elapsed();
    let amount = match state.unit {
        Unit::Bytes => format!("{}", HumanBytes(state.done - state.done_before)),
        unit if state.done == 1 => format!("1 {}", unit.name().trim_end_matches('s')),
        unit => format!("{} {}", HumanCount(state.done), unit.name()),
    };
    (elapsed >= WORTH_A_LINE).then(|| format!("{}: {amount} in {:.0} s", state.label, elapsed.as_secs_f64()))
}

fn style(has_total: bool, unit: Unit) -> ProgressStyle {
    let name = unit.name();
    let template = match (has_total, unit) {
        (true, Unit::Bytes) => {
            "{prefix} [{bar:28}] {bytes}/{total_bytes}  {binary_bytes_per_sec}  {eta} left  {msg}".to_owned()
        }
        (false, Unit::Bytes) => "{prefix} {spinner} {bytes}  {binary_bytes_per_sec}  {msg}".to_owned(),
        (true, _) => {
            format!("{{prefix}} [{{bar:28}}] {{human_pos}}/{{human_len}}  {{rate:>7}} {name}/s  {{eta}} left  {{msg}}")
        }
        (false, _) => format!("{{prefix}} {{spinner}} {{human_pos}}  {{rate:>7}} {name}/s  {{msg}}"),
    };
    ProgressStyle::with_template(&template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
            // Writing to the line being drawn cannot fail.
            let _ = write!(out, "{:.0}", state.per_sec());
        })
        .progress_chars("=> ")
}
