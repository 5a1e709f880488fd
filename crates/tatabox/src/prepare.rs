//! Preparation of data sets from sequence and expression.

use std::collections::BTreeMap;

use tatabox_dataset::{FilterRecord, PrepareConfig, PrepareProgress, PrepareReport, PrepareStage, prepare};

use crate::error::Result;
use crate::observer::Observer;
use crate::progress::{Progress, Unit};

/// Number of contigs named in a warning.
const CONTIGS_SHOWN: usize = 5;

/// Prepares a data set of promoter windows and expression, and warns of inputs that do not match.
///
/// Genes that are not in the data set are listed in `qc.tsv` with the reason.
///
/// # Errors
/// An input cannot be read, the inputs share no genes, or the folder exists and may not be replaced.
///
/// # Examples
///
/// ```no_run
/// use tatabox::{Silent, prepare};
/// use tatabox_dataset::PrepareConfig;
/// use tatabox_sequence::WindowGeometry;
///
/// let geometry = WindowGeometry::new(250, 50)?;
/// let mut config = PrepareConfig::new("tpm.tsv", "data/human300", geometry);
/// config.promoters = Some("promoters.fa".into());
/// let report = prepare::run(&config, &Silent)?;
/// println!("{} genes", report.kept);
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn run(config: &PrepareConfig, observer: &dyn Observer) -> Result<PrepareReport> {
    let mut stages = Stages { observer, current: None };
    let report = prepare(config, &mut |progress| stages.report(progress))?;
    stages.finish();
    for warning in warnings(&report) {
        observer.warn(&warning);
    }
    Ok(report)
}

/// The stage in progress.
struct Stages<'a> {
    observer: &'a dyn Observer,
    current: Option<(PrepareStage, Progress<'a>)>,
}

impl Stages<'_> {
    fn report(&mut self, now: PrepareProgress) {
        if self.current.as_ref().is_none_or(|(stage, _)| *stage != now.stage) {
            self.finish();
            let unit = match now.stage {
                PrepareStage::Checksums | PrepareStage::IndexGenome => Unit::Bytes,
                PrepareStage::GeneFeatures => Unit::Records,
                _ => Unit::Windows,
            };
            let progress = Progress::start(self.observer, now.stage.to_string(), now.total, unit);
            self.current = Some((now.stage, progress));
        }
        if let Some((_, progress)) = &mut self.current {
            progress.set(now.done);
        }
    }

    fn finish(&mut self) {
        if let Some((_, progress)) = self.current.take() {
            progress.finish();
        }
    }
}

/// Contigs that the genome lacks, filters that match nothing, and genes matched by symbol.
fn warnings(report: &PrepareReport) -> Vec<String> {
    let contigs = (!report.unmatched_contigs.is_empty()).then(|| missing_contigs(&report.unmatched_contigs));
    let renamed = (report.renamed > 0).then(|| {
        format!(
            "no expression table has the gene identifiers of the annotation; {} genes were matched by symbol",
            report.renamed
        )
    });
    contigs.into_iter().chain(report.filters.iter().filter_map(filter_warning)).chain(renamed).collect()
}

fn missing_contigs(contigs: &BTreeMap<String, usize>) -> String {
    let shown: Vec<String> =
        contigs.iter().take(CONTIGS_SHOWN).map(|(contig, genes)| format!("{contig} ({genes} genes)")).collect();
    let more = contigs.len().saturating_sub(CONTIGS_SHOWN);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("the genome lacks {}{rest}", shown.join(", "))
}

fn filter_warning(record: &FilterRecord) -> Option<String> {
    let FilterRecord { filter, dropped, unknown } = record;
    match (dropped, unknown) {
        (_, 1..) => {
            Some(format!("filter {filter}: {unknown} genes are kept, since their chromosome or name is unknown"))
        }
        (0, 0) => Some(format!("filter {filter}: no gene matches")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_contigs_beyond_five_are_counted() {
        let contigs: BTreeMap<String, usize> = (1..=7).map(|n| (format!("KI{n}"), n)).collect();
        let text = missing_contigs(&contigs);
        assert!(text.starts_with("the genome lacks KI1 (1 genes), KI2 (2 genes)"), "{text}");
        assert!(text.ends_with("KI5 (5 genes) and 2 more"), "{text}");
    }

    #[test]
    fn filter_warning_names_filters_without_effect_and_undecided_genes() {
        let record = |dropped, unknown| FilterRecord { filter: "chrY".to_owned(), dropped, unknown };
        assert_eq!(filter_warning(&record(3, 0)), None);
        assert_eq!(filter_warning(&record(0, 0)).as_deref(), Some("filter chrY: no gene matches"));
        assert!(filter_warning(&record(3, 2)).is_some_and(|warning| warning.contains("2 genes are kept")));
    }
}
