//! The tables of a design.

use anyhow::Result;
use tatabox_model::{BaseEdit, DesignObjective, DesignPoint, Predictor, gc_fraction, longest_run, pareto_front};
use tatabox_sequence::Sequence;

use super::files::design_name;
use super::{FinishedDesign, standing};
use tatabox::tables::{Cell, Column, ColumnKind, Sink, TableFormat, row_writer};

/// The table of designs on standard output.
pub(super) fn print_designs(
    designs: &[FinishedDesign],
    objective: &DesignObjective,
    predictor: &Predictor,
) -> Result<()> {
    let mut sink = Sink::create(None)?;
    write_designs(designs, objective, predictor, &mut sink)?;
    Ok(sink.commit()?)
}

/// A row a design.
pub(super) fn write_designs(
    designs: &[FinishedDesign],
    objective: &DesignObjective,
    predictor: &Predictor,
    sink: &mut Sink,
) -> Result<()> {
    let has_spread = predictor.members().len() > 1;
    let column = Column::new;
    let mut columns = vec![column(ColumnKind::Text, "design"), column(ColumnKind::Text, "start")];
    columns.push(column(ColumnKind::Count, "edits"));
    columns.extend(["objective_start", "objective"].map(|name| column(ColumnKind::Real, name)));
    for prefix in ["log2_tpm_start", "log2_tpm"] {
        columns.extend(of_targets(prefix, objective, predictor));
    }
    if has_spread {
        columns.extend(of_targets("log2_tpm_sd", objective, predictor));
    }
    columns.extend(of_targets("z", objective, predictor));
    columns.push(column(ColumnKind::Text, "off_target"));
    columns.push(column(ColumnKind::Real, "off_target_change_log2_tpm"));
    columns.push(column(ColumnKind::Real, "gc"));
    columns.push(column(ColumnKind::Count, "longest_homopolymer"));
    columns.push(column(ColumnKind::Text, "keeps_limits"));
    let rows = designs.iter().map(|finished| {
        let design = &finished.design;
        let mut row = vec![Cell::text(design_name(finished)), Cell::text(&finished.start.id)];
        row.push(Cell::Count(BaseEdit::between(&finished.start.window, &design.window).len() as u64));
        row.extend([design.start_objective, design.objective].map(Cell::real));
        row.extend(target_cells(objective, &design.start_log2_tpm));
        row.extend(target_cells(objective, &design.log2_tpm));
        if has_spread {
            let spread = |cell_type: usize| finished.log2_tpm_sd.as_ref().map(|values| values[cell_type]);
            row.extend(objective.goals.iter().map(|goal| Cell::real(spread(goal.cell_type))));
        }
        let z = |cell_type: usize| standing(cell_type, &design.log2_tpm, predictor);
        row.extend(objective.goals.iter().map(|goal| Cell::real(z(goal.cell_type))));
        let off_target = off_target(finished, objective);
        row.push(Cell::text(off_target.map_or("", |(cell_type, _)| &predictor.cell_types()[cell_type])));
        row.push(Cell::real(off_target.map(|(_, change)| change)));
        row.push(Cell::real(gc_fraction(&design.window)));
        row.push(Cell::Count(longest_run(&design.window) as u64));
        row.push(Cell::text(if finished.keeps_limits { "yes" } else { "no" }));
        row
    });
    write_table(columns, rows.collect(), sink)
}

/// A row an edit.
pub(super) fn write_edits(
    designs: &[FinishedDesign],
    objective: &DesignObjective,
    predictor: &Predictor,
    sink: &mut Sink,
) -> Result<()> {
    let column = Column::new;
    let mut columns = vec![
        column(ColumnKind::Text, "design"),
        column(ColumnKind::Count, "round"),
        column(ColumnKind::Integer, "position_bp"),
        column(ColumnKind::Count, "index"),
        column(ColumnKind::Text, "from"),
        column(ColumnKind::Text, "to"),
        column(ColumnKind::Real, "objective_before"),
        column(ColumnKind::Real, "objective_after"),
    ];
    columns.extend(of_targets("log2_tpm", objective, predictor));
    let rows = designs.iter().flat_map(|finished| {
        finished.design.steps.iter().enumerate().map(move |(number, step)| {
            let mut row = vec![
                Cell::text(design_name(finished)),
                Cell::Count(number as u64 + 1),
                Cell::Integer(position_bp(step.edit, predictor)),
                Cell::Count(step.edit.index as u64),
                Cell::text(letter(step.edit.from)),
                Cell::text(letter(step.edit.to)),
                Cell::real(step.objective_before),
                Cell::real(step.objective_after),
            ];
            row.extend(target_cells(objective, &step.log2_tpm));
            row
        })
    });
    write_table(columns, rows.collect(), sink)
}

