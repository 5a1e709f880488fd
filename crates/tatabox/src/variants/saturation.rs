//! Effects of all single-nucleotide variants of a promoter.

use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_model::{MemberPredictions, Predictor, PromoterWindow, SubstitutionEffects};
use tatabox_sequence::{
    GeneTss, ReferenceGenome, Tss, UNKNOWN, WindowGeometry, clean_name, fetch_window, letter, strip_version,
};

use super::effect::{Effect, PredictedShifts};
use super::effect_table::EffectTable;
use super::request::{TssSource, WindowShifts};
use super::{KNOWN_LIMITS, background_of, sites};
use crate::error::{Context, Error, Result, bail};
use crate::inputs::{CoordinateMap, GeneFeatureTable, GenomeSource, TssRange, open_genome, refuse_tracks};
use crate::model_store::Model;
use crate::observer::Observer;
use crate::output_paths::OutputPaths;
use crate::progress::{Progress, Unit};
use crate::tables::{Cell, TableOutput, row_writer};

/// Request to score all single-nucleotide variants of promoters.
///
/// ```
/// use tatabox::inputs::GenomeSource;
/// use tatabox::tables::TableOutput;
/// use tatabox::variants::{SaturatedPromoters, SaturationRequest, TssSource, WindowShifts};
///
/// let source = SaturatedPromoters::Genome {
///     genome: GenomeSource::new("hg38.fa.gz"),
///     sites: TssSource::Bed("tss.bed".into()),
///     gene_features: None,
/// };
/// let request = SaturationRequest {
///     genes: vec!["GATA1".to_owned()],
///     source,
///     region: "-100..+20".parse().ok(),
///     cell_types: vec!["K562".to_owned()],
///     shifts: WindowShifts::default(),
///     output: TableOutput::to_file("gata1.tsv"),
/// };
/// assert!(request.region.is_some());
/// ```
pub struct SaturationRequest {
    /// Genes, by identifier or name.
    pub genes: Vec<String>,
    /// Where the genes are found.
    pub source: SaturatedPromoters,
    /// Positions to saturate; `None` for all that the model reads.
    pub region: Option<TssRange>,
    /// Cell types to report; empty for all of the model.
    pub cell_types: Vec<String>,
    /// Shifts of the window over which effects are averaged.
    pub shifts: WindowShifts,
    /// Table of effects.
    pub output: TableOutput,
}

/// Source of saturated promoters.
///
/// ```
/// use tatabox::inputs::GenomeSource;
/// use tatabox::variants::{SaturatedPromoters, TssSource};
///
/// let source = SaturatedPromoters::Genome {
///     genome: GenomeSource::new("hg38.2bit"),
///     sites: TssSource::Bed("tss.bed".into()),
///     gene_features: None,
/// };
/// assert!(matches!(source, SaturatedPromoters::Genome { .. }));
/// ```
pub enum SaturatedPromoters {
    /// TSSs on a genome.
    Genome {
        /// The genome.
        genome: GenomeSource,
        /// Source of the TSSs.
        sites: TssSource,
        /// Table of gene features, for models that read them.
        gene_features: Option<std::path::PathBuf>,
    },
    /// Genes of a data set. Windows are shifted only where it has the bases.
    Dataset(Box<PreparedDataset>),
}

impl SaturationRequest {
    /// Adds the inputs and the output of the request.
    fn list_paths(&self, mut paths: OutputPaths) -> OutputPaths {
        match &self.source {
            SaturatedPromoters::Genome { genome, sites, gene_features } => {
                paths.genome(genome);
                paths.sites(sites);
                if let Some(path) = gene_features {
                    paths.input("gene features", path);
                }
            }
            SaturatedPromoters::Dataset(dataset) => paths.dataset(dataset),
        }
        paths.destination("output", &self.output.destination);
        paths
    }
}

/// A promoter with its window at each shift.
struct Promoter {
    gene_id: String,
    gene_name: Option<String>,
    tss: Option<Tss>,
    /// One window per shift.
    windows: Vec<PromoterWindow>,
}

