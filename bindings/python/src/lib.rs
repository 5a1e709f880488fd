//! Native module of the Python package `tatabox`: the library of the same name, with types that Python knows.
//!
//! The package in `python/tatabox` gives it its public form.

#![expect(clippy::needless_pass_by_value, reason = "values from Python are owned")]

mod arguments;
mod command_line;
mod dataset;
mod error;
mod evaluation;
mod exchange;
mod explanation;
mod interpretation;
mod model;
mod predictions;
mod preparation;
mod table;
mod task;
mod training;
mod variants;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    use super::command_line::run_command;
    #[pymodule_export]
    use super::dataset::Dataset;
    #[pymodule_export]
    use super::evaluation::{crossval, evaluate, evaluate_variants};
    #[pymodule_export]
    use super::exchange::{export, import_model};
    #[pymodule_export]
    use super::explanation::Explanation;
    #[pymodule_export]
    use super::interpretation::{design, marginalize, motifs};
    #[pymodule_export]
    use super::model::{Model, model_folder, verify};
    #[pymodule_export]
    use super::predictions::{Predictions, predictions_of_state};
    #[pymodule_export]
    use super::preparation::{half_life, prepare, simulate};
    #[pymodule_export]
    use super::table::{Table, read_table, table_of_bytes};
    #[pymodule_export]
    use super::training::train;
    #[pymodule_export]
    use super::variants::{saturate, score_variants};
}
