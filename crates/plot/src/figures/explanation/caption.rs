//! Caption of an explanation.

use super::PreparedExplanation;
use super::input::Explanation;
use crate::canvas::{NO_BREAK, caption_name, counted, number};

/// First sentence of the caption, set in bold.
pub(super) fn lead(explanation: &Explanation) -> String {
    format!(
        "What drives the prediction: {}, {}.",
        caption_name(&explanation.title),
        caption_name(&explanation.cell_type)
    )
}

/// Remaining sentences of the caption.
pub(super) fn caption(prepared: &PreparedExplanation<'_>, has_overview: bool, hidden_hits: usize) -> String {
    let explanation = prepared.explanation;
    let mut sentences = vec![prediction(explanation)];
    if has_overview {
        sentences.push("Below the whole window: the bases where the effects are largest.".to_owned());
    }
    if explanation.substitutions.is_some() {
        sentences.push(
            "Heat map: vermillion where a substitution raises the prediction, blue where it lowers it, a dot for the \
             base in the sequence, grey where nothing was computed. Letters: bases above the line raise expression, \
             hanging ones lower it."
                .to_owned(),
        );
    }
    if let Some(attribution) = explanation.attribution.as_ref().filter(|_| explanation.substitutions.is_none()) {
        sentences.push(format!("Letters: {}, log₂(TPM{NO_BREAK}+{NO_BREAK}1).", attribution.method));
    }
    if !explanation.motif_hits.is_empty() {
        sentences.push(
            "Boxes point along the strand of the motif; vermillion raises, blue lowers, grey: not known.".to_owned(),
        );
    }
    if hidden_hits > 0 {
        sentences.push(format!(
            "Only the strongest overlapping motif hits are shown; {} only in the table.",
            counted(hidden_hits, "more hit")
        ));
    }
    sentences.push(if explanation.attention.is_empty() {
        "The network has no attention.".to_owned()
    } else {
        attention(explanation.attention_agreement)
    });
    let note = explanation.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    sentences.extend(note.map(|note| format!("Note: {}.", note.trim_end_matches('.'))));
    sentences.join(" ")
}

fn prediction(explanation: &Explanation) -> String {
    let unit = format!("log₂(TPM{NO_BREAK}+{NO_BREAK}1)");
    let measured = explanation
        .measured_log2_tpm
        .filter(|value| value.is_finite())
        .map(|value| format!(", measured: {}", number(value, 2)))
        .unwrap_or_default();
    format!(
        "Model {} predicts {}{NO_BREAK}{unit}{measured}; n{NO_BREAK}={NO_BREAK}{}.",
        caption_name(&explanation.model),
        number(explanation.predicted_log2_tpm, 2),
        counted(explanation.bases.len(), "base")
    )
}

/// Sentence on the agreement of attention with the effects.
fn attention(agreement: Option<f64>) -> String {
    let agrees = match agreement.filter(|value| value.is_finite()) {
        Some(value) => format!(
            "its rank correlation with the size of the effects is ρ{NO_BREAK}={NO_BREAK}{} here",
            number(value, 2)
        ),
        None => "how far it agrees with the effects is not known here".to_owned(),
    };
    format!("Attention alone is not an explanation (Jain and Wallace 2019): {agrees}.")
}
