"""Gene expression from promoter DNA: prediction, variant effects, interpretation, training.

Examples
--------
>>> import tatabox
>>> model = tatabox.Model.bundled()
>>> model.predict("ACGT" * 75)
<tatabox.Predictions: 1 promoters in K562, HepG2, GM12878, H1-ESC, MCF7, HeLa-S3, A549, Jurkat>
"""

from importlib.metadata import version as _version

from ._dataset import Dataset, TorchDataset
from ._evaluation import crossval, evaluate, evaluate_variants
from ._exceptions import (
    CancelledError,
    InputError,
    MissingFileError,
    ModelError,
    OutputError,
    RequestError,
    TataboxError,
    TataboxWarning,
)
from ._explanation import AttentionBin, Deletion, Explanation, MotifSite
from ._listener import Epoch
from ._model import Check, Model, ModelCard, Verification
from ._predictions import Predictions
from ._preparation import gene_features, prepare, simulate
from ._results import CrossValidation, Designs, Evaluation, FilterMotifs, VariantEffects, VariantEvaluation
from ._table import Table
from ._training import Training, train, training_options

__version__ = _version("tatabox")

__all__ = [
    "AttentionBin",
    "CancelledError",
    "Check",
    "CrossValidation",
    "Dataset",
    "Deletion",
    "Designs",
    "Epoch",
    "Evaluation",
    "Explanation",
    "FilterMotifs",
    "InputError",
    "MissingFileError",
    "Model",
    "ModelCard",
    "ModelError",
    "MotifSite",
    "OutputError",
    "Predictions",
    "RequestError",
    "Table",
    "TataboxError",
    "TataboxWarning",
    "TorchDataset",
    "Training",
    "VariantEffects",
    "VariantEvaluation",
    "Verification",
    "__version__",
    "crossval",
    "evaluate",
    "evaluate_variants",
    "gene_features",
    "prepare",
    "simulate",
    "train",
    "training_options",
]
