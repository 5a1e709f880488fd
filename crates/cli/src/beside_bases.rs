//! What a model reads beside the bases of promoters that are no gene's of a data set: features from a table, signal from
//! bigWig.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail, ensure};
use tatabox_dataset::{FeatureTable, stored_signal};
use tatabox_model::{Predictor, PromoterWindow};
use tatabox_sequence::{SignalTrack, Tss, WindowGeometry};

use crate::args::GivenInputs;
use crate::console::Console;

/// How a table of half-life features is made.
const FEATURES_HINT: &str =
    "`tatabox half-life --annotation GTF --genome FASTA -o half_life.tsv` makes one of half-life features";

/// Features and signals, open and in the order of the model.
pub(crate) struct BesideBases {
    features: Option<GivenFeatures>,
    /// By name.
    tracks: Vec<(String, SignalTrack)>,
    geometry: WindowGeometry,
}

/// A table of features, and which of its columns the model reads.
pub(crate) struct GivenFeatures {
    path: PathBuf,
    table: FeatureTable,
    columns: Vec<usize>,
}

impl BesideBases {
    /// Opens what the model reads and warns of what it does not read. `on_genome` is whether promoters have a place, without which
    /// no signal can be read.
    ///
    /// # Errors
    /// Where something that the model reads is not given, with the way to it.
    pub(crate) fn open(given: &GivenInputs, predictor: &Predictor, on_genome: bool, console: &Console) -> Result<Self> {
        let extent = predictor.extent();
        let geometry = WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).context("the model's extent")?;
        let features = GivenFeatures::open(given.gene_features.as_deref(), predictor, console)?;
        let names = predictor.needs().track_names();
        if !names.is_empty() && !on_genome {
            bail!(
                "the model reads signal along the bases ({}), and these promoters have no place on a genome; give --bed \
                 with --genome and --track NAME=BIGWIG, or --gene of a data set with these tracks",
                names.join(", ")
            );
        }
        if let Some(unread) = given.track.iter().find(|track| !names.contains(&track.name.as_str())) {
            let read = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            bail!("--track {}: the model reads no track of that name; it reads {read}", unread.name);
        }
        let open = |name: &&str| {
            let source = given.track.iter().find(|track| track.name == **name);
            let source = source.ok_or_else(|| anyhow!("the model reads track {name}: give --track {name}=BIGWIG"))?;
            Ok((source.name.clone(), SignalTrack::open(&source.path)?))
        };
        Ok(Self { features, tracks: names.iter().map(open).collect::<Result<_>>()?, geometry })
    }

    /// What the model reads of promoter `id`, or in words what is lacking.
    ///
    /// # Errors
    /// Where a bigWig cannot be read.
    pub(crate) fn window(&self, id: &str, bases: Vec<u8>, tss: Option<&Tss>) -> Result<Result<PromoterWindow, String>> {
        let mut window = PromoterWindow::from(bases);
        if let Some(features) = &self.features {
            match features.of(id) {
                Some(found) => window.gene_features = Some(found),
                None => return Ok(Err(features.lacking(id))),
            }
        }
        if let (false, Some(tss)) = (self.tracks.is_empty(), tss) {
            let mut signals = Vec::with_capacity(self.tracks.len() * self.geometry.len());
            for (name, track) in &self.tracks {
                if track.length_of(&tss.chrom).is_none_or(|length| tss.position >= length) {
                    return Ok(Err(format!("{tss} is not on a contig of track {name}")));
                }
                signals.extend(track.reader()?.window(tss, self.geometry)?.into_iter().map(stored_signal));
            }
            window.tracks = Some(signals.into());
        }
        Ok(Ok(window))
    }
}

impl GivenFeatures {
    /// Opens the table, where the model reads features; warns where it does not.
    ///
    /// # Errors
    /// Where the model reads features and there is no table, or one without them.
    pub(crate) fn open(path: Option<&Path>, predictor: &Predictor, console: &Console) -> Result<Option<Self>> {
        let names = predictor.needs().feature_names();
        let Some(path) = path else {
            ensure!(
                names.is_empty(),
                "the model reads features of genes ({}): give --gene-features TABLE with a row for each promoter, or \
                 --gene of a data set that has them; {FEATURES_HINT}",
                names.join(", ")
            );
            return Ok(None);
        };
        if names.is_empty() {
            console.warn("--gene-features: the model reads bases alone");
            return Ok(None);
        }
        let table = FeatureTable::read(path)?;
        let column = |name: &String| {
            table.names.iter().position(|known| known == name).ok_or_else(|| {
                let known = table.names.join(", ");
                anyhow!("{}: the model reads {name}, and the table has {known}; {FEATURES_HINT}", path.display())
            })
        };
        let columns = names.iter().map(column).collect::<Result<_>>()?;
        Ok(Some(Self { path: path.to_owned(), table, columns }))
    }

    /// The features of a gene in the order of the model.
    pub(crate) fn of(&self, gene_id: &str) -> Option<Arc<[f32]>> {
        let row = self.table.of(gene_id)?;
        Some(self.columns.iter().map(|&column| row[column]).collect())
    }

    /// That a gene has none.
    fn lacking(&self, gene_id: &str) -> String {
        format!("{gene_id} has no features in {}", self.path.display())
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Refuses a model that reads signal, for a task that has none to give.
///
/// # Errors
/// With the tracks that the model reads.
pub(crate) fn refuse_tracks(predictor: &Predictor, task: &str) -> Result<()> {
    let tracks = predictor.needs().track_names().join(", ");
    ensure!(tracks.is_empty(), "the model reads signal along the bases ({tracks}), and {task}; take a model without");
    Ok(())
}
