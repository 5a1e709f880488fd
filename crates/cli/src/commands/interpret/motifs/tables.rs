//! The files of `tatabox motifs`.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use tatabox_model::Predictor;
use tatabox_sequence::{MotifFile, PositionWeightMatrix, to_meme};

use super::filter::{Filter, FilterMatch, MeanChange};
use super::{ReadPromoters, write_file};
use tatabox::tables::{Cell, Column, ColumnKind, Sink, TableFormat, row_writer};

/// Matches with a larger q-value are not told, but for the best of a filter.
const LARGEST_Q: f64 = 0.1;

/// Widths of bins, in bp; the narrowest that makes few enough of them is taken.
const BIN_WIDTHS_BP: [i64; 9] = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];

/// Bins that a table of positions has at most, about.
const MOST_BINS: i64 = 40;

/// Writes every table and the motifs.
pub(super) fn write(
    folder: &Path,
    filters: &[Filter],
    promoters: &ReadPromoters,
    predictor: &Predictor,
    database: Option<&MotifFile>,
) -> Result<()> {
    let motifs: Vec<PositionWeightMatrix> = filters.iter().filter_map(|filter| filter.motif.clone()).collect();
    write_file(folder, "motifs.meme", &to_meme(&motifs, promoters.background))?;
    write_table(folder, "motifs.tsv", motif_columns(), motif_rows(filters, promoters, predictor, database))?;
    write_table(folder, "positions.tsv", position_columns(), position_rows(filters, predictor))?;
    write_table(folder, "effects.tsv", effect_columns(), effect_rows(filters, predictor.cell_types()))?;
    if let Some(database) = database {
        write_table(folder, "matches.tsv", match_columns(), match_rows(filters, database))?;
    }
    Ok(())
}

fn write_table(folder: &Path, name: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Result<()> {
    let mut sink = Sink::create(Some(&folder.join(name)))?;
    let mut writer = row_writer(TableFormat::Tsv, columns, &mut sink)?;
    writer.write(rows)?;
    writer.finish()?;
    Ok(sink.commit()?)
}

fn columns(named: &[(ColumnKind, &str)]) -> Vec<Column> {
    named.iter().map(|&(kind, name)| Column::new(kind, name)).collect()
}

fn motif_columns() -> Vec<Column> {
    use ColumnKind::{Count, Real, Text};
    columns(&[
        (Text, "filter"),
        (Text, "consensus"),
        (Count, "sites"),
        (Count, "genes"),
        (Real, "genes_share"),
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
        (Real, "its_ablation_log2_tpm"),
        (Real, "sites_expression_pearson"),
        (Text, "match"),
        (Text, "match_name"),
        (Text, "match_p"),
        (Text, "match_q"),
        (Text, "match_strand"),
        (Text, "note"),
    ])
}

fn motif_rows(
    filters: &[Filter],
    promoters: &ReadPromoters,
    predictor: &Predictor,
    database: Option<&MotifFile>,
) -> Vec<Vec<Cell>> {
    let row = |filter: &Filter| {
        let genes = filter.genes(promoters);
        let bits = filter.motif.as_ref().map(|motif| motif.information(promoters.background));
        let quartiles = filter.quartiles_bp(predictor.extent().upstream_bp);
        let quartile = |index: usize| Cell::real(quartiles.map(|quartiles| quartiles[index] as f64));
        let mut row = vec![
            Cell::text(&filter.name),
            Cell::text(filter.consensus()),
            Cell::Count(filter.sites.sites.len() as u64),
            Cell::Count(genes as u64),
            Cell::real(genes as f64 / promoters.genes.len() as f64),
            Cell::real(bits),
            quartile(0),
            quartile(1),
            quartile(2),
            Cell::Count(filter.effect.as_ref().map_or(0, |effect| effect.genes as u64)),
        ];
        row.extend(change_cells(filter.effect.as_ref().map(|effect| effect.mean)));
        row.push(Cell::real(filter.effect.as_ref().map(|effect| effect.control.log2_tpm)));
        let most_changed = most_changed(filter, predictor.cell_types());
        row.push(Cell::text(most_changed.map_or("", |(name, _)| name)));
        row.push(Cell::real(most_changed.map(|(_, change)| change)));
        row.push(Cell::real(filter.mean_expression_pearson()));
        row.extend(best_match_cells(filter.matches.first(), database));
        row.push(Cell::text(filter.note()));
        row
    };
    filters.iter().map(row).collect()
}

fn change_cells(change: Option<MeanChange>) -> [Cell; 3] {
    let interval = change.and_then(|change| change.interval);
    [
        Cell::real(change.map(|change| change.log2_tpm)),
        Cell::real(interval.map(|interval| interval.low)),
        Cell::real(interval.map(|interval| interval.high)),
    ]
}

/// The cell type whose change is the largest.
fn most_changed<'a>(filter: &Filter, cell_types: &'a [String]) -> Option<(&'a str, f64)> {
    let changes = filter.effect.as_ref()?.by_cell_type.iter().map(|change| change.log2_tpm);
    let named = cell_types.iter().map(String::as_str).zip(changes);
    named.reduce(|most, next| if next.1.abs() > most.1.abs() { next } else { most })
}