/// Scores all single-nucleotide variants of promoters; returns the number of promoters.
///
/// # Errors
/// The output is an input, a gene is not found, an input cannot be read, the output cannot be written, or the observer cancels.
pub fn saturate(model: &Model, request: &SaturationRequest, observer: &dyn Observer) -> Result<usize> {
    request.list_paths(OutputPaths::of_model(model)).check()?;
    let mut sink = request.output.destination.open()?;
    let predictor = model.predictor();
    let extent = model.extent();
    let cell_types = model.select_cell_types(&request.cell_types)?;
    let whole = || Ok(0..extent.total_bp() as usize);
    let region = request.region.map_or_else(whole, |region| region.indices(extent, "region"))?;
    let (shifts, promoters) = match &request.source {
        SaturatedPromoters::Genome { genome, sites, gene_features } => {
            let genome = open_genome(genome, observer)?;
            refuse_tracks(predictor, "a genome has no signal; use genes of a data set")?;
            let features = GeneFeatureTable::open(gene_features.as_deref(), predictor, observer)?;
            let promoters = of_genome(request, &*genome, sites, extent, features.as_ref(), observer)?;
            (request.shifts.to_vec(), promoters)
        }
        SaturatedPromoters::Dataset(dataset) => of_data_set(request, dataset, predictor, observer)?,
    };
    observer.note(&format!("known limits: {KNOWN_LIMITS}"));
    let table = EffectTable {
        cell_types: cell_types.iter().map(|&index| model.cell_types()[index].clone()).collect(),
        has_shifts: shifts.len() > 1,
        has_members: model.members() > 1,
        background: background_of(model, &cell_types, &shifts, observer)?,
        all: false,
        remark: model.is_simulated().then_some("model trained on simulated data"),
    };
    let mut rows = row_writer(request.output.format, table.columns(), &mut sink)?;
    let mut progress = Progress::start(observer, "saturating", Some(promoters.len() as u64), Unit::Windows);
    for (done, promoter) in promoters.iter().enumerate() {
        if observer.is_cancelled() {
            return Err(Error::Cancelled(format!("interrupted after {done} promoters; the table was not written")));
        }
        for window in &promoter.windows {
            predictor.check_window(window, &promoter.gene_id)?;
        }
        let saturated = Saturation::of(promoter, &shifts, predictor)?;
        for index in region.clone() {
            rows.write(saturated.rows(index, &table, &cell_types))?;
        }
        progress.set(done as u64 + 1);
    }
    progress.clear();
    rows.finish()?;
    sink.commit()?;
    Ok(promoters.len())
}

/// Promoters of genes of an annotation or a BED file, by identifier or name.
fn of_genome(
    request: &SaturationRequest,
    genome: &dyn ReferenceGenome,
    sites: &TssSource,
    extent: Extent,
    features: Option<&GeneFeatureTable>,
    observer: &dyn Observer,
) -> Result<Vec<Promoter>> {
    let index = sites::open(sites, genome, features, observer)?;
    let geometry = WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).context("the model's extent")?;
    let mut promoters = Vec::new();
    for name in &request.genes {
        let (gene_id, symbol) = (strip_version(name), clean_name(name));
        let is_named = |site: &&GeneTss| site.gene_id == gene_id || site.gene_name.as_deref() == Some(&*symbol);
        let before = promoters.len();
        for site in index.sites().iter().filter(is_named) {
            let gene_features = features.and_then(|features| features.of(&site.gene_id, site.gene_name.as_deref()));
            let window = |&shift: &i64| {
                let bases = fetch_window(genome, &shifted(&site.tss, shift)?, geometry)?.into_codes();
                Ok(PromoterWindow { gene_features: gene_features.clone(), ..bases.into() })
            };
            promoters.push(Promoter {
                gene_id: site.gene_id.clone(),
                gene_name: site.gene_name.clone(),
                tss: Some(site.tss.clone()),
                windows: request.shifts.iter().map(window).collect::<Result<_>>()?,
            });
        }
        if promoters.len() == before {
            bail!("gene {name}: no TSS has this identifier or name; upper and lower case must match");
        }
    }
    Ok(promoters)
}

/// The TSS shifted by `shift_bp` in sense direction.
fn shifted(tss: &Tss, shift_bp: i64) -> Result<Tss> {
    let position = CoordinateMap::new(tss.clone()).position(shift_bp);
    let position = position.with_context(|| format!("{tss} cannot be shifted by {shift_bp} bp"))?;
    Ok(Tss { position, ..tss.clone() })
}

/// Promoters of genes of a data set, whose windows are shifted where it has the bases.
fn of_data_set(
    request: &SaturationRequest,
    dataset: &PreparedDataset,
    predictor: &Predictor,
    observer: &dyn Observer,
) -> Result<(Vec<i64>, Vec<Promoter>)> {
    predictor.check_geometry(dataset)?;
    let shifts = if has_room(dataset, predictor.extent(), request.shifts.max_bp()) {
        request.shifts.to_vec()
    } else {
        observer.note("the data set has no bases beyond the model's extent: windows are not shifted");
        vec![0]
    };
    let mut promoters = Vec::new();
    for name in &request.genes {
        let gene = dataset.find_gene(name)?;
        let entry = &dataset.genes()[gene];
        promoters.push(Promoter {
            gene_id: entry.gene_id.clone(),
            gene_name: entry.gene_name.clone(),
            tss: entry.tss_location(),
            windows: shifts
                .iter()
                .map(|&shift| predictor.shifted_gene_window(dataset, gene, shift))
                .collect::<Result<_, _>>()?,
        });
    }
    Ok((shifts, promoters))
}

