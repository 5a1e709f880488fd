//! Half-life features of messenger RNAs, computed from annotation and genome, and structure features, from annotation alone.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;
use tatabox_sequence::{
    AnnotationDetail, ContigNames, FeatureSet, Gene, ReferenceGenome, count_exclusions, gene_half_life_features,
    gene_structure_features, read_annotation,
};

use crate::error::{Error, Result};
use crate::inputs::{GenomeSource, open_genome};
use crate::observer::Observer;
use crate::output_paths::OutputPaths;
use crate::progress::{Progress, Unit};
use crate::tables::{Cell, Column, ColumnKind, TableOutput, row_writer};

/// Genes that are computed in parallel between two reports of progress.
const GENES_PER_CHUNK: usize = 512;

/// Annotation, genome and output of a table of gene features.
///
/// # Examples
///
/// ```no_run
/// use tatabox::Silent;
/// use tatabox::half_life::{self, HalfLifeRequest};
/// use tatabox::inputs::GenomeSource;
/// use tatabox::tables::TableOutput;
///
/// let mut request = HalfLifeRequest::new("gencode.gtf.gz", GenomeSource::new("hg38.2bit"));
/// request.output = TableOutput::to_file("half_life.tsv");
/// let summary = half_life::run(&request, &Silent)?;
/// println!("{} of {} genes have features", summary.genes_with_features(), summary.genes);
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HalfLifeRequest {
    /// GTF or GFF3.
    pub annotation: PathBuf,
    /// Features to compute.
    pub feature_set: FeatureSet,
    /// The genome of the annotation; required by half-life features, and by no other set.
    pub genome: Option<GenomeSource>,
    /// Table with one row per gene.
    pub output: TableOutput,
}

impl HalfLifeRequest {
    /// A table of half-life features on standard output.
    pub fn new(annotation: impl Into<PathBuf>, genome: GenomeSource) -> Self {
        Self { feature_set: FeatureSet::HalfLife, genome: Some(genome), ..Self::structure(annotation) }
    }

    /// A table of structure features on standard output.
    pub fn structure(annotation: impl Into<PathBuf>) -> Self {
        Self {
            annotation: annotation.into(),
            feature_set: FeatureSet::Structure,
            genome: None,
            output: TableOutput::default(),
        }
    }
}

/// Numbers of genes with and without features.
///
/// # Examples
///
/// ```
/// use tatabox::half_life::HalfLifeSummary;
///
/// assert_eq!(HalfLifeSummary::default().genes_with_features(), 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HalfLifeSummary {
    /// Genes of the annotation.
    pub genes: usize,
    /// Genes without features, by reason.
    pub missing: BTreeMap<&'static str, usize>,
    /// Genes, transcripts and parts of the annotation that are not read, by reason. They have no row in the table.
    pub excluded: BTreeMap<&'static str, usize>,
    /// Name of the output.
    pub destination: String,
}

impl HalfLifeSummary {
    /// Number of genes with features.
    pub fn genes_with_features(&self) -> usize {
        self.genes - self.genes_without_features()
    }

    /// Number of genes without features.
    pub fn genes_without_features(&self) -> usize {
        self.missing.values().sum()
    }
}

