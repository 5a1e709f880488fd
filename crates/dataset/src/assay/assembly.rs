//! Assays of a data set under preparation: rows with windows, groups and splits, and their files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use tatabox_sequence::{ChromosomeNames, WindowGeometry, counted};

use super::files::{AssayFiles, check_output_names, write_genes, write_rows};
use super::hold_out::{HeldOut, split_by_name};
use super::placement::{PlacedSequence, Placement};
use super::rows::splits_of;
use super::similar::{Similarities, compare};
use super::source::{AssayInput, ExcludedRow};
use super::{AssayRecord, AssayRow, AssaySequences, AssaySource, AssaySummary};
use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};
use crate::expression::TargetTransform;
use crate::gene_match::{GeneMatch, GeneName, match_genes};
use crate::prepared::GeneEntry;
use crate::schema::ASSAYS_DIR;
use crate::split::{Split, SplitRule, natural_order};
use crate::storage::{PackedWindowWriter, PackedWindows};

/// Genes of the data set that the assays are added to.
pub(crate) struct AssayGenes<'a> {
    pub genes: &'a [GeneEntry],
    pub cell_types: &'a [String],
    pub geometry: WindowGeometry,
    /// Rule of the splits of the genes.
    pub rule: &'a SplitRule,
    /// File of the windows of the genes.
    pub windows: &'a Path,
}

/// Assays with the names of their files.
#[derive(Debug, Default)]
pub(crate) struct WrittenAssays {
    pub summaries: Vec<AssaySummary>,
    pub files: Vec<String>,
    pub excluded: Vec<(String, ExcludedRow)>,
    pub warnings: Vec<String>,
}

/// Assay under construction.
struct Draft<'a> {
    source: &'a AssaySource,
    outputs: Vec<String>,
    rows: Vec<AssayRow>,
    targets: Vec<f32>,
    /// Sequences within the windows, without the constant bases; empty for an assay of the genes.
    inserts: Vec<Vec<u8>>,
    excluded: Vec<ExcludedRow>,
    /// Number of rows whose chromosome the input states.
    placed: usize,
}

