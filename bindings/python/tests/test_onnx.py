"""Export to ONNX."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tatabox

onnxruntime = pytest.importorskip("onnxruntime")


def test_onnx_predicts_as_the_model(model: tatabox.Model, tmp_path: Path, dataset: tatabox.Dataset) -> None:
    session = onnxruntime.InferenceSession(str(model.to_onnx(tmp_path / "human.onnx")))
    windows = dataset.one_hot(range(10))
    predicted = session.run(None, {session.get_inputs()[0].name: windows})[0]
    np.testing.assert_allclose(predicted, model.predict(windows).log2_tpm, atol=1e-4)
