//! `tatabox info`: what the program can use here, and what a model is.

mod arithmetic;
mod ensemble;
mod machine;
mod model;

use std::fmt::Write;

use anyhow::Result;
use serde::Serialize;
use tatabox_model::{MachinePeak, AuxiliaryInputs, NetworkConfig, SelectedDevice};

use crate::args::{InfoArgs, NetworkChoice};
use crate::network_summary::NetworkSummary;
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;
use arithmetic::ArithmeticTable;
use ensemble::EnsembleModel;
use machine::Machine;
use model::Model;

/// What is printed of a network.
#[derive(Serialize)]
struct NetworkInfo<'a> {
    network: NetworkSummary,
    /// What the model needs beside the bases, each with its scale.
    #[serde(skip_serializing_if = "AuxiliaryInputs::is_empty")]
    beside_the_bases: AuxiliaryInputs,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<Model<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ensemble: Option<EnsembleModel<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arithmetic: Option<ArithmeticTable>,
}

pub(crate) fn run(args: &InfoArgs, console: &Console) -> Result<()> {
    match args.network()? {
        None => {
            let machine = Machine::look();
            if args.json { stdout::print_json(&machine) } else { stdout::print(&machine.to_text()?) }
        }
        Some(NetworkChoice::Model(directory)) => {
            let chosen = model_choice::open_on(Some(&directory), args.device.select()?, console)?;
            let network = &chosen.predictor().model().config.network;
            let window_bp = chosen.predictor().extent().total_bp() as usize;
            let ensemble = EnsembleModel::new(&chosen);
            print(
                args,
                &NetworkInfo {
                    network: NetworkSummary::of_model(chosen.name(), chosen.predictor()),
                    beside_the_bases: chosen.predictor().auxiliary_inputs().clone(),
                    model: ensemble.is_none().then(|| Model::new(&chosen)),
                    ensemble,
                    arithmetic: arithmetic(args, network, window_bp, chosen.device())?,
                },
            )
        }
        Some(NetworkChoice::Untrained { name, network, extent }) => {
            network.validate()?;
            let window_bp = extent.total_bp() as usize;
            print(
                args,
                &NetworkInfo {
                    network: NetworkSummary::new(&name, &network, window_bp),
                    beside_the_bases: AuxiliaryInputs::NONE,
                    model: None,
                    ensemble: None,
                    arithmetic: arithmetic(args, &network, window_bp, &args.device.select()?)?,
                },
            )
        }
    }
}

fn arithmetic(
    args: &InfoArgs,
    network: &NetworkConfig,
    window_bp: usize,
    device: &SelectedDevice,
) -> Result<Option<ArithmeticTable>> {
    if !args.flops {
        return Ok(None);
    }
    Ok(Some(ArithmeticTable::new(network, window_bp, &MachinePeak::measure(device)?, device)))
}

fn print(args: &InfoArgs, info: &NetworkInfo) -> Result<()> {
    if args.json {
        return stdout::print_json(info);
    }
    let mut text = format!("network     {}\n", info.network);
    if !info.beside_the_bases.is_empty() {
        writeln!(text, "needs       {}", info.beside_the_bases)?;
    }
    if let Some(model) = &info.model {
        text += &model.to_text()?;
    }
    if let Some(ensemble) = &info.ensemble {
        text += &ensemble.to_text()?;
    }
    if let Some(table) = &info.arithmetic {
        text += &table.to_text()?;
    }
    stdout::print(&text)
}
