//! Values of `--expression`, `--encode` and `--scale`: tables, and the files of samples with the names of their cell types.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tatabox_dataset::{ExpressionFormat, ExpressionSource, SampleFiles, Scale};

/// Scale of the values in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ValueScale {
    /// Linear TPM
    Tpm,
    /// FPKM or RPKM: scaled, so that each cell type sums to a million
    Fpkm,
    /// Read counts: divided by gene length (of the file, else exons of --annotation), then scaled to a million
    Counts,
    /// log2(TPM + 1): undone
    Log2,
}

/// Table, or the files of one sample with the name of their cell type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TableArg {
    Table(PathBuf),
    Sample(SampleFiles),
}

impl ValueScale {
    pub(super) fn known(self) -> Scale {
        match self {
            Self::Tpm => Scale::Tpm,
            Self::Fpkm => Scale::Fpkm,
            Self::Counts => Scale::Counts,
            Self::Log2 => Scale::Log2,
        }
    }
}

/// Adds a table; samples of equal format and scale form one source.
pub(super) fn add_source(
    sources: &mut Vec<ExpressionSource>,
    table: TableArg,
    of_format: Option<ExpressionFormat>,
    of_scale: Option<Scale>,
) {
    let sample = match table {
        TableArg::Table(path) => {
            sources.push(ExpressionSource::Table { path, format: of_format, scale: of_scale });
            return;
        }
        TableArg::Sample(sample) => sample,
    };
    for source in &mut *sources {
        if let ExpressionSource::Samples { samples, format, scale } = source
            && (*format, *scale) == (of_format, of_scale)
        {
            samples.push(sample);
            return;
        }
    }
    sources.push(ExpressionSource::Samples { samples: vec![sample], format: of_format, scale: of_scale });
}

/// A path, or `K562=a.tsv,b.tsv`; the path of a file may contain `=`.
pub(super) fn table(text: &str) -> Result<TableArg, String> {
    if !text.contains('=') || Path::new(text).exists() {
        return Ok(TableArg::Table(text.into()));
    }
    sample(text).map(TableArg::Sample)
}

/// `K562=a.tsv,b.tsv`.
pub(super) fn sample(text: &str) -> Result<SampleFiles, String> {
    let expected = || format!("`{text}`: expected a cell type and its files, as in K562=rep1.tsv,rep2.tsv");
    let (cell_type, files) = text.split_once('=').ok_or_else(expected)?;
    let files: Vec<PathBuf> = files.split(',').map(PathBuf::from).collect();
    if cell_type.trim().is_empty() || files.iter().any(|file| file.as_os_str().is_empty()) {
        return Err(expected());
    }
    Ok(SampleFiles { cell_type: cell_type.trim().to_owned(), files })
}
