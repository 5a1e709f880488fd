//! `tatabox prepare`: a data set from sequence and expression.

mod gene_match_summary;
mod input_summary;

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::Result;
use serde::Serialize;
use tatabox::prepare;
use tatabox_dataset::{
    AssaySummary, DropReason, ExpressionRecord, FilterRecord, GeneFeatureRecord, GeneMatchSummary, PrepareConfig,
    PrepareReport, PromoterChoiceRecord, Split, SplitSummary, TrackRecord, TssRecord,
};
use tatabox_sequence::counted;

use crate::args::PrepareArgs;
use crate::resolve::dataset as data_choice;
use crate::terminal::console::Console;
use crate::terminal::stdout;

pub(crate) fn run(args: PrepareArgs, console: &Console) -> Result<()> {
    let json = args.json;
    let config = args.into_config()?;
    let report = prepare::run(&config, console)?;
    let is_active = !config.dry_run && data_choice::set_active(&config.out_dir, console);
    let summary = Summary::new(&config, &report);
    if json {
        stdout::print_json(&summary)?;
    } else {
        stdout::print(&summary.to_text()?)?;
    }
    if config.dry_run {
        console.note("dry run: no data set was written; the same command without --dry-run writes it");
        return Ok(());
    }
    let folder = config.out_dir.display();
    console.note(if is_active {
        format!("active data set: {folder}; next: tatabox train --cell-type NAME")
    } else {
        format!("data set: {folder}; next: tatabox train --data {folder} --cell-type NAME")
    });
    Ok(())
}

/// Report of the preparation, as it is printed.
#[derive(Serialize)]
struct Summary<'a> {
    name: &'a str,
    directory: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
    kept: usize,
    dropped: &'a BTreeMap<DropReason, usize>,
    split: &'a SplitSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    matched_contigs: Option<usize>,
    unmatched_contigs: &'a BTreeMap<String, usize>,
    cell_types: &'a [String],
    gene_match: &'a GeneMatchSummary,
    expression: &'a ExpressionRecord,
    filters: &'a [FilterRecord],
    #[serde(skip_serializing_if = "Option::is_none")]
    tss: Option<&'a TssRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    promoters: Option<&'a PromoterChoiceRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gene_features: Option<&'a GeneFeatureRecord>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tracks: &'a [TrackRecord],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    assays: &'a [AssaySummary],
}

impl<'a> Summary<'a> {
    fn new(config: &'a PrepareConfig, report: &'a PrepareReport) -> Self {
        Self {
            name: &config.name,
            directory: config.out_dir.display().to_string(),
            dry_run: config.dry_run,
            kept: report.kept,
            dropped: &report.dropped,
            split: &report.split,
            matched_contigs: report.matched_contigs,
            unmatched_contigs: &report.unmatched_contigs,
            cell_types: &report.cell_types,
            gene_match: &report.gene_match,
            expression: &report.expression,
            filters: &report.filters,
            tss: report.tss.as_ref(),
            promoters: report.promoters.as_ref(),
            gene_features: report.gene_features.as_ref(),
            tracks: &report.tracks,
            assays: &report.assays,
        }
    }

    fn to_text(&self) -> Result<String> {
        let mut text = String::new();
        let kept = if self.dry_run { "would be kept" } else { "kept" };
        writeln!(text, "{}: {} {kept}", self.name, counted(self.kept, "gene"))?;
        for split in Split::ALL {
            let part = self.split.part(split);
            let percentage = 100.0 * part.genes as f64 / self.kept.max(1) as f64;
            writeln!(text, "  {split:<22}{:>7}  {percentage:4.1}%  {}", part.genes, part.chromosomes.join(" "))?;
        }
        let dropped: usize = self.dropped.values().sum();
        if self.dry_run {
            writeln!(text, "{dropped} would be dropped")?;
        } else {
            writeln!(text, "{dropped} dropped, listed with reasons in {}/qc.tsv", self.directory)?;
        }
        for (reason, count) in self.dropped {
            writeln!(text, "  {:<22}{count:>7}", reason.as_str().replace('_', " "))?;
        }
        if let Some(matched) = self.matched_contigs {
            let total = matched + self.unmatched_contigs.len();
            writeln!(text, "contigs with genes: {matched} of {total} are in the genome")?;
        }
        text += &gene_match_summary::text(self.gene_match);
        text += &self.expression.summary(self.cell_types);
        text += &input_summary::text(self.tss, self.promoters, self.gene_features, self.tracks);
        for assay in self.assays {
            write!(text, "{assay}")?;
        }
        Ok(text)
    }
}
