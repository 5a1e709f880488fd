//! Tests of the whole program, as its users meet it.

#[path = "integration/architecture.rs"]
mod architecture;
#[path = "integration/cli.rs"]
mod cli;
#[path = "integration/end_to_end.rs"]
mod end_to_end;
#[path = "integration/refusals.rs"]
mod refusals;
#[path = "integration/workbench.rs"]
mod workbench;
