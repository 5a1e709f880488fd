//! Tables of results as text for the terminal, as TSV and as JSON.

mod atomic_write;
mod export;
mod format;

pub(crate) use atomic_write::atomic_write;
pub use export::TableExport;
pub(crate) use format::{
    Align, aligned, column_names, estimate_cells, estimate_columns, file_number, file_p_value, screen_estimate,
    screen_number, screen_p_value, tsv,
};
