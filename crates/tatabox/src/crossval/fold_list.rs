//! `folds.tsv`: fold of every gene, and excluded genes.

use std::fs;
use std::io::Write;
use std::path::Path;

use tatabox_dataset::{Extent, Folds, PreparedDataset, atomic_write};

use crate::error::{Context, Error, Result};

const COLUMNS: [&str; 5] = ["gene_id", "gene_name", "chrom", "fold", "status"];

/// Name of the file.
pub(super) const FILE: &str = "folds.tsv";

/// Writes the list into the folder; folds are numbered from 1.
///
/// Processes that train single folds at the same time each write the same bytes, to a file of their own that is then renamed.
pub(super) fn write(
    out_dir: &Path,
    dataset: &PreparedDataset,
    folds: &Folds,
    extent: Extent,
    reads_features: bool,
    single: Option<usize>,
) -> Result<()> {
    let excluded = format!("excluded: sequence shorter than {extent}");
    let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for (gene, entry) in dataset.genes().iter().enumerate() {
        let fold = (folds.fold_of(gene) + 1).to_string();
        let status = if entry.alternative_of.is_some() {
            "excluded: alternative TSS"
        } else if !dataset.covers(gene, extent) {
            &excluded
        } else if reads_features && dataset.gene_features(gene).is_none() {
            "excluded: no gene features"
        } else {
            "predicted"
        };
        let (name, chrom) = (entry.gene_name.as_deref().unwrap_or(""), entry.chrom.as_deref().unwrap_or(""));
        writer.write_record([&entry.gene_id, name, chrom, &fold, status])?;
    }
    let bytes = writer.into_inner().map_err(Error::encoding)?;
    let path = out_dir.join(FILE);
    let own = single.map_or_else(|| path.clone(), |fold| out_dir.join(format!("{FILE}.fold{}", fold + 1)));
    atomic_write(&own, |file| file.write_all(&bytes))
        .and_then(|()| if own == path { Ok(()) } else { fs::rename(&own, &path) })
        .with_context(|| format!("cannot write {}", path.display()))
}
