//! `tatabox explain`: contribution of each base to a prediction.

use anyhow::Result;
use tatabox::explain::{self, ExplainSummary, StrongestBase};
use tatabox_sequence::counted;

use crate::args::ExplainArgs;
use crate::resolve::model as model_choice;
use crate::resolve::promoters as promoter_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt;
use crate::terminal::stdout;

pub(crate) fn run(args: &ExplainArgs, console: &Console) -> Result<()> {
    let (input, explain) = (args.promoters.input()?, args.explain_request()?);
    interrupt::watch(console)?;
    let model = model_choice::open(&args.model, console)?.with_outputs(&args.outputs())?;
    let promoters = promoter_choice::source(&input, console)?;
    let summary = explain::run(&model, args.request(promoters, explain, run_record::command()), console)?;

    if summary.lacks_contig_lengths {
        console.note("contigs in bigWig files end at the last promoter; pass --chrom-sizes FILE for their lengths");
    }
    if summary.skipped_figures > 0 {
        console.note(format!("{} figures were not drawn; pass --figures N to draw more", summary.skipped_figures));
    }
    console.note(format!("written to {}", args.out.display()));
    warn(&summary, console);
    if summary.is_attention_only { Ok(()) } else { stdout::print(&table(&summary.strongest)) }
}

fn warn(summary: &ExplainSummary, console: &Console) {
    if summary.empty > 0 {
        console.warn(format!("not explained: {} without a known base", counted(summary.empty, "promoter")));
    }
    if summary.lacking_input > 0 {
        console
            .warn(format!("not explained: {} without an auxiliary input", counted(summary.lacking_input, "promoter")));
    }
    if let Some(first) = &summary.first_repeated {
        console.warn(format!(
            "{} with an id that occurred before, such as {first}; rows are in the order of the input, and figures are numbered",
            counted(summary.repeated, "promoter")
        ));
    }
    if let Some(first) = summary.incomplete.first() {
        console.warn(format!(
            "integrated gradients miss more than {:.0}% of the difference that they explain for {} promoters and cell types, \
             the first {} in {} ({:.0}%); increase --steps",
            100.0 * ExplainSummary::MAX_COMPLETENESS_DELTA,
            summary.incomplete.len(),
            first.id,
            first.cell_type,
            100.0 * first.delta
        ));
    }
    if summary.is_attention_only {
        console
            .warn("attention alone is no explanation: it shows where a network looks, not what changes the prediction");
    }
}

/// One line per promoter, cell type and method.
fn table(strongest: &[StrongestBase]) -> String {
    let header = "id\tcell_type\tmethod\tpredicted_log2_tpm\tstrongest_bp\tcontribution\tattention_agreement";
    let line = |base: &StrongestBase| {
        let agreement = base.attention_agreement.map(|value| format!("{value:.3}")).unwrap_or_default();
        format!(
            "{}\t{}\t{}\t{:.3}\t{}\t{:.3}\t{agreement}",
            base.id, base.cell_type, base.method, base.predicted_log2_tpm, base.position_bp, base.contribution
        )
    };
    let lines = std::iter::once(header.to_owned()).chain(strongest.iter().map(line));
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use tatabox::explain::Method;

    use super::*;

    #[test]
    fn explain_table_has_one_line_per_base() {
        let base = StrongestBase {
            id: "P".to_owned(),
            cell_type: "K562".to_owned(),
            method: Method::GradientInput,
            predicted_log2_tpm: 5.0,
            position_bp: -30,
            contribution: -0.25,
            attention_agreement: None,
        };
        let table = table(&[base]);
        assert_eq!(table.lines().nth(1), Some("P\tK562\tgradient-input\t5.000\t-30\t-0.250\t"));
    }
}
