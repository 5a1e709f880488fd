//! `tatabox explain`: which bases of a promoter drive its prediction.

mod attention;
mod contribution;
mod explanation;
mod figures;
mod files;
mod motif_site;
mod record;
mod request;
mod summary;
mod tables;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, bail};

use crate::args::ExplainArgs;
use crate::resolve::model as model_choice;
use crate::resolve::promoters as promoter_choice;
use crate::terminal::console::Console;
use crate::terminal::interrupt::Interrupt;
use explanation::explain;
use files::ExplanationFiles;
use request::Request;
use tatabox::OutputFolder;
use tatabox::inputs::open_promoters;
use tatabox::{Progress, Unit};

pub(crate) fn run(args: &ExplainArgs, console: &Console) -> Result<()> {
    let input = args.promoters.input()?;
    let interrupt = Interrupt::watch(console)?;
    let model = model_choice::open(&args.model, console)?;
    let request = Request::of(args, &model)?;
    let out = OutputFolder::open(&args.out)?;
    let mut files = ExplanationFiles::create(args, out.path(), &model, &request)?;

    let bar = Mutex::new(Progress::start(console, "explaining", None, Unit::Steps));
    let done = AtomicUsize::new(0);
    let progress = |more: usize| {
        let done = done.fetch_add(more, Ordering::Relaxed) + more;
        if let Ok(mut bar) = bar.lock() {
            bar.set(done as u64);
        }
    };
    for promoter in open_promoters(
        promoter_choice::source(&input, console)?,
        &args.promoters.auxiliary.sources(),
        None,
        model.predictor(),
        console,
    )? {
        if interrupt.is_wanted() {
            bail!("interrupted; {} was not written", out.path().display());
        }
        files.write(&explain(promoter?, model.predictor(), &request, &progress)?)?;
    }
    if let Ok(bar) = bar.into_inner() {
        bar.clear();
    }
    let summary = files.finish(console)?;
    console.note(format!("written to {}", out.path().display()));
    out.keep();
    summary.print(console)
}
