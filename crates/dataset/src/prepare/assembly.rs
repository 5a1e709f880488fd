//! Writing of the data set files.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use tatabox_sequence::{ChromosomeNames, TssSource};

use super::candidate::Candidate;
use super::collector::Collected;
use super::output_folder::OutputFolder;
use super::progress::{PrepareProgress, PrepareStage, REPORT_EVERY};
use super::qc_log::QcLog;
use super::source::gene_tss::tss_record;
use super::source::tracks::Tracks;
use super::{GenomeContext, PrepareConfig, PrepareReport};
use crate::assay::{self, AssayGenes, AssayInput, AssayRecord, WrittenAssays};
use crate::error::{DatasetError, Result};
use crate::expression::{
    ExpressionRecord, ExpressionTable, Harmonise, JoinedExpression, TargetTransform, harmonise, tpm_to_log2,
};
use crate::io::checksum::{InputFile, sha256_and_size};
use crate::prepared::{
    ASSAY_FORMAT_VERSION, DataFile, DatasetManifest, FORMAT_VERSION, GeneEntry, GeneTable, PromoterChoiceRecord,
    TssRecord,
};
use crate::schema::{GENE_FEATURES_FILE, GENES_FILE, MANIFEST_FILE, QC_FILE, SIGNALS_FILE, WINDOWS_FILE};
use crate::simulate::SimulationTruth;
use crate::split::{Split, SplitKey, SplitSummary, assign_splits, natural_order};
use crate::storage::{PackedWindowWriter, PackedWindows};

/// Inputs of the data set files.
pub(crate) struct Assembly<'a> {
    pub config: &'a PrepareConfig,
    pub expression: &'a JoinedExpression,
    pub output: &'a OutputFolder,
    pub genome_context: GenomeContext,
    pub tracks: Tracks<'a>,
    pub assays: Vec<AssayInput>,
    pub inputs: Vec<InputFile>,
}

impl Assembly<'_> {
    /// Sorts and splits the genes, fits the transform and writes every file.
    pub(crate) fn write(
        self,
        mut collected: Collected,
        unsorted_windows: &Path,
        progress: &mut dyn FnMut(PrepareProgress),
    ) -> Result<PrepareReport> {
        let Self { config, expression, output, genome_context, tracks, assays, inputs } = self;
        let GenomeContext { mut warnings, matched_contigs, unmatched_contigs, features, activity, .. } = genome_context;
        let simulated = config.promoters.as_deref().map(SimulationTruth::next_to).transpose()?.flatten();
        let genes = sorted(collected.genes);
        let (splits, split) = split_genes(config, &genes)?;
        let mut table = gene_table(&genes, &splits, &collected.rows, &expression.table);
        let cell_types = &expression.table.cell_types;

        let is_trained = |gene: usize| splits[gene] == Split::Train && genes[gene].1.metadata.alternative_of.is_none();
        let train: Vec<usize> = (0..genes.len()).filter(|&gene| is_trained(gene)).collect();
        let record = harmonised(config.expression.harmonise, &mut table, expression, &train)?;
        let log2_tpm: Vec<f32> = table.tpm.iter().map(|&tpm| tpm_to_log2(f64::from(tpm)) as f32).collect();
        let transform = TargetTransform::fit(cell_types, &log2_tpm, &train)?;

        write_windows(config, &genes, unsorted_windows, &output.file(WINDOWS_FILE), progress)?;
        table.write(&output.file(GENES_FILE), cell_types)?;
        let mut files = [GENES_FILE, WINDOWS_FILE, QC_FILE].map(str::to_owned).to_vec();
        let mut gene_features = None;
        if let Some(found) = features {
            let (features, record) = found.of_genes(&genes)?;
            features.write(&output.file(GENE_FEATURES_FILE), genes.iter().map(|(gene_id, _)| gene_id.as_str()))?;
            gene_features = Some(record);
            files.push(GENE_FEATURES_FILE.to_owned());
        }
        let mut track_records = Vec::new();
        if !tracks.is_empty() {
            track_records = tracks.write(&output.file(SIGNALS_FILE), config.geometry, &genes, progress)?;
            files.push(SIGNALS_FILE.to_owned());
        }
        for track in track_records.iter().filter(|track| track.covered <= 0.0) {
            warnings.push(format!("track {}: {} has no value in any window", track.name, track.file));
        }
        let data = AssayGenes {
            genes: &table.genes,
            cell_types,
            geometry: config.geometry,
            rule: &split.rule,
            windows: &output.file(WINDOWS_FILE),
        };
        let assays = write_assays(config, assays, &data, output, &mut collected.qc, progress)?;
        let WrittenAssays { summaries, files: assay_files, warnings: assay_warnings, .. } = assays;
        files.extend(assay_files);
        warnings.extend(assay_warnings);
        let records: Vec<AssayRecord> = summaries.iter().map(|summary| summary.record.clone()).collect();
        let tss = (config.annotation.is_some() && config.genome.is_some()).then(|| tss_record(&config.tss, &genes));
        let promoters: Option<PromoterChoiceRecord> = activity.map(|activity| activity.record(&genes));
        warnings.extend(tss.as_ref().and_then(|record| unused_peaks(config, record)));
        let dropped = collected.qc.counts();
        collected.qc.write(&output.file(QC_FILE))?;

        let manifest = DatasetManifest {
            format_version: if records.is_empty() { FORMAT_VERSION } else { ASSAY_FORMAT_VERSION },
            tatabox_version: env!("CARGO_PKG_VERSION").to_owned(),
            name: config.name.clone(),
            geometry: config.geometry,
            genes: genes.len(),
            cell_types: cell_types.clone(),
            split: split.clone(),
            transform,
            inputs,
            expression: (!record.is_plain_matrix()).then(|| record.clone()),
            tss: tss.clone(),
            promoters: promoters.clone(),
            gene_features: gene_features.clone(),
            tracks: track_records.clone(),
            assays: records,
            filters: collected.filters.clone(),
            simulated,
            dropped: dropped.clone(),
            files: files.iter().map(|name| data_file(output, name)).collect::<Result<_>>()?,
        };
        let path = output.file(MANIFEST_FILE);
        let mut json = serde_json::to_vec_pretty(&manifest).map_err(DatasetError::json(&path))?;
        json.push(b'\n');
        fs::write(&path, json).map_err(DatasetError::io(&path, "write"))?;
        let filters = collected.filters;
        Ok(PrepareReport {
            kept: genes.len(),
            dropped,
            split,
            matched_contigs,
            unmatched_contigs,
            cell_types: cell_types.clone(),
            expression: record,
            filters,
            tss,
            promoters,
            gene_match: collected.matching,
            record_examples: BTreeMap::new(),
            gene_features,
            tracks: track_records,
            assays: summaries,
            warnings,
        })
    }
}