/// Matches the assays with the genes, assigns their rows to splits and writes their files to the data set under construction in
/// `directory`.
///
/// # Errors
///
/// [`DatasetError::NoAssayRows`] for an assay without a usable row, [`DatasetError::NoSharedNames`] for an assay of the genes that
/// measures none of them, [`DatasetError::TooFewMeasurements`] for an output that cannot be scaled.
pub(crate) fn write(
    sources: &[AssaySource],
    inputs: Vec<AssayInput>,
    data: &AssayGenes<'_>,
    directory: &Path,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<WrittenAssays> {
    let mut written = WrittenAssays::default();
    if sources.is_empty() {
        return Ok(written);
    }
    check_output_names(data.cell_types, inputs.iter().flat_map(|input| &input.outputs))?;
    let names = ChromosomeNames::new(data.genes.iter().filter_map(|gene| gene.chrom.as_deref()));
    let chromosomes: Vec<Option<String>> =
        data.genes.iter().map(|gene| gene.chrom.as_deref().map(|contig| names.of(contig))).collect();
    let folder = directory.join(ASSAYS_DIR);
    fs::create_dir(&folder).map_err(DatasetError::io(&folder, "create"))?;
    let files = AssayFiles::of(sources.iter().map(|source| source.name.as_str()));
    let mut drafts = Vec::with_capacity(sources.len());
    for ((source, input), files) in sources.iter().zip(inputs).zip(&files) {
        if input.renamed > 0 {
            written.warnings.push(format!(
                "assay {}: a number was added, such as ID#2, to {} with the identifier of another construct",
                source.name,
                counted(input.renamed, "row")
            ));
        }
        let draft = match source.sequences {
            AssaySequences::Genes => Draft::of_genes(source, &input, data.genes)?,
            AssaySequences::File(_) => {
                let mut windows = PackedWindowWriter::create(&directory.join(&files.windows), data.geometry)?;
                let placement = Placement::new(source, data.geometry)?;
                let draft = Draft::of_sequences(source, input, &placement, names, &mut windows, &mut written.warnings)?;
                windows.finish()?;
                written.warnings.extend(unknown_chromosomes(&draft, &chromosomes));
                draft
            }
        };
        drafts.push(draft);
    }
    hold_out(&mut drafts, data, &chromosomes, progress)?;

    for (draft, files) in drafts.into_iter().zip(files) {
        let summary = draft.summary(data)?;
        let rows_path = directory.join(&files.rows);
        if draft.measures_genes() {
            write_genes(&rows_path, data.genes, &draft.outputs, &draft.targets)?;
            written.files.push(files.rows);
        } else {
            write_rows(&rows_path, data.genes, &draft.rows, &draft.outputs, &draft.targets)?;
            written.files.extend([files.rows, files.windows]);
        }
        let source = format!("assay {}", summary.record.name);
        written.excluded.extend(draft.excluded.into_iter().map(|row| (source.clone(), row)));
        written.summaries.push(summary);
    }
    Ok(written)
}

/// Sets groups, genes, chromosomes and splits of the rows of all assays.
fn hold_out(
    drafts: &mut [Draft<'_>],
    data: &AssayGenes<'_>,
    chromosomes: &[Option<String>],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<()> {
    let inserts: Vec<&[u8]> = drafts.iter().flat_map(|draft| draft.inserts.iter().map(Vec::as_slice)).collect();
    if inserts.is_empty() {
        return Ok(());
    }
    let Similarities { groups, genes } = compare(&inserts, &PackedWindows::open(data.windows)?, progress);
    let rows = drafts.iter_mut().flat_map(|draft| &mut draft.rows);
    let mut of_groups: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for ((row, group), genes) in rows.zip(groups).zip(genes) {
        row.group = group;
        let of_group = of_groups.entry(group).or_default();
        of_group.append(&mut row.chromosomes.drain(..).collect());
        of_group.extend(genes.iter().filter_map(|&gene| chromosomes[gene as usize].clone()));
        row.genes = genes;
    }
    for row in drafts.iter_mut().flat_map(|draft| &mut draft.rows) {
        row.chromosomes = of_groups[&row.group].iter().cloned().collect();
        row.chromosomes.sort_by(|one, other| natural_order(one, other));
    }
    let splits: Vec<Split> = data.genes.iter().map(|gene| gene.split).collect();
    let other = |name: &str| split_by_name(data.rule, name);
    let mut assays: Vec<(&str, &mut [AssayRow])> =
        drafts.iter_mut().map(|draft| (draft.source.name.as_str(), draft.rows.as_mut_slice())).collect();
    HeldOut::new(&splits, chromosomes, &other).assign(&mut assays);
    Ok(())
}

/// Warning about an assay none of whose stated chromosomes has a gene.
fn unknown_chromosomes(draft: &Draft<'_>, chromosomes: &[Option<String>]) -> Option<String> {
    let known: BTreeSet<&str> = chromosomes.iter().flatten().map(String::as_str).collect();
    let stated: BTreeSet<&str> = draft.rows.iter().flat_map(|row| &row.chromosomes).map(String::as_str).collect();
    let example = stated.first()?;
    (!known.is_empty() && stated.is_disjoint(&known)).then(|| {
        format!(
            "assay {}: no gene is on a chromosome of its rows, such as {example}; check the column of chromosomes",
            draft.source.name
        )
    })
}

impl<'a> Draft<'a> {
    fn new(source: &'a AssaySource, input: &AssayInput) -> Self {
        Self {
            source,
            outputs: input.outputs.clone(),
            rows: Vec::new(),
            targets: Vec::new(),
            inserts: Vec::new(),
            excluded: input.excluded.clone(),
            placed: 0,
        }
    }

    fn measures_genes(&self) -> bool {
        self.source.sequences == AssaySequences::Genes
    }

    fn exclude(&mut self, id: &str, reason: DropReason, detail: String) {
        self.excluded.push(ExcludedRow { id: id.to_owned(), reason, detail });
    }

    /// Targets of the genes; an alternative TSS has those of its gene.
    fn of_genes(source: &'a AssaySource, input: &AssayInput, genes: &[GeneEntry]) -> Result<Self> {
        let mut draft = Self::new(source, input);
        let own: Vec<&GeneEntry> = genes.iter().filter(|gene| gene.alternative_of.is_none()).collect();
        let gene_names: Vec<GeneName<'_>> =
            own.iter().map(|gene| GeneName::new(&gene.gene_id, gene.gene_name.as_deref())).collect();
        let row_names: Vec<GeneName<'_>> =
            input.rows.iter().map(|row| GeneName::new(&row.id, row.symbol.as_deref())).collect();
        let matching = match_genes(&gene_names, &row_names);
        let row_of: BTreeMap<&str, usize> = own
            .iter()
            .zip(&matching.genes)
            .filter_map(|(gene, matched)| Some((gene.gene_id.as_str(), matched.index()?)))
            .collect();
        if row_of.is_empty() {
            return Err(DatasetError::NoSharedNames {
                what: "gene",
                left: format!("assay {}", source.name),
                left_examples: input.rows.iter().take(4).map(|row| row.id.clone()).collect(),
                right: "the data set".to_owned(),
                right_examples: own.iter().take(4).map(|gene| gene.gene_id.clone()).collect(),
            });
        }
        for (row, matched) in input.rows.iter().zip(&matching.rows) {
            let reason = match matched {
                GeneMatch::ById(_) | GeneMatch::BySymbol(_) => continue,
                GeneMatch::Copy(_) => DropReason::DuplicateGene,
                GeneMatch::Ambiguous { .. } => DropReason::AmbiguousName,
                GeneMatch::Absent => DropReason::NoWindow,
            };
            draft.exclude(&row.id, reason, String::new());
        }
        let width = input.outputs.len();
        let missing = vec![f32::NAN; width];
        for gene in genes {
            let row = row_of.get(gene.alternative_of.as_ref().unwrap_or(&gene.gene_id).as_str());
            let targets = row.map_or(missing.as_slice(), |&row| &input.targets[row * width..(row + 1) * width]);
            draft.targets.extend_from_slice(targets);
        }
        Ok(draft)
    }

    /// Rows whose windows are written to `windows`.
    fn of_sequences(
        source: &'a AssaySource,
        input: AssayInput,
        placement: &Placement,
        names: ChromosomeNames,
        windows: &mut PackedWindowWriter,
        warnings: &mut Vec<String>,
    ) -> Result<Self> {
        let mut draft = Self::new(source, &input);
        let width = input.outputs.len();
        let (mut cropped, mut cropped_bp) = (0, 0);
        for (row, targets) in input.rows.into_iter().zip(input.targets.chunks_exact(width)) {
            let PlacedSequence { window, insert, cropped_bp: beyond } = match placement.place(&row.sequence) {
                Ok(placed) => placed,
                Err((reason, detail)) => {
                    draft.exclude(&row.id, reason, detail);
                    continue;
                }
            };
            cropped += usize::from(beyond > 0);
            cropped_bp = cropped_bp.max(beyond);
            draft.placed += usize::from(!row.contigs.is_empty());
            windows.push(&window)?;
            draft.inserts.push(window[insert.start as usize..insert.end as usize].to_vec());
            draft.targets.extend_from_slice(targets);
            let chromosomes = row.contigs.iter().map(|contig| names.of(contig)).collect();
            draft.rows.push(AssayRow { id: row.id, chromosomes, genes: Vec::new(), group: 0, split: None, insert });
        }
        if cropped > 0 {
            warnings.push(format!(
                "assay {}: {cropped} sequences extend beyond the window, by up to {cropped_bp} bp, which are not used",
                source.name
            ));
        }
        if draft.rows.is_empty() {
            let reasons = draft.excluded_by_reason();
            let reasons: Vec<String> = reasons.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
            let reasons = reasons.join(", ");
            let example = draft.excluded.first().map(|row| format!("{}: {}", row.id, row.detail)).unwrap_or_default();
            return Err(DatasetError::NoAssayRows { assay: source.name.clone(), reasons, example });
        }
        Ok(draft)
    }

    fn excluded_by_reason(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.excluded {
            *counts.entry(row.reason.to_string()).or_default() += 1;
        }
        counts
    }

    /// Record of the assay, with the transform fitted on its train rows.
    fn summary(&self, data: &AssayGenes<'_>) -> Result<AssaySummary> {
        let splits = splits_of(&self.rows, &self.targets, data.genes);
        let train: Vec<usize> = (0..splits.len()).filter(|&row| splits[row] == Some(Split::Train)).collect();
        let mut record = AssayRecord {
            name: self.source.name.clone(),
            outputs: self.outputs.clone(),
            scale: self.source.scale,
            construct: self.source.construct(data.geometry.upstream_bp),
            reverse_complement: self.source.reverse_complement,
            rows: self.rows.len(),
            splits: BTreeMap::new(),
            placed: self.placed,
            excluded: self.excluded_by_reason(),
            transform: TargetTransform::fit(&self.outputs, &self.targets, &train)?,
        };
        record.count_splits(splits.into_iter());
        let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
        for row in &self.rows {
            *sizes.entry(row.group).or_default() += 1;
        }
        Ok(AssaySummary {
            kept: if self.measures_genes() { record.splits.values().sum() } else { self.rows.len() },
            groups: sizes.len(),
            largest_group: sizes.values().copied().max().unwrap_or_default(),
            similar_to_genes: self.rows.iter().filter(|row| !row.genes.is_empty()).count(),
            record,
        })
    }
}
