//! Import of weights as a model folder.

use std::path::{Path, PathBuf};

use tatabox_model::{ImportFiles, ImportedModel, RunDirectory};

use crate::error::{Context, Error, Result};
use crate::output_paths::OutputPaths;
use crate::train::{check_model_name, run_record};

/// Request to make a model folder from weights.
///
/// ```
/// use tatabox::exchange::ImportRequest;
///
/// let mut request = ImportRequest::new("state_dict.safetensors", "models/mine");
/// request.config = Some("config.json".into());
/// request.transform = Some("transform.json".into());
/// request.validate()?;
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// safetensors file: an exported model, the weights of a model folder, or a PyTorch state dict.
    pub weights: PathBuf,
    /// Configuration of the network; `None` where the weights contain it, as an exported model does.
    pub config: Option<PathBuf>,
    /// Mean and standard deviation of each output; `None` where the weights contain them.
    pub transform: Option<PathBuf>,
    /// Folder to write.
    pub output: PathBuf,
    /// Whether a model in that folder is replaced.
    pub replace: bool,
    /// Command as typed, for the run record.
    pub command: Vec<String>,
}

/// Result of an import.
///
/// ```no_run
/// # fn show(summary: tatabox::exchange::ImportSummary) {
/// println!("{}, scores: {}", summary.model.display(), summary.has_scores);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSummary {
    /// Folder of the model.
    pub model: PathBuf,
    /// Whether the tensors had the names of PyTorch.
    pub from_torch: bool,
    /// Whether the weights came with validation scores.
    pub has_scores: bool,
}

impl ImportRequest {
    /// An import of weights that contain their configuration and transform.
    pub fn new(weights: impl Into<PathBuf>, output: impl Into<PathBuf>) -> Self {
        Self {
            weights: weights.into(),
            config: None,
            transform: None,
            output: output.into(),
            replace: false,
            command: Vec::new(),
        }
    }

    /// Checks the name of the folder to write.
    ///
    /// # Errors
    /// The path does not end with a valid name of a model.
    pub fn validate(&self) -> Result<()> {
        self.run().map(drop)
    }

    fn run(&self) -> Result<RunDirectory> {
        let name = self.output.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
            let problem = format!("{} does not end with a name; expected a folder", self.output.display());
            Error::request("output", problem)
        })?;
        check_model_name("output", name)?;
        Ok(RunDirectory::new(self.output.parent().unwrap_or(Path::new("")), name))
    }
}

/// Makes a model folder from weights. Every tensor that is missing, unexpected or of another shape is named.
///
/// # Errors
/// The weights do not have the tensors of the configuration, a file is missing or damaged, an input is in the folder to write, or
/// the folder exists.
///
/// # Examples
///
/// ```no_run
/// use tatabox::exchange::{self, ImportRequest};
///
/// let summary = exchange::import(&ImportRequest::new("human.safetensors", "models/human"))?;
/// assert!(summary.has_scores);
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn import(request: &ImportRequest) -> Result<ImportSummary> {
    let run = request.run()?;
    let mut paths = OutputPaths::default();
    paths.input("weights", &request.weights);
    for (role, path) in [("configuration", &request.config), ("transform", &request.transform)] {
        if let Some(path) = path {
            paths.input(role, path);
        }
    }
    paths.output_folder("output", run.path(), &[""]);
    paths.check()?;
    let files = ImportFiles { config: request.config.clone(), transform: request.transform.clone() };
    let imported = ImportedModel::read(&request.weights, &files).context("cannot import")?;
    imported.write(&run, run_record::of_import(&imported.config, &request.command), request.replace)?;
    Ok(ImportSummary {
        model: run.path().to_owned(),
        from_torch: imported.from_torch,
        has_scores: imported.metrics.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_request_output_must_end_with_a_model_name() {
        let run = |output: &str| ImportRequest::new("w", output).run();
        assert_eq!(run("models/mine").expect("valid").path(), Path::new("models/mine"));
        assert_eq!(run("mine").expect("valid").path(), Path::new("mine"));
        for output in ["..", "/", "models/my model"] {
            assert!(run(output).is_err(), "{output}");
        }
    }
}
