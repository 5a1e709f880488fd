"""Hybrid network in plain PyTorch, and state dicts from the weights of a model folder.

The modules are `Conv1d`, `AvgPool1d`, `LayerNorm`, `GRU` and `Linear`. Shapes are `[batch, channels, positions]` in the
convolutions and `[batch, positions, channels]` after them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

POSITION_CHANNELS = 6
DECAY_BP = (30.0, 150.0, 700.0, 4000.0)
LOG_SCALE_BP = 20_000.0
NEAR_BP = 100.0


class MotifConv(nn.Module):
    """Convolution, ReLU, pooling, layer normalisation over channels, dropout.

    The last `detectors` filters use max pooling, the others average pooling. The first `unknown` output positions contain
    only padding and are set to zero.
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel: int,
        pool: int,
        detectors: int,
        epsilon: float,
        dropout: float,
        unknown: int,
    ):
        super().__init__()
        self.conv = nn.Conv1d(channels, filters, kernel, padding=kernel // 2)
        self.pool = nn.AvgPool1d(pool)
        self.detect = nn.MaxPool1d(pool)
        self.counters = filters - detectors
        self.norm = nn.LayerNorm(filters, eps=epsilon)
        self.dropout = nn.Dropout(dropout)
        self.unknown = unknown

    def forward(self, features: Tensor) -> Tensor:
        features = functional.relu(self.conv(features))
        if self.counters == features.shape[1]:
            features = self.pool(features)
        elif self.counters == 0:
            features = self.detect(features)
        else:
            counted, detected = features[:, : self.counters], features[:, self.counters :]
            features = torch.cat([self.pool(counted), self.detect(detected)], dim=1)
        features = self.dropout(self.norm(features.transpose(1, 2)).transpose(1, 2))
        if self.unknown:
            features = functional.pad(features[:, :, self.unknown :], (self.unknown, 0))
        return features


class AttentionHead(nn.Module):
    """Additive attention with a learned distance penalty from the TSS, followed by two dense layers."""

    def __init__(self, channels: int, heads: int, scoring: int, hidden: int, outputs: int, dropout: float):
        super().__init__()
        self.scoring = nn.Linear(channels, scoring)
        self.score = nn.Linear(scoring, heads, bias=False)
        self.hidden = nn.Linear(heads * channels, hidden)
        self.output = nn.Linear(hidden, outputs)
        self.distance_slope = nn.Parameter(torch.zeros(1, heads, 1))
        self.dropout = nn.Dropout(dropout)

    def forward(self, encoded: Tensor, log_distances: Tensor) -> Tensor:
        logits = self.score(torch.tanh(self.scoring(encoded))).transpose(1, 2) - self.distance_slope * log_distances
        pooled = torch.softmax(logits, dim=2) @ encoded
        features = functional.relu(self.hidden(self.dropout(pooled.flatten(1))))
        outputs: Tensor = self.output(self.dropout(features))
        return outputs


class Network(nn.Module):
    """Motif convolutions, bidirectional GRU and attention, for windows with the TSS at index `upstream_bp`."""

    def __init__(self, network: dict[str, Any], window_bp: int, upstream_bp: int):
        super().__init__()
        self.total_pool = math.prod(stage["pool"] for stage in network["stages"])
        self.padding = -window_bp % self.total_pool
        stages, channels, stride = [], 4, 1
        for stage in network["stages"]:
            filters, pool = stage["filters"], stage["pool"]
            stride *= pool
            unknown = self.padding // stride
            detectors = stage.get("detectors") or 0
            epsilon = stage.get("norm_epsilon") or 1e-5
            stages.append(
                MotifConv(channels, filters, stage["kernel"], pool, detectors, epsilon, network["trunk_dropout"], unknown)
            )
            channels = filters
        hidden = network["gru_hidden"]
        self.stages = nn.Sequential(*stages)
        self.gru = nn.GRU(channels + POSITION_CHANNELS, hidden, batch_first=True, bidirectional=True)
        self.head = AttentionHead(
            2 * hidden,
            network["attention_heads"],
            hidden,
            network["head_hidden"],
            network["outputs"],
            network["head_dropout"],
        )
        positions = (self.padding + window_bp) // self.total_pool
        encoding, log_distances = position_encoding(positions, self.total_pool, self.padding + upstream_bp)
        self.encoding: Tensor
        self.log_distances: Tensor
        self.register_buffer("encoding", encoding, persistent=False)
        self.register_buffer("log_distances", log_distances, persistent=False)

    def forward(self, one_hot: Tensor) -> Tensor:
        """z-scores `[batch, outputs]` of windows `[batch, 4, bases]`."""
        features = self.stages(functional.pad(one_hot, (self.padding, 0))).transpose(1, 2)
        encoding = self.encoding.to(features.dtype).expand(features.shape[0], -1, -1)
        encoded, _ = self.gru(torch.cat([features, encoding], dim=2))
        outputs: Tensor = self.head(encoded, self.log_distances)
        return outputs


def position_encoding(positions: int, bin_bp: int, tss_index: int) -> tuple[Tensor, Tensor]:
    """Position encoding [1, positions, 6] for the GRU and log distances [1, 1, positions] for the attention."""
    distance_bp = np.arange(positions) * bin_bp + (bin_bp - 1) / 2 - tss_index
    side = np.where(distance_bp < 0, -1.0, 1.0)
    far = np.abs(distance_bp)
    channels = [side, side * np.log1p(far) / np.log1p(LOG_SCALE_BP), *(np.exp(-far / scale) for scale in DECAY_BP)]
    encoding = torch.from_numpy(np.stack(channels, axis=1).astype(np.float32))[None]
    log_distances = torch.from_numpy(np.log1p(far / NEAR_BP).astype(np.float32))[None, None]
    return encoding, log_distances


def torch_state_dict(weights: dict[str, Tensor], hidden: int) -> dict[str, Tensor]:
    """State dict with the names of PyTorch: dense weights transposed, GRU weights separated by direction."""
    state: dict[str, Tensor] = {}
    for name, weight in weights.items():
        if name.startswith("gru."):
            continue
        is_dense = name.startswith("head.") and name.endswith(".weight")
        oriented = weight.T if is_dense else weight
        state[name.replace("norm.gamma", "norm.weight").replace("norm.beta", "norm.bias")] = oriented.contiguous()
    gates = 3 * hidden
    for direction, suffix in enumerate(["", "_reverse"]):
        of_direction = slice(direction * gates, (direction + 1) * gates)
        state[f"gru.weight_ih_l0{suffix}"] = weights["gru.input_weight"][:, of_direction].T.contiguous()
        state[f"gru.bias_ih_l0{suffix}"] = weights["gru.input_bias"][of_direction].contiguous()
        state[f"gru.weight_hh_l0{suffix}"] = weights["gru.hidden_weight"][direction].T.contiguous()
        state[f"gru.bias_hh_l0{suffix}"] = weights["gru.hidden_bias"][direction].flatten().contiguous()
    return state
