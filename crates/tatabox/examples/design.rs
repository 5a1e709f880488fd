//! Edits a random promoter towards high expression in K562, and prints the edits.
//!
//! Designs are predicted by a model only; verify them by experiment.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "examples print their results")]

use std::error::Error;

use tatabox::design::{self, DesignLimits, DesignRequest, DesignStart};
use tatabox::{Model, Silent};
use tatabox_model::random_start;
use tatabox_sequence::letter;

fn main() -> Result<(), Box<dyn Error>> {
    let model = Model::bundled()?;
    let limits = DesignLimits { gc: Some(0.3..=0.7), longest_run: Some(6) };
    let length = model.extent().total_bp() as usize;
    let start = DesignStart::new("random1", random_start(length, 0.5, &limits, 42, 1)?);

    let mut request = DesignRequest::new(vec!["K562=high".parse()?]);
    request.max_edits = 3;
    request.limits = limits;
    let designs = design::promoters(&model, vec![start], &request, &Silent)?;

    let k562 = model.select_cell_types(&["K562".to_owned()])?[0];
    for promoter in &designs.designs {
        println!("{}: predicted log2(TPM + 1) {:.2} in K562", promoter.id(), promoter.design.log2_tpm[k562]);
        for edit in promoter.edits() {
            let position_bp = designs.position_bp(edit.index);
            let (from, to) = (letter(edit.from), letter(edit.to));
            println!("{position_bp:+}\t{from}>{to}");
        }
    }
    for warning in designs.warnings() {
        eprintln!("warning: {warning}");
    }
    Ok(())
}
