//! Every single-nucleotide variant of a promoter, without a VCF.

use anyhow::{Context, Result, bail};
use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_model::{Predictor, PromoterWindow, SubstitutionEffects};
use tatabox_sequence::{NamedTss, ReferenceGenome, Strand, Tss, UNKNOWN, WindowGeometry, fetch_window, letter};

use super::effect::{Effect, MemberPredictions, PredictedShifts};
use super::table::EffectTable;
use super::{KNOWN_LIMITS, sites};
use crate::args::VariantsArgs;
use crate::beside_bases::{GivenFeatures, refuse_tracks};
use crate::console::Console;
use crate::data_choice;
use crate::genome_choice;
use crate::genome_place::GenomePlace;
use crate::model_choice::ChosenModel;
use crate::output::{Cell, Sink, row_writer};
use crate::progress::{Progress, Unit};

/// A promoter with its window at each shift.
struct Promoter {
    gene_id: String,
    gene_name: Option<String>,
    tss: Option<Tss>,
    /// One for each shift.
    windows: Vec<PromoterWindow>,
}

pub(super) fn run(args: &VariantsArgs, console: &Console) -> Result<()> {
    let (format, asked_shifts) = (args.format()?, args.shifts()?);
    let mut sink = Sink::create(args.output.as_deref())?;
    let model = ChosenModel::load(args.model.model.as_deref(), args.model.device.select()?, console)?;
    let predictor = &model.predictor;
    let extent = predictor.extent();
    let cell_types = args.cell_types.indices(predictor.cell_types())?;
    let region =
        args.region.map_or_else(|| Ok(0..extent.total_bp() as usize), |region| region.indices(extent, "--region"))?;
    let (shifts, promoters) = match args.genome.as_deref() {
        Some(genome) => {
            let genome = genome_choice::open(genome, console)?;
            refuse_tracks(predictor, "with --genome there is none; name genes of a data set with --data")?;
            let features = GivenFeatures::open(args.gene_features.as_deref(), predictor, console)?;
            let promoters = of_genome(args, &*genome, extent, &asked_shifts, features.as_ref(), console)?;
            (asked_shifts, promoters)
        }
        None => of_data_set(args, predictor, asked_shifts, console)?,
    };
    console.note(format!("known limits: {KNOWN_LIMITS}"));
    let table = EffectTable {
        cell_types: cell_types.iter().map(|&index| predictor.cell_types()[index].clone()).collect(),
        has_shifts: shifts.len() > 1,
        has_members: predictor.members().len() > 1,
        all: false,
        remark: model.is_simulated().then_some("model trained on simulated data"),
    };
    let mut rows = row_writer(format, table.columns(), &mut sink)?;
    let mut progress = Progress::start(console, "saturating", Some(promoters.len() as u64), Unit::Windows);
    for (done, promoter) in promoters.iter().enumerate() {
        for window in &promoter.windows {
            predictor.check_window(window, &promoter.gene_id)?;
        }
        let saturated = Saturation::of(promoter, &shifts, predictor);
        for index in region.clone() {
            rows.write(saturated.rows(index, &table, &cell_types))?;
        }
        progress.set(done as u64 + 1);
    }
    progress.clear();
    rows.finish()?;
    let destination = sink.name().to_owned();
    sink.commit()?;
    console.note(format!("{} promoters saturated, written to {destination}", promoters.len()));
    Ok(())
}

/// Genes of an annotation or a BED file, by identifier or name.
fn of_genome(
    args: &VariantsArgs,
    genome: &dyn ReferenceGenome,
    extent: Extent,
    shifts: &[i64],
    features: Option<&GivenFeatures>,
    console: &Console,
) -> Result<Vec<Promoter>> {
    let index = sites::open(args.sites()?, genome, features, console)?;
    let geometry = WindowGeometry::new(extent.upstream_bp, extent.downstream_bp).context("the model's extent")?;
    let mut promoters = Vec::new();
    for name in &args.gene {
        let is_named = |site: &&NamedTss| site.gene_id == *name || site.gene_name.as_ref() == Some(name);
        let before = promoters.len();
        for site in index.sites().iter().filter(is_named) {
            let gene_features = features.and_then(|features| features.of(&site.gene_id));
            let window = |&shift: &i64| {
                let bases = fetch_window(genome, &moved(&site.tss, shift)?, geometry)?.into_codes();
                Ok(PromoterWindow { gene_features: gene_features.clone(), ..bases.into() })
            };
            promoters.push(Promoter {
                gene_id: site.gene_id.clone(),
                gene_name: site.gene_name.clone(),
                tss: Some(site.tss.clone()),
                windows: shifts.iter().map(window).collect::<Result<_>>()?,
            });
        }
        if promoters.len() == before {
            bail!("--gene {name}: no TSS goes by this name or identifier; names are matched to the letter");
        }
    }
    Ok(promoters)
}

