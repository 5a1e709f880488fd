//! Marginal effect of motifs on expression.
//!
//! A motif replaces bases of many background promoters, at one position after another. The mean change of the prediction is the
//! effect of the motif independent of its context (as `marginalize` of tangermeme). [`effects`] returns the effects, [`run`] writes
//! them to a table.

mod backgrounds;
mod motif_pattern;
mod placement;
mod request;
mod scan;
mod summary;

use tatabox_sequence::Strand;

use crate::error::{Error, Result};
use crate::model_store::Model;
use crate::observer::Observer;
use crate::output_paths::OutputPaths;
use crate::tables::{Cell, Column, ColumnKind, TableOutput, row_writer};

use scan::MarginalScan;

pub use backgrounds::Backgrounds;
pub use motif_pattern::MotifPattern;
pub use placement::Orientation;
pub use request::MarginalizeRequest;
pub use summary::{MarginalizeSummary, StrongestPlacement};
pub use tatabox_eval::Interval;

/// Marginal effect of a motif at one position, in one cell type.
///
/// # Examples
///
/// ```
/// use tatabox::marginalize::MarginalEffect;
/// use tatabox_sequence::Strand;
///
/// let effect = MarginalEffect {
///     motif: "TATAAA".to_owned(),
///     position_bp: -30,
///     strand: Strand::Forward,
///     cell_type: "K562".to_owned(),
///     effect_log2_tpm: 0.4,
///     interval: None,
///     backgrounds: 1,
/// };
/// assert!(effect.effect_log2_tpm > 0.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MarginalEffect {
    /// Name of the motif.
    pub motif: String,
    /// Position of its first base, relative to the TSS.
    pub position_bp: i64,
    /// Orientation relative to the promoter; reverse for the reverse complement.
    pub strand: Strand,
    /// Name of the cell type.
    pub cell_type: String,
    /// Mean change of log2(TPM + 1) over the backgrounds.
    pub effect_log2_tpm: f64,
    /// 95% bootstrap interval of the mean over the backgrounds; `None` with a single background.
    pub interval: Option<Interval>,
    /// Number of backgrounds.
    pub backgrounds: usize,
}

/// Marginal effects of motifs, in memory, by motif, orientation, position and cell type.
///
/// # Errors
/// The request does not fit the model, a background cannot be read, or the observer cancels.
///
/// # Examples
///
/// ```no_run
/// use tatabox::marginalize::{self, Backgrounds, MarginalizeRequest, MotifPattern};
/// use tatabox::{Model, Silent};
///
/// let model = Model::open("models/human")?;
/// let backgrounds = Backgrounds::Fasta { path: "promoters.fa".into(), tss_offset: None };
/// let mut request = MarginalizeRequest::new(vec![MotifPattern::from_letters("TATAAA")?], backgrounds);
/// request.positions = "-40..-20".parse().ok();
/// for effect in marginalize::effects(&model, &request, &Silent)? {
///     println!("{} in {}: {:+.3}", effect.position_bp, effect.cell_type, effect.effect_log2_tpm);
/// }
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn effects(model: &Model, request: &MarginalizeRequest, observer: &dyn Observer) -> Result<Vec<MarginalEffect>> {
    let mut effects = Vec::new();
    MarginalScan::new(model, request, observer)?.run(observer, |more| {
        effects.extend(more);
        Ok(())
    })?;
    Ok(effects)
}

/// Writes marginal effects of motifs to a table, with one row per motif, orientation, position and cell type.
///
/// # Errors
/// As [`effects`], the output is an input, or the table cannot be written.
///
/// # Examples
///
/// ```no_run
/// use tatabox::marginalize::{self, Backgrounds, MarginalizeRequest, MotifPattern};
/// use tatabox::tables::TableOutput;
/// use tatabox::{Model, Silent};
///
/// let model = Model::open("models/human")?;
/// let backgrounds = Backgrounds::Fasta { path: "promoters.fa".into(), tss_offset: None };
/// let request = MarginalizeRequest::new(vec![MotifPattern::from_letters("CCAAT")?], backgrounds);
/// let summary = marginalize::run(&model, &request, &TableOutput::to_file("effects.tsv"), &Silent)?;
/// println!("{} placements", summary.placements);
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(
    model: &Model,
    request: &MarginalizeRequest,
    output: &TableOutput,
    observer: &dyn Observer,
) -> Result<MarginalizeSummary> {
    let mut paths = request.list_inputs(OutputPaths::of_model(model));
    paths.destination("output", &output.destination);
    paths.check()?;
    let mut sink = output.destination.open()?;
    let destination = sink.name().to_owned();
    let scan = MarginalScan::new(model, request, observer)?;
    let mut rows = row_writer(output.format, columns(), &mut sink)?;
    let written = scan.run(observer, |effects| rows.write(effects.iter().map(MarginalEffect::cells).collect()));
    let mut summary = written.map_err(|error| match error {
        Error::Cancelled(message) => Error::Cancelled(format!("{message}; {destination} was not written")),
        error => error,
    })?;
    rows.finish()?;
    sink.commit()?;
    summary.destination = destination;
    Ok(summary)
}

impl MarginalEffect {
    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.motif),
            Cell::Integer(self.position_bp),
            Cell::orientation(self.strand),
            Cell::text(&self.cell_type),
            Cell::real(self.effect_log2_tpm),
            Cell::real(self.interval.map(|interval| interval.low)),
            Cell::real(self.interval.map(|interval| interval.high)),
            Cell::Count(self.backgrounds as u64),
        ]
    }
}

fn columns() -> Vec<Column> {
    use ColumnKind::{Count, Integer, Real, Text};
    let columns = [
        (Text, "motif"),
        (Integer, "position_bp"),
        (Text, "orientation"),
        (Text, "cell_type"),
        (Real, "effect_log2_tpm"),
        (Real, "low"),
        (Real, "high"),
        (Count, "backgrounds"),
    ];
    columns.into_iter().map(|(kind, name)| Column::new(kind, name)).collect()
}
