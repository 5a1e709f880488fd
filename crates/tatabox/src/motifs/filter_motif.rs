//! Motif of a filter.

use tatabox_dataset::PreparedDataset;
use tatabox_eval::{pearson, quantile};
use tatabox_model::{FilterSites, MotifFilters, Predictor};
use tatabox_sequence::{MotifComparison, PositionWeightMatrix};

use super::ablation_effect::AblationEffect;
use super::database::{self, DatabaseMatch};
use super::promoters::ScannedPromoters;
use crate::error::{Error, Result};

/// Fewest sites of a filter whose matrix is compared with known motifs.
const MIN_COMPARED_SITES: usize = 10;

/// Motif that a filter detects, with its sites, matches and effects.
///
/// # Examples
///
/// ```
/// use tatabox::motifs::FilterMotif;
///
/// fn raises_expression(filter: &FilterMotif) -> bool {
///     let interval = filter.ablation.as_ref().and_then(|effect| effect.mean.interval);
///     interval.is_some_and(|interval| interval.high < 0.0)
/// }
/// # let _ = raises_expression;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FilterMotif {
    /// `f03`; of an ensemble `m1.f03`.
    pub name: String,
    /// Bases under the filter.
    pub width_bp: usize,
    /// Positions at which the filter is active; a site's `window` is an index into [`ScannedPromoters::windows`].
    pub sites: FilterSites,
    /// Promoters with a site.
    pub genes: usize,
    /// Midpoints of the sites relative to the TSS, ascending.
    pub midpoints_bp: Vec<i64>,
    /// Position weight matrix of the sites; `None` without a site.
    pub motif: Option<PositionWeightMatrix>,
    /// Known motifs, the best match first; empty if the filter was not compared.
    pub matches: Vec<DatabaseMatch>,
    /// Effect of the ablation of the sites, if measured.
    pub ablation: Option<AblationEffect>,
    /// Pearson correlation over genes between number of sites and measured log2(TPM + 1), per cell type of the model.
    pub expression_pearson: Vec<Option<f64>>,
}

/// Filters of each member, with the prefix of their names.
pub(super) fn networks(predictor: &Predictor) -> Result<Vec<(String, MotifFilters)>> {
    let members = predictor.members();
    let prefix = |index: usize| if members.len() > 1 { format!("m{}.", index + 1) } else { String::new() };
    let filters = |(index, member)| Ok((prefix(index), MotifFilters::of(member)?));
    members.iter().enumerate().map(filters).collect()
}

/// Scans promoters with filters and builds a motif from the sites of each.
pub(super) fn scan(
    networks: &[(String, MotifFilters)],
    promoters: &ScannedPromoters,
    upstream_bp: u32,
) -> Result<Vec<FilterMotif>> {
    let mut motifs = Vec::new();
    for (prefix, filters) in networks {
        let digits = filters.count().saturating_sub(1).to_string().len().max(2);
        for (index, sites) in FilterSites::find(filters, &promoters.windows).into_iter().enumerate() {
            let name = format!("{prefix}f{index:0digits$}");
            motifs.push(FilterMotif::new(name, filters.kernel(), sites, promoters, upstream_bp)?);
        }
    }
    Ok(motifs)
}

impl FilterMotif {
    fn new(
        name: String,
        width_bp: usize,
        sites: FilterSites,
        promoters: &ScannedPromoters,
        upstream_bp: u32,
    ) -> Result<Self> {
        let midpoint = |start: u32| i64::from(start) + width_bp as i64 / 2 - i64::from(upstream_bp);
        let mut midpoints_bp: Vec<i64> = sites.sites.iter().map(|site| midpoint(site.start)).collect();
        midpoints_bp.sort_unstable();
        let counts = sites.per_window(promoters.windows.len());
        let motif = if sites.sites.is_empty() {
            None
        } else {
            let motif = sites.motif(&name, &promoters.windows, width_bp, promoters.base_frequencies);
            let motif = motif.map_err(|error| Error::input(format!("filter {name}: {error}")))?;
            let consensus = trimmed(&motif.consensus());
            Some(motif.with_alternative_name(consensus))
        };
        Ok(Self {
            name,
            width_bp,
            genes: counts.iter().filter(|&&count| count > 0).count(),
            midpoints_bp,
            sites,
            motif,
            matches: Vec::new(),
            ablation: None,
            expression_pearson: Vec::new(),
        })
    }

    /// IUPAC consensus without uninformative columns at its ends; empty without a site.
    pub fn consensus(&self) -> String {
        self.motif.as_ref().map(|motif| trimmed(&motif.consensus())).unwrap_or_default()
    }

