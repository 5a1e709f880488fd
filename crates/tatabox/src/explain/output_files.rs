//! Files of explanations: tables, genome tracks, arrays and figures.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use tatabox_model::TrainedModel;
use tatabox_sequence::UNKNOWN;

use super::contig_lengths::read_contig_lengths;
use super::contributions::Contributions;
use super::explainer::Explainer;
use super::explanation::Explanation;
use super::figures::FigureWriter;
use super::folder_request::ExplanationOutput;
use super::method::Method;
use super::record::ExplanationRecord;
use super::summary::ExplainSummary;
use super::tables::{ExplanationTables, TableKind};
use crate::error::{Error, Result};
use crate::file_names::FileNames;
use crate::json_file::write_json;
use crate::output_folder::RUN_RECORD;
use crate::tables::TableFormat;
use crate::tracks::{ArrayAxes, GenomeTrack, write_npz};

/// Folder of genome tracks.
const TRACKS: &str = "tracks";
/// Folder of arrays.
const ARRAYS: &str = "arrays";
/// Folder of figures.
pub(super) const FIGURES: &str = "figures";

/// Files and subfolders of the folder.
pub(super) fn contents(format: TableFormat) -> Vec<String> {
    let others = [TRACKS, ARRAYS, FIGURES, RUN_RECORD].map(str::to_owned);
    TableKind::ALL.map(|table| table.file_name(format)).into_iter().chain(others).collect()
}

/// Writer of explanations. Tables and figures are written per promoter, tracks and arrays at the end.
pub(super) struct ExplanationFiles {
    folder: PathBuf,
    tables: ExplanationTables,
    record: ExplanationRecord,
    /// Indices of the reported cell types.
    reported: Vec<usize>,
    /// Names of all cell types of the model.
    cell_types: Vec<String>,
    /// Contributions on the genome, by method and cell type.
    tracks: BTreeMap<(Method, usize), GenomeTrack>,
    attention: GenomeTrack,
    /// `[promoters, bases, 4]`
    one_hot: Vec<Vec<[f32; 4]>>,
    /// `[promoters, bases, 4]`, by method and cell type.
    hypothetical: BTreeMap<(Method, usize), Vec<Vec<[f32; 4]>>>,
    axes: ArrayAxes,
    contig_lengths: HashMap<String, u32>,
    figures: FigureWriter,
    summary: ExplainSummary,
}

impl ExplanationFiles {
    /// Starts the tables in a folder that exists.
    pub(super) fn create(
        folder: &Path,
        output: &ExplanationOutput,
        explainer: &Explainer<'_>,
        command: Vec<String>,
    ) -> Result<Self> {
        let model = explainer.model();
        let has_attention = |member: &TrainedModel| member.config.network.architecture.has_attention();
        let kinds: Vec<TableKind> = [
            (TableKind::Summary, true),
            (TableKind::Contributions, true),
            (TableKind::Substitutions, explainer.methods().contains(&Method::Ism)),
            (TableKind::Attention, model.predictor().members().iter().any(has_attention)),
            (TableKind::Deletions, explainer.has_deletions()),
            (TableKind::MotifHits, explainer.has_motifs()),
        ]
        .into_iter()
        .filter_map(|(table, is_written)| is_written.then_some(table))
        .collect();
        Ok(Self {
            tables: ExplanationTables::create(folder, output.format, &kinds)?,
            record: ExplanationRecord::new(explainer, command),
            reported: explainer.cell_types().to_vec(),
            cell_types: model.cell_types().to_vec(),
            tracks: BTreeMap::new(),
            attention: GenomeTrack::default(),
            one_hot: Vec::new(),
            hypothetical: BTreeMap::new(),
            axes: output.array_axes,
            contig_lengths: output.chrom_sizes.as_deref().map(read_contig_lengths).transpose()?.unwrap_or_default(),
            figures: FigureWriter::new(folder, output.max_figures, model),
            summary: ExplainSummary::default(),
            folder: folder.to_owned(),
        })
    }

    /// Writes the rows and figures of an explanation.
    pub(super) fn write(&mut self, explanation: &Explanation) -> Result<()> {
        self.tables.write(explanation, &self.reported)?;
        self.summary.add(explanation);
        if explanation.prediction.is_none() {
            return Ok(());
        }
        self.figures.draw(explanation, &self.reported)?;
        self.add_to_tracks(explanation);
        if !explanation.contributions.is_empty() {
            self.one_hot.push(explanation.bases.iter().map(|&base| one_hot(base)).collect());
        }
        for contributions in &explanation.contributions {
            let rows = contributions.hypothetical.iter().map(|base| base.map(|value| value as f32)).collect();
            self.hypothetical.entry((contributions.method, contributions.cell_type)).or_default().push(rows);
        }
        Ok(())
    }

    fn add_to_tracks(&mut self, explanation: &Explanation) {
        let Some(coordinates) = &explanation.coordinates else { return };
        for Contributions { method, cell_type, values, .. } in &explanation.contributions {
            let track = self.tracks.entry((*method, *cell_type)).or_default();
            for ((position_bp, &base), &value) in (explanation.start_bp..).zip(&explanation.bases).zip(values) {
                if let Some(position) = coordinates.position(position_bp).filter(|_| base != UNKNOWN) {
                    track.add(coordinates.contig(), position, position + 1, value);
                }
            }
        }
        for bin in &explanation.attention {
            if let Some((start, end)) = coordinates.interval(bin.start_bp, bin.end_bp) {
                self.attention.add(coordinates.contig(), start, end, bin.weight);
            }
        }
    }

    /// Completes the tables and writes tracks, arrays and the record.
    pub(super) fn finish(self) -> Result<ExplainSummary> {
        let Self { folder, tables, record, mut summary, .. } = self;
        let mut names = FileNames::default();
        let names: Vec<String> = self.cell_types.iter().map(|cell_type| names.add(&[cell_type])).collect();
        let file = |subfolder: &str, method: Method, cell_type: usize| {
            folder.join(subfolder).join(format!("{}.{}", method.name(), names[cell_type]))
        };
        tables.finish()?;
        if !self.tracks.is_empty() || !self.attention.is_empty() {
            create_folder(&folder.join(TRACKS))?;
            summary.lacks_contig_lengths = self.contig_lengths.is_empty();
        }
        for ((method, cell_type), track) in &self.tracks {
            track.write(&file(TRACKS, *method, *cell_type), &self.contig_lengths)?;
        }
        if !self.attention.is_empty() {
            self.attention.write(&folder.join(TRACKS).join("attention"), &self.contig_lengths)?;
        }
        if !self.one_hot.is_empty() {
            create_folder(&folder.join(ARRAYS))?;
            write_npz(&folder.join(ARRAYS).join("one_hot.npz"), &self.one_hot, self.axes)?;
        }
        for ((method, cell_type), rows) in &self.hypothetical {
            let path = file(ARRAYS, *method, *cell_type).with_added_extension("hypothetical.npz");
            write_npz(&path, rows, self.axes)?;
        }
        write_json(&folder.join(RUN_RECORD), &record)?;
        summary.skipped_figures = self.figures.skipped();
        self.figures.finish()?;
        Ok(summary)
    }
}

fn create_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|source| Error::Io { action: "create", path: folder.to_owned(), source })
}

fn one_hot(base: u8) -> [f32; 4] {
    std::array::from_fn(|channel| f32::from(u8::from(channel == usize::from(base))))
}
