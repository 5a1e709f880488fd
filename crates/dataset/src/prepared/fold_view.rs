//! Views of a data set for the folds of a cross-validation.

use std::collections::HashMap;
use std::sync::Arc;

use tatabox_sequence::ChromosomeNames;

use super::{GeneEntry, PreparedDataset};
use crate::assay::{Assay, AssayRow, HeldOut};
use crate::error::Result;
use crate::expression::TargetTransform;
use crate::io::checksum::sha256_bytes;
use crate::split::{FoldFile, Folds, ListedGene, Split, SplitKey};

impl PreparedDataset {
    /// Assigns the genes to `count` folds of whole chromosomes; see [`Folds::assign`]. An alternative TSS is in the
    /// fold of its gene.
    ///
    /// # Errors
    ///
    /// The errors of [`Folds::assign`].
    pub fn folds(&self, count: usize, seed: u64) -> Result<Folds> {
        let (chromosomes, own) = (self.chromosomes(), self.own_genes());
        let folds = Folds::assign(&self.split_keys(&chromosomes, &own), self.geometry().len() as u64, seed, count)?;
        Ok(self.with_alternatives(&folds, &own))
    }

    /// Assigns the genes to the folds that a file lists, by chromosome or by gene. Returns the listed names that the data
    /// set lacks as well.
    ///
    /// # Errors
    ///
    /// [`DatasetError::InvalidSetting`](crate::DatasetError::InvalidSetting) for genes or chromosomes that the file does
    /// not list, and for fewer than three folds; [`DatasetError::EmptyFold`](crate::DatasetError::EmptyFold).
    pub fn listed_folds(&self, file: &FoldFile) -> Result<(Folds, Vec<String>)> {
        let (chromosomes, own) = (self.chromosomes(), self.own_genes());
        let listed = |&gene: &usize| ListedGene {
            gene_id: &self.genes[gene].gene_id,
            gene_name: self.genes[gene].gene_name.as_deref(),
            chromosome: chromosomes[gene].as_deref(),
        };
        let (fold_of_gene, unused) = file.assign(&own.iter().map(listed).collect::<Vec<_>>())?;
        let (keys, window_bp) = (self.split_keys(&chromosomes, &own), self.geometry().len() as u64);
        let folds = Folds::listed(&keys, window_bp, fold_of_gene, file.count(), file.checksum())?;
        Ok((self.with_alternatives(&folds, &own), unused))
    }

    /// Folds of all rows from those of the genes `own`.
    fn with_alternatives(&self, folds: &Folds, own: &[usize]) -> Folds {
        let position: HashMap<&str, usize> =
            own.iter().zip(0..).map(|(&gene, position)| (self.genes[gene].gene_id.as_str(), position)).collect();
        let of_row = |entry: &GeneEntry| position[entry.alternative_of.as_ref().unwrap_or(&entry.gene_id).as_str()];
        folds.of_rows(&self.genes.iter().map(of_row).collect::<Vec<_>>())
    }

    /// View with `fold` as the test split and part of the next fold as the validation split. Windows are shared, the
    /// transform is fitted on the train genes of the view, and every fold has its own checksum. Rows of assays follow the genes,
    /// and the transforms of the assays are fitted on their train rows.
    ///
    /// # Errors
    ///
    /// [`DatasetError::TooFewMeasurements`](crate::DatasetError::TooFewMeasurements) for a cell type or output with too
    /// few train genes or rows.
    pub fn fold_view(&self, folds: &Folds, fold: usize) -> Result<Self> {
        let mut genes = self.genes.clone();
        for (gene, split) in genes.iter_mut().zip(folds.splits(fold)) {
            gene.split = split;
        }
        let (chromosomes, own) = (self.chromosomes(), self.own_genes());
        let mut manifest = self.manifest.clone();
        manifest.name = format!("{}, fold {} of {}", self.name(), fold + 1, folds.count());
        let keys = self.split_keys(&chromosomes, &own);
        manifest.split = folds.of_rows(&own).summary(fold, &keys, self.geometry().len() as u64);
        let is_trained = |entry: &GeneEntry| entry.split == Split::Train && entry.alternative_of.is_none();
        let train: Vec<usize> = (0..genes.len()).filter(|&gene| is_trained(&genes[gene])).collect();
        manifest.transform = TargetTransform::fit(self.cell_types(), &self.log2_tpm, &train)?;
        let identity = format!("{} fold {fold} of {}", self.checksum, folds.identity());
        let checksum = sha256_bytes(identity.as_bytes());
        let assays = self.assays_in(&genes, &chromosomes, &|name| folds.split_by_name(fold, name));
        Self {
            directory: self.directory.clone(),
            manifest,
            split_checksum: checksum.clone(),
            checksum,
            genes,
            log2_tpm: Arc::clone(&self.log2_tpm),
            windows: Arc::clone(&self.windows),
            features: Arc::clone(&self.features),
            signals: self.signals.clone(),
            assays: Arc::clone(&self.assays),
        }
        .with_assays(assays)
    }