/// Writes the assays and records their excluded rows.
fn write_assays(
    config: &PrepareConfig,
    inputs: Vec<AssayInput>,
    data: &AssayGenes<'_>,
    output: &OutputFolder,
    qc: &mut QcLog,
    progress: &mut dyn FnMut(PrepareProgress),
) -> Result<WrittenAssays> {
    let mut written = assay::write(&config.assays, inputs, data, output.folder(), &mut |done, total| {
        progress(PrepareProgress::new(PrepareStage::AssaySimilarity, done as u64, Some(total as u64)));
    })?;
    for (source, row) in written.excluded.drain(..) {
        qc.drop(row.id, source, row.reason, row.detail);
    }
    Ok(written)
}

/// Warning about CAGE peaks none of which is near a gene.
fn unused_peaks(config: &PrepareConfig, record: &TssRecord) -> Option<String> {
    let (path, distance_bp) = (config.tss.cage.as_ref()?, record.cage_distance_bp?);
    (!record.sources.contains_key(&TssSource::CagePeak)).then(|| {
        format!(
            "{}: no gene has a CAGE peak within {distance_bp} bp of its TSS on its strand; check that the peaks are of \
             the assembly of the genome",
            path.display()
        )
    })
}

/// Harmonises the sources, if configured, and returns the record.
fn harmonised(
    method: Harmonise,
    table: &mut GeneTable,
    expression: &JoinedExpression,
    train: &[usize],
) -> Result<ExpressionRecord> {
    let mut record = expression.record.clone();
    if method != Harmonise::None {
        record.harmonised = harmonise(method, &mut table.tpm, &expression.source_of, train);
        if record.harmonised.is_none() {
            return Err(DatasetError::InvalidSetting {
                field: "harmonise",
                value: method.as_str().to_owned(),
                expected: "the tables share no measured gene that harmonisation could use".to_owned(),
            });
        }
    }
    Ok(record)
}

