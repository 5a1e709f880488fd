//! Explanation of one prediction, base by base, as input of a figure.

use std::ops::Range;

use super::focus::focus_region;
use crate::error::PlotError;

/// Number of nucleotide codes: A, C, G and T are 0 to 3, larger codes are unknown bases.
const BASES: usize = 4;

/// Explanation of one prediction: one promoter in one cell type.
///
/// # Units
///
/// Positions are relative to the TSS base, which is 0; negative positions are upstream, ends are exclusive. Effects are
/// differences in log2(TPM + 1).
///
/// # Examples
///
/// ```
/// use tatabox_plot::{Explanation, MotifAnnotation, explanation_figure};
///
/// let hit = MotifAnnotation { name: "TBP".to_owned(), start_bp: -3, end_bp: 1, reverse: false, effect: Some(0.6) };
/// let explanation = Explanation {
///     title: "HBB".to_owned(),
///     cell_type: "K562".to_owned(),
///     model: "cnn".to_owned(),
///     start_bp: -3,
///     bases: vec![3, 0, 3, 0],
///     substitutions: Some(vec![[-0.6, -0.6, -0.6, 0.0], [0.0, -0.6, -0.6, -0.6], [-0.6, -0.6, -0.6, 0.0], [0.0; 4]]),
///     attribution: None,
///     attention: Vec::new(),
///     attention_agreement: None,
///     motif_hits: vec![hit],
///     predicted_log2_tpm: 5.2,
///     measured_log2_tpm: Some(6.4),
///     note: Some("simulated data".to_owned()),
/// };
/// let figure = explanation_figure(&explanation, "hbb")?;
/// assert_eq!(figure.tables[1].csv, "motif,start_bp,end_bp,strand,effect\nTBP,-3,1,+,0.600000\n");
/// # Ok::<(), tatabox_plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Gene or promoter.
    pub title: String,
    /// Cell type of the prediction.
    pub cell_type: String,
    /// Name of the model.
    pub model: String,
    /// Position of the first base.
    pub start_bp: i64,
    /// Nucleotide codes of the bases, sense strand: A 0, C 1, G 2, T 3, unknown 4.
    pub bases: Vec<u8>,
    /// Change of the prediction by A, C, G and T at each base; 0 for the base itself, NaN if not computed.
    pub substitutions: Option<Vec<[f64; 4]>>,
    /// Attribution by a second method, in addition to the substitutions.
    pub attribution: Option<Attribution>,
    /// Attention along the bases; empty for a network without attention.
    pub attention: Vec<AttentionBin>,
    /// Spearman correlation of attention with the absolute effects of the substitutions.
    pub attention_agreement: Option<f64>,
    /// Sites of known motifs.
    pub motif_hits: Vec<MotifAnnotation>,
    /// Predicted log2(TPM + 1).
    pub predicted_log2_tpm: f64,
    /// Measured log2(TPM + 1).
    pub measured_log2_tpm: Option<f64>,
    /// Note at the end of the caption, such as "simulated data".
    pub note: Option<String>,
}

/// Attribution of the prediction to each base by a method other than substitutions.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// Name of the method, such as "integrated gradients".
    pub method: String,
    /// One value per base, NaN if there is none.
    pub values: Vec<f64>,
}

/// Attention weight of a range of bases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AttentionBin {
    /// First position.
    pub start_bp: i64,
    /// One past the last position.
    pub end_bp: i64,
    /// Attention weight of the bin.
    pub weight: f64,
}

/// Site of a known motif.
#[derive(Debug, Clone, PartialEq)]
pub struct MotifAnnotation {
    /// Name of the motif.
    pub name: String,
    /// First position.
    pub start_bp: i64,
    /// One past the last position.
    pub end_bp: i64,
    /// Whether the motif is on the antisense strand of the gene.
    pub reverse: bool,
    /// Effect of the site on the prediction, if known; positive if it raises expression.
    pub effect: Option<f64>,
}

