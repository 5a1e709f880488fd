//! Files of filter motifs: matrices in MEME format and TSV tables.

use std::path::Path;

use tatabox_dataset::Extent;
use tatabox_sequence::{PositionWeightMatrix, to_meme};

use super::FilterMotifs;
use super::ablation_effect::MeanChange;
use super::database::{DatabaseMatch, MotifDatabase};
use super::filter_motif::FilterMotif;
use super::site_histogram::SiteHistogram;
use crate::error::Result;
use crate::json_file::write_text;
use crate::tables::{Cell, Column, ColumnKind, Sink, TableFormat, row_writer};

/// Largest q-value in the table of matches.
const MAX_Q_VALUE: f64 = 0.1;

/// Names of the matrices and tables.
pub(super) const FILES: [&str; 5] = [MATRICES, MOTIFS, POSITIONS, EFFECTS, MATCHES];
const MATRICES: &str = "motifs.meme";
const MOTIFS: &str = "motifs.tsv";
const POSITIONS: &str = "positions.tsv";
const EFFECTS: &str = "effects.tsv";
const MATCHES: &str = "matches.tsv";

/// Writes the matrices and all tables.
pub(super) fn write(folder: &Path, motifs: &FilterMotifs, extent: Extent) -> Result<()> {
    write_meme(&folder.join(MATRICES), motifs)?;
    write_table(&folder.join(MOTIFS), &motif_columns(), motif_rows(motifs))?;
    write_table(&folder.join(POSITIONS), &position_columns(), position_rows(&motifs.filters, extent))?;
    write_table(&folder.join(EFFECTS), &effect_columns(), effect_rows(motifs))?;
    if let Some(database) = &motifs.database {
        write_table(&folder.join(MATCHES), &match_columns(), match_rows(&motifs.filters, database))?;
    }
    Ok(())
}

fn write_meme(path: &Path, motifs: &FilterMotifs) -> Result<()> {
    let matrices: Vec<PositionWeightMatrix> = motifs.filters.iter().filter_map(|filter| filter.motif.clone()).collect();
    write_text(path, to_meme(&matrices, motifs.promoters.base_frequencies).as_bytes())
}

fn write_table(path: &Path, columns: &[(ColumnKind, &str)], rows: Vec<Vec<Cell>>) -> Result<()> {
    let columns = columns.iter().map(|&(kind, name)| Column::new(kind, name)).collect();
    let mut sink = Sink::create(Some(path))?;
    let mut writer = row_writer(TableFormat::Tsv, columns, &mut sink)?;
    writer.write(rows)?;
    writer.finish()?;
    sink.commit()
}

fn motif_columns() -> [(ColumnKind, &'static str); 23] {
    use ColumnKind::{Count, Real, Text};
    [
        (Text, "filter"),
        (Text, "consensus"),
        (Count, "sites"),
        (Count, "genes"),
        (Real, "genes_fraction"),
        (Real, "information_bits"),
        (Real, "first_quartile_bp"),
        (Real, "median_bp"),
        (Real, "third_quartile_bp"),
        (Count, "effect_genes"),
        (Real, "ablation_log2_tpm"),
        (Real, "low"),
        (Real, "high"),
        (Real, "control_log2_tpm"),
        (Text, "most_changed_cell_type"),
        (Real, "most_changed_ablation_log2_tpm"),
        (Real, "sites_expression_pearson"),
        (Text, "match"),
        (Text, "match_name"),
        (Text, "match_p"),
        (Text, "match_q"),
        (Text, "match_strand"),
        (Text, "note"),
    ]
}

fn motif_rows(motifs: &FilterMotifs) -> Vec<Vec<Cell>> {
    let promoters = &motifs.promoters;
    let row = |filter: &FilterMotif| {
        let bits = filter.motif.as_ref().map(|motif| motif.information(promoters.base_frequencies));
        let quartiles = filter.quartiles_bp();
        let quartile = |index: usize| Cell::real(quartiles.map(|quartiles| quartiles[index] as f64));
        let ablation = filter.ablation.as_ref();
        let mut row = vec![
            Cell::text(&filter.name),
            Cell::text(filter.consensus()),
            Cell::Count(filter.sites.sites.len() as u64),
            Cell::Count(filter.genes as u64),
            Cell::real(filter.genes as f64 / promoters.genes.len() as f64),
            Cell::real(bits),
            quartile(0),
            quartile(1),
            quartile(2),
            Cell::Count(ablation.map_or(0, |effect| effect.promoters as u64)),
        ];
        row.extend(change_cells(ablation.map(|effect| effect.mean)));
        row.push(Cell::real(ablation.map(|effect| effect.control.log2_tpm)));
        let most_changed = most_changed(filter, &motifs.cell_types);
        row.push(Cell::text(most_changed.map_or("", |(name, _)| name)));
        row.push(Cell::real(most_changed.map(|(_, change)| change)));
        row.push(Cell::real(filter.mean_expression_pearson()));
        row.extend(best_match_cells(filter.matches.first(), motifs.database.as_ref()));
        row.push(Cell::text(filter.note()));
        row
    };
    motifs.filters.iter().map(row).collect()
}

fn change_cells(change: Option<MeanChange>) -> [Cell; 3] {
    let interval = change.and_then(|change| change.interval);
    [
        Cell::real(change.map(|change| change.log2_tpm)),
        Cell::real(interval.map(|interval| interval.low)),
        Cell::real(interval.map(|interval| interval.high)),
    ]
}

/// Cell type with the largest change by magnitude.
fn most_changed<'a>(filter: &FilterMotif, cell_types: &'a [String]) -> Option<(&'a str, f64)> {
    let changes = filter.ablation.as_ref()?.by_cell_type.iter().map(|change| change.log2_tpm);
    let named = cell_types.iter().map(String::as_str).zip(changes);
    named.reduce(|most, next| if next.1.abs() > most.1.abs() { next } else { most })
}

