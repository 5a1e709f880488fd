//! Explains the prediction of one promoter by in-silico mutagenesis and prints the bases with the largest contributions.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "examples print their results")]

use std::error::Error;

use tatabox::explain::{self, ExplainRequest, Method};
use tatabox::inputs::Promoter;
use tatabox::{Model, Silent};
use tatabox_sequence::Sequence;

/// Number of positions to print.
const SHOWN: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let model = Model::bundled()?;
    let extent = model.extent();

    // A promoter with GC boxes upstream and a TATA box at -30.
    let sequence = "GGGGCGGGGC".repeat(20) + &"CAGCTGATCC".repeat(2) + "TATAAAAG" + &"GCAGCAGCTC".repeat(8);
    let window = extent.cut(Sequence::from_ascii(sequence.as_bytes())?.codes(), 249);
    let promoter = Promoter::new("example".to_owned(), window, extent);

    let request = ExplainRequest {
        methods: vec![Method::Ism],
        cell_types: vec!["K562".to_owned()],
        region: "-60..+20".parse().ok(),
        ..ExplainRequest::default()
    };
    let explanation = explain::promoter(&model, promoter, &request, &Silent)?;
    let contributions = explanation.contributions_by(Method::Ism, "K562").ok_or("K562 is not explained")?;

    let mut positions: Vec<usize> = (0..contributions.values.len()).collect();
    positions.sort_by(|&one, &other| contributions.values[other].abs().total_cmp(&contributions.values[one].abs()));
    println!("position\tbase\tcontribution to log2(TPM + 1)");
    for &index in positions.iter().take(SHOWN) {
        let base = tatabox_sequence::letter(explanation.bases[index]);
        println!("{:+}\t{base}\t{:+.4}", explanation.start_bp + index as i64, contributions.values[index]);
    }
    Ok(())
}