impl Explanation {
    /// Effect of each base: minus the mean change by its substitutions; NaN if none was computed.
    ///
    /// `None` without substitutions.
    ///
    /// # Examples
    ///
    /// ```
    /// # let explanation = tatabox_plot::Explanation {
    /// #     title: String::new(), cell_type: String::new(), model: String::new(), attribution: None, attention: Vec::new(),
    /// #     attention_agreement: None, motif_hits: Vec::new(), predicted_log2_tpm: 3.0, measured_log2_tpm: None, note: None,
    /// #     start_bp: 0, bases: vec![0], substitutions: None,
    /// # };
    /// let explanation = tatabox_plot::Explanation {
    ///     bases: vec![0],
    ///     substitutions: Some(vec![[0.0, -1.0, -2.0, -3.0]]),
    ///     ..explanation
    /// };
    /// assert_eq!(explanation.base_effects(), Some(vec![2.0]));
    /// ```
    pub fn base_effects(&self) -> Option<Vec<f64>> {
        let changes = self.substitutions.as_ref()?;
        Some(self.bases.iter().zip(changes).map(|(&base, changes)| base_effect(base, changes)).collect())
    }

    /// Range of base indices with the largest effects, by [`focus_region`].
    ///
    /// Without substitutions, the attribution replaces the effects; without both, the attention.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_plot::{Attribution, Explanation};
    ///
    /// # let explanation = tatabox_plot::Explanation {
    /// #     title: String::new(), cell_type: String::new(), model: String::new(), attribution: None, attention: Vec::new(),
    /// #     attention_agreement: None, motif_hits: Vec::new(), predicted_log2_tpm: 3.0, measured_log2_tpm: None, note: None,
    /// #     start_bp: 0, bases: vec![0], substitutions: None,
    /// # };
    /// let mut values = vec![0.0; 1_000];
    /// values[400..550].fill(0.2);
    /// let explanation = Explanation {
    ///     bases: vec![0; 1_000],
    ///     attribution: Some(Attribution { method: "integrated gradients".to_owned(), values }),
    ///     ..explanation
    /// };
    /// assert_eq!(explanation.focus(), 400..550);
    /// ```
    pub fn focus(&self) -> Range<usize> {
        let attributed = || self.attribution.as_ref().map(|attribution| attribution.values.clone());
        focus_region(&self.base_effects().or_else(attributed).unwrap_or_else(|| self.attention_by_base()))
    }

    /// Attention weight of the bin of each base; NaN outside all bins.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_plot::{AttentionBin, Explanation};
    ///
    /// # let explanation = tatabox_plot::Explanation {
    /// #     title: String::new(), cell_type: String::new(), model: String::new(), attribution: None, attention: Vec::new(),
    /// #     attention_agreement: None, motif_hits: Vec::new(), predicted_log2_tpm: 3.0, measured_log2_tpm: None, note: None,
    /// #     start_bp: 0, bases: vec![0], substitutions: None,
    /// # };
    /// let explanation = Explanation {
    ///     start_bp: -2,
    ///     bases: vec![0, 1, 2],
    ///     attention: vec![AttentionBin { start_bp: -10, end_bp: 0, weight: 0.25 }],
    ///     ..explanation
    /// };
    /// let weights = explanation.attention_by_base();
    /// assert!(weights[..2] == [0.25, 0.25] && weights[2].is_nan());
    /// ```
    pub fn attention_by_base(&self) -> Vec<f64> {
        let mut weights = vec![f64::NAN; self.bases.len()];
        for bin in &self.attention {
            weights[self.indices(bin.start_bp, bin.end_bp)].fill(bin.weight);
        }
        weights
    }

    /// Position of the base at `index`, relative to the TSS.
    pub(crate) fn position_bp(&self, index: usize) -> i64 {
        self.start_bp + index as i64
    }

    /// Indices of the bases between two positions, clipped to the window.
    pub(crate) fn indices(&self, start_bp: i64, end_bp: i64) -> Range<usize> {
        let index = |position: i64| (position - self.start_bp).clamp(0, self.bases.len() as i64) as usize;
        let start = index(start_bp);
        start..index(end_bp).max(start)
    }