/// Whether the windows of a data set have `shift_bp` more bases on both sides than the model reads.
fn has_room(dataset: &PreparedDataset, extent: Extent, shift_bp: u32) -> bool {
    let needed = Extent { upstream_bp: extent.upstream_bp + shift_bp, downstream_bp: extent.downstream_bp + shift_bp };
    Extent::of_window(dataset.geometry()).covers(needed)
}

/// Effects of all substitutions of a promoter, at each shift.
struct Saturation<'a> {
    promoter: &'a Promoter,
    shifts: &'a [i64],
    upstream_bp: i64,
    coordinates: Option<CoordinateMap>,
    /// Predictions per shift: `[members][cell types]` of the window, and the effects of its substitutions.
    windows: Vec<(MemberPredictions, SubstitutionEffects)>,
}

impl<'a> Saturation<'a> {
    fn of(promoter: &'a Promoter, shifts: &'a [i64], predictor: &Predictor) -> Result<Self> {
        let scored = |window: &PromoterWindow| {
            let members = predictor.predict_members(std::slice::from_ref(window))?.swap_remove(0);
            Ok((members, predictor.substitution_effects(window, 0..window.len(), &|_| ())?))
        };
        Ok(Self {
            promoter,
            shifts,
            upstream_bp: i64::from(predictor.extent().upstream_bp),
            coordinates: promoter.tss.clone().map(CoordinateMap::new),
            windows: promoter.windows.iter().map(scored).collect::<Result<_>>()?,
        })
    }

    /// Rows of the three substitutions at an index of the unshifted window.
    fn rows(&self, index: usize, table: &EffectTable, cell_types: &[usize]) -> Vec<Vec<Cell>> {
        let unshifted = self.shifts.iter().position(|&shift| shift == 0).expect("shifts hold 0");
        let own = self.promoter.windows[unshifted].bases[index];
        if own == UNKNOWN {
            return Vec::new();
        }
        let position_bp = index as i64 - self.upstream_bp;
        let mut rows = Vec::new();
        for base in (0..UNKNOWN).filter(|&base| base != own) {
            let alternates: Vec<MemberPredictions> =
                (0..self.shifts.len()).map(|at| self.with(at, index, base)).collect();
            let predicted = PredictedShifts {
                reference: self.windows.iter().map(|(members, _)| members).collect(),
                alternate: alternates.iter().collect(),
                length: None,
            };
            for (number, (&cell_type, name)) in cell_types.iter().zip(&table.cell_types).enumerate() {
                let effect = Effect::of(&predicted, cell_type);
                let rank = table.rank(position_bp, number, &effect);
                let mut row = self.variant_cells(position_bp, own, base);
                row.extend(self.promoter_cells(position_bp));
                row.push(Cell::text(name));
                row.extend(table.of_effect(&effect, rank));
                row.extend([Cell::Flag(false), Cell::Flag(true), Cell::text(table.remark.unwrap_or_default())]);
                rows.push(row);
            }
        }
        rows
    }

    /// Predictions of each member with `base` at `index` of the unshifted window, in the window of shift number `at`.
    fn with(&self, at: usize, index: usize, base: u8) -> MemberPredictions {
        let (members, effects) = &self.windows[at];
        let moved = usize::try_from(index as i64 - self.shifts[at]).ok().filter(|&moved| moved < effects.positions());
        let change = |member: usize, cell_type: usize| {
            // Outside the window nothing changes.
            moved.map_or(0.0, |moved| effects.of_member(member, moved, cell_type)[usize::from(base)])
        };
        let of_member = |(member, log2_tpm): (usize, &[f64])| {
            log2_tpm.iter().enumerate().map(|(cell_type, value)| value + change(member, cell_type)).collect()
        };
        MemberPredictions::new(members.iter().enumerate().map(of_member).collect())
    }

    /// Cells that describe the variant as in VCF.
    fn variant_cells(&self, position_bp: i64, own: u8, base: u8) -> Vec<Cell> {
        let coordinates = self.coordinates.as_ref();
        let position = coordinates.and_then(|coordinates| coordinates.position(position_bp));
        let allele = |code: u8| Cell::text(letter(coordinates.map_or(code, |coordinates| coordinates.forward(code))));
        vec![
            coordinates.map_or(Cell::Absent, |coordinates| Cell::text(coordinates.contig())),
            position.map_or(Cell::Absent, |position| Cell::Count(position + 1)),
            Cell::text("."),
            allele(own),
            allele(base),
            Cell::text("snv"),
        ]
    }

    fn promoter_cells(&self, position_bp: i64) -> [Cell; 5] {
        let Promoter { gene_id, gene_name, tss, .. } = self.promoter;
        [
            Cell::text(gene_id),
            gene_name.as_ref().map_or(Cell::Absent, Cell::text),
            tss.as_ref().map_or(Cell::Absent, |tss| Cell::text(tss.strand.to_string())),
            tss.as_ref().map_or(Cell::Absent, |tss| Cell::Count(tss.position + 1)),
            Cell::Integer(position_bp),
        ]
    }
}