/// The sequences on the way that none with as few edits beats, of all starts together.
pub(super) fn write_pareto(
    designs: &[FinishedDesign],
    objective: &DesignObjective,
    predictor: &Predictor,
    sink: &mut Sink,
) -> Result<()> {
    let column = Column::new;
    let mut columns = vec![column(ColumnKind::Count, "edits"), column(ColumnKind::Real, "objective")];
    columns.extend([column(ColumnKind::Text, "start"), column(ColumnKind::Count, "round")]);
    columns.extend(of_targets("log2_tpm", objective, predictor));
    columns.push(column(ColumnKind::Text, "substitutions"));
    let points: Vec<(&FinishedDesign, &DesignPoint)> =
        designs.iter().flat_map(|finished| finished.design.points.iter().map(move |point| (finished, point))).collect();
    let measures: Vec<(usize, f64)> = points.iter().map(|(_, point)| (point.edits(), point.objective)).collect();
    let rows = pareto_front(&measures).into_iter().map(|index| {
        let (finished, point) = points[index];
        let mut row = vec![Cell::Count(point.edits() as u64), Cell::real(point.objective)];
        row.extend([Cell::text(&finished.start.id), Cell::Count(point.round as u64)]);
        row.extend(target_cells(objective, &point.log2_tpm));
        let word =
            |edit: &BaseEdit| format!("{:+}{}>{}", position_bp(*edit, predictor), letter(edit.from), letter(edit.to));
        row.push(Cell::text(point.difference.iter().map(word).collect::<Vec<_>>().join(",")));
        row
    });
    write_table(columns, rows.collect(), sink)
}

fn write_table(columns: Vec<Column>, rows: Vec<Vec<Cell>>, sink: &mut Sink) -> Result<()> {
    let mut writer = row_writer(TableFormat::Tsv, columns, sink)?;
    writer.write(rows)?;
    Ok(writer.finish()?)
}

/// A column for each cell type that has a target.
fn of_targets(prefix: &str, objective: &DesignObjective, predictor: &Predictor) -> Vec<Column> {
    let name = |cell_type: usize| format!("{prefix}_{}", predictor.cell_types()[cell_type]);
    objective.goals.iter().map(|goal| Column::new(ColumnKind::Real, &name(goal.cell_type))).collect()
}

fn target_cells(objective: &DesignObjective, log2_tpm: &[f64]) -> Vec<Cell> {
    objective.goals.iter().map(|goal| Cell::real(log2_tpm[goal.cell_type])).collect()
}

/// The cell type without target that changes most, and by how much.
fn off_target(finished: &FinishedDesign, objective: &DesignObjective) -> Option<(usize, f64)> {
    let is_free = |cell_type: &usize| objective.goals.iter().all(|goal| goal.cell_type != *cell_type);
    let design = &finished.design;
    let changes = (0..design.log2_tpm.len())
        .filter(is_free)
        .map(|cell_type| (cell_type, design.log2_tpm[cell_type] - design.start_log2_tpm[cell_type]));
    changes.fold(None, |most: Option<(usize, f64)>, next| match most {
        Some(most) if most.1.abs() >= next.1.abs() => Some(most),
        _ => Some(next),
    })
}

/// Position relative to the TSS.
fn position_bp(edit: BaseEdit, predictor: &Predictor) -> i64 {
    edit.index as i64 - i64::from(predictor.extent().upstream_bp)
}

fn letter(base: u8) -> String {
    Sequence::from_codes(vec![base]).to_ascii()
}
