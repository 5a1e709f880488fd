//! Stand-in for figures in builds without the feature `plot`.

use std::path::Path;

use super::explanation::Explanation;
use crate::error::{Error, Result};
use crate::model_store::Model;

/// Writer that refuses to draw.
pub(super) struct FigureWriter {
    requested: usize,
}

impl FigureWriter {
    pub(super) fn new(_folder: &Path, requested: usize, _model: &Model) -> Self {
        Self { requested }
    }

    /// Refuses figures that were requested.
    pub(super) fn draw(&mut self, _explanation: &Explanation, _cell_types: &[usize]) -> Result<()> {
        if self.requested == 0 {
            return Ok(());
        }
        let problem =
            format!("{}; this build draws no figures (feature `plot`), so that 0 is expected", self.requested);
        Err(Error::request("max_figures", problem))
    }

    /// Writes nothing.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the writer of figures has the same signature")]
    pub(super) fn finish(&self) -> Result<()> {
        Ok(())
    }

    /// Number of figures that were not drawn.
    #[expect(clippy::unused_self, reason = "the writer that draws has the same signature")]
    pub(super) fn skipped(&self) -> usize {
        0
    }
}
