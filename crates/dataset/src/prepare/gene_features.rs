//! The features that genes get beside their promoters.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tatabox_sequence::{
    Annotation, ContigNames, Gene, HALF_LIFE_FEATURES, MissingHalfLife, ReferenceGenome, gene_half_life_features,
};

use super::candidate::Candidate;
use super::progress::{PrepareProgress, PrepareStage, REPORT_EVERY};
use super::qc::{DropReason, QcLog};
use super::sites::NamedPlace;
use crate::error::{DatasetError, Result};
use crate::gene_features::{FeatureTable, GeneFeatureRecord, GeneFeatures};

/// Role of a table of features among the inputs.
pub(super) const GENE_FEATURES: &str = "gene_features";

/// Where features come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeneFeatureSource {
    /// The half-life features of messenger RNA, computed from annotation and genome.
    HalfLife,
    /// A table: see [`FeatureTable::read`].
    Table(PathBuf),
}

/// Features by gene, and why others have none.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct FoundFeatures {
    pub names: Vec<String>,
    /// Where they come from, for the record.
    pub source: String,
    pub by_gene: BTreeMap<String, Vec<f32>>,
    /// Reasons, for genes of which one is known.
    pub missing: BTreeMap<String, String>,
}

/// The source of half-life features in the record.
const ANNOTATION: &str = "annotation";

/// What a gene without features has in the record where its source does not name it.
const NOT_NAMED: &str = "not_named";

impl FoundFeatures {
    /// Of these genes, from a table.
    ///
    /// # Errors
    ///
    /// Those of [`FeatureTable::read`]; [`DatasetError::NothingMatches`] where it has none of the genes.
    pub(super) fn of_table(path: &Path, genes: &BTreeMap<String, Candidate>) -> Result<Self> {
        let table = FeatureTable::read(path)?;
        let found = |(gene_id, gene): (&String, &Candidate)| {
            Some((gene_id.clone(), table.of(gene.measured_as(gene_id))?.to_vec()))
        };
        let by_gene: BTreeMap<String, Vec<f32>> = genes.iter().filter_map(found).collect();
        if by_gene.is_empty() {
            return Err(DatasetError::NothingMatches {
                what: "gene",
                left: "the data set".to_owned(),
                left_examples: genes.keys().take(4).cloned().collect(),
                right: path.display().to_string(),
                right_examples: table.gene_ids().take(4).map(str::to_owned).collect(),
            });
        }
        let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { names: table.names, source, by_gene, missing: BTreeMap::new() })
    }

    /// The half-life features of the genes of an annotation whose identifiers are wanted, on a genome. Each gene goes by the
    /// identifier that it has in `places`.
    ///
    /// # Errors
    ///
    /// What the genome's file gives.
    pub(super) fn half_life(
        annotation: &Annotation,
        places: &[NamedPlace],
        names: &ContigNames,
        genome: &dyn ReferenceGenome,
        is_wanted: impl Fn(&str) -> bool,
        progress: &mut dyn FnMut(PrepareProgress),
    ) -> Result<Self> {
        let named = annotation.genes.iter().zip(places.iter().map(|place| place.gene_id.as_str()));
        let wanted: Vec<(&Gene, &str)> = named.filter(|(_, gene_id)| is_wanted(gene_id)).collect();
        let mut found = Self {
            names: HALF_LIFE_FEATURES.map(str::to_owned).to_vec(),
            source: ANNOTATION.to_owned(),
            ..Self::default()
        };
        let total = Some(wanted.len() as u64);
        for (done, part) in wanted.chunks(REPORT_EVERY as usize).enumerate() {
            progress(PrepareProgress::new(PrepareStage::GeneFeatures, done as u64 * REPORT_EVERY, total));
            let of_part: Vec<Result<[f32; 8], MissingHalfLife>> =
                part.par_iter().map(|(gene, _)| gene_half_life_features(gene, names, genome)).collect::<Result<_, _>>()?;
            for ((_, gene_id), features) in part.iter().zip(of_part) {
                // The first gene of an identifier counts, as for windows.
                if found.by_gene.contains_key(*gene_id) || found.missing.contains_key(*gene_id) {
                    continue;
                }
                match features {
                    Ok(features) => drop(found.by_gene.insert((*gene_id).to_owned(), features.to_vec())),
                    Err(missing) => drop(found.missing.insert((*gene_id).to_owned(), missing.name().to_owned())),
                }
            }
        }
        progress(PrepareProgress::new(PrepareStage::GeneFeatures, wanted.len() as u64, total));
        Ok(found)
    }

    /// Gives further TSSs the features of their genes.
    pub(super) fn extend_to(&mut self, genes: &BTreeMap<String, Candidate>) {
        for (gene_id, gene) in genes.iter().filter(|(_, gene)| gene.place.alternative_of.is_some()) {
            if let Some(features) = self.by_gene.get(gene.measured_as(gene_id)).cloned() {
                self.by_gene.insert(gene_id.clone(), features);
            }
        }
    }

    /// Takes genes without features out, and notes each.
    pub(super) fn require(&self, genes: &mut BTreeMap<String, Candidate>, qc: &mut QcLog) -> usize {
        let before = genes.len();
        genes.retain(|gene_id, gene| {
            let stays = self.by_gene.contains_key(gene_id);
            if !stays {
                qc.drop(gene_id, GENE_FEATURES, DropReason::NoGeneFeatures, self.reason(gene.measured_as(gene_id)));
            }
            stays
        });
        before - genes.len()
    }

    /// The features of `genes` in their order, with the record of them.
    ///
    /// # Errors
    ///
    /// [`DatasetError::NoGeneFeatures`] where no gene has any.
    pub(super) fn of_genes(&self, genes: &[(String, Candidate)]) -> Result<(GeneFeatures, GeneFeatureRecord)> {
        let rows = genes.iter().map(|(gene_id, _)| self.by_gene.get(gene_id).cloned());
        let features = GeneFeatures::new(self.names.clone(), rows);
        let with = (0..genes.len()).filter(|&gene| features.of(gene).is_some()).count();
        if with == 0 {
            return Err(DatasetError::NoGeneFeatures { reasons: self.summary() });
        }
        let mut missing: BTreeMap<String, usize> = BTreeMap::new();
        for (gene_id, gene) in genes.iter().filter(|(gene_id, _)| !self.by_gene.contains_key(gene_id)) {
            *missing.entry(self.reason(gene.measured_as(gene_id)).to_owned()).or_default() += 1;
        }
        let record = GeneFeatureRecord { names: self.names.clone(), genes: with, source: self.source.clone(), missing };
        Ok((features, record))
    }

    /// Why genes have none, with their numbers.
    fn summary(&self) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for reason in self.missing.values() {
            *counts.entry(reason).or_default() += 1;
        }
        counts.iter().map(|(reason, count)| format!("{reason} {count}")).collect::<Vec<_>>().join(", ")
    }

    fn reason(&self, gene_id: &str) -> &str {
        self.missing.get(gene_id).map_or(NOT_NAMED, String::as_str)
    }
}
