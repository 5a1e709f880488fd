//! A finished evaluation: its tables on disk, its figures and its report.
//!
//! `evaluate` and `crossval` make one, `figures` reads it back; drawing needs no model.

mod attention;
mod audit_note;
mod ceiling_source;
mod record;
mod report;
mod scoring;

use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tatabox_dataset::{AttentionExamples, AttentionTable, PredictionTable, write_whole};
use tatabox_eval::{
    ComparisonTable, FigureInputs, MetricTable, ReplicateCeiling, StratifiedTable, render_figures, write_figures,
};

use crate::terminal::console::Console;
use crate::terminal::stdout;
use tatabox::{Progress, Unit};

pub(crate) use attention::AttentionReading;
pub(crate) use audit_note::AuditNote;
pub(crate) use ceiling_source::CeilingSource;
pub(crate) use record::{DatasetSource, EvaluationRecord, SIMULATED_DATA, ensemble_remark};
use scoring::Scored;
pub(crate) use scoring::{Scoring, chromosomes_by_gene};

const PREDICTIONS: &str = "predictions.tsv";
const ATTENTION: &str = "attention.tsv";
const METRICS_TSV: &str = "metrics.tsv";
const METRICS: &str = "metrics.json";
const COMPARISONS_TSV: &str = "comparisons.tsv";
const COMPARISONS: &str = "comparisons.json";
const CEILING: &str = "replicate_ceiling.json";
const STRATA: &str = "similarity_strata.json";
const RECORD: &str = "evaluation.json";
const ANOVA_TSV: &str = "anova.tsv";
const STRATA_TSV: &str = "similarity_strata.tsv";

/// Files that not every evaluation has.
const OPTIONAL: [&str; 9] = [
    COMPARISONS_TSV,
    COMPARISONS,
    ANOVA_TSV,
    CEILING,
    STRATA_TSV,
    STRATA,
    ATTENTION,
    AttentionExamples::MOTIF_FILE,
    AttentionExamples::TRACK_FILE,
];

/// Everything that figures and report are made from.
pub(crate) struct Evaluation {
    pub(crate) table: PredictionTable,
    pub(crate) metrics: MetricTable,
    /// Tests between models, where there are two.
    pub(crate) comparisons: Option<ComparisonTable>,
    pub(crate) ceiling: Option<ReplicateCeiling>,
    /// Scores by similarity to the train genes.
    pub(crate) strata: Option<StratifiedTable>,
    pub(crate) attention: Option<AttentionTable>,
    pub(crate) examples: Option<AttentionExamples>,
    pub(crate) record: EvaluationRecord,
}

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawing {
    pub(crate) figures: bool,
    pub(crate) report: bool,
    /// A panel a cell type in the figure of predicted against measured.
    pub(crate) panel_per_cell_type: bool,
}

impl Evaluation {
    /// Puts together what an evaluation consists of.
    pub(crate) fn new(
        table: PredictionTable,
        scored: Scored,
        attention: Option<AttentionReading>,
        record: EvaluationRecord,
    ) -> Self {
        let Scored { metrics, comparisons, ceiling, strata } = scored;
        let (attention, examples) = attention.map(|reading| (reading.table, reading.examples)).unzip();
        Self { table, metrics, comparisons, ceiling, strata, attention, examples, record }
    }

