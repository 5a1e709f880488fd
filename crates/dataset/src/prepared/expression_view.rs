//! Views of a data set with another expression table or another set of genes for scaling.

use std::path::Path;
use std::sync::Arc;

use tatabox_sequence::InputCopies;

use super::{ExpressionMatch, PreparedDataset, check_cell_type_names};
use crate::assay::{Assay, RowSource, check_output_names};
use crate::error::{DatasetError, Result, examples};
use crate::expression::{
    ExpressionConfig, ExpressionSource, GeneModel, JoinedExpression, ResolvedSource, Scale, TargetTransform,
    read_sources, resolve_sources, tpm_to_log2,
};
use crate::gene_match::GeneName;
use crate::io::checksum::{InputFile, sha256_bytes};
use crate::split::Split;

/// Role of the expression table in the list of inputs.
const EXPRESSION_ROLE: &str = "expression";
/// Role of the annotation that the tables use.
const ANNOTATION_ROLE: &str = "annotation of expression";

impl PreparedDataset {
    /// View with the columns of other expression tables.
    ///
    /// Genes, splits and windows are shared. The transform is fitted on the train genes of the new columns, and the
    /// checksum combines those of the table and the data set. A gene without a row has no measurement.
    ///
    /// # Errors
    ///
    /// The errors of [`crate::ExpressionTable::read`]; [`DatasetError::NoSharedNames`] if no row matches a gene of the data
    /// set; [`DatasetError::TooFewMeasurements`] for a column with too few train genes.
    pub fn expression_view(&self, expression: impl Into<ExpressionConfig>) -> Result<(Self, ExpressionMatch)> {
        let config = expression.into();
        let annotation = config.annotation.as_deref();
        let tables = config.paths().into_iter().map(|path| (EXPRESSION_ROLE, path));
        let _copies = InputCopies::of(tables.chain(annotation.map(|path| (ANNOTATION_ROLE, path))))?;
        let sources = resolve_sources(&config)?;
        let model = GeneModel::for_sources(annotation, &sources)?;
        let JoinedExpression { table, record, excluded, .. } = read_sources(&config, &sources, model.as_ref())?;
        check_cell_type_names(&table.cell_types)?;
        check_output_names(&table.cell_types, self.assays.iter().flat_map(|assay| &assay.record.outputs))?;
        let files: Vec<&Path> = sources.iter().flat_map(ResolvedSource::files).collect();
        let mut inputs = files.iter().map(|path| InputFile::read(EXPRESSION_ROLE, path)).collect::<Result<Vec<_>>>()?;
        if let Some(path) = annotation.filter(|_| model.is_some()) {
            inputs.push(InputFile::read(ANNOTATION_ROLE, path)?);
        }
        let (mut found, row_of_gene) = ExpressionMatch::rows_of(&self.genes, &table);
        let path = files[0];
        for (gene_id, reason, _) in &excluded {
            found.drop(*reason, gene_id);
        }
        if found.matched() == 0 {
            let names: Vec<GeneName<'_>> =
                self.genes.iter().map(|gene| GeneName::new(&gene.gene_id, gene.gene_name.as_deref())).collect();
            table.check_columns(&path.display().to_string(), table.columns_among(&names))?;
            return Err(DatasetError::NoSharedNames {
                what: "gene",
                left: path.display().to_string(),
                left_examples: table.gene_ids.iter().take(4).cloned().collect(),
                right: format!("data set {}", self.name()),
                right_examples: self.genes.iter().take(4).map(|gene| gene.gene_id.clone()).collect(),
            });
        }
        let missing = vec![f32::NAN; table.cell_types.len()];
        let log2_tpm: Arc<[f32]> = row_of_gene
            .iter()
            .flat_map(|row| row.map_or(missing.as_slice(), |row| table.row(row)))
            .map(|&tpm| tpm_to_log2(f64::from(tpm)) as f32)
            .collect();

        let mut manifest = self.manifest.clone();
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        manifest.name = format!("{} with {file}", self.name());
        manifest.transform = TargetTransform::fit(&table.cell_types, &log2_tpm, &self.genes_in(Split::Train))?;
        manifest.cell_types = table.cell_types;
        manifest.inputs.retain(|input| input.role != EXPRESSION_ROLE);
        let mut identity = format!("{} {EXPRESSION_ROLE}", self.checksum);
        for input in &inputs {
            identity = format!("{identity} {}", input.sha256);
        }
        for scale in scales_of(&config) {
            identity = format!("{identity} {scale}");
        }
        manifest.inputs.splice(0..0, inputs);
        found.sources = record.sources;
        found.uses_annotation = model.is_some();
        for (reason, names) in &found.unmatched {
            tracing::info!(%reason, count = names.len(), examples = examples(names), "not matched");
        }
        let view = Self {
            directory: self.directory.clone(),
            manifest,
            checksum: sha256_bytes(identity.as_bytes()),
            split_checksum: self.split_checksum.clone(),
            genes: self.genes.clone(),
            log2_tpm,
            windows: Arc::clone(&self.windows),
            features: Arc::clone(&self.features),
            signals: self.signals.clone(),
            assays: Arc::clone(&self.assays),
        };
        Ok((view, found))
    }

