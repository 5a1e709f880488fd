//! Options for an expression table that replaces the measurements of a data set.

use std::path::{Path, PathBuf};

use clap::Args;
use tatabox_dataset::ExpressionConfig;

use crate::args::data::expression_source::{TableArg, ValueScale, add_source, table};

/// Measurements in place of those of the data set.
#[derive(Debug, Args)]
pub(crate) struct MeasurementArgs {
    /// Expression table whose measurements replace those of the data set, in a format of `prepare`
    #[arg(long, value_name = "[CELL=]TABLE", help_heading = "Data", value_parser = table)]
    expression: Vec<TableArg>,
    /// Scale of the values in that table: tpm, fpkm, counts or log2 [default: that of the format, else tpm]
    #[arg(long, value_name = "SCALE", help_heading = "Data", requires = "expression", hide_possible_values = true)]
    scale: Option<ValueScale>,
    /// Annotation with the genes of transcripts and the lengths of genes, for tables that state neither: GTF or GFF3 (.gz)
    #[arg(long, value_name = "FILE", help_heading = "Data", requires = "measured")]
    pub(crate) annotation: Option<PathBuf>,
}

impl MeasurementArgs {
    /// The tables, if one is named.
    pub(crate) fn config(&self) -> Option<ExpressionConfig> {
        let mut sources = Vec::new();
        for table in &self.expression {
            add_source(&mut sources, table.clone(), None, self.scale.map(ValueScale::known));
        }
        (!sources.is_empty()).then(|| ExpressionConfig::of(sources).with_annotation(self.annotation.clone()))
    }

    /// Paths of the tables and of the annotation.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let tables = self
            .config()
            .into_iter()
            .flat_map(|config| config.paths().into_iter().map(Path::to_owned).collect::<Vec<_>>());
        tables.chain(self.annotation.clone()).collect()
    }
}

/// Replicates in a table, and the annotation that it may need.
pub(crate) fn replicate_tables(table: Option<&Path>, annotation: Option<&Path>) -> Option<ExpressionConfig> {
    table.map(|table| ExpressionConfig::from(table).with_annotation(annotation.map(Path::to_owned)))
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tatabox_dataset::{ExpressionSource, Scale};

    use super::*;

    #[derive(Parser)]
    #[command(group(clap::ArgGroup::new("measured").args(["expression"])))]
    struct Line {
        #[command(flatten)]
        args: MeasurementArgs,
    }

    #[test]
    fn measurement_args_give_a_table_with_its_scale() {
        let config = |line: &str| Line::parse_from(format!("train {line}").split_whitespace()).args.config();
        assert_eq!(config(""), None);
        assert_eq!(config("--expression my.tsv"), Some("my.tsv".into()));
        let source = ExpressionSource::Table { path: "my.tsv".into(), format: None, scale: Some(Scale::Log2) };
        assert_eq!(config("--expression my.tsv --scale log2").map(|config| config.sources), Some(vec![source]));
        let annotation = config("--expression my.tsv --annotation a.gtf").and_then(|config| config.annotation);
        assert_eq!(annotation, Some("a.gtf".into()));
        assert!(Line::try_parse_from(["train", "--annotation", "a.gtf"]).is_err());
    }
}
