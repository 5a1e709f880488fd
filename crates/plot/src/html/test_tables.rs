//! Tables of the tests between models and of the analyses of variance.

use maud::{Markup, html};
use tatabox_dataset::Split;
use tatabox_eval::{AnovaRow, ComparisonRow, ComparisonTable};

use super::table::{UNDEFINED, digits, folded, interval, table};
use crate::canvas::{number, p_value_text};

/// Kind of test: heading, description, columns and the cells of a row.
struct TestKind {
    heading: &'static str,
    text: &'static str,
    columns: &'static [&'static str],
    cells: fn(&ComparisonRow) -> Option<Vec<String>>,
}

const KINDS: [TestKind; 3] = [
    TestKind {
        heading: "Difference in Pearson correlation",
        text: "Paired bootstrap over genes; a second interval resamples whole chromosomes, where they are known. Positive where the \
               reference scores higher.",
        columns: &["Δr", "95% interval", "over chromosomes", "p", "p\u{a0}(Holm)", "p\u{a0}(BH)"],
        cells: |row| {
            let test = row.pearson?;
            let p = [test.p, test.p_holm, test.p_bh].map(p_cell);
            let limits = [test.interval, test.chromosome_interval].map(interval);
            Some([digits(Some(test.value), 3)].into_iter().chain(limits).chain(p).collect())
        },
    },
    TestKind {
        heading: "Absolute errors",
        text: "Wilcoxon signed-rank test, each gene once. Effect size: matched-pairs rank-biserial correlation, positive where the \
               reference has the smaller errors.",
        columns: &["W", "p", "p\u{a0}(Holm)", "p\u{a0}(BH)", "Rank-biserial"],
        cells: |row| {
            let test = row.absolute_error?;
            let p = [Some(test.p), test.p_holm, test.p_bh].map(p_cell);
            Some(
                [digits(Some(test.statistic), 0)]
                    .into_iter()
                    .chain(p)
                    .chain([digits(Some(test.rank_biserial), 3)])
                    .collect(),
            )
        },
    },
    TestKind {
        heading: "Folds of the cross-validation",
        text: "Corrected resampled t-test (Nadeau and Bengio 2003). Effect size: Cohen's d of paired values.",
        columns: &["Folds", "Mean difference", "t", "df", "p", "p\u{a0}(Holm)", "p\u{a0}(BH)", "Cohen's d"],
        cells: |row| {
            let test = row.folds?;
            let head = [
                test.folds.to_string(),
                digits(Some(test.mean_difference), 3),
                digits(Some(test.t), 2),
                digits(Some(test.df), 0),
            ];
            let p = [Some(test.p), test.p_holm, test.p_bh].map(p_cell);
            Some(head.into_iter().chain(p).chain([digits(Some(test.cohens_d), 2)]).collect())
        },
    },
];

pub(super) fn tests(comparisons: &ComparisonTable, split: Split) -> Markup {
    let rows: Vec<&ComparisonRow> = comparisons.rows.iter().filter(|row| row.split == split).collect();
    let anova: Vec<&AnovaRow> = comparisons.anova.iter().filter(|row| row.split == split).collect();
    html! {
        p {
            "Reference: " strong { (comparisons.reference) } ", " (split) " split. Bootstrap: "
            (number(comparisons.bootstrap_resamples as f64, 0)) " resamples (seed " (comparisons.bootstrap_seed)
            "). Holm and BH (Benjamini and Hochberg) correct over the models; among single cell types over models and cell types."
        }
        @if rows.is_empty() { p { "No other model was compared in this split." } }
        @for kind in &KINDS { (of_kind(kind, &rows)) }
        @if !anova.is_empty() { (variance(&anova)) }
        @if !comparisons.notes.is_empty() { ul { @for note in &comparisons.notes { li { (note) } } } }
    }
}

/// Tests over all cell types, followed by a collapsed table of single cell types; empty if no row has the test.
fn of_kind(kind: &TestKind, rows: &[&ComparisonRow]) -> Markup {
    let columns: Vec<&str> =
        ["Against", "Cell\u{a0}type", "n\u{a0}genes"].iter().chain(kind.columns).copied().collect();
    let records = |requested: &dyn Fn(&ComparisonRow) -> bool| -> Vec<Vec<String>> {
        let record = |row: &&ComparisonRow| {
            let cell_type = row.cell_type.clone().unwrap_or_else(|| "all".to_owned());
            let head = [row.model.clone(), cell_type, number(row.n as f64, 0)];
            Some(head.into_iter().chain((kind.cells)(row)?).collect())
        };
        rows.iter().filter(|row| requested(row)).filter_map(record).collect()
    };
    let (all, each) = (records(&|row| row.cell_type.is_none()), records(&|row| row.cell_type.is_some()));
    html! {
        @if !all.is_empty() || !each.is_empty() {
            h3 { (kind.heading) }
            p { (kind.text) }
            @if !all.is_empty() { (table(&columns, 2, &all)) }
            @if !each.is_empty() { (folded("Each cell type", &table(&columns, 2, &each))) }
        }
    }
}

fn variance(rows: &[&AnovaRow]) -> Markup {
    let columns = ["Design", "Models", "Values of each", "F", "df", "p", "ε", "p (Greenhouse–Geisser)", "η²"];
    let record = |row: &&AnovaRow| {
        vec![
            row.design.clone(),
            row.models.to_string(),
            row.values.to_string(),
            digits(Some(row.f), 2),
            format!("{}, {}", degrees(row.df[0]), degrees(row.df[1])),
            p_cell(Some(row.p)),
            digits(row.epsilon, 2),
            p_cell(row.p_greenhouse_geisser),
            digits(Some(row.eta_squared), 3),
        ]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(record).collect();
    html! {
        h3 { "Analysis of variance" }
        p { "Do the models differ at all? η² is partial where measures are repeated; ε corrects the degrees of freedom after Greenhouse and Geisser." }
        (table(&columns, 1, &rows))
    }
}

fn degrees(df: f64) -> String {
    number(df, usize::from(df.fract().abs() > 1e-9))
}

fn p_cell(p: Option<f64>) -> String {
    p.map_or_else(|| UNDEFINED.to_owned(), p_value_text)
}
