//! Files of designs.

use std::io::Write;
use std::path::Path;

use tatabox_sequence::Sequence;

use super::designs::Designs;
use super::record::DesignRecord;
use super::tables;
use crate::error::{Context, Result};
use crate::json_file::write_json;
use crate::output_folder::RUN_RECORD;
use crate::tables::{Destination, Sink};

const SEQUENCES: &str = "designs.fa";
const DESIGNS: &str = "designs.tsv";
const EDITS: &str = "edits.tsv";
const PARETO: &str = "pareto.tsv";
/// All files of the folder.
pub(super) const FILES: [&str; 5] = [SEQUENCES, DESIGNS, EDITS, PARETO, RUN_RECORD];
const LINE_BP: usize = 60;

/// Writes all files to a folder that exists.
pub(super) fn write(folder: &Path, designs: &Designs, record: &DesignRecord) -> Result<()> {
    let file = |name: &str| Destination::File(folder.join(name));
    write_to(&file(SEQUENCES), |sink| write_fasta(designs, sink))?;
    designs.write_table(&file(DESIGNS))?;
    write_to(&file(EDITS), |sink| tables::write_edits(designs, sink))?;
    write_to(&file(PARETO), |sink| tables::write_pareto(designs, sink))?;
    write_json(&folder.join(RUN_RECORD), record)
}

/// Opens a destination, fills it and completes it.
pub(super) fn write_to(destination: &Destination, fill: impl FnOnce(&mut Sink) -> Result<()>) -> Result<()> {
    let mut sink = destination.open()?;
    fill(&mut sink)?;
    sink.commit()
}

fn write_fasta(designs: &Designs, sink: &mut Sink) -> Result<()> {
    let tss_offset = designs.extent.upstream_bp;
    let mut text = String::new();
    for promoter in &designs.designs {
        let start = &promoter.start;
        let header = format!(
            "{} tss_offset={tss_offset} start={} edits={} predicted by a model only, verify by experiment",
            promoter.id(),
            start.id,
            promoter.edits().len()
        );
        append(&mut text, &header, &promoter.design.window);
        append(&mut text, &format!("{} tss_offset={tss_offset}", start.id), &start.window.bases);
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

#[cfg(test)]
mod tests {
    use super::super::designs::tests::designs;
    use super::*;

    #[test]
    fn design_fasta_holds_each_design_and_its_start() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join(SEQUENCES);
        write_to(&Destination::File(path.clone()), |sink| write_fasta(&designs(), sink)).expect("written");
        let text = std::fs::read_to_string(path).expect("there");
        assert!(text.starts_with(">P_design tss_offset=3 start=P edits=1 "), "{text}");
        assert!(text.ends_with("\nAACA\n>P tss_offset=3\nAAAA\n"), "{text}");
    }
}