fn best_match_cells(best: Option<&FilterMatch>, database: Option<&MotifFile>) -> [Cell; 5] {
    let Some((best, database)) = best.zip(database) else {
        return [const { String::new() }; 5].map(Cell::Text);
    };
    let target = &database.motifs[best.found.target];
    [
        Cell::text(target.name()),
        Cell::text(target.alternative_name().unwrap_or_default()),
        Cell::text(probability(best.found.p_value)),
        Cell::text(probability(best.q_value)),
        Cell::text(best.found.strand.to_string()),
    ]
}

/// A probability with its exponent, however small: six digits after the point would make many of them 0.
fn probability(p: f64) -> String {
    format!("{p:.2e}")
}

fn match_columns() -> Vec<Column> {
    use ColumnKind::{Count, Integer, Text};
    columns(&[
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
    ])
}

fn match_rows(filters: &[Filter], database: &MotifFile) -> Vec<Vec<Cell>> {
    let row = |filter: &Filter, found: &FilterMatch| {
        let target = &database.motifs[found.found.target];
        vec![
            Cell::text(&filter.name),
            Cell::text(filter.consensus()),
            Cell::text(target.name()),
            Cell::text(target.alternative_name().unwrap_or_default()),
            Cell::text(target.consensus()),
            Cell::text(probability(found.found.p_value)),
            Cell::text(probability(found.q_value)),
            Cell::text(found.found.strand.to_string()),
            Cell::Integer(found.found.offset),
            Cell::Count(found.found.overlap as u64),
        ]
    };
    let good = |filter: &Filter| -> Vec<Vec<Cell>> {
        filter.matches.iter().filter(|found| found.q_value < LARGEST_Q).map(|found| row(filter, found)).collect()
    };
    filters.iter().flat_map(good).collect()
}

fn position_columns() -> Vec<Column> {
    use ColumnKind::{Count, Integer, Real, Text};
    columns(&[(Text, "filter"), (Integer, "start_bp"), (Integer, "end_bp"), (Count, "sites"), (Real, "sites_share")])
}

fn position_rows(filters: &[Filter], predictor: &Predictor) -> Vec<Vec<Cell>> {
    let extent = predictor.extent();
    let width = bin_width_bp(i64::from(extent.total_bp()));
    let (first, last) =
        (bin_of(-i64::from(extent.upstream_bp), width), bin_of(i64::from(extent.downstream_bp) - 1, width));
    let of_filter = |filter: &Filter| {
        let mut counts = vec![0u64; (last - first + 1) as usize];
        for position in filter.positions_bp(extent.upstream_bp) {
            counts[(bin_of(position, width) - first) as usize] += 1;
        }
        let all = filter.sites.sites.len();
        let row = |(index, count): (usize, u64)| {
            let start = (first + index as i64) * width;
            vec![
                Cell::text(&filter.name),
                Cell::Integer(start),
                Cell::Integer(start + width),
                Cell::Count(count),
                Cell::real((all > 0).then(|| count as f64 / all as f64)),
            ]
        };
        counts.into_iter().enumerate().map(row).collect::<Vec<_>>()
    };
    filters.iter().flat_map(of_filter).collect()
}

