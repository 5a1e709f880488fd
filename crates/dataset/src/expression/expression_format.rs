//! Names of the formats of expression tables.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Format of an expression table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ExpressionFormat {
    /// Genes by cell types: TSV, CSV or parquet.
    Matrix,
    /// Genes by epigenomes in RPKM: `57epigenomes.RPKM.pc.gz` of the Roadmap Epigenomics Consortium.
    Roadmap,
    /// Long table with one row per gene and cell line, tissue or cell type, such as `rna_celline.tsv` of the Human Protein
    /// Atlas.
    Hpa,
    /// ENCODE gene quantifications (RSEM), one file per replicate, listed in a sample sheet.
    Encode,
    /// Genes by samples with the version and dimensions of GCT, as of GTEx.
    Gct,
    /// Cell lines by genes, as of `DepMap`.
    DepMap,
    /// Quantification of one sample by salmon: `quant.sf`, `quant.genes.sf`.
    Salmon,
    /// Quantification of one sample by kallisto: `abundance.tsv`.
    Kallisto,
    /// Gene abundances of one sample by `StringTie`.
    StringTie,
    /// Quantification of one sample by RSEM: `isoforms.results`, `genes.results`.
    Rsem,
    /// Quantification of one sample by Cufflinks: `genes.fpkm_tracking`.
    Cufflinks,
    /// Read counts with the lengths of the genes by featureCounts.
    FeatureCounts,
    /// Read counts of one sample by htseq-count.
    Htseq,
    /// Read counts of one sample by STAR: `ReadsPerGene.out.tab`.
    Star,
}

impl ExpressionFormat {
    /// All formats.
    pub const ALL: [Self; 14] = [
        Self::Matrix,
        Self::Roadmap,
        Self::Hpa,
        Self::Encode,
        Self::Gct,
        Self::DepMap,
        Self::Salmon,
        Self::Kallisto,
        Self::StringTie,
        Self::Rsem,
        Self::Cufflinks,
        Self::FeatureCounts,
        Self::Htseq,
        Self::Star,
    ];

    /// Name in `dataset.json` and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Roadmap => "roadmap",
            Self::Hpa => "hpa",
            Self::Encode => "encode",
            Self::Gct => "gct",
            Self::DepMap => "depmap",
            Self::Salmon => "salmon",
            Self::Kallisto => "kallisto",
            Self::StringTie => "stringtie",
            Self::Rsem => "rsem",
            Self::Cufflinks => "cufflinks",
            Self::FeatureCounts => "featurecounts",
            Self::Htseq => "htseq",
            Self::Star => "star",
        }
    }

    /// Name of the program or project.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Roadmap => "Roadmap Epigenomics",
            Self::Hpa => "Human Protein Atlas",
            Self::Encode | Self::Rsem => "RSEM",
            Self::Gct => "GCT",
            Self::DepMap => "DepMap",
            Self::Salmon => "salmon",
            Self::Kallisto => "kallisto",
            Self::StringTie => "StringTie",
            Self::Cufflinks => "Cufflinks",
            Self::FeatureCounts => "featureCounts",
            Self::Htseq => "htseq-count",
            Self::Star => "STAR",
        }
    }

    /// Characteristic columns.
    pub(super) const fn columns(self) -> &'static str {
        match self {
            Self::Matrix => "`gene_id` and one column of TPM per cell type",
            Self::Roadmap => "`gene_id` and epigenomes such as `E003`, `E123`",
            Self::Hpa => {
                "`Gene`, `Gene name`, one of `Cell line`, `Tissue`, `Cell type`, and one of `TPM`, `pTPM`, `nTPM`"
            }
            Self::Encode => "a sample sheet with the columns `cell_type` and `file`",
            Self::Gct => "`#1.2` or `#1.3` in the first line",
            Self::DepMap => "one row per cell line and columns such as `TP53 (7157)`",
            Self::Salmon => "`Name`, `Length`, `EffectiveLength`, `TPM`, `NumReads`",
            Self::Kallisto => "`target_id`, `length`, `eff_length`, `est_counts`, `tpm`",
            Self::StringTie => "`Gene ID`, `Gene Name`, `Coverage`, `FPKM`, `TPM`",
            Self::Rsem => "`transcript_id`, `gene_id`, `effective_length`, `expected_count`, `TPM`, `FPKM`",
            Self::Cufflinks => "`tracking_id`, `gene_id`, `gene_short_name`, `FPKM`, `FPKM_status`",
            Self::FeatureCounts => "`Geneid`, `Length` and one column of read counts per sample",
            Self::Htseq => "genes and read counts without a header, and rows such as `__no_feature`",
            Self::Star => "four columns without a header, and rows such as `N_unmapped`",
        }
    }
}

impl fmt::Display for ExpressionFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expression_format_json_name_matches_display() {
        for format in ExpressionFormat::ALL {
            assert_eq!(serde_json::to_string(&format).expect("json"), format!("\"{format}\""));
        }
    }
}
