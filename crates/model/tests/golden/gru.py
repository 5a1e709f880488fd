"""Writes gru.json: weights, output and input gradient of a bidirectional torch.nn.GRU.

    python -m venv venv && venv/bin/pip install torch && venv/bin/python gru.py > gru.json
"""

import json

import torch

INPUT, HIDDEN, BATCH, POSITIONS = 5, 4, 3, 11

torch.manual_seed(42)
gru = torch.nn.GRU(INPUT, HIDDEN, batch_first=True, bidirectional=True)
x = torch.randn(BATCH, POSITIONS, INPUT, requires_grad=True)
output, _ = gru(x)
output.square().sum().backward()


def flat(tensor):
    return tensor.detach().flatten().tolist()


def directions(name):
    return [flat(getattr(gru, name)), flat(getattr(gru, name + "_reverse"))]


print(
    json.dumps(
        {
            "torch": torch.__version__,
            "input": INPUT,
            "hidden": HIDDEN,
            "batch": BATCH,
            "positions": POSITIONS,
            "x": flat(x),
            "weight_ih": directions("weight_ih_l0"),
            "weight_hh": directions("weight_hh_l0"),
            "bias_ih": directions("bias_ih_l0"),
            "bias_hh": directions("bias_hh_l0"),
            "output": flat(output),
            "input_gradient": flat(x.grad),
        }
    )
)
