//! Tables of designs.

use tatabox_model::{BaseEdit, DesignPoint, gc_fraction, longest_run, pareto_front};
use tatabox_sequence::letter;

use super::designs::{DesignedPromoter, Designs};
use crate::error::Result;
use crate::tables::{Cell, Column, ColumnKind, Sink, TableFormat, row_writer};

/// One row per design.
pub(super) fn write_designs(designs: &Designs, sink: &mut Sink) -> Result<()> {
    let objective = &designs.objective;
    let has_spread = designs.designs.iter().any(|promoter| promoter.log2_tpm_sd.is_some());
    let column = Column::new;
    let mut columns = vec![column(ColumnKind::Text, "design"), column(ColumnKind::Text, "start")];
    columns.push(column(ColumnKind::Count, "edits"));
    columns.extend(["objective_start", "objective"].map(|name| column(ColumnKind::Real, name)));
    for prefix in ["log2_tpm_start", "log2_tpm"] {
        columns.extend(target_columns(prefix, designs));
    }
    if has_spread {
        columns.extend(target_columns("log2_tpm_sd", designs));
    }
    columns.extend(target_columns("z", designs));
    columns.push(column(ColumnKind::Text, "off_target"));
    columns.push(column(ColumnKind::Real, "off_target_change_log2_tpm"));
    columns.push(column(ColumnKind::Real, "gc"));
    columns.push(column(ColumnKind::Count, "longest_homopolymer"));
    columns.push(column(ColumnKind::Text, "keeps_limits"));
    let rows = designs.designs.iter().map(|promoter| {
        let design = &promoter.design;
        let mut row = vec![Cell::text(promoter.id()), Cell::text(&promoter.start.id)];
        row.push(Cell::Count(promoter.edits().len() as u64));
        row.extend([design.start_objective, design.objective].map(Cell::real));
        row.extend(target_cells(designs, &design.start_log2_tpm));
        row.extend(target_cells(designs, &design.log2_tpm));
        if has_spread {
            let spread = |cell_type: usize| promoter.log2_tpm_sd.as_ref().map(|values| values[cell_type]);
            row.extend(objective.goals.iter().map(|goal| Cell::real(spread(goal.cell_type))));
        }
        row.extend(target_cells(designs, &promoter.z));
        let off_target = promoter.off_target(objective);
        row.push(Cell::text(off_target.map_or("", |change| &designs.cell_types[change.cell_type])));
        row.push(Cell::real(off_target.map(|change| change.log2_tpm)));
        row.push(Cell::real(gc_fraction(&design.window)));
        row.push(Cell::Count(longest_run(&design.window) as u64));
        row.push(Cell::text(if promoter.keeps_limits { "yes" } else { "no" }));
        row
    });
    write_table(columns, rows.collect(), sink)
}

/// One row per edit.
pub(super) fn write_edits(designs: &Designs, sink: &mut Sink) -> Result<()> {
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
    columns.extend(target_columns("log2_tpm", designs));
    let rows = designs.designs.iter().flat_map(|promoter| {
        promoter.design.steps.iter().zip(1..).map(move |(step, round)| {
            let mut row = vec![
                Cell::text(promoter.id()),
                Cell::Count(round),
                Cell::Integer(designs.position_bp(step.edit.index)),
                Cell::Count(step.edit.index as u64),
                Cell::text(letter(step.edit.from)),
                Cell::text(letter(step.edit.to)),
                Cell::real(step.objective_before),
                Cell::real(step.objective_after),
            ];
            row.extend(target_cells(designs, &step.log2_tpm));
            row
        })
    });
    write_table(columns, rows.collect(), sink)
}

/// One row per sequence of the searches of all starts that no sequence with as few edits surpasses.
pub(super) fn write_pareto(designs: &Designs, sink: &mut Sink) -> Result<()> {
    let column = Column::new;
    let mut columns = vec![column(ColumnKind::Count, "edits"), column(ColumnKind::Real, "objective")];
    columns.extend([column(ColumnKind::Text, "start"), column(ColumnKind::Count, "round")]);
    columns.extend(target_columns("log2_tpm", designs));
    columns.push(column(ColumnKind::Text, "substitutions"));
    let mut points: Vec<(&DesignedPromoter, &DesignPoint)> = Vec::new();
    for promoter in &designs.designs {
        points.extend(promoter.design.points.iter().map(|point| (promoter, point)));
    }
    let measures: Vec<(usize, f64)> = points.iter().map(|(_, point)| (point.edits(), point.objective)).collect();
    let rows = pareto_front(&measures).into_iter().map(|index| {
        let (promoter, point) = points[index];
        let mut row = vec![Cell::Count(point.edits() as u64), Cell::real(point.objective)];
        row.extend([Cell::text(&promoter.start.id), Cell::Count(point.round as u64)]);
        row.extend(target_cells(designs, &point.log2_tpm));
        let substitution =
            |edit: &BaseEdit| format!("{:+}{}>{}", designs.position_bp(edit.index), letter(edit.from), letter(edit.to));
        row.push(Cell::text(point.difference.iter().map(substitution).collect::<Vec<_>>().join(",")));
        row
    });
    write_table(columns, rows.collect(), sink)
}

fn write_table(columns: Vec<Column>, rows: Vec<Vec<Cell>>, sink: &mut Sink) -> Result<()> {
    let mut writer = row_writer(TableFormat::Tsv, columns, sink)?;
    writer.write(rows)?;
    writer.finish()
}

/// One column per cell type with a target.
fn target_columns(prefix: &str, designs: &Designs) -> Vec<Column> {
    let name = |cell_type: usize| format!("{prefix}_{}", designs.cell_types[cell_type]);
    let goals = designs.objective.goals.iter();
    goals.map(|goal| Column::new(ColumnKind::Real, &name(goal.cell_type))).collect()
}

/// Values of the cell types with a target, from one value per cell type.
fn target_cells(designs: &Designs, values: &[f64]) -> Vec<Cell> {
    designs.objective.goals.iter().map(|goal| Cell::real(values[goal.cell_type])).collect()
}
