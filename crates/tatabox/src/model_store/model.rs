//! A trained model on a device.

use std::path::{Path, PathBuf};

use tatabox_dataset::Extent;
use tatabox_model::{DeviceChoice, LoadedModel, Predictor, SelectedDevice};

use crate::error::{Context, Error, Result};

/// A trained network, or an ensemble of networks, ready to predict.
pub struct Model {
    predictor: Predictor,
    folder: PathBuf,
    name: String,
    device: SelectedDevice,
}

impl Model {
    /// Loads the model in a folder to the CPU.
    ///
    /// # Errors
    /// The folder does not hold a trained model, or a file of it is damaged.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        Self::open_on(folder, DeviceChoice::Cpu.select()?)
    }

    /// Loads the model in a folder to a device.
    ///
    /// # Errors
    /// As [`Model::open`].
    pub fn open_on(folder: impl AsRef<Path>, device: SelectedDevice) -> Result<Self> {
        let folder = folder.as_ref();
        let model = LoadedModel::load(folder, &device.device)
            .with_context(|| format!("cannot use model {}", folder.display()))?;
        let predictor = Predictor::new(model, &device);
        Ok(Self { predictor, folder: folder.to_owned(), name: model_name(folder), device })
    }

    /// Name of the model: the name of its folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Folder of the model.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The device that computes.
    pub fn device(&self) -> &SelectedDevice {
        &self.device
    }

    /// Names of the cell types, in the order of the outputs.
    pub fn cell_types(&self) -> &[String] {
        self.predictor.cell_types()
    }

    /// Bases that the model reads around the TSS.
    pub fn extent(&self) -> Extent {
        self.predictor.extent()
    }

    /// Indices of the requested cell types, in the order of the model; all for an empty request.
    ///
    /// # Errors
    /// The model does not have a requested cell type.
    pub fn select_cell_types(&self, requested: &[String]) -> Result<Vec<usize>> {
        let known = self.cell_types();
        if let Some(unknown) = requested.iter().find(|name| !known.contains(name)) {
            let problem = format!("{unknown} is not among those of the model: {}", known.join(", "));
            return Err(Error::request("cell_types", problem));
        }
        let is_requested = |index: &usize| requested.is_empty() || requested.contains(&known[*index]);
        Ok((0..known.len()).filter(is_requested).collect())
    }

    /// Number of networks; 1 unless the model is an ensemble.
    pub fn members(&self) -> usize {
        self.predictor.members().len()
    }

    /// Whether the model was trained on simulated data only, so that its predictions mean nothing for real genes.
    pub fn is_simulated(&self) -> bool {
        self.predictor.members().iter().any(|member| member.config.data.simulated)
    }

    /// The network or networks.
    pub fn predictor(&self) -> &Predictor {
        &self.predictor
    }

    /// The network or networks, without the folder.
    pub fn into_predictor(self) -> Predictor {
        self.predictor
    }

    /// One line on the model: its name, members, extent, auxiliary inputs and cell types.
    pub fn summary(&self) -> String {
        let ensemble = self.predictor.ensemble();
        let ensemble = ensemble.map(|ensemble| format!(", an ensemble of {},", ensemble.members.len()));
        let auxiliary = self.predictor.auxiliary_inputs();
        let auxiliary = if auxiliary.is_empty() { String::new() } else { format!(" and {auxiliary}") };
        format!(
            "{}{} reads {} around the TSS{auxiliary}, {} cell types",
            self.name,
            ensemble.unwrap_or_default(),
            self.extent(),
            self.cell_types().len()
        )
    }
}

/// Name of a model: that of its folder.
///
/// ```
/// use std::path::Path;
///
/// assert_eq!(tatabox::model_name(Path::new("models/k562")), "k562");
/// ```
pub fn model_name(folder: &Path) -> String {
    // `.` and `..` have no name until they are resolved.
    let resolved = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    resolved.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned())
}
