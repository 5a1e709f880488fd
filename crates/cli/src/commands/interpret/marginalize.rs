//! `tatabox marginalize`: marginal effect of motifs.

use anyhow::Result;
use tatabox::marginalize::{self, Backgrounds};
use tatabox_sequence::Strand;

use crate::args::{BackgroundChoice, MarginalizeArgs};
use crate::resolve::dataset as data_choice;
use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use crate::terminal::interrupt;

pub(crate) fn run(args: &MarginalizeArgs, console: &Console) -> Result<()> {
    let (output, motifs) = (args.output()?, args.motifs()?);
    if args.output.is_some() {
        // Output in a pipe cannot be taken back, so only a file is worth a graceful end.
        interrupt::watch(console)?;
    }
    let model = model_choice::open(&args.model, console)?.with_outputs(&args.cell_types.outputs())?;
    let request = args.request(motifs, backgrounds(args, console)?);
    let summary = marginalize::run(&model, &request, &output, console)?;

    for strongest in &summary.strongest {
        let orientation = match strongest.strand {
            Strand::Forward => "forward",
            Strand::Reverse => "reverse",
        };
        console.note(format!(
            "{}: largest effect at {} {orientation}, {:+.3} log2(TPM + 1), mean over {} cell types",
            strongest.motif, strongest.position_bp, strongest.effect_log2_tpm, summary.cell_types
        ));
    }
    console.note(format!(
        "{} placements in {} backgrounds, model {} on {}, written to {}",
        summary.placements,
        summary.backgrounds,
        model.name(),
        model.device().name,
        summary.destination
    ));
    Ok(())
}

fn backgrounds(args: &MarginalizeArgs, console: &Console) -> Result<Backgrounds> {
    let of_genes = |is_shuffled: bool| -> Result<Backgrounds> {
        let dataset = Box::new(data_choice::open(args.data.as_deref(), console)?);
        Ok(Backgrounds::Genes { dataset, split: args.split, is_shuffled })
    };
    match &args.background {
        BackgroundChoice::Shuffled => of_genes(true),
        BackgroundChoice::Promoters => of_genes(false),
        BackgroundChoice::Fasta(path) => Ok(Backgrounds::Fasta { path: path.clone(), tss_offset: args.tss_offset }),
    }
}
