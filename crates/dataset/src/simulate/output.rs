//! The files of a simulation.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::motif_library::CELL_TYPES;
use super::note::{SimulationNote, TRUTH_FILE};
use super::simulation::Simulation;
use crate::error::{DatasetError, Result};
use crate::partial_file::write_whole;

/// Promoters in FASTA, sense strand.
pub const PROMOTERS_FILE: &str = "promoters.fa";
/// Linear TPM, genes x cell lines.
pub const EXPRESSION_FILE: &str = "expression.tsv";
/// log2(TPM + 1) without noise, genes x cell lines.
pub const SIGNAL_FILE: &str = "signal.tsv";
/// Every site of a motif that counts.
pub const MOTIF_SITES_FILE: &str = "motif_sites.tsv";

const LINE_BASES: usize = 60;

/// Stops before anything is overwritten that nobody asked to overwrite.
pub(super) fn check_free(out_dir: &Path) -> Result<()> {
    for name in [PROMOTERS_FILE, EXPRESSION_FILE, SIGNAL_FILE, MOTIF_SITES_FILE, TRUTH_FILE] {
        let path = out_dir.join(name);
        if path.exists() {
            return Err(DatasetError::OutputExists { path });
        }
    }
    Ok(())
}

/// Writes every file; the note goes last, so that where it stands the others are whole.
pub(super) fn write_all(out_dir: &Path, simulation: &Simulation, note: &SimulationNote) -> Result<()> {
    fs::create_dir_all(out_dir).map_err(DatasetError::io(out_dir, "create"))?;
    let json_path = out_dir.join(TRUTH_FILE);
    let json = serde_json::to_string_pretty(note).map_err(DatasetError::json(&json_path))?;
    write_text(&out_dir.join(PROMOTERS_FILE), &promoters(simulation))?;
    write_text(&out_dir.join(EXPRESSION_FILE), &expression(simulation))?;
    write_text(&out_dir.join(SIGNAL_FILE), &signal(simulation))?;
    write_text(&out_dir.join(MOTIF_SITES_FILE), &motif_sites(simulation))?;
    write_text(&json_path, &(json + "\n"))
}

fn write_text(path: &Path, text: &str) -> Result<()> {
    write_whole(path, |file| file.write_all(text.as_bytes())).map_err(DatasetError::io(path, "write"))
}

fn promoters(simulation: &Simulation) -> String {
    let mut text = String::new();
    for gene in &simulation.genes {
        let tss_offset = simulation.geometry.upstream_bp;
        put(
            &mut text,
            format_args!(
                ">{} gene_name={} chrom={} strand={} tss_offset={tss_offset}\n",
                gene.gene_id, gene.gene_name, gene.chrom, gene.strand
            ),
        );
        let bases = gene.sequence.to_ascii();
        // Bases are ASCII, so any index is a character's.
        for start in (0..bases.len()).step_by(LINE_BASES) {
            text.push_str(&bases[start..bases.len().min(start + LINE_BASES)]);
            text.push('\n');
        }
    }
    text
}

fn expression(simulation: &Simulation) -> String {
    let mut text = format!("gene_id\tgene_name\t{}\n", CELL_TYPES.join("\t"));
    for (gene, tpm) in simulation.genes.iter().zip(&simulation.tpm_texts) {
        put(&mut text, format_args!("{}\t{}\t{}\n", gene.gene_id, gene.gene_name, tpm.join("\t")));
    }
    text
}

fn signal(simulation: &Simulation) -> String {
    let mut text = format!("gene_id\t{}\n", CELL_TYPES.join("\t"));
    for (gene, signal) in simulation.genes.iter().zip(&simulation.signals) {
        let values = signal.log2_tpm.map(|value| value.to_string());
        put(&mut text, format_args!("{}\t{}\n", gene.gene_id, values.join("\t")));
    }
    text
}

fn motif_sites(simulation: &Simulation) -> String {
    let mut text = "gene_id\tmotif\tcell_type\tstart_bp\tend_bp\tstrand\tsequence\toccupancy\tplanted\n".to_owned();
    let tss = i64::from(simulation.geometry.upstream_bp);
    for (gene, signal) in simulation.genes.iter().zip(&simulation.signals) {
        let bases = gene.sequence.to_ascii();
        for site in &signal.sites {
            let motif = &simulation.motifs[site.motif];
            let end = site.start + motif.len();
            put(
                &mut text,
                format_args!(
                    "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{:.4}\t{}\n",
                    gene.gene_id,
                    motif.spec.name,
                    motif.spec.cell_type.unwrap_or_default(),
                    site.start as i64 - tss,
                    end as i64 - tss,
                    site.strand,
                    &bases[site.start..end],
                    site.occupancy,
                    gene.planted.contains(&(site.motif, site.start)),
                ),
            );
        }
    }
    text
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.write_fmt(line).expect("writing to a string cannot fail");
}
