//! Output files of a simulation.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use tatabox_sequence::{PositionWeightMatrix, UNIFORM_BACKGROUND, to_meme};

use super::motif::Motif;
use super::motif_library::CELL_TYPES;
use super::simulation::Simulation;
use super::truth::{SimulationTruth, TRUTH_FILE};
use crate::error::{DatasetError, Result};
use crate::io::atomic_write::atomic_write;

/// Promoters in FASTA, sense strand.
pub const PROMOTERS_FILE: &str = "promoters.fa";
/// Linear TPM, genes x cell lines.
pub const EXPRESSION_FILE: &str = "expression.tsv";
/// log2(TPM + 1) without noise, genes x cell lines.
pub const SIGNAL_FILE: &str = "signal.tsv";
/// Sites of motifs with at least the minimum occupancy.
pub const MOTIF_SITES_FILE: &str = "motif_sites.tsv";

/// Motifs in MEME format.
pub const MOTIFS_FILE: &str = "motifs.meme";

const LINE_BASES: usize = 60;

/// Returns an error if an output file already exists.
pub(super) fn check_free(out_dir: &Path) -> Result<()> {
    for name in [PROMOTERS_FILE, EXPRESSION_FILE, SIGNAL_FILE, MOTIF_SITES_FILE, MOTIFS_FILE, TRUTH_FILE] {
        let path = out_dir.join(name);
        if path.exists() {
            return Err(DatasetError::OutputExists { path });
        }
    }
    Ok(())
}

/// Writes every file. The ground truth is last, so its presence implies that the other files are complete.
pub(super) fn write_all(out_dir: &Path, simulation: &Simulation, truth: &SimulationTruth) -> Result<()> {
    fs::create_dir_all(out_dir).map_err(DatasetError::io(out_dir, "create"))?;
    let json_path = out_dir.join(TRUTH_FILE);
    let json = serde_json::to_string_pretty(truth).map_err(DatasetError::json(&json_path))?;
    write_lines(&out_dir.join(PROMOTERS_FILE), |out| promoters(simulation, out))?;
    write_lines(&out_dir.join(EXPRESSION_FILE), |out| expression(simulation, out))?;
    write_lines(&out_dir.join(SIGNAL_FILE), |out| signal(simulation, out))?;
    write_lines(&out_dir.join(MOTIF_SITES_FILE), |out| motif_sites(simulation, out))?;
    write_lines(&out_dir.join(MOTIFS_FILE), |out| out.write_all(motifs(simulation).as_bytes()))?;
    write_lines(&json_path, |out| writeln!(out, "{json}"))
}

fn write_lines(path: &Path, write: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>) -> Result<()> {
    atomic_write(path, |file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    })
    .map_err(DatasetError::io(path, "write"))
}

fn promoters(simulation: &Simulation, out: &mut impl Write) -> io::Result<()> {
    for gene in &simulation.genes {
        let tss_offset = simulation.geometry.upstream_bp;
        writeln!(
            out,
            ">{} gene_name={} chrom={} strand={} tss_offset={tss_offset}",
            gene.gene_id, gene.gene_name, gene.chrom, gene.strand
        )?;
        for line in gene.sequence.to_ascii().as_bytes().chunks(LINE_BASES) {
            out.write_all(line)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

fn expression(simulation: &Simulation, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "gene_id\tgene_name\t{}", CELL_TYPES.join("\t"))?;
    for (gene, tpm) in simulation.genes.iter().zip(&simulation.tpm_texts) {
        writeln!(out, "{}\t{}\t{}", gene.gene_id, gene.gene_name, tpm.join("\t"))?;
    }
    Ok(())
}

fn signal(simulation: &Simulation, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "gene_id\t{}", CELL_TYPES.join("\t"))?;
    for (gene, signal) in simulation.genes.iter().zip(&simulation.signals) {
        let values = signal.log2_tpm.map(|value| value.to_string());
        writeln!(out, "{}\t{}", gene.gene_id, values.join("\t"))?;
    }
    Ok(())
}

/// Name of a motif in the MEME file, whose format allows no spaces in names.
pub fn meme_name(name: &str) -> String {
    name.replace(' ', "_")
}

/// Planted motifs in MEME format.
fn motifs(simulation: &Simulation) -> String {
    let matrix = |motif: &Motif| {
        let name = meme_name(motif.spec.name);
        let columns = motif.probabilities().to_vec();
        PositionWeightMatrix::from_probabilities(name, columns).expect("the probabilities of a column sum to 1")
    };
    to_meme(&simulation.motifs.iter().map(matrix).collect::<Vec<_>>(), UNIFORM_BACKGROUND)
}

fn motif_sites(simulation: &Simulation, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "gene_id\tmotif\tcell_type\tstart_bp\tend_bp\tstrand\tsequence\toccupancy\tplanted")?;
    let tss = i64::from(simulation.geometry.upstream_bp);
    for (gene, signal) in simulation.genes.iter().zip(&simulation.signals) {
        for site in &signal.sites {
            let motif = &simulation.motifs[site.motif];
            let end = site.start + motif.len();
            writeln!(
                out,
                "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{:.4}\t{}",
                gene.gene_id,
                motif.spec.name,
                motif.spec.cell_type.unwrap_or_default(),
                site.start as i64 - tss,
                end as i64 - tss,
                site.strand,
                gene.sequence.slice(site.start..end).to_ascii(),
                site.occupancy,
                gene.planted.contains(&(site.motif, site.start)),
            )?;
        }
    }
    Ok(())
}
