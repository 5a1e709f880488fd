//! Out-of-fold predictions, and the findings of each fold.

use crate::audit::AuditSummary;
use crate::comparators::ComparatorPredictions;
use crate::evaluate::{AttentionSummary, ExcludedGenes};

/// Predictions of the folds so far.
#[derive(Default)]
pub(super) struct OutOfFoldPredictions {
    /// Predictions of the networks and the comparators, with remarks on the fit.
    pub(super) compared: ComparatorPredictions,
    pub(super) attention: Option<AttentionSummary>,
    pub(super) audit: Option<AuditSummary>,
    pub(super) excluded: ExcludedGenes,
    /// Auxiliary inputs of the networks, as a text.
    pub(super) auxiliary_inputs: Option<String>,
}
