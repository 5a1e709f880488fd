//! Explanation of one promoter.

use tatabox_model::{SubstitutionEffects, WindowPrediction};

use super::attention_bins::{AttentionBin, attention_agreement};
use super::contributions::Contributions;
use super::method::Method;
use super::motif_sites::MotifSite;
use crate::inputs::{CoordinateMap, Promoter};

/// Prediction of a promoter and the contributions of its bases.
///
/// # Units
/// Positions are relative to the TSS base, which is 0, in sense direction; intervals are half-open. Contributions and effects are
/// differences of log2(TPM + 1).
///
/// # Examples
///
/// ```
/// use tatabox::explain::{Explanation, Method};
///
/// fn strongest_position(explanation: &Explanation) -> Option<i64> {
///     let contributions = explanation.contributions_by(Method::Ism, "K562")?;
///     let (index, _) = contributions.strongest()?;
///     Some(explanation.start_bp + index as i64)
/// }
/// # let _ = strongest_position;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// The promoter.
    pub promoter: Promoter,
    /// Genome coordinates of the promoter, where known.
    pub coordinates: Option<CoordinateMap>,
    /// Cell types of the model; other fields index into them.
    pub cell_types: Vec<String>,
    /// Position of the first explained base.
    pub start_bp: i64,
    /// Nucleotide codes of the explained bases.
    pub bases: Vec<u8>,
    /// Prediction of the promoter; `None` where it has no known base or lacks an auxiliary input. All following fields are then
    /// empty.
    pub prediction: Option<WindowPrediction>,
    /// Effects of all substitutions, if [`Method::Ism`] was requested.
    pub substitutions: Option<SubstitutionEffects>,
    /// Contributions by method and cell type.
    pub contributions: Vec<Contributions>,
    /// Effects of deletions, if requested.
    pub deletions: Vec<Deletion>,
    /// Attention weights; empty for a model without attention.
    pub attention: Vec<AttentionBin>,
    /// Sites of known motifs, if requested.
    pub motif_sites: Vec<MotifSite>,
}

/// Effect of the deletion of neighbouring bases. The flank on the side of the TSS keeps its position, the other one closes the gap.
///
/// # Examples
///
/// ```
/// use tatabox::explain::Deletion;
///
/// let deletion = Deletion { start_bp: -35, end_bp: -30, effects: vec![-0.5] };
/// assert_eq!(deletion.end_bp - deletion.start_bp, 5);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Deletion {
    /// First deleted position.
    pub start_bp: i64,
    /// One past the last deleted position.
    pub end_bp: i64,
    /// log2(TPM + 1) without the bases minus log2(TPM + 1) with them, per cell type of the model.
    pub effects: Vec<f64>,
}

impl Explanation {
    /// Contributions in a cell type by one method, where both were requested.
    pub fn contributions_by(&self, method: Method, cell_type: &str) -> Option<&Contributions> {
        let is_requested = |contributions: &&Contributions| {
            contributions.method == method && self.cell_types[contributions.cell_type] == cell_type
        };
        self.contributions.iter().find(is_requested)
    }

    /// Spearman correlation between attention and the mean absolute contribution per attention bin; `None` with fewer than three
    /// bins.
    pub fn attention_agreement(&self, contributions: &Contributions) -> Option<f64> {
        attention_agreement(&self.attention, &contributions.values, self.start_bp)
    }

    /// Sum of the contributions of the bases of a site in a cell type, an index, by the first requested method.
    pub fn site_contribution(&self, site: &MotifSite, cell_type: usize) -> Option<f64> {
        let contributions = self.contributions.iter().find(|contributions| contributions.cell_type == cell_type)?;
        let start = usize::try_from(site.start_bp - self.start_bp).ok()?;
        let end = usize::try_from(site.end_bp - self.start_bp).ok()?;
        Some(contributions.values.get(start..end)?.iter().sum())
    }

    /// Conditions that affect how the explanation is to be read; empty where there are none.
    pub fn note(&self) -> String {
        let mut notes = self.promoter.notes.clone();
        match self.promoter.shortfall {
            _ if self.promoter.n_acgt == 0 => notes.push("no known base".to_owned()),
            Some(known) => notes.push(format!("known over {known}")),
            None => {}
        }
        notes.join("; ")
    }
}
