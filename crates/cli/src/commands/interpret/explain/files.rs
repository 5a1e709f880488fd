//! Everything that explanations are written to.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tatabox_model::TrainedModel;
use tatabox_sequence::UNKNOWN;

use super::contribution::Contributions;
use super::explanation::Explanation;
use super::figures::Figures;
use super::record::ExplanationRecord;
use super::request::Request;
use super::summary::Summary;
use super::tables::{OptionalTable, Tables};
use crate::args::{ExplainArgs, Method};
use crate::terminal::console::Console;
use tatabox::Model;
use tatabox::evaluate::SIMULATED_DATA;
use tatabox::tracks::{ArrayAxes, GenomeTrack, write_npz};

/// Tables, tracks and arrays; figures are drawn as explanations come.
pub(super) struct ExplanationFiles {
    folder: PathBuf,
    tables: Tables,
    record: ExplanationRecord,
    asked: Vec<usize>,
    cell_types: Vec<String>,
    /// By method and cell type.
    tracks: BTreeMap<(Method, usize), GenomeTrack>,
    attention: GenomeTrack,
    one_hot: Vec<Vec<[f32; 4]>>,
    hypothetical: BTreeMap<(Method, usize), Vec<Vec<[f32; 4]>>>,
    axes: ArrayAxes,
    chrom_sizes: HashMap<String, u32>,
    figures: Figures,
    summary: Summary,
}

impl ExplanationFiles {
    pub(super) fn create(args: &ExplainArgs, folder: &Path, model: &Model, request: &Request) -> Result<Self> {
        let cell_types = model.predictor().cell_types().to_vec();
        let attends = |member: &TrainedModel| member.config.network.architecture.has_attention();
        let wanted: Vec<OptionalTable> = [
            (OptionalTable::Substitutions, request.methods.contains(&Method::Ism)),
            (OptionalTable::Attention, model.predictor().members().iter().any(attends)),
            (OptionalTable::Deletions, request.deletions.is_some()),
            (OptionalTable::MotifHits, request.motifs.is_some()),
        ]
        .into_iter()
        .filter_map(|(table, is_wanted)| is_wanted.then_some(table))
        .collect();
        Ok(Self {
            tables: Tables::create(folder, args.format.into(), &wanted, &cell_types)?,
            record: ExplanationRecord::new(model, request),
            asked: request.cell_types.clone(),
            tracks: BTreeMap::new(),
            attention: GenomeTrack::default(),
            one_hot: Vec::new(),
            hypothetical: BTreeMap::new(),
            axes: args.array_axes.into(),
            chrom_sizes: args.chrom_sizes.as_deref().map_or_else(|| Ok(HashMap::new()), read_chrom_sizes)?,
            figures: Figures::new(
                folder,
                args.figures,
                model.name().to_owned(),
                cell_types.clone(),
                model.is_simulated().then(|| SIMULATED_DATA.to_owned()),
            ),
            summary: Summary::new(cell_types.clone()),
            cell_types,
            folder: folder.to_owned(),
        })
    }

    pub(super) fn write(&mut self, explanation: &Explanation) -> Result<()> {
        self.tables.write(explanation, &self.asked)?;
        self.summary.add(explanation);
        if explanation.prediction.is_none() {
            return Ok(());
        }
        self.figures.draw(explanation, &self.asked)?;
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
        let Some(place) = &explanation.place else { return };
        for Contributions { method, cell_type, own, .. } in &explanation.contributions {
            let track = self.tracks.entry((*method, *cell_type)).or_default();
            for ((position_bp, &base), &value) in (explanation.start_bp..).zip(&explanation.bases).zip(own) {
                if let Some(position) = place.position(position_bp).filter(|_| base != UNKNOWN) {
                    track.add(place.contig(), position, position + 1, value);
                }
            }
        }
        for bin in &explanation.attention.0 {
            if let Some((start, end)) = place.interval(bin.start_bp, bin.end_bp) {
                self.attention.add(place.contig(), start, end, bin.weight);
            }
        }
    }

    /// Writes what waits for the last promoter.
    pub(super) fn finish(self, console: &Console) -> Result<Summary> {
        let file = |folder: &str, method: Method, cell_type: usize| {
            let cell_type = file_name(&self.cell_types[cell_type]);
            self.folder.join(folder).join(format!("{}.{cell_type}", method.name()))
        };
        self.tables.finish()?;
        if !self.tracks.is_empty() || !self.attention.is_empty() {
            make(&self.folder.join("tracks"))?;
        }
        for ((method, cell_type), track) in &self.tracks {
            track.write(&file("tracks", *method, *cell_type), &self.chrom_sizes)?;
        }
        if !self.attention.is_empty() {
            self.attention.write(&self.folder.join("tracks/attention"), &self.chrom_sizes)?;
        }
        if !self.tracks.is_empty() && self.chrom_sizes.is_empty() {
            console.note("contigs in bigWig files end where the promoters do; --chrom-sizes FILE tells their lengths");
        }
        if !self.one_hot.is_empty() {
            make(&self.folder.join("arrays"))?;
            write_npz(&self.folder.join("arrays/one_hot.npz"), &self.one_hot, self.axes)?;
        }
        for ((method, cell_type), rows) in &self.hypothetical {
            let path = file("arrays", *method, *cell_type).with_added_extension("hypothetical.npz");
            write_npz(&path, rows, self.axes)?;
        }
        if self.figures.skipped > 0 {
            console.note(format!("{} figures were not drawn; --figures N draws more", self.figures.skipped));
        }
        self.record.write(&self.folder)?;
        Ok(self.summary)
    }
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}

fn one_hot(base: u8) -> [f32; 4] {
    std::array::from_fn(|channel| f32::from(u8::from(channel == usize::from(base))))
}

/// A name without what file systems make something of.
pub(super) fn file_name(name: &str) -> String {
    name.chars().map(|letter| if letter.is_alphanumeric() || "-_.+".contains(letter) { letter } else { '_' }).collect()
}

/// Reads contig names and lengths.
fn read_chrom_sizes(path: &Path) -> Result<HashMap<String, u32>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut sizes = HashMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut columns = line.split_whitespace();
        match (columns.next(), columns.next().and_then(|length| length.parse().ok())) {
            (Some(name), Some(length)) => sizes.insert(name.to_owned(), length),
            _ => bail!("{}:{}: expected a contig and its length, found \"{line}\"", path.display(), number + 1),
        };
    }
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_names_of_files() {
        assert_eq!(file_name("H1-ESC"), "H1-ESC");
        assert_eq!(file_name("CD4+ T/cell"), "CD4+_T_cell");
    }

    #[test]
    fn a_line_without_a_length_is_named() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("sizes");
        fs::write(&path, "chr1\t100\n\nchr2\n").expect("written");
        let message = read_chrom_sizes(&path).expect_err("no length").to_string();
        assert!(message.contains("sizes:3:") && message.contains("chr2"), "{message}");
        fs::write(&path, "chr1\t100\textra\nchr2 7\n").expect("written");
        assert_eq!(read_chrom_sizes(&path).expect("good")["chr2"], 7);
    }
}
