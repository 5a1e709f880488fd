//! Which cell types of a model a verb speaks of.

use anyhow::Result;
use clap::Args;

use crate::failure::usage;

/// Cell types of a model.
#[derive(Debug, Args)]
pub(crate) struct CellTypeArgs {
    /// Only these cell types; may be repeated [default: all of the model]
    #[arg(long, value_name = "NAME", help_heading = "Model", value_delimiter = ',')]
    cell_type: Vec<String>,
}

impl CellTypeArgs {
    /// Indices of the cell types named among `known`, in the order of the model; all where none is named.
    ///
    /// # Errors
    /// A name that the model does not have.
    pub(crate) fn indices(&self, known: &[String]) -> Result<Vec<usize>> {
        if let Some(unknown) = self.cell_type.iter().find(|name| !known.contains(name)) {
            return Err(usage(format!("--cell-type {unknown}: the model predicts {}", known.join(", "))));
        }
        let is_named = |index: &usize| self.cell_type.is_empty() || self.cell_type.contains(&known[*index]);
        Ok((0..known.len()).filter(is_named).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_meant_where_none_is_named() {
        let known = ["K562", "HepG2", "Jurkat"].map(str::to_owned);
        let named = |names: &[&str]| {
            CellTypeArgs { cell_type: names.iter().map(|&name| name.to_owned()).collect() }.indices(&known)
        };
        assert_eq!(named(&[]).expect("all"), [0, 1, 2]);
        assert_eq!(named(&["Jurkat", "K562"]).expect("known"), [0, 2]);
        let message = named(&["MCF7"]).expect_err("not of the model").to_string();
        assert_eq!(message, "--cell-type MCF7: the model predicts K562, HepG2, Jurkat");
    }
}
