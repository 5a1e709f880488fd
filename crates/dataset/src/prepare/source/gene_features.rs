//! Gene features of a data set, from annotation or from a table.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tatabox_sequence::{
    Annotation, AnnotationDetail, ContigNames, FeatureSet, Gene, HALF_LIFE_FEATURES, MissingHalfLife, ReferenceGenome,
    STRUCTURE_FEATURES, counted, gene_half_life_features, gene_structure_features, read_annotation,
};

use super::feature_table::{FeatureMatch, FeatureTable};
use super::gene_tss::GeneTss;
use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result, listed};
use crate::gene_match::GeneName;
use crate::prepare::candidate::Candidate;
use crate::prepare::progress::{PrepareProgress, PrepareStage, REPORT_EVERY};
use crate::prepare::qc_log::QcLog;
use crate::prepared::GeneFeatureRecord;
use crate::storage::GeneFeatures;

/// Role of a feature table in the list of inputs.
pub(crate) const GENE_FEATURES_ROLE: &str = "gene_features";

/// Source of gene features.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeneFeatureSource {
    /// mRNA half-life features, computed from annotation and genome.
    HalfLife,
    /// Structure features, computed from annotation alone.
    Structure,
    /// Table; see [`FeatureTable::read`].
    Table(PathBuf),
}

/// Features by gene, and the reasons for missing features.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct FoundFeatures {
    pub names: Vec<String>,
    /// Name of the source in the record.
    pub source: String,
    /// Name of the feature set, unless it is that of half-life features or of a table.
    pub feature_set: Option<String>,
    pub by_gene: BTreeMap<String, Vec<f32>>,
    /// Reasons for missing features, by gene where known.
    pub missing: BTreeMap<String, String>,
}

/// Source of half-life features in the record.
const ANNOTATION: &str = "annotation";

/// Reason in the record for a gene whose symbol names several genes or rows.
const AMBIGUOUS: &str = "ambiguous_name";

/// Reason in the record for a gene that the source does not list.
const NOT_LISTED: &str = "not_named";

impl FoundFeatures {
    /// Features of these genes from a table.
    ///
    /// # Errors
    ///
    /// The errors of [`FeatureTable::read`]; [`DatasetError::NoSharedNames`] if the table has none of the genes.
    pub(crate) fn from_table(path: &Path, genes: &BTreeMap<String, Candidate>) -> Result<Self> {
        let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self::of_table(FeatureTable::read(path)?, path, source, genes)
    }

    /// Structure features of these genes from an annotation.
    ///
    /// # Errors
    ///
    /// The errors of reading the annotation; [`DatasetError::NoSharedNames`] if it has none of the genes.
    pub(crate) fn structure(path: &Path, genes: &BTreeMap<String, Candidate>) -> Result<Self> {
        let annotation = read_annotation(path, AnnotationDetail::Structure)?;
        let (mut rows, mut reasons) = (Vec::with_capacity(annotation.genes.len()), HashMap::new());
        for gene in &annotation.genes {
            let features = gene_structure_features(gene);
            if let Err(missing) = &features {
                for name in [Some(&gene.gene_id), gene.gene_name.as_ref()].into_iter().flatten() {
                    reasons.entry(name.clone()).or_insert_with(|| missing.name().to_owned());
                }
            }
            let values = features.ok().map(|features| features.to_vec());
            rows.push((gene.gene_id.as_str(), gene.gene_name.as_deref(), values));
        }
        let names = STRUCTURE_FEATURES.map(str::to_owned).to_vec();
        let mut found = Self::of_table(FeatureTable::of_genes(names, rows), path, ANNOTATION.to_owned(), genes)?;
        found.feature_set = Some(FeatureSet::Structure.to_string());
        for (gene_id, gene) in genes.iter().filter(|(gene_id, _)| !found.by_gene.contains_key(*gene_id)) {
            let reason = reasons.get(gene_id).or_else(|| reasons.get(gene.metadata.gene_name.as_ref()?));
            if let Some(reason) = reason {
                found.missing.entry(gene_id.clone()).or_insert_with(|| reason.clone());
            }
        }
        Ok(found)
    }