    /// View whose transforms are fitted on `rows` only: genes, and [rows of assays](Self::row_source). A model trained on a subset
    /// of the train rows must not depend on the spread of the others. An assay with separate rows, none of which is listed,
    /// keeps its transform.
    ///
    /// # Errors
    ///
    /// [`DatasetError::TooFewMeasurements`] for a cell type or output with too few of these rows.
    pub fn scaled_on(&self, rows: &[usize]) -> Result<Self> {
        let (mut genes, mut of_assays) = (Vec::new(), vec![Vec::new(); self.assays.len()]);
        for &row in rows {
            match self.row_source(row) {
                RowSource::Gene(gene) => genes.push(gene),
                RowSource::Assay { assay, row } => of_assays[assay].push(row),
            }
        }
        let mut view = self.clone();
        view.manifest.transform = TargetTransform::fit(self.cell_types(), &self.log2_tpm, &genes)?;
        let scaled = |(assay, rows): (&Assay, &Vec<usize>)| match (assay.measures_genes(), rows.as_slice()) {
            (true, _) => assay.clone().scaled_on(&genes),
            (false, []) => Ok(assay.clone()),
            (false, rows) => assay.clone().scaled_on(rows),
        };
        let assays: Vec<Assay> = self.assays.iter().zip(&of_assays).map(scaled).collect::<Result<_>>()?;
        view.manifest.assays = assays.iter().map(|assay| assay.record.clone()).collect();
        view.assays = assays.into();
        Ok(view)
    }
}

