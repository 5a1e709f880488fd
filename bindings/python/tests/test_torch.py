"""The network in PyTorch."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tatabox

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")


def test_torch_module_predicts_as_the_model(model: tatabox.Model, dataset: tatabox.Dataset) -> None:
    from tatabox.torch import to_torch

    module = to_torch(model)
    windows = dataset.one_hot(range(10))
    with torch.no_grad():
        predicted = module(torch.from_numpy(windows)).numpy()
    np.testing.assert_allclose(predicted, model.predict(windows).log2_tpm, atol=1e-4)


def test_state_dict_becomes_a_model(model: tatabox.Model, tmp_path: Path, sequences: dict[str, str]) -> None:
    from tatabox.torch import from_torch, to_torch

    member = tatabox.Model.load(model.folder / "members" / "1")
    module = to_torch(member)
    expected = member.predict(sequences).log2_tpm
    np.testing.assert_allclose(from_torch(module, tmp_path / "copy").predict(sequences).log2_tpm, expected, atol=1e-5)
    config, transform = (json.loads((member.folder / f"{name}.json").read_text()) for name in ("config", "transform"))
    state_dict = module.networks[0].state_dict()
    copy = from_torch(state_dict, tmp_path / "other", config=config, transform=transform)
    np.testing.assert_allclose(copy.predict(sequences).log2_tpm, expected, atol=1e-5)
    with pytest.raises(tatabox.RequestError, match="3 networks"):
        from_torch(to_torch(model), tmp_path / "ensemble")
    with pytest.raises(tatabox.RequestError, match="expected both"):
        from_torch(state_dict, tmp_path / "bare")
