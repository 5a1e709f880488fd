//! Tests of the whole program, as its users meet it.

#[path = "integration/architecture.rs"]
mod architecture;
#[path = "integration/assays.rs"]
mod assays;
#[path = "integration/audit.rs"]
mod audit;
#[path = "integration/auxiliary_inputs.rs"]
mod auxiliary_inputs;
#[path = "integration/cli.rs"]
mod cli;
#[path = "integration/design.rs"]
mod design;
#[path = "integration/documentation.rs"]
mod documentation;
#[path = "integration/download.rs"]
mod download;
#[path = "integration/effect_background.rs"]
mod effect_background;
#[path = "integration/end_to_end.rs"]
mod end_to_end;
#[path = "integration/ensembles.rs"]
mod ensembles;
#[path = "integration/evaluation.rs"]
mod evaluation;
#[path = "integration/exchange.rs"]
mod exchange;
#[path = "integration/explain.rs"]
mod explain;
#[path = "integration/held_out.rs"]
mod held_out;
#[path = "integration/motifs.rs"]
mod motifs;
#[path = "integration/refusals.rs"]
mod refusals;
#[path = "integration/shards.rs"]
mod shards;
#[path = "integration/sources.rs"]
mod sources;
#[path = "integration/speed.rs"]
mod speed;
#[path = "integration/transfer.rs"]
mod transfer;
#[path = "integration/tune.rs"]
mod tune;
#[path = "integration/tutorials.rs"]
mod tutorials;
#[path = "integration/variant_evaluation.rs"]
mod variant_evaluation;
#[path = "integration/variants.rs"]
mod variants;
#[path = "integration/verify.rs"]
mod verify;
#[path = "integration/workbench.rs"]
mod workbench;
