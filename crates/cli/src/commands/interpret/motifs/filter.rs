//! A filter and what is found out about it.

use anyhow::{Context, Result};
use tatabox_dataset::PreparedDataset;
use tatabox_eval::{Interval, pearson, quantile};
use tatabox_model::{FilterSites, MotifFilters, Predictor};
use tatabox_sequence::{MotifMatch, PositionWeightMatrix};

use super::ReadPromoters;

/// A filter of one member.
pub(super) struct Filter {
    /// `f03`, of an ensemble `m1.f03`.
    pub(super) name: String,
    /// Bases under it.
    pub(super) kernel: usize,
    pub(super) sites: FilterSites,
    /// None where it is active nowhere.
    pub(super) motif: Option<PositionWeightMatrix>,
    /// Best first; none where it was not compared.
    pub(super) matches: Vec<FilterMatch>,
    pub(super) effect: Option<FilterEffect>,
    /// Over genes, number of sites against measured expression, for each cell type of the model.
    pub(super) expression_pearson: Vec<Option<f64>>,
}

/// A motif of the database and how well it fits.
pub(super) struct FilterMatch {
    pub(super) found: MotifMatch,
    pub(super) q_value: f64,
}

/// How predictions change when the sites of a filter are taken away.
pub(super) struct FilterEffect {
    /// Promoters it was measured on.
    pub(super) genes: usize,
    /// Change of log2(TPM + 1), mean over the cell types.
    pub(super) mean: MeanChange,
    /// The same in each cell type.
    pub(super) by_cell_type: Vec<MeanChange>,
    /// What it is when as many bases elsewhere are replaced in place of the sites.
    pub(super) control: MeanChange,
    pub(super) control_by_cell_type: Vec<MeanChange>,
}

/// A mean over promoters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct MeanChange {
    pub(super) log2_tpm: f64,
    /// 95% bootstrap interval; none where one promoter alone has a site.
    pub(super) interval: Option<Interval>,
}

/// The filters of each member, with what stands before their number in their name.
pub(super) fn networks(predictor: &Predictor) -> Result<Vec<(String, MotifFilters)>> {
    let members = predictor.members();
    let prefix = |index: usize| if members.len() > 1 { format!("m{}.", index + 1) } else { String::new() };
    let filters = |(index, member)| Ok((prefix(index), MotifFilters::of(member)?));
    members.iter().enumerate().map(filters).collect()
}

/// Runs the filters over the promoters and makes a motif of the sites of each.
pub(super) fn read(networks: &[(String, MotifFilters)], promoters: &ReadPromoters) -> Result<Vec<Filter>> {
    let mut read = Vec::new();
    for (prefix, filters) in networks {
        let digits = (filters.count() - 1).to_string().len().max(2);
        for (index, sites) in FilterSites::find(filters, &promoters.windows).into_iter().enumerate() {
            let name = format!("{prefix}f{index:0digits$}");
            let kernel = filters.kernel();
            let motif = if sites.sites.is_empty() {
                None
            } else {
                let motif = sites.motif(&name, &promoters.windows, kernel, promoters.background);
                let motif = motif.with_context(|| format!("filter {name}"))?;
                let consensus = trimmed(&motif.consensus());
                Some(motif.with_alternative_name(consensus))
            };
            let (matches, effect, expression_pearson) = (Vec::new(), None, Vec::new());
            read.push(Filter { name, kernel, sites, motif, matches, effect, expression_pearson });
        }
    }
    Ok(read)
}

impl Filter {
    /// The consensus without the columns at its ends that say nothing.
    pub(super) fn consensus(&self) -> String {
        self.motif.as_ref().map(|motif| trimmed(&motif.consensus())).unwrap_or_default()
    }

    /// Genes that have a site.
    pub(super) fn genes(&self, promoters: &ReadPromoters) -> usize {
        self.sites.per_window(promoters.windows.len()).iter().filter(|&&count| count > 0).count()
    }

    /// Middles of the sites relative to the TSS, ascending.
    pub(super) fn positions_bp(&self, upstream_bp: u32) -> Vec<i64> {
        let middle = |start: u32| i64::from(start) + self.kernel as i64 / 2 - i64::from(upstream_bp);
        let mut positions: Vec<i64> = self.sites.sites.iter().map(|site| middle(site.start)).collect();
        positions.sort_unstable();
        positions
    }

    /// First quartile, median and third quartile of these, rounded to bases.
    pub(super) fn quartiles_bp(&self, upstream_bp: u32) -> Option<[i64; 3]> {
        let positions: Vec<f64> = self.positions_bp(upstream_bp).into_iter().map(|position| position as f64).collect();
        let [first, median, third] = [0.25, 0.5, 0.75].map(|share| quantile(&positions, share));
        Some([first?, median?, third?].map(|position| position.round() as i64))
    }

    /// Size of the effect over all cell types beyond that of other bases; below 0 where none was measured.
    pub(super) fn effect_size(&self) -> f64 {
        self.effect.as_ref().map_or(-1.0, |effect| (effect.mean.log2_tpm - effect.control.log2_tpm).abs())
    }

    /// Correlates the number of sites with measured expression, over the genes that are measured.
    pub(super) fn correlate(&mut self, dataset: &PreparedDataset, cell_types: &[String], promoters: &ReadPromoters) {
        let counts = self.sites.per_window(promoters.windows.len());
        let of_cell_type = |name: &String| {
            // The data set may measure other cell types than the model predicts.
            let column = dataset.cell_types().iter().position(|known| known == name)?;
            let pairs = promoters.genes.iter().zip(&counts);
            let pairs = pairs.map(|(&gene, &count)| (f64::from(dataset.log2_tpm(gene, column)), f64::from(count)));
            let (measured, counts): (Vec<f64>, Vec<f64>) = pairs.filter(|(measured, _)| measured.is_finite()).unzip();
            pearson(&measured, &counts)
        };
        self.expression_pearson = cell_types.iter().map(of_cell_type).collect();
    }

    /// Mean of the correlations over the cell types that have one.
    pub(super) fn mean_expression_pearson(&self) -> Option<f64> {
        let defined: Vec<f64> = self.expression_pearson.iter().flatten().copied().collect();
        (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / defined.len() as f64)
    }

    /// What to know of it.
    pub(super) fn note(&self) -> &'static str {
        match self.sites.sites.len() {
            0 => "active nowhere",
            few if few < super::FEWEST_SITES => "fewer than 10 sites, not compared",
            _ => "",
        }
    }
}

fn trimmed(consensus: &str) -> String {
    let trimmed = consensus.trim_matches('N');
    if trimmed.is_empty() { "N".to_owned() } else { trimmed.to_owned() }
}
