//! Text of a FASTA genome: a file, plain or bgzip, or memory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the text of a FASTA genome is.
#[derive(Clone, Debug)]
pub(super) enum FastaText {
    /// Uncompressed file.
    Plain(PathBuf),
    /// File compressed with bgzip.
    Bgzip(PathBuf),
    /// Text in memory.
    Memory(Arc<Vec<u8>>),
}

impl FastaText {
    /// The file, if the text is in a file.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::Plain(path) | Self::Bgzip(path) => Some(path),
            Self::Memory(_) => None,
        }
    }

    pub(super) fn is_bgzip(&self) -> bool {
        matches!(self, Self::Bgzip(_))
    }
}
