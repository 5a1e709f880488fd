//! What is said at the end.

use std::fmt::Write;

use anyhow::Result;

use super::explanation::Explanation;
use crate::args::Method;
use crate::terminal::console::Console;
use crate::terminal::stdout;

/// Largest share of the difference that integrated gradients may miss without a warning.
const LARGEST_DELTA: f64 = 0.05;

/// The strongest base of every explained promoter, and what to warn of.
pub(super) struct Summary {
    cell_types: Vec<String>,
    text: String,
    /// Promoters without a known base.
    empty: usize,
    /// Promoters and cell types of which integrated gradients miss much.
    incomplete: Vec<String>,
    attention_alone: bool,
}

impl Summary {
    pub(super) fn new(cell_types: Vec<String>) -> Self {
        let text =
            "id\tcell_type\tmethod\tpredicted_log2_tpm\tstrongest_bp\tcontribution\tattention_agreement\n".to_owned();
        Self { cell_types, text, empty: 0, incomplete: Vec::new(), attention_alone: false }
    }

    pub(super) fn add(&mut self, explanation: &Explanation) {
        let id = &explanation.promoter.id;
        let Some(prediction) = &explanation.prediction else {
            self.empty += 1;
            return;
        };
        self.attention_alone |= explanation.contributions.is_empty();
        for contributions in &explanation.contributions {
            let name = &self.cell_types[contributions.cell_type];
            let strongest = contributions.own.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
            let (index, value) = strongest.map_or((0, 0.0), |(index, value)| (index, *value));
            let agreement = explanation.attention.agreement(&contributions.own, explanation.start_bp);
            let agreement = agreement.map(|value| format!("{value:.3}")).unwrap_or_default();
            // Writing to a string cannot fail.
            let _ = writeln!(
                self.text,
                "{id}\t{name}\t{}\t{:.3}\t{}\t{value:.3}\t{agreement}",
                contributions.method.name(),
                prediction.log2_tpm[contributions.cell_type],
                explanation.start_bp + index as i64,
            );
            let delta = contributions.completeness.map_or(0.0, |completeness| completeness.delta());
            if contributions.method == Method::IntegratedGradients && delta > LARGEST_DELTA {
                self.incomplete.push(format!("{id} in {name} ({:.0}%)", 100.0 * delta));
            }
        }
    }

    pub(super) fn print(&self, console: &Console) -> Result<()> {
        if self.empty > 0 {
            console.warn(format!("{} promoters hold no known base and are not explained", self.empty));
        }
        if let Some(first) = self.incomplete.first() {
            console.warn(format!(
                "integrated gradients miss more than {:.0}% of the difference that they explain for {} promoters and cell types, \
                 {first} the first; take more --steps",
                100.0 * LARGEST_DELTA,
                self.incomplete.len()
            ));
        }
        if self.attention_alone {
            console.warn(
                "attention alone is no explanation: it tells where a network looks, not what changes the prediction",
            );
            return Ok(());
        }
        stdout::print(&self.text)
    }
}
