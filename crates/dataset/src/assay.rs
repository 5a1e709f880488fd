//! Assays: measurements in addition to the expression of genes, each with separate outputs.
//!
//! The rows of an assay are reporter constructs, or further promoters, with a measured activity. They are trained on and
//! scored as rows of their assay, never as genes. An assay without separate rows measures the genes of the data set.
//!
//! Rows follow the splits of the genes: a row is held out with its chromosome, and with the genes and rows that its sequence
//! resembles.

mod assembly;
mod files;
mod hold_out;
mod placement;
mod record;
mod rows;
mod similar;
mod source;
mod summary;
mod targets;
#[cfg(test)]
mod tests;

pub use record::{AssayRecord, AssayScale, Construct};
pub use rows::{Assay, AssayRow};
pub use source::{AssayColumn, AssayProblem, AssaySequences, AssaySource};
pub use summary::AssaySummary;
pub use targets::{RowSource, find_assay};

pub(crate) use assembly::{AssayGenes, WrittenAssays, write};
pub(crate) use files::{check_output_names, open};
pub(crate) use hold_out::HeldOut;
pub(crate) use similar::{Similarities, compare};
pub(crate) use source::{ASSAY_ROLE, AssayInput, read};
