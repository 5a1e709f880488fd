//! Check for held-out windows that are similar to train windows.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::check::{AuditCheck, Verdict, count_noun};
use super::similarity_table::{SimilarityRow, SimilarityTable};
use super::{AuditOptions, AuditProgress};
use crate::prepared::{Neighbour, PreparedDataset, WindowIndex};
use crate::quantile::quantile;
use crate::split::Split;

/// Number of windows compared between two progress reports.
const REPORT_EVERY: usize = 256;

/// Minimum fraction of the shorter window that the shared stretches of near-duplicates cover.
const MIN_ALIGNED_FRACTION: f64 = 0.5;

/// Reported quantiles of the similarity.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Similarities of one split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimilaritySummary {
    /// The split.
    pub split: Split,
    /// Number of genes.
    pub genes: usize,
    /// The 5%, 25%, 50%, 75% and 95% quantiles; `None` without genes.
    pub quantiles: Option<[f64; 5]>,
    /// Fraction of the genes with a similarity above 0.5.
    pub above_half: f64,
    /// Fraction of the genes with a similarity above 0.9.
    pub above_nine_tenths: f64,
    /// Number of genes with a near-duplicate in train.
    pub near_duplicates: usize,
}

/// Most similar train window of every test gene, followed by every validation gene; `index` covers all genes.
pub(super) fn nearest_train_windows(
    dataset: &PreparedDataset,
    index: &WindowIndex,
    progress: &mut dyn FnMut(AuditProgress),
) -> SimilarityTable {
    let genes: Vec<usize> = [Split::Test, Split::Validation].into_iter().flat_map(|s| dataset.genes_in(s)).collect();
    let is_train = |gene: usize| dataset.genes()[gene].split == Split::Train;
    let mut rows = Vec::with_capacity(genes.len());
    for part in genes.chunks(REPORT_EVERY) {
        let nearest = |&gene: &usize| row(dataset, gene, index.nearest(dataset, gene, is_train));
        let of_part: Vec<SimilarityRow> = part.par_iter().map(nearest).collect();
        rows.extend(of_part);
        progress(AuditProgress { step: "comparing windows", done: rows.len(), total: genes.len() });
    }
    SimilarityTable { rows }
}

fn row(dataset: &PreparedDataset, gene: usize, nearest: Option<Neighbour>) -> SimilarityRow {
    let entry = &dataset.genes()[gene];
    let of = |value: fn(&Neighbour) -> f64| nearest.as_ref().map_or(0.0, value);
    SimilarityRow {
        gene_id: entry.gene_id.clone(),
        split: entry.split,
        nearest_train_gene: nearest.map(|neighbour| dataset.genes()[neighbour.gene].gene_id.clone()),
        similarity: of(|neighbour| neighbour.similarity.containment()),
        jaccard: of(|neighbour| neighbour.similarity.jaccard()),
        identity: nearest.and_then(|neighbour| neighbour.similarity.identity()),
        aligned_fraction: of(|neighbour| neighbour.similarity.aligned_fraction),
    }
}

/// Number of held-out genes without a k-mer; `index` covers all genes.
pub(super) fn too_short(dataset: &PreparedDataset, index: &WindowIndex) -> usize {
    let held_out = (0..dataset.len()).filter(|&gene| dataset.genes()[gene].split != Split::Train);
    held_out.filter(|&gene| index.sketch_len(gene) == 0).count()
}

/// Summaries of the test and the validation split.
pub(super) fn summaries(table: &SimilarityTable, options: &AuditOptions) -> Vec<SimilaritySummary> {
    let summary = |split| {
        let rows: Vec<&SimilarityRow> = table.rows.iter().filter(|row| row.split == split).collect();
        let mut sorted: Vec<f64> = rows.iter().map(|row| row.similarity).collect();
        sorted.sort_by(f64::total_cmp);
        let fraction_above = |limit: f64| {
            let above = sorted.iter().filter(|&&similarity| similarity > limit).count();
            if sorted.is_empty() { 0.0 } else { above as f64 / sorted.len() as f64 }
        };
        SimilaritySummary {
            split,
            genes: rows.len(),
            quantiles: (!sorted.is_empty()).then(|| QUANTILES.map(|fraction| quantile(&sorted, fraction))),
            above_half: fraction_above(0.5),
            above_nine_tenths: fraction_above(0.9),
            near_duplicates: rows.iter().filter(|row| is_near_duplicate(row, options)).count(),
        }
    };
    vec![summary(Split::Test), summary(Split::Validation)]
}