fn data_file(output: &OutputFolder, name: &str) -> Result<DataFile> {
    let (sha256, bytes) = sha256_and_size(&output.file(name), &mut |_| {})?;
    Ok(DataFile { name: name.to_owned(), sha256, bytes })
}

/// Genes by contig in natural order, TSS and identifier; genes without a contig come last.
fn sorted(genes: BTreeMap<String, Candidate>) -> Vec<(String, Candidate)> {
    let mut genes: Vec<(String, Candidate)> = genes.into_iter().collect();
    genes.sort_by(|(id, gene), (other_id, other)| {
        let contigs = match (gene.metadata.chrom.as_deref(), other.metadata.chrom.as_deref()) {
            (Some(contig), Some(other)) => natural_order(contig, other),
            (contig, other) => contig.is_none().cmp(&other.is_none()),
        };
        contigs.then_with(|| gene.metadata.tss.cmp(&other.metadata.tss)).then_with(|| id.cmp(other_id))
    });
    genes
}

/// Splits the genes. An alternative TSS is in the split of its gene and does not influence the assignment.
fn split_genes(config: &PrepareConfig, genes: &[(String, Candidate)]) -> Result<(Vec<Split>, SplitSummary)> {
    let own: Vec<&(String, Candidate)> =
        genes.iter().filter(|(_, gene)| gene.metadata.alternative_of.is_none()).collect();
    let names = ChromosomeNames::new(own.iter().filter_map(|(_, gene)| gene.metadata.chrom.as_deref()));
    let chromosomes: Vec<Option<String>> =
        own.iter().map(|(_, gene)| gene.metadata.chrom.as_deref().map(|contig| names.of(contig))).collect();
    let keys: Vec<SplitKey<'_>> = own
        .iter()
        .zip(&chromosomes)
        .map(|((_, gene), chromosome)| {
            SplitKey::new(gene.metadata.chrom.as_deref(), chromosome.as_deref(), gene.metadata.tss)
        })
        .collect();
    let (splits, summary) =
        assign_splits(&keys, config.geometry.len() as u64, config.seed, config.fractions, &config.held_out)?;
    let split_of: BTreeMap<&str, Split> =
        own.iter().zip(splits).map(|((gene_id, _), split)| (gene_id.as_str(), split)).collect();
    let splits = genes.iter().map(|(gene_id, gene)| split_of[gene.measured_as(gene_id)]).collect();
    Ok((splits, summary))
}

fn gene_table(
    genes: &[(String, Candidate)],
    splits: &[Split],
    rows: &HashMap<String, usize>,
    expression: &ExpressionTable,
) -> GeneTable {
    let mut table = GeneTable { genes: Vec::with_capacity(genes.len()), tpm: Vec::new() };
    for ((gene_id, gene), &split) in genes.iter().zip(splits) {
        table.tpm.extend_from_slice(expression.row(rows[gene.measured_as(gene_id)]));
        table.genes.push(GeneEntry {
            gene_id: gene_id.clone(),
            gene_name: gene.metadata.gene_name.clone(),
            chrom: gene.metadata.chrom.clone(),
            tss: gene.metadata.tss,
            strand: gene.metadata.strand,
            split,
            known_upstream_bp: gene.extent.upstream_bp,
            known_downstream_bp: gene.extent.downstream_bp,
            tss_origin: gene.metadata.tss_origin.clone(),
            promoter: gene.metadata.promoter.as_ref().map(|origin| origin.promoter.clone()),
            alternative_of: gene.metadata.alternative_of.clone(),
        });
    }
    table
}

/// Copies windows from input order to gene order.
fn write_windows(
    config: &PrepareConfig,
    genes: &[(String, Candidate)],
    unsorted: &Path,
    path: &Path,
    progress: &mut dyn FnMut(PrepareProgress),
) -> Result<()> {
    let windows = PackedWindows::open(unsorted)?;
    let mut writer = PackedWindowWriter::create(path, config.geometry)?;
    let total = Some(genes.len() as u64);
    for (done, (_, gene)) in genes.iter().enumerate() {
        if (done as u64).is_multiple_of(REPORT_EVERY) {
            progress(PrepareProgress::new(PrepareStage::Write, done as u64, total));
        }
        writer.push_packed(windows.packed(gene.window))?;
    }
    writer.finish()?;
    drop(windows);
    fs::remove_file(unsorted).map_err(DatasetError::io(unsorted, "remove"))?;
    progress(PrepareProgress::new(PrepareStage::Write, genes.len() as u64, total));
    Ok(())
}