    /// Checks that the parts fit together and can be drawn.
    pub(crate) fn check(&self) -> Result<(), PlotError> {
        let invalid = |reason: String| Err(PlotError::InvalidExplanation { title: self.title.clone(), reason });
        let bases = self.bases.len();
        if bases == 0 {
            return invalid("it has no bases".to_owned());
        }
        let lengths = [
            ("substitutions", self.substitutions.as_ref().map(Vec::len)),
            ("the attribution", self.attribution.as_ref().map(|attribution| attribution.values.len())),
        ];
        for (what, length) in lengths {
            if let Some(length) = length.filter(|&length| length != bases) {
                return invalid(format!("{what} of {length} bases for {bases} bases"));
            }
        }
        if self.substitutions.is_none() && self.attribution.is_none() && self.attention.is_empty() {
            return invalid("it has no substitutions, attribution or attention".to_owned());
        }
        if let Some(bin) = self.attention.iter().find(|bin| bin.end_bp <= bin.start_bp || !bin.weight.is_finite()) {
            return invalid(format!("attention {} from {} to {}", bin.weight, bin.start_bp, bin.end_bp));
        }
        if let Some(hit) = self.motif_hits.iter().find(|hit| hit.end_bp <= hit.start_bp) {
            return invalid(format!("{} from {} to {}", hit.name, hit.start_bp, hit.end_bp));
        }
        if !self.predicted_log2_tpm.is_finite() {
            return invalid(format!("a prediction of {}", self.predicted_log2_tpm));
        }
        Ok(())
    }
}

fn base_effect(base: u8, changes: &[f64; 4]) -> f64 {
    let base = usize::from(base);
    if base >= BASES {
        return f64::NAN;
    }
    let others = || (0..BASES).filter(|&other| other != base).map(|other| changes[other]).filter(|c| c.is_finite());
    let (sum, count) = others().fold((0.0, 0), |(sum, count), change| (sum + change, count + 1));
    if count == 0 { f64::NAN } else { -sum / f64::from(count) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// ACGTN from position -2, with attention on its first four bases.
    pub(crate) fn five_bases() -> Explanation {
        Explanation {
            title: "GATA1".to_owned(),
            cell_type: "K562".to_owned(),
            model: "cnn".to_owned(),
            start_bp: -2,
            bases: vec![0, 1, 2, 3, 4],
            substitutions: Some(vec![
                [0.0, -1.0, -2.0, -3.0],
                [0.5, 0.0, f64::NAN, -0.1],
                [f64::NAN; 4],
                [0.3, 0.3, 0.3, 0.0],
                [0.1; 4],
            ]),
            attribution: None,
            attention: vec![AttentionBin { start_bp: -10, end_bp: 2, weight: 0.25 }],
            attention_agreement: None,
            motif_hits: Vec::new(),
            predicted_log2_tpm: 3.0,
            measured_log2_tpm: None,
            note: None,
        }
    }

    #[test]
    fn base_effects_are_minus_the_mean_change_by_substitutions() {
        let effects = five_bases().base_effects().expect("substitutions");
        // -(-1 - 2 - 3) / 3; -(0.5 - 0.1) / 2; not computed; -0.3; an unknown base.
        assert!(
            (effects[0] - 2.0).abs() < 1e-12 && (effects[1] + 0.2).abs() < 1e-12 && (effects[3] + 0.3).abs() < 1e-12
        );
        assert!(effects[2].is_nan() && effects[4].is_nan());
    }

    #[test]
    fn attention_by_base_ignores_positions_outside_the_window() {
        let weights = five_bases().attention_by_base();
        assert_eq!(weights[..4], [0.25; 4]);
        assert!(weights[4].is_nan());
    }

    #[test]
    fn check_inconsistent_parts_are_rejected_with_their_sizes() {
        let rejected = |change: fn(&mut Explanation)| {
            let mut explanation = five_bases();
            change(&mut explanation);
            explanation.check().expect_err("inconsistent").to_string()
        };
        assert!(five_bases().check().is_ok());
        let message = rejected(|e| e.bases.truncate(3));
        assert!(message.contains("GATA1") && message.contains("substitutions of 5 bases for 3 bases"), "{message}");
        assert!(
            rejected(|e| e.attribution = Some(Attribution { method: "x".into(), values: vec![0.0] })).contains("of 1")
        );
        assert!(rejected(|e| e.attention[0].end_bp = -10).contains("from -10 to -10"));
        assert!(rejected(|e| e.predicted_log2_tpm = f64::NAN).contains("NaN"));
        assert!(
            rejected(|e| {
                e.substitutions = None;
                e.attention.clear();
            })
            .contains("no substitutions")
        );
    }
}
