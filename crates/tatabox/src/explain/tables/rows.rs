//! Rows of the tables of explanations.

use tatabox_sequence::{UNKNOWN, letter};

use super::super::attention_bins::AttentionBin;
use super::super::contributions::Contributions;
use super::super::explanation::{Deletion, Explanation};
use super::super::motif_sites::MotifSite;
use crate::inputs::CoordinateMap;
use crate::tables::Cell;

pub(super) fn summary(explanation: &Explanation, cell_types: &[usize]) -> Vec<Vec<Cell>> {
    let promoter = &explanation.promoter;
    let row = |cell_type: usize, method: &str, agreement: Option<f64>, delta: Option<f64>| {
        let predicted = explanation.prediction.as_ref().map(|prediction| prediction.log2_tpm[cell_type]);
        let measured = promoter.measured_log2_tpm.as_ref().and_then(|values| values[cell_type]);
        vec![
            Cell::text(&promoter.id),
            Cell::text(promoter.name.clone().unwrap_or_default()),
            Cell::text(&explanation.cell_types[cell_type]),
            Cell::text(method),
            Cell::real(predicted),
            Cell::real(measured),
            Cell::real(agreement),
            Cell::real(delta),
            Cell::Count(promoter.n_acgt as u64),
            Cell::text(explanation.note()),
        ]
    };
    if explanation.contributions.is_empty() {
        return cell_types.iter().map(|&cell_type| row(cell_type, "", None, None)).collect();
    }
    let of_method = |contributions: &Contributions| {
        let delta = contributions.completeness.map(|completeness| completeness.delta());
        let agreement = explanation.attention_agreement(contributions);
        row(contributions.cell_type, contributions.method.name(), agreement, delta)
    };
    explanation.contributions.iter().map(of_method).collect()
}

pub(super) fn contributions(explanation: &Explanation) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for contributions in &explanation.contributions {
        for ((position_bp, &base), &value) in
            (explanation.start_bp..).zip(&explanation.bases).zip(&contributions.values)
        {
            let [chrom, start] = position_cells(explanation.coordinates.as_ref(), position_bp, 0);
            rows.push(vec![
                Cell::text(&explanation.promoter.id),
                Cell::text(&explanation.cell_types[contributions.cell_type]),
                Cell::text(contributions.method.name()),
                Cell::integer(position_bp),
                base_cell(base),
                Cell::real((base != UNKNOWN).then_some(value)),
                chrom,
                start,
            ]);
        }
    }
    rows
}

pub(super) fn substitutions(explanation: &Explanation, cell_types: &[usize]) -> Vec<Vec<Cell>> {
    let Some(effects) = &explanation.substitutions else { return Vec::new() };
    let coordinates = explanation.coordinates.as_ref();
    let mut rows = Vec::new();
    for &cell_type in cell_types {
        for (position, (position_bp, &own)) in (explanation.start_bp..).zip(&explanation.bases).enumerate() {
            if own == UNKNOWN {
                continue;
            }
            for (base, effect) in (0..).zip(effects.at(position, cell_type)) {
                if base == own {
                    continue;
                }
                let [chrom, pos] = position_cells(coordinates, position_bp, 1);
                let allele =
                    |base| coordinates.map_or(Cell::text(""), |coordinates| base_cell(coordinates.forward(base)));
                rows.push(vec![
                    Cell::text(&explanation.promoter.id),
                    Cell::text(&explanation.cell_types[cell_type]),
                    Cell::integer(position_bp),
                    base_cell(own),
                    base_cell(base),
                    Cell::real(effect),
                    chrom,
                    pos,
                    allele(own),
                    allele(base),
                ]);
            }
        }
    }
    rows
}

pub(super) fn attention(explanation: &Explanation) -> Vec<Vec<Cell>> {
    let row = |bin: &AttentionBin| {
        let [chrom, start, end] = interval_cells(explanation.coordinates.as_ref(), bin.start_bp, bin.end_bp);
        vec![
            Cell::text(&explanation.promoter.id),
            Cell::integer(bin.start_bp),
            Cell::integer(bin.end_bp),
            Cell::real(bin.weight),
            chrom,
            start,
            end,
        ]
    };
    explanation.attention.iter().map(row).collect()
}

pub(super) fn deletions(explanation: &Explanation, cell_types: &[usize]) -> Vec<Vec<Cell>> {
    let row = |(deletion, &cell_type): (&Deletion, &usize)| {
        let [chrom, start, end] = interval_cells(explanation.coordinates.as_ref(), deletion.start_bp, deletion.end_bp);
        vec![
            Cell::text(&explanation.promoter.id),
            Cell::text(&explanation.cell_types[cell_type]),
            Cell::integer(deletion.start_bp),
            Cell::integer(deletion.end_bp),
            Cell::real(deletion.effects[cell_type]),
            chrom,
            start,
            end,
        ]
    };
    let deletions = explanation.deletions.iter();
    deletions.flat_map(|deletion| cell_types.iter().map(move |cell_type| (deletion, cell_type))).map(row).collect()
}

pub(super) fn motif_hits(explanation: &Explanation, cell_types: &[usize]) -> Vec<Vec<Cell>> {
    let row = |(site, &cell_type): (&MotifSite, &usize)| {
        let [chrom, start, end] = interval_cells(explanation.coordinates.as_ref(), site.start_bp, site.end_bp);
        vec![
            Cell::text(&explanation.promoter.id),
            Cell::text(&explanation.cell_types[cell_type]),
            Cell::text(&site.motif),
            Cell::integer(site.start_bp),
            Cell::integer(site.end_bp),
            Cell::orientation(site.strand),
            Cell::real(site.score_bits),
            Cell::p_value(site.p_value),
            Cell::real(explanation.site_contribution(site, cell_type)),
            chrom,
            start,
            end,
        ]
    };
    let sites = explanation.motif_sites.iter();
    sites.flat_map(|site| cell_types.iter().map(move |cell_type| (site, cell_type))).map(row).collect()
}

fn base_cell(code: u8) -> Cell {
    Cell::text(letter(code))
}

/// Contig and position, counted from `first`; empty without genome coordinates.
fn position_cells(coordinates: Option<&CoordinateMap>, position_bp: i64, first: u64) -> [Cell; 2] {
    match coordinates.and_then(|map| Some((map.contig(), map.position(position_bp)?))) {
        Some((contig, position)) => [Cell::text(contig), Cell::integer((position + first) as i64)],
        None => [Cell::text(""), Cell::integer(None)],
    }
}

/// Contig, start and end, 0-based and half-open; empty without genome coordinates.
fn interval_cells(coordinates: Option<&CoordinateMap>, start_bp: i64, end_bp: i64) -> [Cell; 3] {
    match coordinates.and_then(|map| Some((map.contig(), map.interval(start_bp, end_bp)?))) {
        Some((contig, (start, end))) => [Cell::text(contig), Cell::integer(start as i64), Cell::integer(end as i64)],
        None => [Cell::text(""), Cell::integer(None), Cell::integer(None)],
    }
}
