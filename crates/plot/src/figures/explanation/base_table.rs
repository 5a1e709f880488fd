//! Tables of the values of an explanation.

use super::PreparedExplanation;
use crate::canvas::{FigureTable, optional_cell};
use crate::error::PlotError;

const BASES: [&str; 5] = ["A", "C", "G", "T", "N"];

/// A table of the bases and, if there are motif hits, a table of the hits.
pub(super) fn tables(prepared: &PreparedExplanation<'_>, name: &str) -> Result<Vec<FigureTable>, PlotError> {
    let mut tables = vec![base_table(prepared, name)?];
    let hits = &prepared.explanation.motif_hits;
    if !hits.is_empty() {
        let rows = hits.iter().map(|hit| {
            let strand = if hit.reverse { "-" } else { "+" };
            let [start, end] = [hit.start_bp, hit.end_bp].map(|position| position.to_string());
            vec![hit.name.clone(), start, end, strand.to_owned(), optional_cell(finite(hit.effect))]
        });
        let header = ["motif", "start_bp", "end_bp", "strand", "effect"];
        tables.push(FigureTable::new(&format!("{name}_motifs"), &header, rows)?);
    }
    Ok(tables)
}

fn base_table(prepared: &PreparedExplanation<'_>, name: &str) -> Result<FigureTable, PlotError> {
    let explanation = prepared.explanation;
    let method = explanation.attribution.as_ref().map(|attribution| attribution.method.replace(' ', "_"));
    let mut header = vec!["position_bp", "base"];
    if explanation.substitutions.is_some() {
        header.extend(["change_to_A", "change_to_C", "change_to_G", "change_to_T", "effect"]);
    }
    header.extend(method.as_deref());
    if !explanation.attention.is_empty() {
        header.push("attention");
    }
    let rows = explanation.bases.iter().enumerate().map(|(index, &base)| {
        let letter = BASES[usize::from(base).min(BASES.len() - 1)];
        let mut row = vec![explanation.position_bp(index).to_string(), letter.to_owned()];
        let mut push = |value: f64| row.push(optional_cell(finite(Some(value))));
        if let (Some(changes), Some(effects)) = (&explanation.substitutions, &prepared.effects) {
            changes[index].into_iter().for_each(&mut push);
            push(effects[index]);
        }
        if let Some(attribution) = &explanation.attribution {
            push(attribution.values[index]);
        }
        if !explanation.attention.is_empty() {
            push(prepared.attention[index]);
        }
        row
    });
    FigureTable::new(name, &header, rows)
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}