    /// Assays whose rows follow the splits of `genes`, which are on `chromosomes`.
    fn assays_in(
        &self,
        genes: &[GeneEntry],
        chromosomes: &[Option<String>],
        other: &dyn Fn(&str) -> Split,
    ) -> Vec<Assay> {
        let splits: Vec<Split> = genes.iter().map(|gene| gene.split).collect();
        let mut rows: Vec<Vec<AssayRow>> = self.assays.iter().map(|assay| assay.rows.to_vec()).collect();
        let names = self.assays.iter().map(|assay| assay.record.name.as_str());
        let mut of_assays: Vec<(&str, &mut [AssayRow])> = names.zip(rows.iter_mut().map(Vec::as_mut_slice)).collect();
        HeldOut::new(&splits, chromosomes, other).assign(&mut of_assays);
        self.assays.iter().zip(rows).map(|(assay, rows)| Assay { rows: rows.into(), ..assay.clone() }).collect()
    }

    /// Chromosome of each gene, if its contig is known.
    pub fn chromosomes(&self) -> Vec<Option<String>> {
        let names = self.chromosome_names();
        self.genes.iter().map(|gene| gene.chrom.as_deref().map(|contig| names.of(contig))).collect()
    }

    /// Names of the chromosomes that the contigs of the genes belong to.
    pub(crate) fn chromosome_names(&self) -> ChromosomeNames {
        ChromosomeNames::new(self.genes.iter().filter_map(|gene| gene.chrom.as_deref()))
    }

    /// Indices of the genes without alternative TSSs.
    fn own_genes(&self) -> Vec<usize> {
        (0..self.genes.len()).filter(|&gene| self.genes[gene].alternative_of.is_none()).collect()
    }

    fn split_keys<'a>(&self, chromosomes: &'a [Option<String>], genes: &[usize]) -> Vec<SplitKey<'a>> {
        let key = |&gene: &usize| {
            let entry = &self.genes[gene];
            SplitKey::new(entry.chrom.as_deref(), chromosomes[gene].as_deref(), entry.tss)
        };
        genes.iter().map(key).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{PrepareConfig, SimulateConfig, prepare, simulate};

    fn simulated(folder: &Path) -> PreparedDataset {
        let config = SimulateConfig { genes: 200, ..SimulateConfig::default() };
        simulate(&config, &folder.join("files")).expect("simulated");
        let expression = folder.join("files/expression.tsv");
        let mut prepared = PrepareConfig::new(expression, folder.join("set"), config.geometry);
        prepared.promoters = Some(folder.join("files/promoters.fa"));
        prepare(&prepared, &mut |_| {}).expect("prepared");
        PreparedDataset::open(&folder.join("set")).expect("opened")
    }

    #[test]
    fn fold_view_holds_out_chromosomes_and_scales_on_its_train_genes() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dataset = simulated(folder.path());
        let folds = dataset.folds(5, 42).expect("23 chromosomes");
        let views: Vec<PreparedDataset> =
            (0..5).map(|fold| dataset.fold_view(&folds, fold).expect("enough genes")).collect();
        let tested: usize = views.iter().map(|view| view.genes_in(Split::Test).len()).sum();
        assert_eq!(tested, dataset.len(), "every gene is tested once");
        for view in &views {
            let chromosomes = view.chromosomes();
            let test: Vec<_> = view.genes_in(Split::Test).into_iter().map(|gene| &chromosomes[gene]).collect();
            assert!(view.genes_in(Split::Train).into_iter().all(|gene| !test.contains(&&chromosomes[gene])));
            let train = view.genes_in(Split::Train);
            let mean = train.iter().map(|&gene| f64::from(view.log2_tpm(gene, 0))).sum::<f64>() / train.len() as f64;
            assert!((view.transform().mean[0] - mean).abs() < 1e-9);
        }
        assert_ne!(views[0].checksum(), views[1].checksum());
        assert_eq!(views[0].manifest().split.test.genes, views[0].genes_in(Split::Test).len());
        let (mut of_view, mut of_set) = (Vec::new(), Vec::new());
        views[3].window_codes(7, 0..100, &mut of_view);
        dataset.window_codes(7, 0..100, &mut of_set);
        assert_eq!(of_view, of_set);
    }
}
