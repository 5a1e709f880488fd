//! `tatabox prepare`: a data set from sequence and expression.

mod expression_summary;
mod input_summary;

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::Result;
use serde::Serialize;
use tatabox_dataset::{
    DropReason, ExpressionRecord, FilterRecord, GeneFeatureRecord, PrepareConfig, PrepareProgress, PrepareReport,
    PrepareStage, PreparedDataset, Split, SplitSummary, TrackRecord, TssRecord, prepare,
};

use crate::args::PrepareArgs;
use crate::resolve::dataset as data_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;
use tatabox::{Progress, Unit};

/// Contigs named when the genome lacks them.
const CONTIGS_SHOWN: usize = 5;

pub(crate) fn run(args: PrepareArgs, console: &Console) -> Result<()> {
    let json = args.json;
    let config = args.into_config()?;
    let report = prepare_and_remember(&config, console)?;
    if !report.unmatched_contigs.is_empty() {
        console.warn(unmatched(&report.unmatched_contigs));
    }
    for filter in &report.filters {
        if let Some(warning) = expression_summary::filter_warning(filter) {
            console.warn(warning);
        }
    }
    if report.renamed > 0 {
        console.warn(format!(
            "no table measures a gene under its identifier in the annotation; {} genes were matched by symbol",
            report.renamed
        ));
    }
    let summary = Summary::new(&config, &report);
    if json {
        stdout::print_json(&summary)?;
    } else {
        stdout::print(&summary.to_text()?)?;
    }
    let directory = config.out_dir.display();
    console.note(format!("{directory} is the active data set now; go on with: tatabox train --cell-type NAME"));
    Ok(())
}

/// Prepares a data set and makes it the active one.
pub(super) fn prepare_and_remember(config: &PrepareConfig, console: &Console) -> Result<PrepareReport> {
    let mut stages = Stages { console, current: None };
    let report = prepare(config, &mut |progress| stages.show(progress))?;
    stages.finish();
    let remembered =
        PreparedDataset::open(&config.out_dir).map_err(Into::into).and_then(|dataset| data_choice::remember(&dataset));
    if let Err(error) = remembered {
        // The data set is whole all the same.
        console.warn(format!("cannot make it the active data set: {error:#}; name it with --data"));
    }
    Ok(report)
}

/// A bar a stage.
struct Stages<'a> {
    console: &'a Console,
    current: Option<(PrepareStage, Progress<'a>)>,
}

impl<'a> Stages<'a> {
    fn show(&mut self, progress: PrepareProgress) {
        if self.current.as_ref().is_none_or(|(stage, _)| *stage != progress.stage) {
            self.finish();
            let unit = match progress.stage {
                PrepareStage::Checksums | PrepareStage::IndexGenome => Unit::Bytes,
                PrepareStage::GeneFeatures => Unit::Records,
                _ => Unit::Windows,
            };
            let bar = Progress::start(self.console, progress.stage.to_string(), progress.total, unit);
            self.current = Some((progress.stage, bar));
        }
        if let Some((_, bar)) = &mut self.current {
            bar.set(progress.done);
        }
    }

    fn finish(&mut self) {
        if let Some((_, bar)) = self.current.take() {
            bar.finish();
        }
    }
}

/// What is printed at the end.
#[derive(Serialize)]
struct Summary<'a> {
    name: &'a str,
    directory: String,
    kept: usize,
    dropped: &'a BTreeMap<DropReason, usize>,
    split: &'a SplitSummary,
    unmatched_contigs: &'a BTreeMap<String, usize>,
    expression: &'a ExpressionRecord,
    filters: &'a [FilterRecord],
    #[serde(skip_serializing_if = "Option::is_none")]
    tss: Option<&'a TssRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gene_features: Option<&'a GeneFeatureRecord>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tracks: &'a [TrackRecord],
}

impl<'a> Summary<'a> {
    fn new(config: &'a PrepareConfig, report: &'a PrepareReport) -> Self {
        Self {
            name: &config.name,
            directory: config.out_dir.display().to_string(),
            kept: report.kept,
            dropped: &report.dropped,
            split: &report.split,
            unmatched_contigs: &report.unmatched_contigs,
            expression: &report.expression,
            filters: &report.filters,
            tss: report.tss.as_ref(),
            gene_features: report.gene_features.as_ref(),
            tracks: &report.tracks,
        }
    }

    fn to_text(&self) -> Result<String> {
        let mut text = String::new();
        writeln!(text, "{}: {} genes kept", self.name, self.kept)?;
        for split in Split::ALL {
            let part = self.split.part(split);
            let share = 100.0 * part.genes as f64 / self.kept.max(1) as f64;
            writeln!(text, "  {split:<22}{:>7}  {share:4.1}%  {}", part.genes, part.chromosomes.join(" "))?;
        }
        let dropped: usize = self.dropped.values().sum();
        writeln!(text, "{dropped} dropped, each with its reason in {}/qc.tsv", self.directory)?;
        for (reason, count) in self.dropped {
            writeln!(text, "  {:<22}{count:>7}", reason.as_str().replace('_', " "))?;
        }
        text += &expression_summary::text(self.expression);
        text += &input_summary::text(self.tss, self.gene_features, self.tracks);
        Ok(text)
    }
}

fn unmatched(contigs: &BTreeMap<String, usize>) -> String {
    let shown: Vec<String> =
        contigs.iter().take(CONTIGS_SHOWN).map(|(contig, genes)| format!("{contig} ({genes} genes)")).collect();
    let more = contigs.len().saturating_sub(CONTIGS_SHOWN);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("the genome lacks {}{rest}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_of_the_missing_contigs_are_named() {
        let contigs: BTreeMap<String, usize> = (1..=7).map(|n| (format!("KI{n}"), n)).collect();
        let told = unmatched(&contigs);
        assert!(told.starts_with("the genome lacks KI1 (1 genes), KI2 (2 genes)"), "{told}");
        assert!(told.ends_with("KI5 (5 genes) and 2 more"), "{told}");
    }
}