    /// First quartile, median and third quartile of the midpoints, rounded to bases; `None` without a site.
    pub fn quartiles_bp(&self) -> Option<[i64; 3]> {
        let positions: Vec<f64> = self.midpoints_bp.iter().map(|&position| position as f64).collect();
        let [first, median, third] = [0.25, 0.5, 0.75].map(|fraction| quantile(&positions, fraction));
        Some([first?, median?, third?].map(|position| position.round() as i64))
    }

    /// Mean of the correlations over the cell types that have one.
    pub fn mean_expression_pearson(&self) -> Option<f64> {
        let defined: Vec<f64> = self.expression_pearson.iter().flatten().copied().collect();
        (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / defined.len() as f64)
    }

    /// Reason for missing values; empty where there is none.
    pub fn note(&self) -> &'static str {
        match self.sites.sites.len() {
            0 => "active nowhere",
            few if few < MIN_COMPARED_SITES => "fewer than 10 sites, not compared",
            _ => "",
        }
    }

    /// Magnitude of the effect beyond that of the control; negative where none was measured.
    pub(super) fn effect_size(&self) -> f64 {
        self.ablation.as_ref().map_or(-1.0, |effect| effect.beyond_control().abs())
    }

    /// Sets the matches with known motifs, if there are enough sites.
    pub(super) fn compare(&mut self, comparison: &MotifComparison) {
        if let Some(motif) = self.motif.as_ref().filter(|_| self.sites.sites.len() >= MIN_COMPARED_SITES) {
            self.matches = database::matches(motif, comparison);
        }
    }

    /// Sets the correlations between number of sites and measured expression.
    pub(super) fn correlate(&mut self, dataset: &PreparedDataset, cell_types: &[String], promoters: &ScannedPromoters) {
        let counts = self.sites.per_window(promoters.windows.len());
        let in_cell_type = |name: &String| {
            // The data set may have other cell types than the model.
            let column = dataset.cell_types().iter().position(|known| known == name)?;
            let pairs = promoters.genes.iter().zip(&counts);
            let pairs = pairs.map(|(&gene, &count)| (f64::from(dataset.log2_tpm(gene, column)), f64::from(count)));
            let (measured, counts): (Vec<f64>, Vec<f64>) = pairs.filter(|(measured, _)| measured.is_finite()).unzip();
            pearson(&measured, &counts)
        };
        self.expression_pearson = cell_types.iter().map(in_cell_type).collect();
    }
}

fn trimmed(consensus: &str) -> String {
    let trimmed = consensus.trim_matches('N');
    if trimmed.is_empty() { "N".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use tatabox_model::FilterSite;

    use super::*;

    fn promoters() -> ScannedPromoters {
        ScannedPromoters {
            genes: vec![0, 1],
            windows: vec![vec![0, 1, 2, 3, 0, 1, 2, 3], vec![3, 3, 3, 3, 0, 0, 0, 0]],
            base_frequencies: [0.25; 4],
            in_split: 2,
            shorter_than_extent: 0,
            without_features: 0,
        }
    }

    #[test]
    fn filter_motif_midpoints_and_quartiles_are_relative_to_the_tss() {
        let sites = [1, 4].map(|start| FilterSite { window: 0, start }).to_vec();
        let sites = FilterSites { largest_activation: 1.0, sites };
        let filter = FilterMotif::new("f00".to_owned(), 2, sites, &promoters(), 4).expect("two sites");
        // Midpoints at indices 2 and 5, the TSS at 4; the quartiles of -2 and 1 are -1.25, -0.5 and 0.25.
        assert_eq!((filter.midpoints_bp.as_slice(), filter.genes), ([-2, 1].as_slice(), 1));
        assert_eq!(filter.quartiles_bp(), Some([-1, -1, 0]));
        assert_eq!(filter.note(), "fewer than 10 sites, not compared");
    }

    #[test]
    fn filter_motif_without_sites_has_no_matrix() {
        let filter = FilterMotif::new("f00".to_owned(), 2, FilterSites::default(), &promoters(), 4).expect("no site");
        assert_eq!((filter.motif.as_ref(), filter.consensus().as_str()), (None, ""));
        assert_eq!((filter.note(), filter.quartiles_bp()), ("active nowhere", None));
        assert!(filter.effect_size() < 0.0);
    }

    #[test]
    fn consensus_uninformative_ends_are_trimmed() {
        assert_eq!(trimmed("NNTGACNCANN"), "TGACNCA");
        assert_eq!(trimmed("NNN"), "N");
    }
}
