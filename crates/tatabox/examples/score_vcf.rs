//! Scores the variants of a VCF and writes a table of effects.
//!
//! The genome, TSS and variants are made up here, so that the example runs anywhere; pass real files in their place.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "examples print their results")]

use std::error::Error;
use std::fmt::Write;

use tatabox::inputs::GenomeSource;
use tatabox::tables::TableOutput;
use tatabox::variants::{self, TssSource, VariantRequest};
use tatabox::{Model, Observer};

/// Observer that prints warnings.
struct Warnings;

impl Observer for Warnings {
    fn warn(&self, message: &str) {
        eprintln!("warning: {message}");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("tatabox-example-vcf-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let sequence = "ACGTTGCAAC".repeat(100);
    std::fs::write(folder.join("genome.fa"), format!(">chr1\n{sequence}\n"))?;
    std::fs::write(folder.join("tss.bed"), "chr1\t500\t501\tGENE1\t0\t+\n")?;
    let mut vcf = String::from("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n");
    for position in [460, 470, 480] {
        let reference = &sequence[position - 1..position];
        let alternate = if reference == "A" { "G" } else { "A" };
        writeln!(vcf, "chr1\t{position}\t.\t{reference}\t{alternate}\t.\t.\t.")?;
    }
    std::fs::write(folder.join("in.vcf"), vcf)?;

    let model = Model::bundled()?;
    let genome = GenomeSource::new(folder.join("genome.fa"));
    let mut request = VariantRequest::new(folder.join("in.vcf"), genome, TssSource::Bed(folder.join("tss.bed")));
    request.cell_types = vec!["K562".to_owned()];
    request.table = Some(TableOutput::to_file(folder.join("effects.tsv")));
    let summary = variants::score(&model, &request, &Warnings)?;

    print!("{}", std::fs::read_to_string(folder.join("effects.tsv"))?);
    println!("{} of {} alleles scored", summary.scored, summary.alleles);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
