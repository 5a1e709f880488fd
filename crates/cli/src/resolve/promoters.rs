//! The promoters that a command reads.

use anyhow::Result;
use tatabox::inputs::{GenomeSource, PromoterSource};
use tatabox::variants::MalformedRecordPolicy;

use crate::args::PromoterInput;
use crate::resolve::dataset as data_choice;
use crate::resolve::locations as locate;
use crate::terminal::console::Console;

/// The source of promoters, its data set opened where there is one.
pub(crate) fn source(input: &PromoterInput, console: &Console) -> Result<PromoterSource> {
    Ok(match input {
        PromoterInput::Fasta { path, tss_offset } => PromoterSource::Fasta {
            path: path.clone(),
            tss_offset: *tss_offset,
            malformed: MalformedRecordPolicy::Error,
        },
        PromoterInput::Bed { path, genome } => {
            PromoterSource::Bed { path: path.clone(), genome: genome_source(genome) }
        }
        PromoterInput::Genes { names, data } => PromoterSource::Genes {
            names: names.clone(),
            dataset: Box::new(data_choice::open(data.as_deref(), console)?),
        },
    })
}

/// A genome, with the program's cache for its index and its unpacked copy.
pub(crate) fn genome_source(path: &std::path::Path) -> GenomeSource {
    GenomeSource { path: path.to_owned(), cache: locate::cache_dir() }
}
