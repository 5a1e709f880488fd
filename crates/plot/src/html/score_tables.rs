//! Tables of scores, noise ceiling and scores by similarity.

use maud::{Markup, html};
use tatabox_dataset::Split;
use tatabox_eval::{
    MINIMUM_STRATUM_GENES, Metric, MetricRow, MetricTable, NoiseCeiling, NoiseCeilingRow, Scope, StratifiedTable,
    StratumRow,
};

use super::table::{estimate, folded, table};
use crate::canvas::number;
use crate::figures::FigureContext;

pub(super) fn scores(context: &FigureContext<'_>) -> Markup {
    let metrics = context.inputs.metrics;
    let mut splits = vec![context.split];
    for row in &metrics.rows {
        if !splits.contains(&row.split) {
            splits.push(row.split);
        }
    }
    html! {
        p {
            "Square brackets: 95% bootstrap interval over genes, " (number(metrics.bootstrap_resamples as f64, 0)) " resamples (seed "
            (metrics.bootstrap_seed) "). Errors are in log₂(TPM + 1)."
        }
        @for split in splits { (of_split(metrics, split)) }
    }
}

fn of_split(metrics: &MetricTable, split: Split) -> Markup {
    let rows = || metrics.rows.iter().filter(|row| row.split == split);
    let mut means: Vec<&MetricRow> = rows().filter(|row| row.is_mean()).collect();
    // Descending by score; models without a score are last.
    let pearson = |row: &MetricRow| row.pearson.value.unwrap_or(f64::NEG_INFINITY);
    means.sort_by(|a, b| pearson(b).total_cmp(&pearson(a)));
    let means: Vec<Vec<String>> = means.into_iter().map(|row| record(row, None)).collect();
    let pooled = rows().filter(|row| row.scope == Scope::Pooled).map(|row| record(row, None));
    let pooled: Vec<Vec<String>> = pooled.collect();
    let cells = rows().filter_map(|row| Some(record(row, Some(row.cell_type()?))));
    let cells: Vec<Vec<String>> = cells.collect();
    let scores: Vec<String> = Metric::ALL.map(heading).to_vec();
    let columns = |names: &[&'static str]| -> Vec<&str> {
        names.iter().copied().chain(["n\u{a0}genes"]).chain(scores.iter().map(String::as_str)).collect()
    };
    let (over_all, by_cell) = (columns(&["Model"]), columns(&["Model", "Cell\u{a0}type"]));
    html! {
        h3 { "Mean over cell types, " (split) " split" }
        (table(&over_all, 1, &means))
        @if !pooled.is_empty() { (folded(&format!("All cell types pooled, {split} split"), &table(&over_all, 1, &pooled))) }
        (folded(&format!("Each cell type, {split} split"), &table(&by_cell, 2, &cells)))
    }
}

fn record(row: &MetricRow, cell_type: Option<&str>) -> Vec<String> {
    let names = [row.model.clone()].into_iter().chain(cell_type.map(str::to_owned));
    let scores = Metric::ALL.map(|metric| estimate(row.estimate(metric)));
    names.chain([number(row.n as f64, 0)]).chain(scores).collect()
}

/// Column heading of a score.
fn heading(metric: Metric) -> String {
    match metric.name() {
        "pearson" => "Pearson\u{a0}r".to_owned(),
        "spearman" => "Spearman\u{a0}ρ".to_owned(),
        "r2_pearson" => "r² (squared Pearson)".to_owned(),
        "r2" => "R² (1 − SSE/SST)".to_owned(),
        "mse" => "MSE".to_owned(),
        "mae" => "MAE".to_owned(),
        "cross_cell_type_pearson" => "Cross-cell-type\u{a0}r".to_owned(),
        "cross_cell_type_spearman" => "Cross-cell-type\u{a0}ρ".to_owned(),
        "gene_pearson_median" => "Median gene\u{a0}r".to_owned(),
        name => {
            let text = name.replace('_', " ");
            text[..1].to_uppercase() + &text[1..]
        }
    }
}

pub(super) fn ceiling(ceiling: &NoiseCeiling) -> Markup {
    let row = |row: &NoiseCeilingRow| {
        let names = [row.cell_type.clone(), row.split.to_string(), row.replicate.clone()];
        let numbers = [
            number(row.n as f64, 0),
            number(row.n_without_replicate as f64, 0),
            estimate(&row.pearson),
            estimate(&row.spearman),
        ];
        names.into_iter().chain(numbers).collect()
    };
    let rows: Vec<Vec<String>> = ceiling.rows.iter().map(row).collect();
    let columns = [
        "Cell\u{a0}type",
        "Split",
        "Replicate",
        "n\u{a0}genes",
        "without\u{a0}replicate",
        "Pearson\u{a0}r",
        "Spearman\u{a0}ρ",
    ];
    html! {
        p {
            "Agreement of the measurements with a replicate (" (ceiling.source) "), 95% bootstrap interval over genes, "
            (number(ceiling.bootstrap_resamples as f64, 0)) " resamples. No model can be expected to pass it by much."
            @if !ceiling.without_replicate.is_empty() { " Without a replicate: " (ceiling.without_replicate.join(", ")) "." }
        }
        (table(&columns, 3, &rows))
    }
}

/// Scores by similarity to the training genes.
pub(super) fn strata(strata: &StratifiedTable, model: &str) -> Markup {
    let row = |row: &StratumRow| {
        let names = [row.model.clone(), row.split.to_string(), row.stratum.clone()];
        names.into_iter().chain([number(row.n as f64, 0), estimate(&row.pearson)]).collect()
    };
    let rows = |of_model: bool| -> Vec<Vec<String>> {
        strata.rows.iter().filter(|row| row.n > 0 && (row.model == model) == of_model).map(row).collect()
    };
    let columns = ["Model", "Split", "Similarity", "n\u{a0}genes", "Pearson\u{a0}r"];
    let others = rows(false);
    html! {
        h3 { "Scores by similarity to the training genes" }
        p {
            "Pearson correlation, mean over cell types, 95% bootstrap interval over genes, "
            (number(strata.bootstrap_resamples as f64, 0)) " resamples; none below " (MINIMUM_STRATUM_GENES) " genes in a cell type."
        }
        (table(&columns, 3, &rows(true)))
        @if !others.is_empty() { (folded("Every other model", &table(&columns, 3, &others))) }
    }
}
