//! Predicts promoters from a FASTA file and prints one line per promoter and cell type.
//!
//! `cargo run --release -p tatabox --example predict -- promoters.fa`; without an argument it predicts two short promoters.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "examples print their results")]

use std::error::Error;

use tatabox::inputs::{AuxiliarySources, PromoterSource, open_promoters};
use tatabox::predict;
use tatabox::{Model, Silent};

/// Two promoters of 300 bases with the TSS at index 249: one with a TATA box and GC boxes, one of random-like sequence.
fn demo_promoters() -> String {
    let strong = "GGGGCGGGGC".repeat(20) + &"CAGCTGATCC".repeat(2) + "TATAAAAG" + &"GCAGCAGCTC".repeat(8);
    let weak = "ATTTACATTG".repeat(30);
    format!(">strong tss_offset=249\n{}\n>weak tss_offset=249\n{weak}\n", &strong[..300])
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("tatabox-example-predict-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = if let Some(path) = std::env::args_os().nth(1) {
        path.into()
    } else {
        let path = folder.join("promoters.fa");
        std::fs::write(&path, demo_promoters())?;
        path
    };

    let model = Model::bundled()?;
    let promoters =
        open_promoters(PromoterSource::fasta(path), &AuxiliarySources::default(), None, model.predictor(), &Silent)?;
    let promoters = promoters.collect::<Result<Vec<_>, _>>()?;
    for (promoter, prediction) in predict::predict_promoters(&model, promoters)? {
        let Some(prediction) = prediction else { continue };
        for (cell_type, log2_tpm) in model.cell_types().iter().zip(&prediction.log2_tpm) {
            println!("{}\t{cell_type}\t{log2_tpm:.3}", promoter.id);
        }
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
