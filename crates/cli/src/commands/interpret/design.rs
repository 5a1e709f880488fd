//! `tatabox design`: promoters with a target expression.

use anyhow::Result;
use tatabox::design::{self, DesignFolderRequest, StartSource};
use tatabox::tables::Destination;
use tatabox_sequence::counted;

use crate::args::{DesignArgs, StartChoice};
use crate::resolve::model as model_choice;
use crate::resolve::promoters as promoter_choice;
use crate::run_record;
use crate::terminal::console::Console;
use crate::terminal::interrupt;

pub(crate) fn run(args: &DesignArgs, console: &Console) -> Result<()> {
    let (design, starts) = (args.request()?, args.starts()?);
    design.validate()?;
    let model = model_choice::open(&args.model, console)?;
    let request = DesignFolderRequest {
        auxiliary: args.auxiliary(),
        overwrite: args.force,
        command: run_record::command(),
        ..DesignFolderRequest::new(start_source(starts, console)?, design, &args.out)
    };
    interrupt::watch(console)?;
    let designs = design::run(&model, request, console)?;

    for warning in designs.warnings() {
        console.warn(warning);
    }
    let count = designs.designs.len();
    console.note(format!(
        "{}, {} predicted, written to {}",
        counted(count, "design"),
        counted(designs.windows, "window"),
        args.out.display()
    ));
    Ok(designs.write_table(&Destination::Stdout)?)
}

fn start_source(choice: StartChoice, console: &Console) -> Result<StartSource> {
    Ok(match choice {
        StartChoice::Promoters(input) => StartSource::Promoters(promoter_choice::source(&input, console)?),
        StartChoice::Shuffled(input, count) => {
            StartSource::Shuffled { promoters: promoter_choice::source(&input, console)?, count }
        }
        StartChoice::Random(count, gc) => StartSource::Random { count, gc },
    })
}
