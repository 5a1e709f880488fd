//! The tables of explanations.

use std::path::Path;

use anyhow::Result;
use tatabox_sequence::{UNKNOWN, letter};

use super::explanation::Explanation;

use super::motif_site::MotifSite;
use tatabox::inputs::CoordinateMap;
use tatabox::tables::TableFormat;
use tatabox::tables::{Cell, Column, ColumnKind, TableFile};

/// One table for each kind of result, written as explanations come.
pub(super) struct Tables {
    summary: TableFile,
    contributions: TableFile,
    substitutions: Option<TableFile>,
    attention: Option<TableFile>,
    deletions: Option<TableFile>,
    motif_hits: Option<TableFile>,
    cell_types: Vec<String>,
}

/// A table that not every explanation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OptionalTable {
    Substitutions,
    Attention,
    Deletions,
    MotifHits,
}

impl Tables {
    pub(super) fn create(
        folder: &Path,
        format: TableFormat,
        wanted: &[OptionalTable],
        cell_types: &[String],
    ) -> Result<Self> {
        use ColumnKind::{Count, Integer, Real, Text};
        let create = |name: &str, columns: &[(ColumnKind, &str)]| {
            let columns = columns.iter().map(|(kind, name)| Column::new(*kind, name)).collect();
            TableFile::create(&folder.join(name).with_extension(format.extension()), format, columns)
        };
        let create_if = |table: OptionalTable, name: &str, columns: &[(ColumnKind, &str)]| {
            wanted.contains(&table).then(|| create(name, columns)).transpose()
        };
        Ok(Self {
            summary: create(
                "summary",
                &[
                    (Text, "id"),
                    (Text, "name"),
                    (Text, "cell_type"),
                    (Text, "method"),
                    (Real, "predicted_log2_tpm"),
                    (Real, "measured_log2_tpm"),
                    (Real, "attention_agreement"),
                    (Real, "completeness_delta"),
                    (Count, "n_acgt"),
                    (Text, "note"),
                ],
            )?,
            contributions: create(
                "contributions",
                &[
                    (Text, "id"),
                    (Text, "cell_type"),
                    (Text, "method"),
                    (Integer, "position_bp"),
                    (Text, "base"),
                    (Real, "contribution"),
                    (Text, "chrom"),
                    (Integer, "start"),
                ],
            )?,
            substitutions: create_if(
                OptionalTable::Substitutions,
                "substitutions",
                &[
                    (Text, "id"),
                    (Text, "cell_type"),
                    (Integer, "position_bp"),
                    (Text, "base"),
                    (Text, "substitute"),
                    (Real, "effect"),
                    (Text, "chrom"),
                    (Integer, "pos"),
                    (Text, "ref"),
                    (Text, "alt"),
                ],
            )?,
            attention: create_if(
                OptionalTable::Attention,
                "attention",
                &[
                    (Text, "id"),
                    (Integer, "start_bp"),
                    (Integer, "end_bp"),
                    (Real, "weight"),
                    (Text, "chrom"),
                    (Integer, "start"),
                    (Integer, "end"),
                ],
            )?,
            deletions: create_if(
                OptionalTable::Deletions,
                "deletions",
                &[
                    (Text, "id"),
                    (Text, "cell_type"),
                    (Integer, "start_bp"),
                    (Integer, "end_bp"),
                    (Real, "effect"),
                    (Text, "chrom"),
                    (Integer, "start"),
                    (Integer, "end"),
                ],
            )?,
            motif_hits: create_if(
                OptionalTable::MotifHits,
                "motif_hits",
                &[
                    (Text, "id"),
                    (Text, "cell_type"),
                    (Text, "motif"),
                    (Integer, "start_bp"),
                    (Integer, "end_bp"),
                    (Text, "orientation"),
                    (Real, "score_bits"),
                    (Real, "p_value"),
                    (Real, "contribution"),
                    (Text, "chrom"),
                    (Integer, "start"),
                    (Integer, "end"),
                ],
            )?,
            cell_types: cell_types.to_vec(),
        })
    }

    pub(super) fn write(&mut self, explanation: &Explanation, asked: &[usize]) -> Result<()> {
        self.summary.write(self.summary_rows(explanation, asked))?;
        self.contributions.write(self.contribution_rows(explanation))?;
        let rows = self.substitution_rows(explanation, asked);
        write_if(self.substitutions.as_mut(), rows)?;
        write_if(self.attention.as_mut(), attention_rows(explanation))?;
        let rows = self.deletion_rows(explanation, asked);
        write_if(self.deletions.as_mut(), rows)?;
        let rows = self.motif_rows(explanation, asked);
        write_if(self.motif_hits.as_mut(), rows)
    }

    pub(super) fn finish(self) -> Result<()> {
        let optional = [self.substitutions, self.attention, self.deletions, self.motif_hits].into_iter().flatten();
        [self.summary, self.contributions].into_iter().chain(optional).try_for_each(|table| Ok(table.finish()?))
    }

