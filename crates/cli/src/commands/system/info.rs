//! `tatabox info`: this machine, or a network.

mod ensemble;
mod flops;
mod machine;
mod model;

use std::fmt::Write;

use anyhow::Result;
use serde::Serialize;
use tatabox::info::{EnsembleDescription, FlopTable, NetworkDescription, NetworkSummary, OutputGroup};
use tatabox_model::AuxiliaryInputs;

use super::network_text;
use crate::args::{InfoArgs, NetworkChoice};
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;
use machine::MachineInfo;

/// Description of a network, as it is printed.
#[derive(Serialize)]
struct NetworkInfo<'a> {
    network: NetworkSummary,
    /// Auxiliary inputs, each with its scale.
    #[serde(skip_serializing_if = "AuxiliaryInputs::is_empty")]
    auxiliary_inputs: AuxiliaryInputs,
    /// Outputs of a trained model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outputs: Vec<OutputGroup>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<NetworkDescription<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ensemble: Option<EnsembleDescription<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flops: Option<FlopTable>,
}

pub(crate) fn run(args: &InfoArgs, console: &Console) -> Result<()> {
    match args.network()? {
        None => {
            let machine = MachineInfo::detect();
            if args.json { stdout::print_json(&machine) } else { stdout::print(&machine.to_text()?) }
        }
        Some(NetworkChoice::Model(folder)) => {
            let model = model_choice::open_on(Some(&folder), args.device.select()?, console)?;
            let network = &model.predictor().model().config.network;
            let window_bp = model.extent().total_bp() as usize;
            let flops = args.flops.then(|| FlopTable::measure(network, window_bp, model.device())).transpose()?;
            let ensemble = EnsembleDescription::of_model(&model);
            let info = NetworkInfo {
                network: NetworkSummary::of_model(&model),
                auxiliary_inputs: model.predictor().auxiliary_inputs().clone(),
                outputs: OutputGroup::of_model(&model),
                model: ensemble.is_none().then(|| NetworkDescription::of_model(&model)),
                ensemble,
                flops,
            };
            print(&info, args.json)
        }
        Some(NetworkChoice::Untrained { name, network, extent }) => {
            network.validate()?;
            let window_bp = extent.total_bp() as usize;
            let device = args.device.select()?;
            let flops = args.flops.then(|| FlopTable::measure(&network, window_bp, &device)).transpose()?;
            let info = NetworkInfo {
                network: NetworkSummary::of_config(&name, &network, window_bp),
                auxiliary_inputs: AuxiliaryInputs::NONE,
                outputs: Vec::new(),
                model: None,
                ensemble: None,
                flops,
            };
            print(&info, args.json)
        }
    }
}

fn print(info: &NetworkInfo, as_json: bool) -> Result<()> {
    if as_json {
        return stdout::print_json(info);
    }
    let mut text = format!("network     {}\n", network_text::network(&info.network));
    if !info.auxiliary_inputs.is_empty() {
        writeln!(text, "inputs      bases and {}", info.auxiliary_inputs)?;
    }
    for (index, group) in info.outputs.iter().enumerate() {
        writeln!(text, "{:<12}{group}", if index == 0 { "outputs" } else { "" })?;
    }
    if let Some(network) = &info.model {
        text += &model::text(network)?;
    }
    if let Some(ensemble) = &info.ensemble {
        text += &ensemble::text(ensemble)?;
    }
    if let Some(table) = &info.flops {
        text += &flops::text(table)?;
    }
    stdout::print(&text)
}
