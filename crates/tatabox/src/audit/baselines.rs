//! Checks by baselines that must not score: one that memorises train genes, one that reads padding only.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use tatabox_baselines::{Baseline, BaselineError, BaselineTask, nearest_train_genes, predict_baseline};
use tatabox_dataset::{AuditCheck, Extent, GeneEntry, PredictionRow, PredictionTable, PreparedDataset, Split, Verdict};
use tatabox_eval::{EvaluateOptions, Interval, Scope, evaluate};
use tatabox_model::DEFAULT_SEED;

use crate::error::Result;
use crate::observer::Observer;

/// Mean Pearson of memorisation from which scores do not show that rules were learned: half of what models of promoter
/// sequence reach on human genes.
const MEMORISATION_PEARSON: f64 = 0.3;

/// Mean Pearson that chance and base composition may reach; an interval above it is a finding.
const TOLERATED_PEARSON: f64 = 0.1;

/// Bootstrap resamples of an interval: enough for a verdict.
const RESAMPLES: usize = 1_000;

const NEAREST_NEIGHBOUR: &str = "nearest neighbour";
const PADDING_READ: &str = "padding, network";
const PADDING_WINDOWS: &str = "padding, windows";

/// Checks of nearest neighbour and padding within `extent`, on the genes that cover it, and of the padding of whole windows,
/// on all genes.
pub(super) fn checks(dataset: &PreparedDataset, extent: Extent, observer: &dyn Observer) -> Result<Vec<AuditCheck>> {
    let read = WindowSelection {
        dataset,
        cell_types: (0..dataset.cell_types().len()).collect(),
        range: extent.window_range(dataset.geometry()),
        genes: (0..dataset.len()).filter(|&gene| dataset.covers(gene, extent)).collect(),
    };
    let whole = Extent::of_window(dataset.geometry()).window_range(dataset.geometry());
    let windows = WindowSelection { range: whole, genes: (0..dataset.len()).collect(), ..read.clone() };
    observer.note(&format!("baselines: {}, {}", Baseline::NearestNeighbour, Baseline::PaddingOnly));
    Ok(vec![
        read.check(NEAREST_NEIGHBOUR, Baseline::NearestNeighbour, |rows| nearest_neighbour(&read, rows))?,
        read.check(PADDING_READ, Baseline::PaddingOnly, |rows| {
            padding(rows, PADDING_READ, Verdict::Fail, &format!("that cover {extent}"))
        })?,
        windows.check(PADDING_WINDOWS, Baseline::PaddingOnly, |rows| {
            padding(rows, PADDING_WINDOWS, Verdict::Warn, "of any extent; networks read one extent")
        })?,
    ])
}

/// Genes, and the bases of their windows, that a baseline reads.
#[derive(Clone)]
struct WindowSelection<'a> {
    dataset: &'a PreparedDataset,
    cell_types: Vec<usize>,
    range: Range<usize>,
    genes: Vec<usize>,
}

