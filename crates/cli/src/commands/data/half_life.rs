//! `tatabox half-life`: features of messenger RNAs, as a table.

use std::collections::BTreeMap;

use anyhow::Result;
use rayon::prelude::*;
use tatabox_sequence::{
    AnnotationDetail, ContigNames, Gene, HALF_LIFE_FEATURES, ReferenceGenome, gene_half_life_features, read_annotation,
};

use crate::args::HalfLifeArgs;
use crate::terminal::console::Console;
use tatabox::tables::{Cell, Column, ColumnKind, Sink, row_writer};
use tatabox::{Progress, Unit};

/// Genes worked on side by side between two reports of progress.
const GENES_TOGETHER: usize = 512;

pub(crate) fn run(args: &HalfLifeArgs, console: &Console) -> Result<()> {
    let format = args.format()?;
    let mut sink = Sink::create(args.output.as_deref())?;
    let destination = sink.name().to_owned();
    let annotation = read_annotation(&args.annotation, AnnotationDetail::Structure)?;
    let genes = annotation.genes;
    let genome = tatabox::inputs::open_genome(&crate::resolve::promoters::genome_source(&args.genome), console)?;
    let names = ContigNames::new(genome.contigs()).with_accessions(&annotation.chromosome_accessions);

    let mut progress = Progress::start(console, "half-life features", Some(genes.len() as u64), Unit::Records);
    let mut rows = row_writer(format, columns(), &mut sink)?;
    let mut missing: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (done, part) in genes.chunks(GENES_TOGETHER).enumerate() {
        let found: Vec<Found> =
            part.par_iter().map(|gene| Found::of(gene, &names, genome.as_ref())).collect::<Result<_>>()?;
        for reason in found.iter().filter_map(|found| found.features.err()) {
            *missing.entry(reason).or_default() += 1;
        }
        rows.write(part.iter().zip(found).map(|(gene, found)| found.into_row(gene)).collect())?;
        progress.set((done * GENES_TOGETHER + part.len()) as u64);
    }
    rows.finish()?;
    progress.clear();
    sink.commit()?;

    let without: usize = missing.values().sum();
    let reasons: Vec<String> = missing.iter().map(|(reason, genes)| format!("{genes} {reason}")).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    console.note(format!(
        "{} genes with half-life features, {without} without{reasons}, written to {destination}",
        genes.len() - without
    ));
    Ok(())
}

/// What was found of a gene.
struct Found {
    transcript_id: String,
    /// The features, or the word for why there are none.
    features: Result<[f32; 8], &'static str>,
}

impl Found {
    fn of(gene: &Gene, names: &ContigNames, genome: &dyn ReferenceGenome) -> Result<Self> {
        let transcript = gene.coding_transcript().map(|transcript| transcript.transcript_id.clone());
        let features = gene_half_life_features(gene, names, genome)?.map_err(|missing| missing.name());
        Ok(Self { transcript_id: transcript.unwrap_or_default(), features })
    }

    fn into_row(self, gene: &Gene) -> Vec<Cell> {
        let mut row = vec![
            Cell::text(gene.gene_id.clone()),
            Cell::text(gene.gene_name.clone().unwrap_or_default()),
            Cell::text(self.transcript_id),
        ];
        match self.features {
            Ok(features) => row.extend(features.map(|value| Cell::real(f64::from(value)))),
            Err(_) => row.extend(HALF_LIFE_FEATURES.map(|_| Cell::Absent)),
        }
        row.push(Cell::text(self.features.err().unwrap_or_default()));
        row
    }
}

fn columns() -> Vec<Column> {
    let mut columns: Vec<Column> =
        ["gene_id", "gene_name", "transcript_id"].map(|name| Column::new(ColumnKind::Text, name)).to_vec();
    columns.extend(HALF_LIFE_FEATURES.map(|name| Column::new(ColumnKind::Real, name)));
    columns.push(Column::new(ColumnKind::Text, "reason"));
    columns
}
