//! Training targets of genes.

use tatabox_dataset::PreparedDataset;

/// Targets of a batch, genes x cell types.
pub(crate) struct GeneTargets {
    /// z-scores of log2(TPM + 1); 0 where missing.
    pub z_scores: Vec<f32>,
    /// 1 where measured, 0 where missing.
    pub measured: Vec<f32>,
}

impl GeneTargets {
    /// Targets of `genes` in the columns `cell_types` of the data set.
    pub fn of(dataset: &PreparedDataset, genes: &[usize], cell_types: &[usize]) -> Self {
        let values = genes.len() * cell_types.len();
        let (mut z_scores, mut measured) = (Vec::with_capacity(values), Vec::with_capacity(values));
        for &gene in genes {
            for &cell_type in cell_types {
                let log2_tpm = f64::from(dataset.log2_tpm(gene, cell_type));
                let known = log2_tpm.is_finite();
                let z = if known { dataset.transform().to_z(cell_type, log2_tpm) } else { 0.0 };
                z_scores.push(z as f32);
                measured.push(f32::from(u8::from(known)));
            }
        }
        Self { z_scores, measured }
    }
}