fn bin_width_bp(total_bp: i64) -> i64 {
    let fits = |width: &i64| total_bp <= MOST_BINS * width;
    BIN_WIDTHS_BP.into_iter().find(fits).unwrap_or(BIN_WIDTHS_BP[BIN_WIDTHS_BP.len() - 1])
}

/// Bins begin at multiples of their width, so that the TSS begins one.
fn bin_of(position_bp: i64, width_bp: i64) -> i64 {
    position_bp.div_euclid(width_bp)
}

fn effect_columns() -> Vec<Column> {
    use ColumnKind::{Count, Real, Text};
    columns(&[
        (Text, "filter"),
        (Text, "cell_type"),
        (Count, "effect_genes"),
        (Real, "ablation_log2_tpm"),
        (Real, "low"),
        (Real, "high"),
        (Real, "control_log2_tpm"),
        (Real, "sites_expression_pearson"),
    ])
}

fn effect_rows(filters: &[Filter], cell_types: &[String]) -> Vec<Vec<Cell>> {
    let row = |filter: &Filter, index: usize| {
        let effect = filter.effect.as_ref();
        let mut row = vec![
            Cell::text(&filter.name),
            Cell::text(&cell_types[index]),
            Cell::Count(effect.map_or(0, |effect| effect.genes as u64)),
        ];
        row.extend(change_cells(effect.map(|effect| effect.by_cell_type[index])));
        row.push(Cell::real(effect.map(|effect| effect.control_by_cell_type[index].log2_tpm)));
        row.push(Cell::real(filter.expression_pearson[index]));
        row
    };
    let of_filter = |filter| (0..cell_types.len()).map(move |index| row(filter, index));
    filters.iter().flat_map(of_filter).collect()
}

/// Columns of the table for people.
const COLUMNS: usize = 8;

/// The first filters as a table to be read by people.
pub(super) fn in_short(filters: &[Filter], database: Option<&MotifFile>, most: usize) -> String {
    let header =
        ["filter", "consensus", "sites", "ablation", "95% interval", "control", "match", "q"].map(str::to_owned);
    let row = |filter: &Filter| {
        let effect = filter.effect.as_ref().map(|effect| effect.mean);
        let interval = effect.and_then(|effect| effect.interval);
        let dash = || "-".to_owned();
        let best = filter.matches.first().zip(database);
        [
            filter.name.clone(),
            filter.consensus(),
            filter.sites.sites.len().to_string(),
            effect.map_or_else(dash, |effect| format!("{:+.3}", effect.log2_tpm)),
            interval.map_or_else(dash, |interval| format!("{:+.3} to {:+.3}", interval.low, interval.high)),
            filter.effect.as_ref().map_or_else(dash, |effect| format!("{:+.3}", effect.control.log2_tpm)),
            best.map_or_else(dash, |(best, database)| {
                let target = &database.motifs[best.found.target];
                target.alternative_name().unwrap_or(target.name()).to_owned()
            }),
            best.map_or_else(dash, |(best, _)| format!("{:.1e}", best.q_value)),
        ]
    };
    let rows: Vec<[String; COLUMNS]> = std::iter::once(header).chain(filters.iter().take(most).map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..COLUMNS).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_begin_at_the_tss_and_are_few() {
        assert_eq!((bin_width_bp(300), bin_width_bp(600), bin_width_bp(11_000)), (10, 20, 500));
        assert_eq!((bin_of(-1, 10), bin_of(0, 10), bin_of(-249, 10), bin_of(9, 10)), (-1, 0, -25, 0));
    }

    #[test]
    fn small_probabilities_keep_their_digits() {
        assert_eq!((probability(1.234e-17), probability(0.05)), ("1.23e-17".to_owned(), "5.00e-2".to_owned()));
    }
}
