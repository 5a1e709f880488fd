//! `tatabox design`: promoters edited towards a wanted expression.

mod files;
mod record;
mod scan;
mod starts;
mod tables;

use anyhow::{Result, bail};
use tatabox_model::{
    Design, DesignObjective, DesignProblem, DesignSearch, Predictor, PromoterWindow, design, occurrences,
};

use crate::args::{DesignArgs, DesignPlan, Target};

use crate::resolve::model as model_choice;
use crate::terminal::console::Console;
use crate::terminal::failure::usage;
use crate::terminal::interrupt::Interrupt;
use record::{CAUTION, DesignRecord};
use scan::ModelScan;
use starts::Start;
use tatabox::OutputFolder;
use tatabox::{Progress, Unit};

/// Standard deviations from the mean of the train genes within which nearly all of them lie.
const USUAL_SD: f64 = 3.0;

/// A start and what was made of it.
struct FinishedDesign {
    start: Start,
    design: Design,
    /// Spread of the design's log2(TPM + 1) over the members of an ensemble.
    log2_tpm_sd: Option<Vec<f64>>,
    /// Whether the design keeps to all limits.
    keeps_limits: bool,
}

pub(crate) fn run(args: &DesignArgs, console: &Console) -> Result<()> {
    let plan = args.plan()?;
    files::check_free(&args.out, args.force)?;
    let folder = OutputFolder::open(&args.out)?;
    let model = model_choice::open(&args.model, console)?;
    let predictor = model.predictor();
    tatabox::inputs::refuse_tracks(predictor, "what an edit does to it is not known")?;
    let objective = Target::objective(&args.targets, predictor.cell_types())?;
    let starts = starts::collect(&plan, predictor, console)?;
    let problems =
        starts.iter().map(|start| problem(start, &plan, &objective, predictor)).collect::<Result<Vec<_>>>()?;
    for line in CAUTION {
        console.warn(line);
    }

    let interrupt = Interrupt::watch(console)?;
    let progress = Progress::start(console, "designing", Some(most_windows(&plan, &problems)), Unit::Windows);
    let mut scan = ModelScan::new(predictor, progress, &interrupt);
    let mut designs = Vec::new();
    for (number, (start, problem)) in starts.into_iter().zip(&problems).enumerate() {
        scan.set_gene(start.gene_features.clone());
        let found = design(problem, &plan.search, plan.seed, number, &mut scan);
        if interrupt.is_wanted() {
            bail!("interrupted at {}; nothing was written", start.id);
        }
        let designed = PromoterWindow { gene_features: start.gene_features.clone(), ..found.window.clone().into() };
        let spread = predictor.predict(&[designed]).swap_remove(0).log2_tpm_sd;
        let keeps_limits = plan.limits.hold(&found.window);
        designs.push(FinishedDesign { start, design: found, log2_tpm_sd: spread, keeps_limits });
    }
    let windows = scan.finish();
    warn_of_designs(&designs, &objective, predictor, console);

    let record = DesignRecord::new(args, &plan, &model, windows, &designs);
    files::write(folder.path(), &designs, &objective, predictor, &record)?;
    folder.keep();
    let plural = if designs.len() == 1 { "" } else { "s" };
    console.note(format!(
        "{} design{plural}, {windows} windows predicted, written to {}",
        designs.len(),
        args.out.display()
    ));
    tables::print_designs(&designs, &objective, predictor)
}

/// What may be made of a start.
fn problem(
    start: &Start,
    plan: &DesignPlan,
    objective: &DesignObjective,
    predictor: &Predictor,
) -> Result<DesignProblem> {
    let extent = predictor.extent();
    let (first, end) = (-i64::from(extent.upstream_bp), i64::from(extent.downstream_bp));
    let mut protected = vec![false; start.window.len()];
    for &(from, to) in &plan.protected {
        if from < first || to > end {
            return Err(usage(format!("--protect {from}..{to} reaches beyond what the model reads, {extent}")));
        }
        protected[(from - first) as usize..(to - first) as usize].fill(true);
    }
    for word in &plan.protected_motifs {
        for place in occurrences(&start.window, word).unwrap_or_default() {
            protected[place].fill(true);
        }
    }
    let problem = DesignProblem {
        start: start.window.clone(),
        protected,
        most_edits: plan.most_edits,
        limits: plan.limits.clone(),
        objective: objective.clone(),
    };
    if problem.open_positions().is_empty() {
        bail!("{}: every base is protected or unknown; protect fewer", start.id);
    }
    Ok(problem)
}

/// Windows that are predicted if no search ends early.
fn most_windows(plan: &DesignPlan, problems: &[DesignProblem]) -> u64 {
    let of_one = |problem: &DesignProblem| {
        let substitutions = 3 * problem.open_positions().len();
        match &plan.search {
            DesignSearch::Greedy => plan.most_edits * substitutions,
            // The first round has the start alone.
            DesignSearch::Beam { width } => substitutions * (1 + width * (plan.most_edits - 1)),
            DesignSearch::Genetic(options) => options.population * (options.generations + 1),
        }
    };
    problems.iter().map(|problem| of_one(problem) as u64).sum()
}

fn warn_of_designs(designs: &[FinishedDesign], objective: &DesignObjective, predictor: &Predictor, console: &Console) {
    for finished in designs {
        let id = &finished.start.id;
        if finished.design.steps.is_empty() {
            console.warn(format!("{id}: no edit that is allowed makes it better; the design is the start"));
        }
        if !finished.keeps_limits {
            console.warn(format!("{id}: the start is outside the limits, and its design still is"));
        }
    }
    let count = |is: &dyn Fn(&Design) -> bool| designs.iter().filter(|finished| is(&finished.design)).count();
    let of_all = designs.len();
    for goal in &objective.goals {
        let cell_type = &predictor.cell_types()[goal.cell_type];
        let worse = count(&|design| goal.of(&design.log2_tpm) < goal.of(&design.start_log2_tpm));
        if worse > 0 {
            console.warn(format!(
                "{cell_type}: {worse} of {of_all} designs are further from the wish than their start, since the sum of \
                 all wishes counts; give this one a larger weight, or a level"
            ));
        }
        let beyond = count(&|design| standing(goal.cell_type, &design.log2_tpm, predictor).abs() > USUAL_SD);
        if beyond > 0 {
            console.warn(format!(
                "{cell_type}: {beyond} of {of_all} designs are predicted more than {USUAL_SD} standard deviations from \
                 the mean of the train genes (z in designs.tsv), where the network has seen next to nothing"
            ));
        }
    }
}

/// Standard deviations between a prediction and the mean of the train genes.
fn standing(cell_type: usize, log2_tpm: &[f64], predictor: &Predictor) -> f64 {
    predictor.model().transform.to_z(cell_type, log2_tpm[cell_type])
}
