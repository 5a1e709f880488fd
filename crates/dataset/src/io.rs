//! File access: text and parquet tables, table errors, checksums and atomic writes.

pub(crate) mod atomic_write;
pub(crate) mod checksum;
pub(crate) mod gct;
pub(crate) mod number;
pub(crate) mod parquet;
pub(crate) mod table_error;
mod text_cells;
pub(crate) mod text_file;
mod text_lines;
pub(crate) mod text_table;
pub(crate) mod write_records;
