//! Options for expression tables.

use anyhow::Result;
use clap::{ArgGroup, Args, ValueEnum};
use tatabox_dataset::{
    DuplicateCellType, ExpressionConfig, ExpressionFormat, ExpressionSource, Harmonise, HpaUnit, RpkmScale, SampleFiles,
};
use tatabox_sequence::counted;

use crate::args::data::expression_source::{TableArg, ValueScale, add_source, sample, table};
use crate::terminal::failure::usage;

/// Expression tables.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("tables").args(["expression", "encode"]).required(true).multiple(true)))]
pub(crate) struct ExpressionArgs {
    /// Expression table in one of the formats below; several are joined by gene. A file of one sample gets the name of its
    /// cell type: K562=quant.sf, or K562=rep1.sf,rep2.sf for the mean of replicates
    #[arg(long, value_name = "[CELL=]TABLE", help_heading = "Expression", value_parser = table)]
    expression: Vec<TableArg>,
    /// Gene quantifications of ENCODE (RSEM) for one cell type, one file per replicate; repeat for more cell types
    #[arg(long, value_name = "CELL=FILE[,FILE]", help_heading = "Expression", value_parser = sample)]
    encode: Vec<SampleFiles>,
    /// Format of the tables: one for all, or one per --expression [default: detected from the header]
    #[arg(long, value_name = "FORMAT", help_heading = "Expression", requires = "expression")]
    from: Vec<Format>,
    /// Scale of the values in the tables: one for all, or one per --expression [default: that of the format, else tpm]
    #[arg(long, value_name = "SCALE", help_heading = "Expression", requires = "expression")]
    scale: Vec<ValueScale>,
    /// Cell types to keep, in this order [default: all]
    #[arg(long, value_name = "NAME", help_heading = "Expression", value_delimiter = ',')]
    cell_types: Vec<String>,
    /// Unit to read from tables of the Human Protein Atlas
    #[arg(long, value_name = "UNIT", help_heading = "Expression", default_value = "ptpm")]
    hpa_unit: Unit,
    /// Conversion of RPKM: scaled to TPM, so that each cell type sums to a million, or kept
    #[arg(long, value_name = "SCALE", help_heading = "Expression", default_value = "tpm")]
    rpkm: Rpkm,
    /// Values to use where two tables have the same cell type [default: an error]
    #[arg(long, value_name = "RULE", help_heading = "Expression")]
    duplicate: Option<Duplicate>,
    /// Harmonisation of tables; it also removes real differences between their cell types
    #[arg(long, value_name = "METHOD", help_heading = "Expression", default_value = "none")]
    harmonise: Harmonisation,
}

/// Layout of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Genes by cell types: TSV, CSV, parquet
    Matrix,
    /// 57epigenomes.RPKM.pc.gz of Roadmap Epigenomics
    Roadmap,
    /// rna_celline.tsv of the Human Protein Atlas, its tables of tissues and cell types, or a .zip of one
    Hpa,
    /// A sample sheet of quantifications: columns cell_type and file
    Encode,
    /// GCT 1.2 or 1.3, as of GTEx and CCLE
    Gct,
    /// Cell lines by genes, as of DepMap
    #[value(name = "depmap")]
    DepMap,
    /// salmon: quant.sf, quant.genes.sf
    Salmon,
    /// kallisto: abundance.tsv
    Kallisto,
    /// StringTie: gene abundances (-A), t_data.ctab
    #[value(name = "stringtie")]
    StringTie,
    /// RSEM: genes.results, isoforms.results
    Rsem,
    /// Cufflinks: genes.fpkm_tracking
    Cufflinks,
    /// featureCounts
    #[value(name = "featurecounts")]
    FeatureCounts,
    /// htseq-count
    Htseq,
    /// STAR: ReadsPerGene.out.tab
    Star,
}

/// Unit of the Human Protein Atlas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Unit {
    /// TPM of all transcripts
    Tpm,
    /// TPM of protein-coding genes, a million in all
    Ptpm,
    /// pTPM normalised between samples (release 21 and later)
    Ntpm,
    /// Normalised expression (up to release 20)
    Nx,
}

/// Conversion of RPKM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Rpkm {
    /// RPKM / sum x 1,000,000 over the genes of the table
    Tpm,
    /// Unchanged
    Keep,
}

/// Choice between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Duplicate {
    /// The value of the first table
    First,
    /// Their mean
    Mean,
}

/// Harmonisation of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Harmonisation {
    /// None
    None,
    /// One distribution for all cell types, fitted on train genes
    Quantile,
    /// One mean per gene in all tables
    Offset,
}

