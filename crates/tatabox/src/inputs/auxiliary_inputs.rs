//! Auxiliary inputs of promoters outside a data set: gene features from a table, signal tracks from bigWig files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tatabox_dataset::{FeatureTable, TrackSource, stored_signal};
use tatabox_model::{Predictor, PromoterWindow};
use tatabox_sequence::{ContigNames, GeneTss, ReferenceGenome, SignalTrack, Tss, WindowGeometry};

use crate::error::{Context, Error, Result, bail, ensure};
use crate::observer::Observer;
use crate::remedy::Remedy;

/// Files with auxiliary inputs.
///
/// ```
/// use tatabox::inputs::AuxiliarySources;
///
/// assert!(AuxiliarySources::default().tracks.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuxiliarySources {
    /// Table with the columns `gene_id`, optionally `gene_name`, and one column per feature: TSV, CSV or parquet.
    pub gene_features: Option<PathBuf>,
    /// Signal tracks by name.
    pub tracks: Vec<TrackSource>,
}

/// Auxiliary inputs that a model reads, opened and in the model's order.
pub(crate) struct AuxiliaryReaders {
    features: Option<GeneFeatureTable>,
    /// By name.
    tracks: Vec<(String, SignalTrack)>,
    geometry: WindowGeometry,
}

/// A table of gene features, and the columns of it that a model reads.
pub(crate) struct GeneFeatureTable {
    path: PathBuf,
    table: FeatureTable,
    columns: Vec<usize>,
}

impl AuxiliaryReaders {
    /// Opens the inputs that the model reads, and warns of a table that it does not read. Signal tracks require promoters with
    /// genome coordinates, as `has_coordinates` states.
    ///
    /// # Errors
    /// An input of the model is missing.
    pub(crate) fn open(
        sources: &AuxiliarySources,
        predictor: &Predictor,
        has_coordinates: bool,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let extent = predictor.extent();
        let geometry = WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).context("the model's extent")?;
        let features = GeneFeatureTable::open(sources.gene_features.as_deref(), predictor, observer)?;
        let names = predictor.auxiliary_inputs().track_names();
        if !names.is_empty() && !has_coordinates {
            let tracks = names.join(", ");
            return Err(Error::input_with(
                Remedy::GiveGenomeCoordinates,
                format!("the model reads signal tracks ({tracks}), but these promoters have no genome coordinates"),
            ));
        }
        if let Some(unread) = sources.tracks.iter().find(|track| !names.contains(&track.name.as_str())) {
            let read = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            bail!("track {}: the model reads no track of this name; it reads {read}", unread.name);
        }
        let open = |name: &&str| {
            let source = sources.tracks.iter().find(|track| track.name == **name).ok_or_else(|| {
                let remedy = Remedy::GiveTrack { name: (*name).to_owned() };
                Error::input_with(remedy, format!("the model reads the signal track {name}, which is missing"))
            })?;
            Ok((source.name.clone(), SignalTrack::open(&source.path)?))
        };
        Ok(Self { features, tracks: names.iter().map(open).collect::<Result<_>>()?, geometry })
    }

    /// Compares the contigs of the signal tracks with those of a genome, for the given sites; warns of sites on contigs that a
    /// track lacks.
    ///
    /// # Errors
    /// A track has none of the contigs, or a contig with another length.
    pub(crate) fn check_genome(
        &self,
        sites: &[GeneTss],
        names: &ContigNames,
        genome: &dyn ReferenceGenome,
        observer: &dyn Observer,
    ) -> Result<()> {
        let in_genome = |site: &GeneTss| {
            let chrom = names.resolve(&site.tss.chrom)?.to_owned();
            Some(Tss { chrom, ..site.tss.clone() })
        };
        if self.tracks.is_empty() {
            return Ok(());
        }
        let sites: Vec<Tss> = sites.iter().filter_map(in_genome).collect();
        let genome_path = genome.path().display().to_string();
        for (name, track) in &self.tracks {
            let label = format!("track {name} ({})", track.path().display());
            let report = track.check_genome(&label, "TSSs", sites.iter(), &genome_path, genome.contigs())?;
            for warning in report.warnings() {
                observer.warn(&warning);
            }
        }
        Ok(())
    }

    /// The window of promoter `id`, of a gene with this symbol, with its auxiliary inputs, or a description of the missing one.
    ///
    /// # Errors
    /// A bigWig file cannot be read.
    pub(crate) fn window(
        &self,
        id: &str,
        symbol: Option<&str>,
        bases: Vec<u8>,
        tss: Option<&Tss>,
    ) -> Result<Result<PromoterWindow, String>> {
        let mut window = PromoterWindow::from(bases);
        if let Some(features) = &self.features {
            match features.of(id, symbol) {
                Some(found) => window.gene_features = Some(found),
                None => return Ok(Err(format!("{id} has no gene features in {}", features.path.display()))),
            }
        }
        if let (false, Some(tss)) = (self.tracks.is_empty(), tss) {
            let mut signals = Vec::with_capacity(self.tracks.len() * self.geometry.len());
            for (name, track) in &self.tracks {
                if track.total_length(&tss.chrom).is_none_or(|length| tss.position >= length) {
                    return Ok(Err(format!("{tss} is not on a contig of track {name}")));
                }
                signals.extend(track.reader()?.window(tss, self.geometry)?.into_iter().map(stored_signal));
            }
            window.tracks = Some(signals.into());
        }
        Ok(Ok(window))
    }
}

impl GeneFeatureTable {
    /// Opens the table if the model reads gene features; warns if it does not.
    ///
    /// # Errors
    /// The model reads gene features, and the table or one of its columns is missing.
    pub(crate) fn open(path: Option<&Path>, predictor: &Predictor, observer: &dyn Observer) -> Result<Option<Self>> {
        let names = predictor.auxiliary_inputs().feature_names();
        let Some(path) = path else {
            if names.is_empty() {
                return Ok(None);
            }
            return Err(Error::input_with(
                Remedy::GiveGeneFeatures,
                format!("the model reads gene features ({}), and there is no table of them", names.join(", ")),
            ));
        };
        if names.is_empty() {
            observer.warn(&format!("{}: not used, since the model reads no gene features", path.display()));
            return Ok(None);
        }
        let table = FeatureTable::read(path)?;
        let column = |name: &String| {
            table.names.iter().position(|known| known == name).ok_or_else(|| {
                let known = table.names.join(", ");
                let message =
                    format!("{}: column {name} is missing, which the model reads; found {known}", path.display());
                Error::input_with(Remedy::GiveGeneFeatures, message)
            })
        };
        let columns = names.iter().map(column).collect::<Result<_>>()?;
        Ok(Some(Self { path: path.to_owned(), table, columns }))
    }

    /// Features of a gene in the model's order, by identifier, then by symbol.
    pub(crate) fn of(&self, gene_id: &str, gene_name: Option<&str>) -> Option<Arc<[f32]>> {
        let row = self.table.find(gene_id, gene_name)?;
        Some(self.columns.iter().map(|&column| row[column]).collect())
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Refuses a model that reads signal tracks, for a task that has none; `reason` completes the message.
///
/// # Errors
/// The model reads signal tracks.
pub fn refuse_tracks(predictor: &Predictor, reason: &str) -> Result<()> {
    let tracks = predictor.auxiliary_inputs().track_names().join(", ");
    ensure!(tracks.is_empty(), "the model reads signal tracks ({tracks}), and {reason}; choose a model without them");
    Ok(())
}