    /// Features of these genes from a table that was read from `path`.
    fn of_table(table: FeatureTable, path: &Path, source: String, genes: &BTreeMap<String, Candidate>) -> Result<Self> {
        let own: Vec<(&String, &Candidate)> =
            genes.iter().filter(|(_, gene)| gene.metadata.alternative_of.is_none()).collect();
        let names: Vec<GeneName<'_>> =
            own.iter().map(|(id, gene)| GeneName::new(id, gene.metadata.gene_name.as_deref())).collect();
        let matches = table.match_genes(&names);
        let with = |is: fn(&FeatureMatch<'_>) -> bool| own.iter().zip(&matches).filter(move |(_, found)| is(found));
        let by_symbol = with(|found| found.is_by_symbol && found.values.is_some()).count();
        if by_symbol > 0 {
            tracing::info!(table = %path.display(), genes = by_symbol, "gene features matched by symbol");
        }
        let missing: BTreeMap<String, String> = with(|found| found.is_ambiguous)
            .map(|((gene_id, _), _)| ((*gene_id).clone(), AMBIGUOUS.to_owned()))
            .collect();
        if !missing.is_empty() {
            tracing::warn!(
                "{}: without features are {}, whose symbol names several genes or rows: {}",
                path.display(),
                counted(missing.len(), "gene"),
                listed(&missing.keys().cloned().collect::<Vec<_>>())
            );
        }
        let by_gene: BTreeMap<String, Vec<f32>> = own
            .iter()
            .zip(&matches)
            .filter_map(|((gene_id, _), found)| Some(((*gene_id).clone(), found.values?.to_vec())))
            .collect();
        if by_gene.is_empty() {
            return Err(DatasetError::NoSharedNames {
                what: "gene",
                left: "the data set".to_owned(),
                left_examples: genes.keys().take(4).cloned().collect(),
                right: path.display().to_string(),
                right_examples: table.gene_ids().take(4).map(str::to_owned).collect(),
            });
        }
        Ok(Self { names: table.names, source, feature_set: None, by_gene, missing })
    }

    /// Half-life features of the annotated genes whose identifiers satisfy `is_measured`. Each gene has the identifier
    /// given in `sites`.
    ///
    /// # Errors
    ///
    /// The errors of reading the genome.
    pub(crate) fn half_life(
        annotation: &Annotation,
        sites: &[GeneTss],
        names: &ContigNames,
        genome: &dyn ReferenceGenome,
        is_measured: impl Fn(&str) -> bool,
        progress: &mut dyn FnMut(PrepareProgress),
    ) -> Result<Self> {
        let named = annotation.genes.iter().zip(sites.iter().map(|site| site.gene_id.as_str()));
        let measured: Vec<(&Gene, &str)> = named.filter(|(_, gene_id)| is_measured(gene_id)).collect();
        let mut found = Self {
            names: HALF_LIFE_FEATURES.map(str::to_owned).to_vec(),
            source: ANNOTATION.to_owned(),
            ..Self::default()
        };
        let total = Some(measured.len() as u64);
        for (done, part) in measured.chunks(REPORT_EVERY as usize).enumerate() {
            progress(PrepareProgress::new(PrepareStage::GeneFeatures, done as u64 * REPORT_EVERY, total));
            let of_part: Vec<Result<[f32; 8], MissingHalfLife>> = part
                .par_iter()
                .map(|(gene, _)| gene_half_life_features(gene, names, genome))
                .collect::<Result<_, _>>()?;
            for ((_, gene_id), features) in part.iter().zip(of_part) {
                // The first gene with an identifier counts, as for windows.
                if found.by_gene.contains_key(*gene_id) || found.missing.contains_key(*gene_id) {
                    continue;
                }
                match features {
                    Ok(features) => drop(found.by_gene.insert((*gene_id).to_owned(), features.to_vec())),
                    Err(missing) => drop(found.missing.insert((*gene_id).to_owned(), missing.name().to_owned())),
                }
            }
        }
        progress(PrepareProgress::new(PrepareStage::GeneFeatures, measured.len() as u64, total));
        Ok(found)
    }

    /// Copies the features of genes to their alternative TSSs.
    pub(crate) fn extend_to(&mut self, genes: &BTreeMap<String, Candidate>) {
        for (gene_id, gene) in genes.iter().filter(|(_, gene)| gene.metadata.alternative_of.is_some()) {
            if let Some(features) = self.by_gene.get(gene.measured_as(gene_id)).cloned() {
                self.by_gene.insert(gene_id.clone(), features);
            }
        }
    }

    /// Removes genes without features and records each.
    pub(crate) fn require(&self, genes: &mut BTreeMap<String, Candidate>, qc: &mut QcLog) -> usize {
        let before = genes.len();
        genes.retain(|gene_id, gene| {
            let keep = self.by_gene.contains_key(gene_id);
            if !keep {
                qc.drop(
                    gene_id,
                    GENE_FEATURES_ROLE,
                    DropReason::NoGeneFeatures,
                    self.reason(gene.measured_as(gene_id)),
                );
            }
            keep
        });
        before - genes.len()
    }

    /// Features of `genes` in their order, with the record.
    ///
    /// # Errors
    ///
    /// [`DatasetError::NoGeneFeatures`] if no gene has features.
    pub(crate) fn of_genes(&self, genes: &[(String, Candidate)]) -> Result<(GeneFeatures, GeneFeatureRecord)> {
        let rows = genes.iter().map(|(gene_id, _)| self.by_gene.get(gene_id).cloned());
        let features = GeneFeatures::new(self.names.clone(), rows);
        let with = (0..genes.len()).filter(|&gene| features.get(gene).is_some()).count();
        if with == 0 {
            return Err(DatasetError::NoGeneFeatures { reasons: self.summary() });
        }
        let mut missing: BTreeMap<String, usize> = BTreeMap::new();
        for (gene_id, gene) in genes.iter().filter(|(gene_id, _)| !self.by_gene.contains_key(gene_id)) {
            *missing.entry(self.reason(gene.measured_as(gene_id)).to_owned()).or_default() += 1;
        }
        let record = GeneFeatureRecord {
            names: self.names.clone(),
            genes: with,
            source: self.source.clone(),
            feature_set: self.feature_set.clone(),
            missing,
        };
        Ok((features, record))
    }

    /// Reasons for missing features with their counts.
    fn summary(&self) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for reason in self.missing.values() {
            *counts.entry(reason).or_default() += 1;
        }
        counts.iter().map(|(reason, count)| format!("{reason} {count}")).collect::<Vec<_>>().join(", ")
    }

    fn reason(&self, gene_id: &str) -> &str {
        self.missing.get(gene_id).map_or(NOT_LISTED, String::as_str)
    }
}