    /// Writes every table; what an earlier evaluation left in the folder does not stay beside them.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        for name in OPTIONAL {
            remove_if_there(&folder.join(name))?;
        }
        self.table.write(&folder.join(PREDICTIONS))?;
        self.metrics.write_tsv(&folder.join(METRICS_TSV))?;
        self.metrics.write_json(&folder.join(METRICS))?;
        if let Some(comparisons) = &self.comparisons {
            comparisons.write_tsv(&folder.join(COMPARISONS_TSV))?;
            comparisons.write_anova_tsv(&folder.join(ANOVA_TSV))?;
            comparisons.write_json(&folder.join(COMPARISONS))?;
        }
        if let Some(ceiling) = &self.ceiling {
            ceiling.write_json(&folder.join(CEILING))?;
        }
        if let Some(strata) = &self.strata {
            strata.write_tsv(&folder.join(STRATA_TSV))?;
            strata.write_json(&folder.join(STRATA))?;
        }
        if let Some(attention) = &self.attention {
            attention.write(&folder.join(ATTENTION))?;
        }
        if let Some(examples) = &self.examples {
            examples.write(folder)?;
        }
        write_json(&folder.join(RECORD), &self.record)
    }

    /// Reads the tables of an evaluation back.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let record = read_json(&folder.join(RECORD)).with_context(|| {
            format!("{} holds no evaluation; make one with `tatabox evaluate` or `tatabox crossval`", folder.display())
        })?;
        let at = |name: &str| Some(folder.join(name)).filter(|path| path.is_file());
        Ok(Self {
            table: PredictionTable::read(&folder.join(PREDICTIONS))?,
            metrics: read_json(&folder.join(METRICS))?,
            comparisons: at(COMPARISONS).map(|path| read_json(&path)).transpose()?,
            ceiling: at(CEILING).map(|path| read_json(&path)).transpose()?,
            strata: at(STRATA).map(|path| read_json(&path)).transpose()?,
            attention: at(ATTENTION).map(|path| AttentionTable::read(&path)).transpose()?,
            examples: at(ATTENTION).map(|_| AttentionExamples::read(folder)).transpose()?,
            record,
        })
    }

    /// Draws what is asked for into `folder`.
    pub(crate) fn draw(&self, folder: &Path, drawing: Drawing, console: &Console) -> Result<()> {
        let inputs = FigureInputs {
            comparisons: self.comparisons.as_ref(),
            ceiling: self.ceiling.as_ref(),
            attention: self.attention.as_ref(),
            examples: self.examples.as_ref(),
            note: self.record.note.clone(),
            model: Some(self.record.reference.clone()),
            panel_per_cell_type: drawing.panel_per_cell_type,
            ..FigureInputs::new(&self.table, &self.metrics)
        };
        if !drawing.figures && !drawing.report {
            return Ok(());
        }
        let mut progress = Progress::start(console, "drawing figures", None, Unit::Figures);
        let figures = render_figures(&inputs, &mut |now| {
            progress.set_total(now.total as u64);
            progress.set(now.done as u64);
        })
        .context("cannot draw the figures")?;
        progress.finish();
        if drawing.figures {
            write_figures(&figures, folder).context("cannot write the figures")?;
        }
        if drawing.report {
            report::write(self, inputs, &figures, folder).context("cannot write the report")?;
        }
        Ok(())
    }

    /// The tables for the terminal: each cell type of the reference, of the other models their mean over cell types.
    fn to_text(&self) -> String {
        let mut metrics = self.metrics.clone();
        metrics.rows.retain(|row| row.model == self.record.reference || row.is_mean());
        let mut parts = vec![metrics.to_text()];
        if let Some(mut comparisons) = self.comparisons.clone() {
            comparisons.rows.retain(|row| row.cell_type.is_none());
            parts.push(comparisons.to_text());
            parts.push(format!("every model in every cell type: {METRICS_TSV} and {COMPARISONS_TSV}\n"));
        }
        parts.join("\n")
    }

    /// Prints scores and tests, as tables or as JSON.
    pub(crate) fn print(&self, as_json: bool) -> Result<()> {
        if !as_json {
            return stdout::print(&self.to_text());
        }
        stdout::print_json(&Printed {
            metrics: &self.metrics,
            comparisons: self.comparisons.as_ref(),
            replicate_ceiling: self.ceiling.as_ref(),
        })
    }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    metrics: &'a MetricTable,
    comparisons: Option<&'a ComparisonTable>,
    replicate_ceiling: Option<&'a ReplicateCeiling>,
}

fn remove_if_there(path: &Path) -> Result<()> {
    if path.is_file() {
        std::fs::remove_file(path).with_context(|| format!("cannot replace {}", path.display()))?;
    }
    Ok(())
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(value).context("cannot write JSON")?;
    text.push(b'\n');
    write_whole(path, |file| std::io::Write::write_all(file, &text))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text)
        .with_context(|| format!("{} was written by another version or changed by hand", path.display()))
}
