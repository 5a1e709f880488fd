"""Training of networks and ensembles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from . import _native
from ._dataset import Dataset, as_dataset
from ._exceptions import RequestError, checked_arguments
from ._files import PathLike, names, optional_path, path
from ._listener import Epoch, Listener
from ._model import Model

if TYPE_CHECKING:
    import pandas

Architecture = Literal["hybrid", "cnn-gru", "cnn-attention", "gru-attention", "cnn", "kmer-mlp"]


class Training:
    """Result of a training.

    Attributes
    ----------
    folder : Path
        Folder of the model.
    history : list of Epoch
        Scores of all epochs of this call; for an ensemble, of all its networks.
    """

    def __init__(self, folder: Path, history: list[Epoch]) -> None:
        self.folder = folder
        self.history = history

    @property
    def model(self) -> Model:
        """The trained model."""
        return Model.load(self.folder)

    def to_pandas(self) -> pandas.DataFrame:
        """The history, one row per epoch."""
        import pandas

        return pandas.DataFrame(self.history)

    def __repr__(self) -> str:
        best = max((epoch["validation_pearson"] for epoch in self.history), default=float("nan"))
        return f"<tatabox.Training in {self.folder}: validation Pearson {best:.3f}>"


def train(
    dataset: Dataset | PathLike,
    cell_types: str | Iterable[str] | None = None,
    *,
    models_dir: PathLike = "models",
    name: str | None = None,
    members: int | None = None,
    from_model: Model | PathLike | None = None,
    frozen_epochs: int | None = None,
    genes_fraction: float | None = None,
    on_epoch: Callable[[Epoch], object] | None = None,
    force: bool = False,
    resume: bool = False,
    threads: int | None = None,
    progress: bool | None = None,
    **options: Any,
) -> Training:
    """Trains a network, or an ensemble, as `tatabox train` does.

    Parameters
    ----------
    dataset : Dataset or path
        The data set.
    cell_types : str or iterable of str, optional
        Cell types to predict; all by default.
    models_dir : path
        Folder in which the folder of the model is written.
    name : str, optional
        Name of the model.
    members : int, optional
        Number of networks of an ensemble; a single network by default.
    from_model : Model or path, optional
        Trained model to begin from.
    frozen_epochs : int, optional
        Epochs in which only the outputs of a transferred model are trained.
    genes_fraction : float, optional
        Fraction of the train genes to learn from.
    on_epoch : callable, optional
        Called with the scores of each epoch; an exception ends the training, which `resume=True` continues.
    force : bool
        Whether a model of this name is replaced.
    resume : bool
        Whether an unfinished run of this name is continued; the result is that of an uninterrupted run.
    **options
        Settings of network and training, see `training_options`.

    Returns
    -------
    Training
        Folder, history and model.

    Raises
    ------
    ModelError
        A model of the name exists, or the training diverges.
    """
    if frozen_epochs is not None and from_model is None:
        raise RequestError("frozen_epochs: a setting of transfer; expected from_model")
    history: list[Epoch] = []

    def record(epoch: Epoch) -> None:
        history.append(epoch)
        if on_epoch is not None:
            on_epoch(epoch)

    run = {
        "training": training_options(cell_types, **options),
        "members": members,
        "genes_fraction": genes_fraction,
        "from_model": str(from_model.folder) if isinstance(from_model, Model) else optional_path(from_model),
        "frozen_epochs": frozen_epochs,
        "name": name,
        "models_dir": path(models_dir),
        "force": force,
        "resume": resume,
    }
    with checked_arguments():
        folder = _native.train(Listener(progress, record), as_dataset(dataset)._native, run, threads)
    return Training(Path(folder), history)


def training_options(
    cell_types: str | Iterable[str] | None = None,
    *,
    assays: str | Iterable[str] | None = None,
    window: tuple[int, int] | None = None,
    extent_coverage: float | None = None,
    gene_features: bool = False,
    tracks: str | Iterable[str] | None = None,
    architecture: Architecture | None = None,
    preset: Literal["small", "base"] | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    weight_decay: float | None = None,
    difference_weight: float | None = None,
    patience: int | None = None,
    max_shift_bp: int | None = None,
    seed: int | None = None,
    device: str = "auto",
    precision: Literal["f32", "bf16", "f16"] | None = None,
) -> dict[str, Any]:
    """Settings of network and training; `None` is the default of `tatabox train`.

    Parameters
    ----------
    assays : str or iterable of str, optional
        Assays of the data set to train on as well, as for `tatabox train --assay`.
    window : (int, int), optional
        Bases that the network reads before the TSS base, and from it on.
    extent_coverage : float, optional
        Without `window`: the longest one over which this fraction of the train genes has sequence.
    gene_features : bool
        Whether the network reads the gene features of the data set.
    tracks : str or iterable of str, optional
        Signal tracks of the data set to read.
    architecture : str, optional
        Layers of the network.
    preset : {"small", "base"}, optional
        Size of the network.
    epochs, batch_size, learning_rate, weight_decay, patience, max_shift_bp, seed : optional
        Settings of the training.
    difference_weight : float, optional
        Weight of the differences between cell types in the loss.
    device : str
        `"auto"`, `"cpu"` or `"cuda:N"`.
    precision : {"f32", "bf16", "f16"}, optional
        Number format of convolutions and large matrix products.
    """
    return {
        "cell_types": None if cell_types is None else names(cell_types),
        "assays": names(assays),
        "extent": window,
        "extent_coverage": extent_coverage,
        "gene_features": gene_features,
        "tracks": names(tracks),
        "architecture": architecture,
        "preset": preset,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "weight_decay": weight_decay,
        "difference_weight": difference_weight,
        "patience": patience,
        "max_shift_bp": max_shift_bp,
        "seed": seed,
        "device": device,
        "precision": precision,
    }