/// Scales that are stated for the tables.
fn scales_of(config: &ExpressionConfig) -> impl Iterator<Item = &'static str> {
    config.sources.iter().filter_map(|source| match source {
        ExpressionSource::Table { scale, .. } | ExpressionSource::Samples { scale, .. } => scale.map(Scale::as_str),
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::{DropReason, PrepareConfig, SimulateConfig, prepare, simulate};

    fn simulated(folder: &Path) -> PreparedDataset {
        let config = SimulateConfig { genes: 120, ..SimulateConfig::default() };
        simulate(&config, &folder.join("files")).expect("simulated");
        let mut prepared = PrepareConfig::new(folder.join("files/expression.tsv"), folder.join("set"), config.geometry);
        prepared.promoters = Some(folder.join("files/promoters.fa"));
        prepare(&prepared, &mut |_| {}).expect("prepared");
        PreparedDataset::open(&folder.join("set")).expect("opened")
    }

    /// Table of the genes for which `tpm` returns a value.
    fn table(folder: &Path, dataset: &PreparedDataset, tpm: impl Fn(usize) -> Option<f64>) -> PathBuf {
        let mut text = "gene_id\tNEW\n".to_owned();
        for (gene, entry) in dataset.genes().iter().enumerate() {
            if let Some(tpm) = tpm(gene) {
                writeln!(text, "{}\t{tpm}", entry.gene_id).expect("text");
            }
        }
        let path = folder.join("new.tsv");
        fs::write(&path, text).expect("written");
        path
    }

    #[test]
    fn expression_view_scales_new_targets_on_train_genes_and_shares_windows() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dataset = simulated(folder.path());
        let train = dataset.genes_in(Split::Train);
        // Train genes alternate between TPM 1 and 7, log2 1 and 3: mean 2, sd 1. The other genes have 1023 and must not
        // influence the fit.
        let of_gene = |gene: usize| match train.iter().position(|&other| other == gene) {
            Some(rank) if rank / 2 == train.len() / 2 => None,
            Some(rank) => Some(if rank % 2 == 0 { 1.0 } else { 7.0 }),
            None => Some(1023.0),
        };
        let path = table(folder.path(), &dataset, of_gene);
        let (view, found) = dataset.expression_view(&path).expect("fits");
        assert_eq!(view.cell_types(), ["NEW"]);
        assert!((view.transform().mean[0] - 2.0).abs() < 1e-6 && (view.transform().sd[0] - 1.0).abs() < 1e-6);
        assert_eq!(found.by_id, 120 - train.len() % 2);
        let without = found.unmatched.get(&DropReason::NoExpressionRow).map_or(0, Vec::len);
        assert_eq!(without, train.len() % 2);
        assert_eq!(view.genes(), dataset.genes());
        let (mut of_view, mut of_set) = (Vec::new(), Vec::new());
        view.window_codes(7, 0..100, &mut of_view);
        dataset.window_codes(7, 0..100, &mut of_set);
        assert_eq!(of_view, of_set);
        assert_eq!(view.manifest().inputs[0].path, path.display().to_string());
    }

    #[test]
    fn expression_view_checksum_combines_table_and_data_set() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dataset = simulated(folder.path());
        let checksum = |shift: f64| {
            let path = table(folder.path(), &dataset, |gene| Some(gene as f64 + shift));
            dataset.expression_view(&path).expect("fits").0.checksum().to_owned()
        };
        assert_eq!(checksum(0.0), checksum(0.0));
        assert_ne!(checksum(0.0), checksum(1.0));
        assert_ne!(checksum(0.0), dataset.checksum());
        let path = table(folder.path(), &dataset, |gene| Some(gene as f64));
        let (view, _) = dataset.expression_view(&path).expect("fits");
        assert_eq!(view.split_checksum(), dataset.checksum(), "genes and splits are unchanged");
    }

    #[test]
    fn expression_view_counts_use_gene_lengths_of_an_annotation() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dataset = simulated(folder.path());
        // Exons of 100 bp and 300 bp in turn: equal counts are TPM in the ratio 3 to 1.
        let (mut gtf, mut counts) = (String::new(), "gene_id\tNEW\n".to_owned());
        for (gene, entry) in dataset.genes().iter().enumerate() {
            let (start, end) = (1 + 1000 * gene, 1000 * gene + if gene % 2 == 0 { 100 } else { 300 });
            let id = &entry.gene_id;
            for row in ["transcript", "exon"] {
                let attributes = format!("gene_id \"{id}\"; transcript_id \"T{gene}\";");
                writeln!(gtf, "chr1\tx\t{row}\t{start}\t{end}\t.\t+\t.\t{attributes}").expect("text");
            }
            writeln!(counts, "{id}\t{}", 50 + gene % 3 / 2).expect("text");
        }
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("written");
            path
        };
        let (annotation, path) = (put("a.gtf", &gtf), put("counts.tsv", &counts));
        let source = ExpressionSource::Table { path, format: None, scale: Some(Scale::Counts) };
        let config = ExpressionConfig::of(vec![source]);
        let error = dataset.expression_view(config.clone()).expect_err("no lengths").to_string();
        assert!(error.contains("length"), "{error}");
        let (view, found) = dataset.expression_view(config.with_annotation(Some(annotation.clone()))).expect("counts");
        let tpm = |gene: usize| f64::from(view.log2_tpm(gene, 0)).exp2() - 1.0;
        assert!((tpm(0) / tpm(1) - 3.0).abs() < 1e-3, "{} {}", tpm(0), tpm(1));
        assert!(found.uses_annotation);
        assert_eq!(view.manifest().inputs[1], InputFile::read(ANNOTATION_ROLE, &annotation).expect("there"));

        let path = table(folder.path(), &dataset, |gene| Some(gene as f64));
        let config = ExpressionConfig::from(&path).with_annotation(Some(annotation));
        let (view, found) = dataset.expression_view(config).expect("TPM");
        assert!(!found.uses_annotation && view.manifest().inputs.iter().all(|input| input.role != ANNOTATION_ROLE));
    }

    #[test]
    fn expression_view_without_common_gene_returns_error() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dataset = simulated(folder.path());
        let path = folder.path().join("other.tsv");
        fs::write(&path, "gene_id\tNEW\nMOUSE1\t1\nMOUSE2\t2\n").expect("written");
        let error = dataset.expression_view(&path).expect_err("no gene").to_string();
        assert!(error.contains("MOUSE1, MOUSE2") && error.contains("no gene of"), "{error}");
        let ids: Vec<&str> = dataset.genes()[..5].iter().map(|gene| gene.gene_id.as_str()).collect();
        fs::write(&path, format!("sample\t{}\nK562\t1\t2\t3\t4\t5\nHepG2\t1\t2\t3\t4\t5\n", ids.join("\t")))
            .expect("written");
        let error = dataset.expression_view(&path).expect_err("samples in rows").to_string();
        assert!(error.contains(&format!("such as {}", ids[..4].join(", "))) && error.contains("transpose"), "{error}");
    }

    #[test]
    fn scaled_on_fits_subset_only() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dataset = simulated(folder.path());
        let some = &dataset.genes_in(Split::Train)[..10];
        let view = dataset.scaled_on(some).expect("ten genes");
        let mean = some.iter().map(|&gene| f64::from(view.log2_tpm(gene, 0))).sum::<f64>() / 10.0;
        assert!((view.transform().mean[0] - mean).abs() < 1e-9);
        assert_eq!(view.checksum(), dataset.checksum());
        assert!(dataset.scaled_on(&some[..1]).is_err());
    }
}
