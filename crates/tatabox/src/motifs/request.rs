//! Request for the motifs of filters.

use tatabox_dataset::Split;
use tatabox_model::DEFAULT_SEED;

use super::database::MotifDatabase;
use crate::error::{Error, Result};

/// Promoters scanned, unless requested otherwise.
const DEFAULT_GENES: usize = 2_000;

/// Promoters to scan, known motifs and settings of the ablation.
///
/// # Examples
///
/// ```
/// use tatabox::motifs::{AblationOptions, MotifsRequest};
///
/// let ablation = AblationOptions { max_genes: 50, ..AblationOptions::default() };
/// let request = MotifsRequest { max_genes: 500, ablation, ..MotifsRequest::default() };
/// assert_eq!(request.ablation.shuffles, 3);
/// ```
#[derive(Clone, Debug)]
pub struct MotifsRequest {
    /// Split of the genes.
    pub split: Split,
    /// Largest number of genes, which are selected at random.
    pub max_genes: usize,
    /// Known motifs to compare with.
    pub database: Option<MotifDatabase>,
    /// Settings of the ablation.
    pub ablation: AblationOptions,
    /// Seed of the selection of genes, shuffles and resamples.
    pub seed: u64,
}

impl Default for MotifsRequest {
    /// 2,000 train genes, no database.
    fn default() -> Self {
        Self {
            split: Split::Train,
            max_genes: DEFAULT_GENES,
            database: None,
            ablation: AblationOptions::default(),
            seed: DEFAULT_SEED,
        }
    }
}

/// Settings of the ablation of sites.
///
/// # Examples
///
/// ```
/// use tatabox::motifs::AblationOptions;
///
/// let no_ablation = AblationOptions { max_genes: 0, ..AblationOptions::default() };
/// assert_eq!(no_ablation.resamples, 1_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AblationOptions {
    /// Largest number of promoters per filter; 0 for no ablation.
    pub max_genes: usize,
    /// Shuffles of each promoter that replace the sites.
    pub shuffles: usize,
    /// Bootstrap resamples of each interval.
    pub resamples: usize,
}

impl Default for AblationOptions {
    /// 100 promoters, 3 shuffles, 1,000 resamples.
    fn default() -> Self {
        Self { max_genes: 100, shuffles: 3, resamples: 1_000 }
    }
}

impl MotifsRequest {
    /// Checks what does not depend on model and data set.
    pub(super) fn validate(&self) -> Result<()> {
        let AblationOptions { shuffles, resamples, .. } = self.ablation;
        for (field, value) in [("genes", self.max_genes), ("shuffles", shuffles), ("resamples", resamples)] {
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
    fn motifs_request_zero_counts_name_their_field() {
        let ablation = AblationOptions { shuffles: 0, ..AblationOptions::default() };
        let error = MotifsRequest { ablation, ..MotifsRequest::default() }.validate().expect_err("no shuffle");
        assert!(error.to_string().starts_with("shuffles: "), "{error}");
        assert!(MotifsRequest::default().validate().is_ok());
    }
}
