//! Points of one panel of figure 1, with their correlation and regression line.

use tatabox_eval::{
    CellTypePairs, Estimate, Interval, LinearFit, Resampling, WeightedPairs, least_squares, pearson, relative_density,
    weighted_least_squares,
};

use super::context::FigureContext;

/// Measured and predicted values of one cell type, or of all of them.
pub(super) struct ScatterCloud {
    /// Cell type; `None` for all cell types.
    pub(super) cell_type: Option<String>,
    /// Index of the gene of each point in the matrix.
    pub(super) genes: Vec<usize>,
    /// Index of the cell type of each point in the matrix.
    pub(super) cells: Vec<usize>,
    pub(super) measured: Vec<f64>,
    pub(super) predicted: Vec<f64>,
    pub(super) density: Vec<f64>,
    pub(super) pearson: Estimate,
    pub(super) line: Option<LinearFit>,
    pub(super) slope_interval: Option<Interval>,
}

impl ScatterCloud {
    /// One cloud per cell type.
    pub(super) fn by_cell_type(context: &FigureContext<'_>) -> Vec<Self> {
        let cells = context.matrix.cell_types.iter().enumerate();
        cells.map(|(index, cell)| Self::new(context, Some(cell.cell_type.clone()), &[index])).collect()
    }

    /// One cloud of all genes in all cell types.
    pub(super) fn pooled(context: &FigureContext<'_>) -> Self {
        let cells = &context.matrix.cell_types;
        let only = (cells.len() == 1).then(|| cells[0].cell_type.clone());
        Self::new(context, only, &(0..cells.len()).collect::<Vec<_>>())
    }

    fn new(context: &FigureContext<'_>, cell_type: Option<String>, members: &[usize]) -> Self {
        let cells = &context.matrix.cell_types;
        let of_members = |values: fn(&CellTypePairs) -> &Vec<f64>| -> Vec<f64> {
            members.iter().flat_map(|&cell| values(&cells[cell]).iter().copied()).collect()
        };
        let (measured, predicted) = (of_members(|cell| &cell.measured), of_members(|cell| &cell.predicted));
        let genes: Vec<usize> = members.iter().flat_map(|&cell| cells[cell].genes.iter().copied()).collect();
        let owners = members.iter().flat_map(|&cell| std::iter::repeat_n(cell, cells[cell].genes.len()));
        let mut cloud = Self {
            cell_type,
            density: relative_density(&measured, &predicted),
            pearson: Estimate { value: pearson(&measured, &predicted), ..Estimate::default() },
            line: least_squares(&measured, &predicted),
            cells: owners.collect(),
            genes,
            measured,
            predicted,
            slope_interval: None,
        };
        cloud.compute_intervals(context);
        cloud
    }

    /// Computes the intervals; resamples genes with all their cell types, because values of one gene are not independent.
    fn compute_intervals(&mut self, context: &FigureContext<'_>) {
        let metrics = context.inputs.metrics;
        let pairs = WeightedPairs::new(&self.genes, &self.measured, &self.predicted);
        let resampling = Resampling::genes(context.matrix.genes.len());
        let intervals = resampling.intervals(metrics.bootstrap_resamples, metrics.bootstrap_seed, |weights| {
            let line = weighted_least_squares(&self.measured, &self.predicted, |i| weights[self.genes[i]]);
            vec![pairs.pearson(weights), line.map(|line| line.slope)]
        });
        let [r, slope] = [0, 1].map(|statistic| intervals.get(statistic).copied().flatten());
        self.pearson.interval = r.filter(|_| self.pearson.value.is_some());
        self.slope_interval = slope.filter(|_| self.line.is_some());
        // The metrics contain the same estimate from the same resamples, which other tables show.
        let row = match &self.cell_type {
            Some(cell_type) => metrics.row(&context.model, context.split, Some(cell_type)),
            None => metrics.pooled_row(&context.model, context.split),
        };
        if let Some(row) = row {
            self.pearson = row.pearson;
        }
    }

    /// Title of the panel.
    pub(super) fn title(&self) -> &str {
        self.cell_type.as_deref().unwrap_or("All cell types")
    }
}
