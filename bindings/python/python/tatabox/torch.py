"""The network in PyTorch, with the weights of tatabox.

This module requires the packages `torch` and `safetensors`, the extra `torch` of the package.

Examples
--------
>>> import tatabox, tatabox.torch, torch  # doctest: +SKIP
>>> module = tatabox.torch.to_torch(tatabox.Model.bundled())  # doctest: +SKIP
>>> module(torch.zeros(1, 4, 300)).shape  # doctest: +SKIP
torch.Size([1, 8])
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from . import _native
from ._exceptions import ModelError, RequestError
from ._files import PathLike, path
from ._model import Model
from ._torch_network import Network, torch_state_dict

__all__ = ["ExpressionModule", "Network", "from_torch", "to_torch"]


class ExpressionModule(nn.Module):
    """Networks of a model and the transform of their outputs.

    Parameters
    ----------
    networks : list of Network
        Networks, of which the mean is taken.
    mean, sd : ndarray
        Mean and standard deviation of log2(TPM + 1) per network and output, `(networks, outputs)`.
    cell_types : list of str
        Names of the outputs.
    """

    def __init__(self, networks: list[Network], mean: np.ndarray, sd: np.ndarray, cell_types: list[str]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.cell_types = cell_types
        #: Configuration and transform of each network, as in the files of a model folder.
        self.records: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.mean: Tensor
        self.sd: Tensor
        self.register_buffer("mean", torch.from_numpy(np.asarray(mean, dtype=np.float32)))
        self.register_buffer("sd", torch.from_numpy(np.asarray(sd, dtype=np.float32)))

    def forward(self, one_hot: Tensor) -> Tensor:
        """log2(TPM + 1) `[batch, outputs]` of windows `[batch, 4, bases]` in the order A, C, G, T; N is all zeros."""
        outputs = [network(one_hot) * sd + mean for network, mean, sd in zip(self.networks, self.mean, self.sd, strict=True)]
        return torch.stack(outputs).mean(dim=0)


def to_torch(model: Model) -> ExpressionModule:
    """The networks of a model that have exactly its outputs, in evaluation mode.

    Raises
    ------
    ModelError
        No network has exactly these outputs, or one reads more than bases, or its architecture is not `hybrid`.
    """
    folders = [folder for folder in _networks(model.folder) if _json(folder, "config")["cell_types"] == model.cell_types]
    if not folders:
        raise ModelError(f"no network of {model.name} has exactly the outputs {', '.join(model.cell_types)}")
    transforms = [_json(folder, "transform") for folder in folders]
    mean = np.array([transform["mean"] for transform in transforms])
    sd = np.array([transform["sd"] for transform in transforms])
    module = ExpressionModule([_load(folder) for folder in folders], mean, sd, model.cell_types).eval()
    module.records = [(_json(folder, "config"), transform) for folder, transform in zip(folders, transforms, strict=True)]
    return module


def from_torch(
    module: ExpressionModule | Mapping[str, Tensor],
    output: PathLike,
    *,
    config: Mapping[str, Any] | None = None,
    transform: Mapping[str, Any] | None = None,
    force: bool = False,
) -> Model:
    """A model from a module of `to_torch`, which may have been trained further, or from the state dict of a `Network`.

    Parameters
    ----------
    module : ExpressionModule or mapping of str to Tensor
        Module of one network, or `Network.state_dict()`, which requires `config` and `transform`.
    output : path
        Folder of the model.
    config : mapping, optional
        Configuration as in `config.json` of a model folder.
    transform : mapping, optional
        `cell_types`, `mean` and `sd` of the outputs, as in `transform.json`.
    force : bool
        Whether a model in the folder is replaced.

    Raises
    ------
    RequestError
        The module has several networks, or configuration and transform of a state dict are missing.
    """
    if isinstance(module, ExpressionModule):
        if len(module.networks) != 1:
            raise RequestError(f"module: {len(module.networks)} networks; expected one, as of a member of an ensemble")
        state_dict: Mapping[str, Tensor] = module.networks[0].state_dict()
        own_config, own_transform = module.records[0]
        config, transform = config or own_config, transform or own_transform
    else:
        state_dict = module
    if config is None or transform is None:
        raise RequestError("config, transform: a state dict has neither; expected both")
    with tempfile.TemporaryDirectory() as folder:
        files = {name: f"{folder}/{name}.json" for name in ("config", "transform")}
        for name, values in (("config", config), ("transform", transform)):
            Path(files[name]).write_text(json.dumps(dict(values)), encoding="utf-8")
        weights = f"{folder}/weights.safetensors"
        save_file({name: weight.detach().cpu().contiguous() for name, weight in state_dict.items()}, weights)
        return Model.load(_native.import_model(weights, files["config"], files["transform"], path(output), force))


def _networks(folder: Path) -> list[Path]:
    """Folders of the networks of a model: its own, or those of the members of an ensemble."""
    if not (folder / "ensemble.json").is_file():
        return [folder]
    return sorted((folder / "members").iterdir(), key=lambda member: int(member.name))


def _json(folder: Path, name: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return values


def _load(folder: Path) -> Network:
    """Network of a model folder."""
    config = _json(folder, "config")
    network = config["network"]
    architecture = network.get("architecture", "hybrid")
    if architecture != "hybrid" or network.get("gene_features") or network.get("tracks") or network.get("heads"):
        raise ModelError(
            f"{folder}: a {architecture} network with auxiliary inputs or several heads; expected a hybrid network of bases"
        )
    extent = config["data"]["extent"]
    module = Network(network, extent["upstream_bp"] + extent["downstream_bp"], extent["upstream_bp"])
    module.load_state_dict(torch_state_dict(load_file(folder / "weights.safetensors"), network["gru_hidden"]))
    return module