fn best_match_cells(best: Option<&DatabaseMatch>, database: Option<&MotifDatabase>) -> [Cell; 5] {
    let Some((best, database)) = best.zip(database) else {
        return [const { String::new() }; 5].map(Cell::Text);
    };
    let target = &database.motifs[best.alignment.target];
    [
        Cell::text(target.name()),
        Cell::text(target.alternative_name().unwrap_or_default()),
        Cell::text(probability(best.alignment.p_value)),
        Cell::text(probability(best.q_value)),
        Cell::text(best.alignment.strand.to_string()),
    ]
}

/// A probability in scientific notation, since many are smaller than the precision of other numbers.
fn probability(p: f64) -> String {
    format!("{p:.2e}")
}

fn match_columns() -> [(ColumnKind, &'static str); 10] {
    use ColumnKind::{Count, Integer, Text};
    [
        (Text, "filter"),
        (Text, "consensus"),
        (Text, "target"),
        (Text, "target_name"),
        (Text, "target_consensus"),
        (Text, "p"),
        (Text, "q"),
        (Text, "strand"),
        (Integer, "offset"),
        (Count, "overlap"),
    ]
}

fn match_rows(filters: &[FilterMotif], database: &MotifDatabase) -> Vec<Vec<Cell>> {
    let row = |filter: &FilterMotif, found: &DatabaseMatch| {
        let alignment = &found.alignment;
        let target = &database.motifs[alignment.target];
        vec![
            Cell::text(&filter.name),
            Cell::text(filter.consensus()),
            Cell::text(target.name()),
            Cell::text(target.alternative_name().unwrap_or_default()),
            Cell::text(target.consensus()),
            Cell::text(probability(alignment.p_value)),
            Cell::text(probability(found.q_value)),
            Cell::text(alignment.strand.to_string()),
            Cell::Integer(alignment.offset),
            Cell::Count(alignment.overlap as u64),
        ]
    };
    let significant = |filter: &FilterMotif| -> Vec<Vec<Cell>> {
        let matches = filter.matches.iter().filter(|found| found.q_value < MAX_Q_VALUE);
        matches.map(|found| row(filter, found)).collect()
    };
    filters.iter().flat_map(significant).collect()
}

fn position_columns() -> [(ColumnKind, &'static str); 5] {
    use ColumnKind::{Count, Integer, Real, Text};
    [(Text, "filter"), (Integer, "start_bp"), (Integer, "end_bp"), (Count, "sites"), (Real, "sites_fraction")]
}

fn position_rows(filters: &[FilterMotif], extent: Extent) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for filter in filters {
        let sites = filter.midpoints_bp.len();
        for bin in SiteHistogram::new(&filter.midpoints_bp, extent).bins() {
            rows.push(vec![
                Cell::text(&filter.name),
                Cell::Integer(bin.start_bp),
                Cell::Integer(bin.end_bp),
                Cell::Count(bin.sites),
                Cell::real((sites > 0).then(|| bin.sites as f64 / sites as f64)),
            ]);
        }
    }
    rows
}

fn effect_columns() -> [(ColumnKind, &'static str); 8] {
    use ColumnKind::{Count, Real, Text};
    [
        (Text, "filter"),
        (Text, "cell_type"),
        (Count, "effect_genes"),
        (Real, "ablation_log2_tpm"),
        (Real, "low"),
        (Real, "high"),
        (Real, "control_log2_tpm"),
        (Real, "sites_expression_pearson"),
    ]
}

fn effect_rows(motifs: &FilterMotifs) -> Vec<Vec<Cell>> {
    let row = |filter: &FilterMotif, index: usize| {
        let effect = filter.ablation.as_ref();
        let mut row = vec![
            Cell::text(&filter.name),
            Cell::text(&motifs.cell_types[index]),
            Cell::Count(effect.map_or(0, |effect| effect.promoters as u64)),
        ];
        row.extend(change_cells(effect.map(|effect| effect.by_cell_type[index])));
        row.push(Cell::real(effect.map(|effect| effect.control_by_cell_type[index].log2_tpm)));
        row.push(Cell::real(filter.expression_pearson[index]));
        row
    };
    let of_filter = |filter| (0..motifs.cell_types.len()).map(move |index| row(filter, index));
    motifs.filters.iter().flat_map(of_filter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probability_small_values_keep_their_digits() {
        assert_eq!((probability(1.234e-17), probability(0.05)), ("1.23e-17".to_owned(), "5.00e-2".to_owned()));
    }
}
