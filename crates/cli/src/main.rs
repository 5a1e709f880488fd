//! `tatabox`: gene expression from promoter DNA, on the command line.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tatabox_cli::run(std::env::args_os().collect()).into()
}
