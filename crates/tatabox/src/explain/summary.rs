//! Summary of explained promoters.

use std::collections::HashSet;

use super::contributions::Contributions;
use super::explanation::Explanation;
use super::method::Method;

/// Result of an explanation task.
///
/// # Examples
///
/// ```
/// use tatabox::explain::ExplainSummary;
///
/// let summary = ExplainSummary::default();
/// assert_eq!(summary.explained, 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ExplainSummary {
    /// Promoters with a prediction.
    pub explained: u64,
    /// Promoters without a known base.
    pub empty: u64,
    /// Promoters without an auxiliary input of the model.
    pub lacking_input: u64,
    /// Promoters whose identifier occurred before.
    pub repeated: u64,
    /// The first of these identifiers.
    pub first_repeated: Option<String>,
    /// Base with the largest contribution, per promoter, cell type and method.
    pub strongest: Vec<StrongestBase>,
    /// Integrated gradients that miss more than [`MAX_COMPLETENESS_DELTA`](Self::MAX_COMPLETENESS_DELTA) of the difference that they
    /// explain.
    pub incomplete: Vec<IncompleteAttribution>,
    /// Whether attention weights are the only result.
    pub is_attention_only: bool,
    /// Figures that were not drawn, since there were more than requested.
    pub skipped_figures: usize,
    /// Whether bigWig files were written without the lengths of their contigs.
    pub lacks_contig_lengths: bool,
    /// Identifiers that occurred.
    ids: HashSet<String>,
}

/// Base with the largest contribution to a prediction.
///
/// # Examples
///
/// ```
/// use tatabox::explain::{Method, StrongestBase};
///
/// let strongest = StrongestBase {
///     id: "GATA1".to_owned(),
///     cell_type: "K562".to_owned(),
///     method: Method::Ism,
///     predicted_log2_tpm: 6.5,
///     position_bp: -30,
///     contribution: 0.8,
///     attention_agreement: Some(0.4),
/// };
/// assert_eq!(strongest.position_bp, -30);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StrongestBase {
    /// Identifier of the promoter.
    pub id: String,
    /// Name of the cell type.
    pub cell_type: String,
    /// Attribution method.
    pub method: Method,
    /// Prediction, log2(TPM + 1).
    pub predicted_log2_tpm: f64,
    /// Position of the base, relative to the TSS.
    pub position_bp: i64,
    /// Contribution of the base, log2(TPM + 1).
    pub contribution: f64,
    /// Spearman correlation between attention and absolute contributions, per attention bin.
    pub attention_agreement: Option<f64>,
}

/// Integrated gradients that do not add up to the difference that they explain.
///
/// # Examples
///
/// ```
/// use tatabox::explain::IncompleteAttribution;
///
/// let incomplete = IncompleteAttribution { id: "ALB".to_owned(), cell_type: "HepG2".to_owned(), delta: 0.08 };
/// assert!(incomplete.delta > 0.05);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct IncompleteAttribution {
    /// Identifier of the promoter.
    pub id: String,
    /// Name of the cell type.
    pub cell_type: String,
    /// Fraction of the difference that the contributions miss.
    pub delta: f64,
}

impl ExplainSummary {
    /// Largest fraction of the difference that integrated gradients may miss without being listed as incomplete.
    pub const MAX_COMPLETENESS_DELTA: f64 = 0.05;

    pub(super) fn add(&mut self, explanation: &Explanation) {
        let id = &explanation.promoter.id;
        if !self.ids.insert(id.clone()) {
            self.repeated += 1;
            self.first_repeated.get_or_insert_with(|| id.clone());
        }
        let Some(prediction) = &explanation.prediction else {
            let has_bases = explanation.promoter.n_acgt > 0;
            *(if has_bases { &mut self.lacking_input } else { &mut self.empty }) += 1;
            return;
        };
        self.explained += 1;
        self.is_attention_only |= explanation.contributions.is_empty();
        for contributions in &explanation.contributions {
            let cell_type = &explanation.cell_types[contributions.cell_type];
            let (index, contribution) = contributions.strongest().unwrap_or((0, 0.0));
            self.strongest.push(StrongestBase {
                id: id.clone(),
                cell_type: cell_type.clone(),
                method: contributions.method,
                predicted_log2_tpm: prediction.log2_tpm[contributions.cell_type],
                position_bp: explanation.start_bp + index as i64,
                contribution,
                attention_agreement: explanation.attention_agreement(contributions),
            });
            let delta = completeness_delta(contributions);
            if delta > Self::MAX_COMPLETENESS_DELTA {
                self.incomplete.push(IncompleteAttribution { id: id.clone(), cell_type: cell_type.clone(), delta });
            }
        }
    }
}

/// Missed fraction of integrated gradients; 0 for other methods.
fn completeness_delta(contributions: &Contributions) -> f64 {
    match contributions.method {
        Method::IntegratedGradients => contributions.completeness.map_or(0.0, |completeness| completeness.delta()),
        _ => 0.0,
    }
}
