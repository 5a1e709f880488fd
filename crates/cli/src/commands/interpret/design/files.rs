//! The files of a design.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use tatabox_model::{BaseEdit, DesignObjective, Predictor};
use tatabox_sequence::Sequence;

use super::FinishedDesign;
use super::record::DesignRecord;
use super::tables;
use tatabox::tables::Sink;

const SEQUENCES: &str = "designs.fa";
const DESIGNS: &str = "designs.tsv";
const EDITS: &str = "edits.tsv";
const PARETO: &str = "pareto.tsv";
const RECORD: &str = "run.json";
const LINE_BP: usize = 60;

/// Refuses a folder that holds designs, unless they may be replaced.
pub(super) fn check_free(folder: &Path, force: bool) -> Result<()> {
    let taken =
        [SEQUENCES, DESIGNS, EDITS, PARETO, RECORD].map(|name| folder.join(name)).into_iter().find(|p| p.exists());
    match taken {
        Some(path) if !force => {
            bail!("{} exists already; choose another --out, or replace it with --force", path.display())
        }
        _ => Ok(()),
    }
}

/// Writes all of them.
pub(super) fn write(
    folder: &Path,
    designs: &[FinishedDesign],
    objective: &DesignObjective,
    predictor: &Predictor,
    record: &DesignRecord,
) -> Result<()> {
    let write = |name: &str, fill: &dyn Fn(&mut Sink) -> Result<()>| {
        let mut sink = Sink::create(Some(&folder.join(name)))?;
        fill(&mut sink)?;
        Ok(sink.commit()?)
    };
    write(SEQUENCES, &|sink| write_fasta(designs, predictor, sink))?;
    write(DESIGNS, &|sink| tables::write_designs(designs, objective, predictor, sink))?;
    write(EDITS, &|sink| tables::write_edits(designs, objective, predictor, sink))?;
    write(PARETO, &|sink| tables::write_pareto(designs, objective, predictor, sink))?;
    write(RECORD, &|sink| {
        let text = serde_json::to_string_pretty(record).context("cannot write JSON")?;
        sink.write_all((text + "\n").as_bytes()).context("cannot write the record")
    })
}

/// Name of a design in every file.
pub(super) fn design_name(finished: &FinishedDesign) -> String {
    format!("{}_design", finished.start.id)
}

fn write_fasta(designs: &[FinishedDesign], predictor: &Predictor, sink: &mut Sink) -> Result<()> {
    let tss_offset = predictor.extent().upstream_bp;
    let mut text = String::new();
    for finished in designs {
        let edits = BaseEdit::between(&finished.start.window, &finished.design.window).len();
        let header = format!(
            "{} tss_offset={tss_offset} start={} edits={edits} predicted by a model only, verify by experiment",
            design_name(finished),
            finished.start.id
        );
        append(&mut text, &header, &finished.design.window);
        append(&mut text, &format!("{} tss_offset={tss_offset}", finished.start.id), &finished.start.window);
    }
    sink.write_all(text.as_bytes()).context("cannot write sequences")
}

fn append(text: &mut String, header: &str, window: &[u8]) {
    text.push('>');
    text.push_str(header);
    text.push('\n');
    for line in window.chunks(LINE_BP) {
        text.push_str(&Sequence::from_codes(line.to_vec()).to_ascii());
        text.push('\n');
    }
}
