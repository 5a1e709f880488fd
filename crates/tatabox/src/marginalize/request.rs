//! Request for marginal effects.

use tatabox_model::DEFAULT_SEED;

use super::backgrounds::Backgrounds;
use super::motif_pattern::MotifPattern;
use super::placement::Orientation;
use crate::error::{Error, Result};
use crate::inputs::TssRange;
use crate::output_paths::OutputPaths;

/// Distance between neighbouring positions, unless requested otherwise.
const DEFAULT_STEP_BP: usize = 10;
/// Number of backgrounds, unless requested otherwise.
const DEFAULT_BACKGROUNDS: usize = 100;
/// Bootstrap resamples, unless requested otherwise.
const DEFAULT_RESAMPLES: usize = 1_000;

/// Motifs, positions and background promoters.
///
/// # Examples
///
/// ```
/// use tatabox::marginalize::{Backgrounds, MarginalizeRequest, MotifPattern, Orientation};
///
/// let backgrounds = Backgrounds::Fasta { path: "promoters.fa".into(), tss_offset: None };
/// let mut request = MarginalizeRequest::new(vec![MotifPattern::from_letters("GGGCGG")?], backgrounds);
/// request.positions = "-200..0".parse().ok();
/// request.orientation = Orientation::Both;
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Debug)]
pub struct MarginalizeRequest {
    /// The motifs.
    pub motifs: Vec<MotifPattern>,
    /// Positions of the first base of a motif; `None` for all that the model reads.
    pub positions: Option<TssRange>,
    /// Distance between neighbouring positions.
    pub step_bp: usize,
    /// Orientations of the motifs.
    pub orientation: Orientation,
    /// Background promoters.
    pub backgrounds: Backgrounds,
    /// Largest number of backgrounds.
    pub max_backgrounds: usize,
    /// Cell types to report; empty for all of the model.
    pub cell_types: Vec<String>,
    /// Bootstrap resamples of each interval.
    pub resamples: usize,
    /// Seed of the selection of genes, shuffles and resamples.
    pub seed: u64,
}

impl MarginalizeRequest {
    /// Every tenth position, forward orientation, 100 backgrounds, all cell types.
    pub fn new(motifs: Vec<MotifPattern>, backgrounds: Backgrounds) -> Self {
        Self {
            motifs,
            positions: None,
            step_bp: DEFAULT_STEP_BP,
            orientation: Orientation::Forward,
            backgrounds,
            max_backgrounds: DEFAULT_BACKGROUNDS,
            cell_types: Vec::new(),
            resamples: DEFAULT_RESAMPLES,
            seed: DEFAULT_SEED,
        }
    }

    /// Adds the inputs of the request.
    pub(super) fn list_inputs(&self, mut paths: OutputPaths) -> OutputPaths {
        for file in self.motifs.iter().filter_map(MotifPattern::file) {
            paths.input("motifs", file);
        }
        match &self.backgrounds {
            Backgrounds::Windows(_) => {}
            Backgrounds::Genes { dataset, .. } => paths.dataset(dataset),
            Backgrounds::Fasta { path, .. } => paths.input("backgrounds", path),
        }
        paths
    }

    /// Checks what does not depend on the model.
    pub(super) fn validate(&self) -> Result<()> {
        if self.motifs.is_empty() {
            return Err(Error::request("motif", "none; expected one or more"));
        }
        for (field, value) in
            [("step", self.step_bp), ("backgrounds", self.max_backgrounds), ("resamples", self.resamples)]
        {
            if value == 0 {
                return Err(Error::request(field, "0; expected 1 or more"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marginalize_request_zero_counts_name_their_field() {
        let request = || {
            let motif = MotifPattern::from_letters("TATAAA").expect("letters");
            MarginalizeRequest::new(vec![motif], Backgrounds::Windows(Vec::new()))
        };
        assert!(request().validate().is_ok());
        let field = |request: MarginalizeRequest| request.validate().expect_err("refused").to_string();
        assert!(field(MarginalizeRequest { motifs: Vec::new(), ..request() }).starts_with("motif: "));
        assert!(field(MarginalizeRequest { step_bp: 0, ..request() }).starts_with("step: "));
        assert!(field(MarginalizeRequest { resamples: 0, ..request() }).starts_with("resamples: "));
    }
}