    fn summary_rows(&self, explanation: &Explanation, asked: &[usize]) -> Vec<Vec<Cell>> {
        let promoter = &explanation.promoter;
        let row = |cell_type: usize, method: &str, agreement: Option<f64>, delta: Option<f64>| {
            let predicted = explanation.prediction.as_ref().map(|prediction| prediction.log2_tpm[cell_type]);
            let measured = promoter.measured_log2_tpm.as_ref().and_then(|values| values[cell_type]);
            vec![
                Cell::text(&promoter.id),
                Cell::text(promoter.name.clone().unwrap_or_default()),
                Cell::text(&self.cell_types[cell_type]),
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
            return asked.iter().map(|&cell_type| row(cell_type, "", None, None)).collect();
        }
        let of_method = |contributions: &super::contribution::Contributions| {
            let delta = contributions.completeness.map(|completeness| completeness.delta());
            let agreement = explanation.attention.agreement(&contributions.own, explanation.start_bp);
            row(contributions.cell_type, contributions.method.name(), agreement, delta)
        };
        explanation.contributions.iter().map(of_method).collect()
    }

    fn contribution_rows(&self, explanation: &Explanation) -> Vec<Vec<Cell>> {
        let id = &explanation.promoter.id;
        let mut rows = Vec::new();
        for contributions in &explanation.contributions {
            for ((position_bp, &base), &value) in
                (explanation.start_bp..).zip(&explanation.bases).zip(&contributions.own)
            {
                let value = (base != UNKNOWN).then_some(value);
                let [chrom, start] = place_cells(explanation.place.as_ref(), position_bp, 0);
                rows.push(vec![
                    Cell::text(id),
                    Cell::text(&self.cell_types[contributions.cell_type]),
                    Cell::text(contributions.method.name()),
                    Cell::integer(position_bp),
                    base_cell(base),
                    Cell::real(value),
                    chrom,
                    start,
                ]);
            }
        }
        rows
    }

    fn substitution_rows(&self, explanation: &Explanation, asked: &[usize]) -> Vec<Vec<Cell>> {
        let Some(effects) = &explanation.substitutions else { return Vec::new() };
        let place = explanation.place.as_ref();
        let mut rows = Vec::new();
        for &cell_type in asked {
            for (position, (position_bp, &own)) in (explanation.start_bp..).zip(&explanation.bases).enumerate() {
                if own == UNKNOWN {
                    continue;
                }
                for (base, effect) in (0..).zip(effects.at(position, cell_type)) {
                    if base == own {
                        continue;
                    }
                    let [chrom, pos] = place_cells(place, position_bp, 1);
                    let allele = |base| place.map_or(Cell::text(""), |place| base_cell(place.forward(base)));
                    rows.push(vec![
                        Cell::text(&explanation.promoter.id),
                        Cell::text(&self.cell_types[cell_type]),
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

    fn deletion_rows(&self, explanation: &Explanation, asked: &[usize]) -> Vec<Vec<Cell>> {
        let upstream_bp = explanation.upstream_bp;
        let row = |(deletion, &cell_type): (&tatabox_model::DeletionEffect, &usize)| {
            let [start_bp, end_bp] =
                [deletion.deleted.start, deletion.deleted.end].map(|index| index as i64 - upstream_bp);
            let [chrom, start, end] = stretch_cells(explanation.place.as_ref(), start_bp, end_bp);
            vec![
                Cell::text(&explanation.promoter.id),
                Cell::text(&self.cell_types[cell_type]),
                Cell::integer(start_bp),
                Cell::integer(end_bp),
                Cell::real(deletion.effect[cell_type]),
                chrom,
                start,
                end,
            ]
        };
        let pairs =
            explanation.deletions.iter().flat_map(|deletion| asked.iter().map(move |cell_type| (deletion, cell_type)));
        pairs.map(row).collect()
    }

    fn motif_rows(&self, explanation: &Explanation, asked: &[usize]) -> Vec<Vec<Cell>> {
        let row = |(site, &cell_type): (&MotifSite, &usize)| {
            let [chrom, start, end] = stretch_cells(explanation.place.as_ref(), site.start_bp, site.end_bp);
            vec![
                Cell::text(&explanation.promoter.id),
                Cell::text(&self.cell_types[cell_type]),
                Cell::text(&site.motif),
                Cell::integer(site.start_bp),
                Cell::integer(site.end_bp),
                Cell::text(if site.is_reverse { "reverse" } else { "forward" }),
                Cell::real(site.score_bits),
                // Far smaller than what numbers are rounded to.
                Cell::Real(Some(site.p_value)),
                Cell::real(explanation.effect_of(site, cell_type)),
                chrom,
                start,
                end,
            ]
        };
        let pairs =
            explanation.motif_sites.iter().flat_map(|site| asked.iter().map(move |cell_type| (site, cell_type)));
        pairs.map(row).collect()
    }
}

fn write_if(table: Option<&mut TableFile>, rows: Vec<Vec<Cell>>) -> Result<()> {
    table.map_or(Ok(()), |table| Ok(table.write(rows)?))
}

fn attention_rows(explanation: &Explanation) -> Vec<Vec<Cell>> {
    let row = |bin: &super::attention::AttentionBin| {
        let [chrom, start, end] = stretch_cells(explanation.place.as_ref(), bin.start_bp, bin.end_bp);
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
    explanation.attention.0.iter().map(row).collect()
}

fn base_cell(code: u8) -> Cell {
    Cell::text(letter(code))
}

/// Contig and position, counted from `first`; empty where the place is not known.
fn place_cells(place: Option<&CoordinateMap>, position_bp: i64, first: u64) -> [Cell; 2] {
    match place.and_then(|place| Some((place.contig(), place.position(position_bp)?))) {
        Some((contig, position)) => [Cell::text(contig), Cell::integer((position + first) as i64)],
        None => [Cell::text(""), Cell::integer(None)],
    }
}

/// Contig, start and end, 0-based and half-open.
fn stretch_cells(place: Option<&CoordinateMap>, start_bp: i64, end_bp: i64) -> [Cell; 3] {
    match place.and_then(|place| Some((place.contig(), place.interval(start_bp, end_bp)?))) {
        Some((contig, (start, end))) => [Cell::text(contig), Cell::integer(start as i64), Cell::integer(end as i64)],
        None => [Cell::text(""), Cell::integer(None), Cell::integer(None)],
    }
}