/// Computes the features of every gene of an annotation and writes them to a table.
///
/// # Errors
/// A genome is missing or not used, the output is an input, annotation or genome cannot be read or are of different assemblies, or the table cannot be written.
pub fn run(request: &HalfLifeRequest, observer: &dyn Observer) -> Result<HalfLifeSummary> {
    match (request.feature_set, &request.genome) {
        (FeatureSet::HalfLife, None) => {
            return Err(Error::request("genome", "half-life features require the genome of the annotation"));
        }
        (FeatureSet::Structure, Some(_)) => {
            return Err(Error::request("genome", "structure features are computed from the annotation alone; omit it"));
        }
        _ => {}
    }
    let mut paths = OutputPaths::default();
    paths.input("annotation", &request.annotation);
    if let Some(genome) = &request.genome {
        paths.genome(genome);
    }
    paths.destination("output", &request.output.destination);
    paths.check()?;
    let mut sink = request.output.destination.open()?;
    let genome = request.genome.as_ref().map(|genome| open_genome(genome, observer)).transpose()?;
    let annotation = read_annotation(&request.annotation, AnnotationDetail::Structure)?;
    let excluded = count_exclusions(&annotation.excluded);
    let excluded = excluded.into_iter().map(|(reason, count)| (reason.as_str(), count)).collect();
    let contigs = genome.as_ref().map_or(&[][..], |genome| genome.contigs());
    let names = ContigNames::new(contigs).with_accessions(&annotation.chromosome_accessions);
    if let Some(genome) = &genome {
        for warning in annotation.check_genome(&request.annotation, genome.as_ref(), &names)?.warnings() {
            observer.warn(&warning);
        }
    }
    let genes = annotation.genes;
    let mut summary =
        HalfLifeSummary { genes: genes.len(), excluded, destination: sink.name().to_owned(), ..Default::default() };

    let mut progress =
        Progress::start(observer, format!("{} features", request.feature_set), Some(genes.len() as u64), Unit::Records);
    let mut rows = row_writer(request.output.format, columns(request.feature_set), &mut sink)?;
    for (chunk, part) in genes.chunks(GENES_PER_CHUNK).enumerate() {
        let features: Vec<GeneFeatures> = part
            .par_iter()
            .map(|gene| GeneFeatures::of_gene(gene, &names, genome.as_deref()))
            .collect::<Result<_>>()?;
        for reason in features.iter().filter_map(|gene| gene.features.as_ref().err().copied()) {
            *summary.missing.entry(reason).or_default() += 1;
        }
        rows.write(
            part.iter().zip(features).map(|(gene, features)| features.into_row(gene, request.feature_set)).collect(),
        )?;
        progress.set((chunk * GENES_PER_CHUNK + part.len()) as u64);
    }
    rows.finish()?;
    progress.clear();
    sink.commit()?;
    Ok(summary)
}

/// Features of one gene.
struct GeneFeatures {
    transcript_id: String,
    /// The features, or the reason why there are none.
    features: Result<Vec<f32>, &'static str>,
}

impl GeneFeatures {
    /// Half-life features with a genome, structure features without.
    fn of_gene(gene: &Gene, names: &ContigNames, genome: Option<&dyn ReferenceGenome>) -> Result<Self> {
        let (transcript, features) = match genome {
            Some(genome) => {
                let features = gene_half_life_features(gene, names, genome)?;
                (gene.coding_transcript(), features.map(|features| features.to_vec()))
            }
            None => (gene.longest_cds(), gene_structure_features(gene).map(|features| features.to_vec())),
        };
        let transcript_id = transcript.map(|transcript| transcript.transcript_id.clone()).unwrap_or_default();
        Ok(Self { transcript_id, features: features.map_err(|missing| missing.name()) })
    }

    fn into_row(self, gene: &Gene, feature_set: FeatureSet) -> Vec<Cell> {
        let mut row = vec![
            Cell::text(gene.gene_id.clone()),
            Cell::text(gene.gene_name.clone().unwrap_or_default()),
            Cell::text(self.transcript_id),
        ];
        match &self.features {
            Ok(features) => row.extend(features.iter().map(|&value| Cell::real(f64::from(value)))),
            Err(_) => row.extend(feature_set.names().iter().map(|_| Cell::Absent)),
        }
        row.push(Cell::text(self.features.err().unwrap_or_default()));
        row
    }
}

fn columns(feature_set: FeatureSet) -> Vec<Column> {
    let mut columns: Vec<Column> =
        ["gene_id", "gene_name", "transcript_id"].map(|name| Column::new(ColumnKind::Text, name)).to_vec();
    columns.extend(feature_set.names().iter().map(|name| Column::new(ColumnKind::Real, name)));
    columns.push(Column::new(ColumnKind::Text, "reason"));
    columns
}
