//! Check of windows that a caller made, before a model reads them.

use tatabox_model::{ModelWindow, Predictor};
use tatabox_sequence::UNKNOWN;

use crate::error::{Result, ensure};

/// Checks that a window has the length of the model's extent, nucleotide codes only, and the model's auxiliary inputs.
///
/// # Errors
/// One of them is not as the model reads it; the error names `id`.
pub(crate) fn check_window<W: ModelWindow + ?Sized>(window: &W, id: &str, predictor: &Predictor) -> Result<()> {
    let (bases, extent) = (window.bases(), predictor.extent());
    ensure!(
        bases.len() == extent.total_bp() as usize,
        "{id}: the window has {} bp; the model reads {extent} ({} bp)",
        bases.len(),
        extent.total_bp()
    );
    let invalid = bases.iter().position(|&code| code > UNKNOWN);
    if let Some(index) = invalid {
        let code = bases[index];
        crate::error::bail!("{id}: code {code} at index {index} is not a nucleotide code (A 0, C 1, G 2, T 3, N 4)");
    }
    Ok(predictor.check_window(window, id)?)
}