/// The TSS as it would be `shift_bp` further in sense direction.
fn moved(tss: &Tss, shift_bp: i64) -> Result<Tss> {
    let position = match tss.strand {
        Strand::Forward => tss.position as i64 + shift_bp,
        Strand::Reverse => tss.position as i64 - shift_bp,
    };
    let position = u64::try_from(position).with_context(|| format!("{tss} cannot be moved by {shift_bp} bp"))?;
    Ok(Tss { position, ..tss.clone() })
}

/// Genes of a data set, whose windows are moved where it holds the bases.
fn of_data_set(
    args: &VariantsArgs,
    predictor: &Predictor,
    shifts: Vec<i64>,
    console: &Console,
) -> Result<(Vec<i64>, Vec<Promoter>)> {
    let dataset = data_choice::open(args.data.as_deref(), console)?;
    predictor.check_geometry(&dataset)?;
    let shifts = if has_room(&dataset, predictor.extent(), &shifts) {
        shifts
    } else {
        console.note("the data set holds no bases beyond what the model reads: windows are not moved");
        vec![0]
    };
    let mut promoters = Vec::new();
    for name in &args.gene {
        let gene = dataset.find_gene(name)?;
        let entry = &dataset.genes()[gene];
        promoters.push(Promoter {
            gene_id: entry.gene_id.clone(),
            gene_name: entry.gene_name.clone(),
            tss: entry.place(),
            windows: shifts.iter().map(|&shift| predictor.moved_gene_window(&dataset, gene, shift)).collect(),
        });
    }
    Ok((shifts, promoters))
}

fn has_room(dataset: &PreparedDataset, extent: Extent, shifts: &[i64]) -> bool {
    let farthest = shifts.iter().map(|shift| shift.unsigned_abs() as u32).max().unwrap_or(0);
    let needed = Extent { upstream_bp: extent.upstream_bp + farthest, downstream_bp: extent.downstream_bp + farthest };
    Extent::of_window(dataset.geometry()).covers(needed)
}

/// What every substitution of a promoter does, at each shift.
struct Saturation<'a> {
    promoter: &'a Promoter,
    shifts: &'a [i64],
    upstream_bp: i64,
    place: Option<GenomePlace>,
    /// By shift: what each member says of the window, `[members][cell types]`, and of its substitutions.
    windows: Vec<(MemberPredictions, SubstitutionEffects)>,
}

impl<'a> Saturation<'a> {
    fn of(promoter: &'a Promoter, shifts: &'a [i64], predictor: &Predictor) -> Self {
        let scored = |window: &PromoterWindow| {
            let members = predictor.predict_members(std::slice::from_ref(window)).swap_remove(0);
            (members, predictor.substitution_effects(window, 0..window.len(), &|_| ()))
        };
        Self {
            promoter,
            shifts,
            upstream_bp: i64::from(predictor.extent().upstream_bp),
            place: promoter.tss.clone().map(GenomePlace::new),
            windows: promoter.windows.iter().map(scored).collect(),
        }
    }

    /// The rows of the three substitutions at an index of the window that is not moved.
    fn rows(&self, index: usize, table: &EffectTable, cell_types: &[usize]) -> Vec<Vec<Cell>> {
        let unmoved = self.shifts.iter().position(|&shift| shift == 0).expect("shifts hold 0");
        let own = self.promoter.windows[unmoved].bases[index];
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
            for (&cell_type, name) in cell_types.iter().zip(&table.cell_types) {
                let mut row = self.place_cells(position_bp, own, base);
                row.extend(self.promoter_cells(position_bp));
                row.push(Cell::text(name));
                row.extend(table.of_effect(&Effect::of(&predicted, cell_type)));
                row.extend([Cell::Flag(false), Cell::Flag(true), Cell::text(table.remark.unwrap_or_default())]);
                rows.push(row);
            }
        }
        rows
    }

    /// What each member says with `base` at `index` of the window that is not moved, when it is moved by shift `at`.
    fn with(&self, at: usize, index: usize, base: u8) -> MemberPredictions {
        let (members, effects) = &self.windows[at];
        let moved = usize::try_from(index as i64 - self.shifts[at]).ok().filter(|&moved| moved < effects.positions());
        let change = |member: usize, cell_type: usize| {
            // Past the window's end nothing changes.
            moved.map_or(0.0, |moved| effects.of_member(member, moved, cell_type)[usize::from(base)])
        };
        let of_member = |(member, log2_tpm): (usize, &Vec<f64>)| {
            log2_tpm.iter().enumerate().map(|(cell_type, value)| value + change(member, cell_type)).collect()
        };
        members.iter().enumerate().map(of_member).collect()
    }

    /// The variant as a VCF would have it.
    fn place_cells(&self, position_bp: i64, own: u8, base: u8) -> Vec<Cell> {
        let place = self.place.as_ref();
        let position = place.and_then(|place| place.position(position_bp));
        let allele = |code: u8| Cell::text(letter(place.map_or(code, |place| place.forward(code))));
        vec![
            place.map_or(Cell::Absent, |place| Cell::text(place.contig())),
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
