//! Request to explain promoters.

use tatabox_model::{DEFAULT_SEED, IntegratedGradients};

use super::method::Method;
use super::motif_sites::MotifSearch;
use crate::inputs::TssRange;

/// Points of integrated gradients between a baseline and the promoter, unless requested otherwise.
const DEFAULT_STEPS: usize = 64;
/// Dinucleotide-shuffled baselines of integrated gradients, unless requested otherwise.
const DEFAULT_SHUFFLES: usize = 4;

/// Methods, cell types and bases to explain.
///
/// # Examples
///
/// ```
/// use tatabox::explain::{DeletionScan, ExplainRequest, Method};
///
/// let request = ExplainRequest {
///     methods: vec![Method::Ism, Method::IntegratedGradients],
///     cell_types: vec!["K562".to_owned()],
///     region: "-300..+100".parse().ok(),
///     deletions: Some(DeletionScan::new(5)),
///     ..ExplainRequest::default()
/// };
/// assert_eq!(request.integrated_gradients.steps, 64);
/// ```
#[derive(Clone, Debug)]
pub struct ExplainRequest {
    /// Attribution methods.
    pub methods: Vec<Method>,
    /// Cell types to explain; empty for all of the model.
    pub cell_types: Vec<String>,
    /// Positions to explain; `None` for all that the model reads.
    pub region: Option<TssRange>,
    /// Settings of [`Method::IntegratedGradients`].
    pub integrated_gradients: IntegratedGradients,
    /// Deletions of neighbouring bases along the region.
    pub deletions: Option<DeletionScan>,
    /// Known motifs whose sites are located in the region.
    pub motifs: Option<MotifSearch>,
}

impl Default for ExplainRequest {
    /// In-silico mutagenesis of the whole window in all cell types.
    fn default() -> Self {
        Self {
            methods: vec![Method::Ism],
            cell_types: Vec::new(),
            region: None,
            integrated_gradients: IntegratedGradients {
                steps: DEFAULT_STEPS,
                from_zeros: true,
                shuffles: DEFAULT_SHUFFLES,
                seed: DEFAULT_SEED,
            },
            deletions: None,
            motifs: None,
        }
    }
}

/// Deletions of neighbouring bases along a region.
///
/// # Examples
///
/// ```
/// use tatabox::explain::DeletionScan;
///
/// assert_eq!(DeletionScan::new(5), DeletionScan { width_bp: 5, step_bp: 5 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletionScan {
    /// Number of deleted bases.
    pub width_bp: usize,
    /// Distance between the starts of neighbouring deletions.
    pub step_bp: usize,
}

impl DeletionScan {
    /// Deletions of `width_bp` bases that adjoin each other.
    pub fn new(width_bp: usize) -> Self {
        Self { width_bp, step_bp: width_bp }
    }
}