impl ExpressionArgs {
    /// The configuration that these arguments describe: the tables, then the samples of --encode.
    pub(crate) fn into_config(self) -> Result<ExpressionConfig> {
        let (tables, formats) = (self.expression.len(), self.from.len());
        if formats > 1 && formats != tables {
            let [formats, tables] = [formats, tables].map(|count| counted(count, "time"));
            return Err(usage(format!(
                "--from is given {formats} and --expression {tables}; give it once, or once per table"
            )));
        }
        let scales = self.scale.len();
        if scales > 1 && scales != tables {
            let [scales, tables] = [scales, tables].map(|count| counted(count, "time"));
            return Err(usage(format!(
                "--scale is given {scales} and --expression {tables}; give it once, or once per table"
            )));
        }
        let format = |table: usize| self.from.get(if formats == 1 { 0 } else { table }).map(|format| format.known());
        let scale = |table: usize| self.scale.get(if scales == 1 { 0 } else { table }).map(|scale| scale.known());
        let mut sources: Vec<ExpressionSource> = Vec::new();
        for (index, table) in self.expression.into_iter().enumerate() {
            add_source(&mut sources, table, format(index), scale(index));
        }
        if !self.encode.is_empty() {
            sources.push(ExpressionSource::Samples { samples: self.encode, format: None, scale: None });
        }
        Ok(ExpressionConfig {
            cell_types: self.cell_types,
            hpa_unit: match self.hpa_unit {
                Unit::Tpm => HpaUnit::Tpm,
                Unit::Ptpm => HpaUnit::Ptpm,
                Unit::Ntpm => HpaUnit::Ntpm,
                Unit::Nx => HpaUnit::Nx,
            },
            rpkm: match self.rpkm {
                Rpkm::Tpm => RpkmScale::Tpm,
                Rpkm::Keep => RpkmScale::Keep,
            },
            duplicate: match self.duplicate {
                None => DuplicateCellType::Refuse,
                Some(Duplicate::First) => DuplicateCellType::First,
                Some(Duplicate::Mean) => DuplicateCellType::Mean,
            },
            harmonise: match self.harmonise {
                Harmonisation::None => Harmonise::None,
                Harmonisation::Quantile => Harmonise::Quantile,
                Harmonisation::Offset => Harmonise::Offset,
            },
            ..ExpressionConfig::of(sources)
        })
    }
}

impl Format {
    fn known(self) -> ExpressionFormat {
        match self {
            Self::Matrix => ExpressionFormat::Matrix,
            Self::Roadmap => ExpressionFormat::Roadmap,
            Self::Hpa => ExpressionFormat::Hpa,
            Self::Encode => ExpressionFormat::Encode,
            Self::Gct => ExpressionFormat::Gct,
            Self::DepMap => ExpressionFormat::DepMap,
            Self::Salmon => ExpressionFormat::Salmon,
            Self::Kallisto => ExpressionFormat::Kallisto,
            Self::StringTie => ExpressionFormat::StringTie,
            Self::Rsem => ExpressionFormat::Rsem,
            Self::Cufflinks => ExpressionFormat::Cufflinks,
            Self::FeatureCounts => ExpressionFormat::FeatureCounts,
            Self::Htseq => ExpressionFormat::Htseq,
            Self::Star => ExpressionFormat::Star,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use clap::Parser;
    use tatabox_dataset::Scale;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: ExpressionArgs,
    }

    fn config(line: &str) -> Result<ExpressionConfig> {
        Line::try_parse_from(format!("prepare {line}").split_whitespace())?.args.into_config()
    }

    fn table(path: &str, format: Option<ExpressionFormat>) -> ExpressionSource {
        ExpressionSource::Table { path: path.into(), format, scale: None }
    }

    #[test]
    fn expression_args_defaults_are_those_of_the_library() {
        assert_eq!(config("--expression e.tsv").expect("valid"), ExpressionConfig::from("e.tsv"));
        assert!(config("").is_err());
        assert!(config("--hpa-unit tpm --cell-types K562").is_err());
    }

    #[test]
    fn expression_args_format_applies_to_all_tables_or_to_one_each() {
        let (hpa, matrix) = (Some(ExpressionFormat::Hpa), Some(ExpressionFormat::Matrix));
        let sources = |line: &str| config(line).expect("valid").sources;
        assert_eq!(sources("--expression a --expression b --from hpa"), [table("a", hpa), table("b", hpa)]);
        assert_eq!(
            sources("--expression a --expression b --from hpa --from matrix"),
            [table("a", hpa), table("b", matrix)]
        );
        let error = config("--expression a --from hpa --from matrix").expect_err("two for one").to_string();
        assert!(error.starts_with("--from is given 2 times and --expression 1 time"), "{error}");
    }

    #[test]
    fn expression_args_samples_list_their_replicates() {
        let config =
            config("--encode K562=a.tsv,b.tsv --expression e --encode HepG2=c.tsv --duplicate mean").expect("valid");
        let sample = |cell_type: &str, files: &[&str]| SampleFiles {
            cell_type: cell_type.to_owned(),
            files: files.iter().map(PathBuf::from).collect(),
        };
        let samples = vec![sample("K562", &["a.tsv", "b.tsv"]), sample("HepG2", &["c.tsv"])];
        assert_eq!(
            config.sources,
            [table("e", None), ExpressionSource::Samples { samples, format: None, scale: None }]
        );
        assert_eq!(config.duplicate, DuplicateCellType::Mean);
        for bad in ["K562", "=a.tsv", "K562=", "K562=a,,b"] {
            assert!(super::sample(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn expression_args_named_files_form_one_source_per_scale() {
        let line = "--expression K562=a.sf,b.sf --expression t.tsv --expression HepG2=c.sf";
        let sample = |cell_type: &str, files: &[&str]| SampleFiles {
            cell_type: cell_type.to_owned(),
            files: files.iter().map(PathBuf::from).collect(),
        };
        let samples = vec![sample("K562", &["a.sf", "b.sf"]), sample("HepG2", &["c.sf"])];
        let source = |scale| ExpressionSource::Samples { samples: samples.clone(), format: None, scale };
        assert_eq!(config(line).expect("valid").sources, [source(None), table("t.tsv", None)]);
        let counts = config(&format!("{line} --scale counts")).expect("valid").sources;
        assert_eq!(counts[0], source(Some(Scale::Counts)));
        let error = config("--expression a --scale tpm --scale log2").expect_err("two for one").to_string();
        assert!(error.starts_with("--scale is given 2 times and --expression 1 time"), "{error}");
    }
}
