//! Outputs of a predictor, in the order of its members' own outputs.

use crate::bundle::TrainedModel;

/// Places of a predictor's outputs among the outputs of one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutputMap {
    /// Per output of the predictor, the index in the member; `None` where the member lacks it.
    own: Vec<Option<usize>>,
    /// Number of outputs of the member.
    width: usize,
    is_identity: bool,
}

impl OutputMap {
    /// Places of `outputs` in `member`.
    pub fn of(outputs: &[String], member: &TrainedModel) -> Self {
        let names = &member.config.cell_types;
        let own = outputs.iter().map(|output| names.iter().position(|name| name == output)).collect();
        Self { own, width: names.len(), is_identity: outputs == names.as_slice() }
    }

    /// Index of an output in the member; `None` where the member lacks it.
    pub fn own(&self, output: usize) -> Option<usize> {
        self.own.get(output).copied().flatten()
    }

    /// Values per output of the predictor, from rows of values per output of the member; NaN where the member lacks it.
    pub fn spread(&self, values: Vec<f64>) -> Vec<f64> {
        if self.is_identity {
            return values;
        }
        let rows = values.chunks_exact(self.width);
        let of_row = |row: &[f64]| -> Vec<f64> {
            self.own.iter().map(|own| own.and_then(|index| row.get(index).copied()).unwrap_or(f64::NAN)).collect()
        };
        rows.flat_map(of_row).collect()
    }
}
