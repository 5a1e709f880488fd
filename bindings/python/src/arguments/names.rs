//! Choices by name.

use std::fmt::Display;
use std::str::FromStr;

use pyo3::prelude::*;
use tatabox::inputs::TssRange;
use tatabox_dataset::{Extent, Split};
use tatabox_model::{Architecture, DeviceChoice, Precision, Preset, SelectedDevice};

use crate::error::{IntoPython, request_error};

/// The choice with this name.
pub(crate) fn chosen<T: Clone>(py: Python<'_>, field: &str, name: &str, choices: &[(&str, T)]) -> PyResult<T> {
    let found = choices.iter().find(|(known, _)| *known == name);
    found.map(|(_, choice)| choice.clone()).ok_or_else(|| {
        let known: Vec<String> = choices.iter().map(|(known, _)| format!("'{known}'")).collect();
        request_error(py, field, format!("'{name}'; expected {}", known.join(", ")))
    })
}

/// A value from its text.
pub(crate) fn parsed<T: FromStr<Err: Display>>(py: Python<'_>, field: &str, text: &str) -> PyResult<T> {
    text.parse().map_err(|error: T::Err| {
        let problem = error.to_string();
        request_error(py, field, if problem.contains(text) { problem } else { format!("'{text}': {problem}") })
    })
}

pub(crate) fn split(py: Python<'_>, name: &str) -> PyResult<Split> {
    chosen(py, "split", name, &Split::ALL.map(|split| (split.as_str(), split)))
}

pub(crate) fn architecture(py: Python<'_>, name: &str) -> PyResult<Architecture> {
    chosen(py, "architecture", name, &Architecture::ALL.map(|architecture| (architecture.name(), architecture)))
}

pub(crate) fn preset(py: Python<'_>, name: &str) -> PyResult<Preset> {
    chosen(py, "preset", name, &[("small", Preset::Small), ("base", Preset::Base)])
}

pub(crate) fn device_choice(py: Python<'_>, name: &str) -> PyResult<DeviceChoice> {
    parsed(py, "device", name)
}

pub(crate) fn device(py: Python<'_>, name: &str) -> PyResult<SelectedDevice> {
    device_choice(py, name)?.select().into_python(py)
}

pub(crate) fn precision(py: Python<'_>, name: &str) -> PyResult<Precision> {
    parsed(py, "precision", name)
}

/// Positions relative to the TSS from a pair: the first, and one past the last.
pub(crate) fn range(py: Python<'_>, field: &str, (from_bp, to_bp): (i64, i64)) -> PyResult<TssRange> {
    if from_bp >= to_bp {
        return Err(request_error(
            py,
            field,
            format!("({from_bp}, {to_bp}); expected the first position and one past the last, relative to the TSS"),
        ));
    }
    Ok(TssRange { from_bp, to_bp })
}

/// Bases around the TSS from a pair: those before the TSS base, and those from it on.
pub(crate) fn extent((upstream_bp, downstream_bp): (u32, u32)) -> Extent {
    Extent { upstream_bp, downstream_bp }
}
