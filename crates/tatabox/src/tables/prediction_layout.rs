//! Layout of prediction tables.

use tatabox_dataset::log2_to_tpm;

use super::cell::{Cell, Column, ColumnKind};

/// Prediction of one promoter, as a row or rows of a table.
///
/// ```
/// use tatabox::tables::PredictedPromoter;
///
/// let promoter = PredictedPromoter {
///     id: "GATA1".to_owned(),
///     log2_tpm: Some(vec![5.25]),
///     log2_tpm_sd: None,
///     measured_log2_tpm: None,
///     n_acgt: 300,
///     note: String::new(),
/// };
/// assert!(promoter.log2_tpm.is_some());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PredictedPromoter {
    /// Identifier of the promoter.
    pub id: String,
    /// log2(TPM + 1) per cell type; `None` where the promoter cannot be predicted.
    pub log2_tpm: Option<Vec<f64>>,
    /// Its standard deviation over the members of an ensemble; NaN for an output of one member.
    pub log2_tpm_sd: Option<Vec<f64>>,
    /// Measured log2(TPM + 1) per cell type.
    pub measured_log2_tpm: Option<Vec<Option<f64>>>,
    /// Bases other than N that the model read.
    pub n_acgt: usize,
    /// Conditions that affect this prediction; may be empty.
    pub note: String,
}

/// Columns of a prediction table.
///
/// ```
/// use tatabox::tables::PredictionLayout;
///
/// let cell_types = vec!["K562".to_owned()];
/// let layout = PredictionLayout { cell_types, assays: vec![false], wide: true, spread: false, measured: false };
/// let names: Vec<String> = layout.columns().into_iter().map(|column| column.name).collect();
/// assert_eq!(names, ["id", "log2_tpm_K562", "n_acgt", "note"]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionLayout {
    /// Outputs, in the order of the predictions: cell types, or outputs of assays.
    pub cell_types: Vec<String>,
    /// Whether each is an output of an assay, whose log2 activity is no TPM.
    pub assays: Vec<bool>,
    /// One row per promoter instead of one row per promoter and cell type.
    pub wide: bool,
    /// Whether the table has the standard deviation over the members of an ensemble.
    pub spread: bool,
    /// Whether the table has measured values.
    pub measured: bool,
}

impl PredictionLayout {
    /// Columns, in their order.
    pub fn columns(&self) -> Vec<Column> {
        let column = Column::new;
        let mut columns = vec![column(ColumnKind::Text, "id")];
        if self.wide {
            let of_each = |prefix: &str| {
                let name = |cell_type: &String| column(ColumnKind::Real, &format!("{prefix}_{cell_type}"));
                self.cell_types.iter().map(name).collect::<Vec<_>>()
            };
            columns.extend(of_each("log2_tpm"));
            if self.spread {
                columns.extend(of_each("log2_tpm_sd"));
            }
            if self.measured {
                columns.extend(of_each("measured_log2_tpm"));
            }
        } else {
            columns.push(column(ColumnKind::Text, "cell_type"));
            columns.push(column(ColumnKind::Real, "log2_tpm"));
            columns.push(column(ColumnKind::Real, "tpm"));
            if self.spread {
                columns.push(column(ColumnKind::Real, "log2_tpm_sd"));
            }
            if self.measured {
                columns.push(column(ColumnKind::Real, "measured_log2_tpm"));
            }
        }
        columns.push(column(ColumnKind::Count, "n_acgt"));
        columns.push(column(ColumnKind::Text, "note"));
        columns
    }

