//! Signal tracks along the windows of a data set, read from bigWig.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tatabox_sequence::{SignalReader, SignalTrack, Tss, WindowGeometry};

use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};
use crate::prepare::GenomeContext;
use crate::prepare::candidate::{Candidate, GeneMetadata};
use crate::prepare::collector::Collected;
use crate::prepare::progress::{PrepareProgress, PrepareStage, REPORT_EVERY};
use crate::prepared::TrackRecord;
use crate::storage::{SignalWindowWriter, stored_signal};

/// Role of the files in the list of inputs.
pub(crate) const TRACK_ROLE: &str = "track";

/// Number of windows that a thread reads with one set of open files.
const WINDOWS_PER_TASK: usize = 16;

/// Signal track to read along every window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackSource {
    /// Name of the track, referenced by models, such as `dnase_K562`.
    pub name: String,
    /// Path of the bigWig file.
    pub path: PathBuf,
}

/// Opened bigWig files.
pub(crate) struct Tracks<'a> {
    tracks: Vec<(&'a TrackSource, SignalTrack)>,
}

impl<'a> Tracks<'a> {
    /// Opens every file.
    pub(crate) fn open(sources: &'a [TrackSource]) -> Result<Self> {
        let open = |source: &'a TrackSource| Ok((source, SignalTrack::open(&source.path)?));
        Ok(Self { tracks: sources.iter().map(open).collect::<Result<_>>()? })
    }

    /// Whether there are no tracks.
    pub(crate) fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    /// Compares the files with the genome, and removes the genes without a signal, because the location of the gene or
    /// its contig in a file is unknown.
    ///
    /// # Errors
    ///
    /// [`SequenceError::AssemblyMismatch`](tatabox_sequence::SequenceError::AssemblyMismatch) if a file has the contig
    /// of no gene, or a contig of a gene with another length; [`DatasetError::InvalidSetting`] if no gene has a
    /// location; [`DatasetError::NoGenesLeft`].
    pub(crate) fn keep_readable(&self, collected: &mut Collected, genome: &mut GenomeContext) -> Result<()> {
        let Some((first, _)) = self.tracks.first() else { return Ok(()) };
        let Collected { genes, qc, .. } = collected;
        let sites: Vec<Tss> = genes.values().filter_map(|gene| tss_of(&gene.metadata)).collect();
        if sites.is_empty() {
            return Err(DatasetError::InvalidSetting {
                field: "track",
                value: first.name.clone(),
                expected: "no gene has a location; tracks require a genome with annotation or TSSs".to_owned(),
            });
        }
        let genome_name = if genome.path.is_empty() { "the data set" } else { &genome.path };
        for (source, track) in &self.tracks {
            let label = format!("track {} ({})", source.name, source.path.display());
            let report = track.check_genome(&label, "genes", sites.iter(), genome_name, &genome.contigs)?;
            genome.warnings.extend(report.warnings());
        }
        genes.retain(|gene_id, gene| {
            let missing = self.missing_of(gene);
            if let Some(detail) = &missing {
                qc.drop(gene_id, TRACK_ROLE, DropReason::NoSignal, detail);
            }
            missing.is_none()
        });
        if genes.is_empty() {
            return Err(qc.no_genes_left());
        }
        Ok(())
    }

    /// Reason why the signals of a gene cannot be read; `None` if they can.
    fn missing_of(&self, gene: &Candidate) -> Option<String> {
        let Some(tss) = tss_of(&gene.metadata) else {
            return Some("its location on the genome is unknown".to_owned());
        };
        let reaches = |track: &SignalTrack| track.total_length(&tss.chrom).is_some_and(|length| tss.position < length);
        let (source, _) = self.tracks.iter().find(|(_, track)| !reaches(track))?;
        Some(format!("{} is not on a contig of track {}", tss, source.name))
    }

    /// Reads and writes the signals of every gene, in gene order.
    pub(crate) fn write(
        &self,
        path: &Path,
        geometry: WindowGeometry,
        genes: &[(String, Candidate)],
        progress: &mut dyn FnMut(PrepareProgress),
    ) -> Result<Vec<TrackRecord>> {
        let mut writer = SignalWindowWriter::create(path, geometry, self.tracks.len())?;
        let mut sums = vec![TrackStatistics::default(); self.tracks.len()];
        let total = Some(genes.len() as u64);
        for (done, part) in genes.chunks(REPORT_EVERY as usize).enumerate() {
            progress(PrepareProgress::new(PrepareStage::Signals, done as u64 * REPORT_EVERY, total));
            let tasks: Vec<Vec<Vec<Vec<f32>>>> =
                part.par_chunks(WINDOWS_PER_TASK).map(|genes| self.read(geometry, genes)).collect::<Result<_>>()?;
            for mut signals in tasks.into_iter().flatten() {
                for (signal, sums) in signals.iter_mut().zip(&mut sums) {
                    sums.store(signal);
                }
                let signals: Vec<&[f32]> = signals.iter().map(Vec::as_slice).collect();
                writer.push(&signals)?;
            }
        }
        writer.finish()?;
        progress(PrepareProgress::new(PrepareStage::Signals, genes.len() as u64, total));
        Ok(self.tracks.iter().zip(sums).map(|((source, _), sums)| sums.record(source)).collect())
    }

    /// Signals as `[genes][tracks][bases]`, with the values of the files.
    fn read(&self, geometry: WindowGeometry, genes: &[(String, Candidate)]) -> Result<Vec<Vec<Vec<f32>>>> {
        let mut readers: Vec<SignalReader<'_>> =
            self.tracks.iter().map(|(_, track)| Ok(track.reader()?)).collect::<Result<_>>()?;
        let read = |(_, gene): &(String, Candidate)| {
            let tss = tss_of(&gene.metadata).expect("genes without a location were removed");
            readers.iter_mut().map(|reader| Ok(reader.window(&tss, geometry)?)).collect()
        };
        genes.iter().map(read).collect()
    }
}

fn tss_of(metadata: &GeneMetadata) -> Option<Tss> {
    Some(Tss { chrom: metadata.chrom.clone()?, position: metadata.tss?, strand: metadata.strand? })
}

/// Statistics of a track.
#[derive(Clone, Default)]
struct TrackStatistics {
    bases: u64,
    covered: u64,
    sum: f64,
}

impl TrackStatistics {
    /// Converts a signal to its stored form and adds it to the statistics.
    fn store(&mut self, signal: &mut [f32]) {
        self.bases += signal.len() as u64;
        for value in signal {
            self.covered += u64::from(value.is_finite());
            *value = stored_signal(*value);
            self.sum += f64::from(*value);
        }
    }

    fn record(self, source: &TrackSource) -> TrackRecord {
        let bases = self.bases.max(1) as f64;
        TrackRecord {
            name: source.name.clone(),
            file: source.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            covered: self.covered as f64 / bases,
            mean: self.sum / bases,
        }
    }
}