impl WindowSelection<'_> {
    fn task(&self) -> BaselineTask<'_> {
        BaselineTask {
            dataset: self.dataset,
            cell_types: &self.cell_types,
            extent: self.range.clone(),
            genes: &self.genes,
            splits: &[Split::Test],
            seed: DEFAULT_SEED,
        }
    }

    /// The verdict of `judge` on the rows that the baseline predicts; WARN where the baseline cannot be fitted.
    fn check(
        &self,
        name: &str,
        baseline: Baseline,
        judge: impl FnOnce(Vec<PredictionRow>) -> Result<AuditCheck>,
    ) -> Result<AuditCheck> {
        match predict_baseline(baseline, &self.task(), &mut |_| {}) {
            Ok(predicted) => judge(predicted.rows),
            Err(error @ (BaselineError::NoGenes { .. } | BaselineError::ExtentOutsideWindow { .. })) => {
                Ok(AuditCheck::new(name, Verdict::Warn, format!("not checked: {error}")))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Correlation of predictions with measurements, over test genes.
#[derive(Debug, Clone, Default)]
struct Score {
    genes: usize,
    /// Mean over the cell types; `None` where predictions do not vary.
    mean: Option<f64>,
    interval: Option<Interval>,
    by_cell_type: Vec<(String, f64)>,
}

impl Score {
    fn of(rows: Vec<PredictionRow>) -> Result<Self> {
        if rows.is_empty() {
            return Ok(Self::default());
        }
        let table = PredictionTable::new(rows)?;
        let scored = evaluate(&table, &EvaluateOptions { resamples: RESAMPLES, ..EvaluateOptions::default() })?;
        let mut score = Self::default();
        for row in scored.rows {
            match (row.scope, row.pearson.value) {
                (Scope::CellType(name), Some(pearson)) => score.by_cell_type.push((name, pearson)),
                (Scope::Mean, mean) => (score.genes, score.mean, score.interval) = (row.n, mean, row.pearson.interval),
                (Scope::CellType(_) | Scope::Pooled, _) => {}
            }
        }
        Ok(score)
    }

    fn is_clearly_above(&self, limit: f64) -> bool {
        self.interval.is_some_and(|interval| interval.low > limit)
    }

    /// The check with these numbers.
    fn numbered(&self, check: AuditCheck) -> AuditCheck {
        let mut check = check.with("test_genes", self.genes as f64);
        let (low, high) = (self.interval.map(|interval| interval.low), self.interval.map(|interval| interval.high));
        for (name, number) in [("mean_pearson", self.mean), ("mean_pearson_low", low), ("mean_pearson_high", high)] {
            check = number.into_iter().fold(check, |check, number| check.with(name, number));
        }
        self.by_cell_type.iter().fold(check, |check, (cell_type, r)| check.with(format!("pearson_{cell_type}"), *r))
    }
}

impl fmt::Display for Score {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.mean, self.interval) {
            (Some(mean), Some(Interval { low, high })) => write!(formatter, "Pearson {mean:.3} [{low:.3}, {high:.3}]"),
            (Some(mean), None) => write!(formatter, "Pearson {mean:.3}"),
            (None, _) => formatter.write_str("no correlation, as predictions do not vary,"),
        }
    }
}

/// FAIL at a mean Pearson of 0.3 or more that is clearly above 0.1, WARN clearly above 0.1.
fn nearest_neighbour(selection: &WindowSelection<'_>, rows: Vec<PredictionRow>) -> Result<AuditCheck> {
    let WindowSelection { dataset, genes, .. } = selection;
    let is_test = |entry: &GeneEntry| entry.split == Split::Test && entry.alternative_of.is_none();
    let test = genes.iter().copied().filter(|&gene| is_test(&dataset.genes()[gene]));
    let neighbours = nearest_train_genes(&selection.task());
    let with_neighbour = test.zip(&neighbours).filter(|(_, neighbour)| neighbour.is_some());
    let names: BTreeSet<&str> = with_neighbour.map(|(gene, _)| dataset.genes()[gene].gene_id.as_str()).collect();
    let of_these = rows.iter().filter(|row| names.contains(row.gene_id.as_str())).cloned().collect();
    let (all, similar) = (Score::of(rows)?, Score::of(of_these)?);
    let verdict = match (all.is_clearly_above(TOLERATED_PEARSON), all.mean) {
        (true, Some(mean)) if mean >= MEMORISATION_PEARSON => Verdict::Fail,
        (true, _) => Verdict::Warn,
        _ => Verdict::Pass,
    };
    let of_similar = match (names.len(), similar.mean) {
        (0, _) => "none has a similar train window".to_owned(),
        (count, Some(_)) => format!("{similar} over the {count} with a similar train window"),
        (count, None) => format!("{count} with a similar train window"),
    };
    let finding = format!("{all} over {} test genes; {of_similar}", all.genes);
    let mut check = all.numbered(AuditCheck::new(NEAREST_NEIGHBOUR, verdict, finding));
    check = check.with("test_genes_with_neighbour", names.len() as f64);
    Ok(similar.mean.into_iter().fold(check, |check, mean| check.with("mean_pearson_with_neighbour", mean)))
}

/// `bad` where padding predicts test genes clearly above 0.1. A negative correlation passes: the baseline is fitted to train
/// genes, so that a model could not use it.
fn padding(rows: Vec<PredictionRow>, name: &str, bad: Verdict, which: &str) -> Result<AuditCheck> {
    let score = Score::of(rows)?;
    let verdict = if score.is_clearly_above(TOLERATED_PEARSON) { bad } else { Verdict::Pass };
    let finding = format!("{score} over {} test genes {which}", score.genes);
    Ok(score.numbered(AuditCheck::new(name, verdict, finding)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixty test genes whose predictions follow the measurements plus `noise`.
    fn rows(noise: f64) -> Vec<PredictionRow> {
        let row = |gene: u32| {
            let measured = f64::from(gene * 37 % 60);
            PredictionRow {
                gene_id: format!("G{gene}"),
                gene_name: None,
                cell_type: "K562".to_owned(),
                split: Split::Test,
                measured,
                predicted: measured + noise * f64::from(gene * 17 % 60),
                model: "padding-only".to_owned(),
            }
        };
        (0..60).map(row).collect()
    }

    #[test]
    fn padding_check_fails_where_padding_predicts_and_passes_where_it_does_not_vary() {
        let check = padding(rows(0.1), PADDING_READ, Verdict::Fail, "").expect("scored");
        assert_eq!(check.verdict, Verdict::Fail);
        assert!(check.numbers["mean_pearson"] > 0.9 && check.numbers.contains_key("pearson_K562"), "{check:?}");
        let constant = rows(0.0).into_iter().map(|row| PredictionRow { predicted: 3.0, ..row }).collect();
        let check = padding(constant, PADDING_READ, Verdict::Fail, "").expect("scored");
        assert_eq!(check.verdict, Verdict::Pass);
        assert!(check.finding.contains("do not vary") && !check.numbers.contains_key("mean_pearson"), "{check:?}");
        assert_eq!(padding(Vec::new(), PADDING_READ, Verdict::Fail, "").expect("empty").verdict, Verdict::Pass);
    }

    #[test]
    fn padding_check_passes_on_a_negative_correlation() {
        let opposite = rows(0.1).into_iter().map(|row| PredictionRow { predicted: -row.predicted, ..row }).collect();
        assert_eq!(padding(opposite, PADDING_READ, Verdict::Fail, "").expect("scored").verdict, Verdict::Pass);
    }
}