fn is_near_duplicate(row: &SimilarityRow, options: &AuditOptions) -> bool {
    row.identity.is_some_and(|identity| identity >= options.near_identity)
        && row.aligned_fraction >= MIN_ALIGNED_FRACTION
}

/// FAIL if the fraction of test windows with a near-duplicate in train exceeds the limit, WARN for any near-duplicate.
pub(super) fn check(summaries: &[SimilaritySummary], too_short: usize, options: &AuditOptions) -> AuditCheck {
    let near_duplicate_fraction =
        |summary: &SimilaritySummary| summary.near_duplicates as f64 / summary.genes.max(1) as f64;
    let too_many =
        summaries.iter().any(|one| one.split == Split::Test && near_duplicate_fraction(one) > options.near_duplicates);
    let verdict = if too_many {
        Verdict::Fail
    } else if summaries.iter().any(|summary| summary.near_duplicates > 0) {
        Verdict::Warn
    } else {
        Verdict::Pass
    };
    let fractions: Vec<String> = summaries
        .iter()
        .map(|one| {
            let (duplicates, genes, percent) = (one.near_duplicates, one.genes, 100.0 * near_duplicate_fraction(one));
            format!("{duplicates} of {genes} {} windows ({percent:.1}%)", one.split)
        })
        .collect();
    let mut clauses = vec![format!(
        "{} have a near-duplicate in train (identity {} or more over half of the window)",
        fractions.join(" and "),
        options.near_identity
    )];
    if too_short > 0 {
        clauses.push(format!("{} too short to be compared", count_noun(too_short, "window")));
    }
    let check = AuditCheck::new("similar windows", verdict, clauses.join("; "));
    let mut check = check.with("windows_too_short", too_short as f64);
    for summary in summaries {
        let split = summary.split;
        check = check
            .with(format!("{split}_near_duplicates"), summary.near_duplicates as f64)
            .with(format!("{split}_fraction_above_0.5"), summary.above_half)
            .with(format!("{split}_fraction_above_0.9"), summary.above_nine_tenths);
        if let Some([.., median, _, high]) = summary.quantiles {
            check = check.with(format!("{split}_median"), median).with(format!("{split}_quantile_0.95"), high);
        }
    }
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(split: Split, similarity: f64, identity: f64, aligned_fraction: f64) -> SimilarityRow {
        SimilarityRow {
            gene_id: "G".to_owned(),
            split,
            nearest_train_gene: Some("T".to_owned()),
            similarity,
            jaccard: similarity / 2.0,
            identity: Some(identity),
            aligned_fraction,
        }
    }

    fn verdict(near: usize, far: usize, split: Split) -> Verdict {
        let rows = (0..near).map(|_| row(split, 0.8, 0.95, 0.9)).chain((0..far).map(|_| row(split, 0.8, 0.95, 0.4)));
        let options = AuditOptions::default();
        check(&summaries(&SimilarityTable { rows: rows.collect() }, &options), 0, &options).verdict
    }

    #[test]
    fn check_tolerates_one_percent_near_duplicates() {
        assert_eq!(verdict(0, 100, Split::Test), Verdict::Pass);
        assert_eq!(verdict(1, 99, Split::Test), Verdict::Warn);
        assert_eq!(verdict(2, 98, Split::Test), Verdict::Fail);
        assert_eq!(verdict(50, 50, Split::Validation), Verdict::Warn);
    }

    #[test]
    fn summaries_match_hand_calculation() {
        let rows = [0.1, 0.2, 0.6, 0.95, 1.0].map(|similarity| row(Split::Test, similarity, 0.5, 1.0)).to_vec();
        let test = &summaries(&SimilarityTable { rows }, &AuditOptions::default())[0];
        assert_eq!((test.genes, test.above_half, test.above_nine_tenths), (5, 0.6, 0.4));
        // Ranks 0 to 4: 5% is rank 0.2, 0.1 + 0.2 * 0.1; 95% is rank 3.8.
        let expected = [0.12, 0.2, 0.6, 0.95, 0.99];
        let quantiles = test.quantiles.expect("five genes");
        assert!(
            quantiles.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12),
            "{quantiles:?}"
        );
    }
}
