//! Simulates a small data set, trains a network on it, and evaluates the network on held-out chromosomes.
//!
//! The data are simulated, and the network is tiny: the example shows the calls, not a useful model.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "examples print their results")]

use std::error::Error;

use tatabox::comparators::ComparatorChoice;
use tatabox::evaluate::{self, Drawing, EvaluateRequest, EvaluationSettings};
use tatabox::simulate::{self, SimulateRequest};
use tatabox::train::{self, NameSelection, TrainRequest, Trained};
use tatabox::{Model, Observer};
use tatabox_dataset::PreparedDataset;

/// Observer that prints notes and warnings.
struct Messages;

impl Observer for Messages {
    fn note(&self, message: &str) {
        eprintln!("{message}");
    }

    fn warn(&self, message: &str) {
        eprintln!("warning: {message}");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("tatabox-example-train-{}", std::process::id()));

    let mut simulation = SimulateRequest::new(folder.join("data"));
    simulation.config.genes = 600;
    simulation.prepare = true;
    simulate::run(&simulation, &Messages)?;
    let dataset = PreparedDataset::open(&simulation.dataset_folder())?;

    let mut training = TrainRequest::new(folder.join("models"));
    training.options.cell_types = NameSelection::Only(vec!["K562".to_owned()]);
    training.options.epochs = 2;
    let Trained::Network(network) = train::run(&dataset, &training, &Messages)? else {
        return Err("expected one network".into());
    };
    println!("validation Pearson {:.3} after epoch {}", network.validation_pearson, network.best_epoch);

    let model = Model::open(&network.directory)?;
    let settings = EvaluationSettings {
        resamples: 200,
        drawing: Drawing { figures: false, report: false, ..Drawing::default() },
        ..EvaluationSettings::default()
    };
    let request = EvaluateRequest { settings, comparators: vec![ComparatorChoice::None], cache: None };
    let evaluation = evaluate::run(model, &dataset, &request, &Messages)?;
    for row in &evaluation.metrics.rows {
        println!("{} {}: Pearson {:?} on {} genes", row.model, row.split, row.pearson.value, row.n);
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
