//! Opening a genome, which may need an index first.

use std::path::Path;

use anyhow::Result;
use tatabox_sequence::{ReferenceGenome, open_genome_with};

use crate::console::Console;
use crate::locate;
use crate::progress::{Progress, Unit};

/// Opens a genome, with a bar while an index is made.
pub(crate) fn open(path: &Path, console: &Console) -> Result<Box<dyn ReferenceGenome>> {
    let mut indexing: Option<Progress> = None;
    let genome = open_genome_with(path, locate::cache_dir().as_deref(), &mut |progress| {
        let start = || Progress::start(console, "indexing genome", Some(progress.bytes_total), Unit::Bytes);
        indexing.get_or_insert_with(start).set(progress.bytes_done);
    })?;
    if let Some(indexing) = indexing {
        indexing.finish();
    }
    Ok(genome)
}
