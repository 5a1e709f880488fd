"""Hybrid network of tatabox in PyTorch, with the weights of a model folder.

The network is that of the Python package, `bindings/python/python/tatabox/_torch_network.py`, which needs no wheel.
"""

import json
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

SOURCE = Path(__file__).resolve().parents[2] / "bindings/python/python/tatabox/_torch_network.py"
SPEC = spec_from_file_location("torch_network", SOURCE)
torch_network = module_from_spec(SPEC)
SPEC.loader.exec_module(torch_network)
Network = torch_network.Network


@dataclass
class Model:
    """Model folder: network, window length, and the transform from z-scores to log2(TPM + 1)."""

    name: str
    config: dict
    network: Network
    cell_types: list[str]
    window_bp: int
    mean: np.ndarray
    sd: np.ndarray

    def one_hot(self, sequences: list[str]) -> Tensor:
        """One-hot encoding [batch, 4, window], channels A, C, G, T."""
        codes = np.frombuffer("".join(sequences).encode(), dtype=np.uint8).reshape(len(sequences), self.window_bp)
        encoded = np.zeros((len(sequences), 4, self.window_bp), dtype=np.float32)
        for channel, base in enumerate(b"ACGT"):
            encoded[:, channel] = codes == base
        return torch.from_numpy(encoded)

    def log2_tpm(self, z_scores: Tensor) -> np.ndarray:
        return z_scores.double().cpu().numpy() * self.sd + self.mean


def load(folder: Path) -> Model:
    """Model from a tatabox model folder."""
    config = json.loads((folder / "config.json").read_text())
    transform = json.loads((folder / "transform.json").read_text())
    network = config["network"]
    if network.get("architecture", "hybrid") != "hybrid":
        raise SystemExit(f"{folder}: architecture {network['architecture']} is not supported; use a hybrid model")
    extent = config["data"]["extent"]
    window_bp = extent["upstream_bp"] + extent["downstream_bp"]
    hybrid = Network(network, window_bp, extent["upstream_bp"])
    hybrid.load_state_dict(torch_network.torch_state_dict(load_file(folder / "weights.safetensors"), network["gru_hidden"]))
    return Model(
        name=folder.resolve().name,
        config=config,
        network=hybrid.eval(),
        cell_types=config["cell_types"],
        window_bp=window_bp,
        mean=np.array(transform["mean"]),
        sd=np.array(transform["sd"]),
    )
