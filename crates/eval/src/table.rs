//! Tables of results as text for the terminal, as TSV and as JSON.

mod atomic_write;
mod export;
mod format;

pub(crate) use atomic_write::atomic_write;
pub use export::TableExport;
pub(crate) use format::{
    Align, aligned, digits, estimate_digits, estimate_titles, number, p_value, significant_digits, titles, tsv,
    with_interval,
};