    /// Rows of one promoter.
    pub fn rows(&self, promoter: &PredictedPromoter) -> Vec<Vec<Cell>> {
        let predicted = |cell_type: usize| promoter.log2_tpm.as_ref().map(|values| values[cell_type]);
        // An output of a single network has no spread.
        let spread = |cell_type: usize| {
            promoter.log2_tpm_sd.as_ref().map(|values| values[cell_type]).filter(|value| value.is_finite())
        };
        let measured = |cell_type: usize| promoter.measured_log2_tpm.as_ref().and_then(|values| values[cell_type]);
        let real = |value: Option<f64>| Cell::real(value);
        let end = || [Cell::Count(promoter.n_acgt as u64), Cell::Text(promoter.note.clone())];
        let cell_types = 0..self.cell_types.len();
        if self.wide {
            let mut row = vec![Cell::Text(promoter.id.clone())];
            row.extend(cell_types.clone().map(|cell_type| real(predicted(cell_type))));
            if self.spread {
                row.extend(cell_types.clone().map(|cell_type| real(spread(cell_type))));
            }
            if self.measured {
                row.extend(cell_types.map(|cell_type| real(measured(cell_type))));
            }
            row.extend(end());
            return vec![row];
        }
        cell_types
            .map(|cell_type| {
                let mut row = vec![
                    Cell::Text(promoter.id.clone()),
                    Cell::Text(self.cell_types[cell_type].clone()),
                    real(predicted(cell_type)),
                    real(predicted(cell_type).filter(|_| !self.assays[cell_type]).map(log2_to_tpm)),
                ];
                if self.spread {
                    row.push(real(spread(cell_type)));
                }
                if self.measured {
                    row.push(real(measured(cell_type)));
                }
                row.extend(end());
                row
            })
            .collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::tables) fn layout(wide: bool, measured: bool) -> PredictionLayout {
        let cell_types = vec!["K562".to_owned(), "HepG2".to_owned()];
        PredictionLayout { cell_types, assays: vec![false, false], wide, spread: false, measured }
    }

    pub(in crate::tables) fn promoter() -> PredictedPromoter {
        PredictedPromoter {
            id: "G1".to_owned(),
            log2_tpm: Some(vec![3.0, 1.234_567_8]),
            log2_tpm_sd: Some(vec![0.25, 0.5]),
            measured_log2_tpm: Some(vec![Some(2.5), None]),
            n_acgt: 299,
            note: String::new(),
        }
    }

    #[test]
    fn prediction_layout_long_has_one_row_per_cell_type() {
        let layout = layout(false, true);
        let rows = layout.rows(&promoter());
        assert_eq!(rows.len(), 2);
        // 2^3 - 1 = 7.
        assert_eq!(rows[0][2..5], [Cell::Real(Some(3.0)), Cell::Real(Some(7.0)), Cell::Real(Some(2.5))]);
        assert_eq!(rows[1][2], Cell::Real(Some(1.234_568)));
        assert_eq!(rows[1][4], Cell::Real(None));
        assert_eq!(rows[0].len(), layout.columns().len());
    }

    #[test]
    fn prediction_layout_wide_has_one_column_per_cell_type() {
        let layout = layout(true, false);
        let names: Vec<String> = layout.columns().into_iter().map(|column| column.name).collect();
        assert_eq!(names, ["id", "log2_tpm_K562", "log2_tpm_HepG2", "n_acgt", "note"]);
        let rows = layout.rows(&promoter());
        assert_eq!((rows.len(), rows[0].len()), (1, 5));
    }

    #[test]
    fn prediction_layout_ensemble_sd_follows_prediction() {
        let long = PredictionLayout { spread: true, ..layout(false, true) };
        let names = |layout: &PredictionLayout| -> Vec<String> {
            layout.columns().into_iter().map(|column| column.name).collect()
        };
        let expected = ["id", "cell_type", "log2_tpm", "tpm", "log2_tpm_sd", "measured_log2_tpm", "n_acgt", "note"];
        assert_eq!(names(&long), expected);
        assert_eq!(long.rows(&promoter())[1][4], Cell::Real(Some(0.5)));
        let wide = PredictionLayout { spread: true, ..layout(true, false) };
        assert_eq!(names(&wide)[2..5], ["log2_tpm_HepG2", "log2_tpm_sd_K562", "log2_tpm_sd_HepG2"]);
        assert_eq!(wide.rows(&promoter())[0][3..5], [Cell::Real(Some(0.25)), Cell::Real(Some(0.5))]);
    }

    #[test]
    fn prediction_layout_unpredictable_promoter_has_empty_cells() {
        let promoter = PredictedPromoter { log2_tpm: None, log2_tpm_sd: None, measured_log2_tpm: None, ..promoter() };
        let rows = layout(false, false).rows(&promoter);
        assert_eq!(rows[0][2..4], [Cell::Real(None), Cell::Real(None)]);
    }
}
