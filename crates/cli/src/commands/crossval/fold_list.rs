//! `folds.tsv`: the fold of every gene, and which genes are left out.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use tatabox_dataset::{Extent, Folds, PreparedDataset, write_whole};

const COLUMNS: [&str; 5] = ["gene_id", "gene_name", "chrom", "fold", "status"];

/// Writes the list; folds count from 1.
pub(super) fn write(path: &Path, dataset: &PreparedDataset, folds: &Folds, extent: Extent) -> Result<()> {
    let excluded = format!("excluded: not known over {extent}");
    let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for (gene, entry) in dataset.genes().iter().enumerate() {
        let fold = (folds.of_gene(gene) + 1).to_string();
        let status = if dataset.covers(gene, extent) { "predicted" } else { &excluded };
        let (name, chrom) = (entry.gene_name.as_deref().unwrap_or(""), entry.chrom.as_deref().unwrap_or(""));
        writer.write_record([&entry.gene_id, name, chrom, &fold, status])?;
    }
    let bytes = writer.into_inner()?;
    write_whole(path, |file| file.write_all(&bytes)).with_context(|| format!("cannot write {}", path.display()))
}
