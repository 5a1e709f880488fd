"""Trained models."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict, overload

from . import _native
from ._dataset import Dataset
from ._exceptions import InputError, MissingFileError, RequestError, TataboxError, checked_arguments
from ._explanation import Explanation
from ._files import PathLike, cache_folder, columns, named_paths, names, optional_path, path
from ._listener import Listener
from ._predictions import Predictions
from ._results import Designs, FilterMotifs, VariantEffects
from ._sequences import named_sequences
from ._table import Table

if TYPE_CHECKING:
    import numpy.typing as npt
    from typing_extensions import Unpack

    from ._sequences import SequenceInput

Method = Literal["ism", "gradient-input", "integrated-gradients", "attention"]
#: Name of the bundled model.
_BUNDLED = "human"
_BUNDLED_NAMES = (_BUNDLED, f"models/{_BUNDLED}")


class ExplainOptions(TypedDict, total=False):
    """Options of `Model.explain`."""

    cell_types: str | Iterable[str] | None
    method: Method | Sequence[Method]
    region: tuple[int, int] | None
    deletions: int | tuple[int, int] | None
    motifs: PathLike | None
    steps: int | None
    shuffles: int | None
    seed: int | None
    names: Iterable[str] | None
    tss_offset: int | None
    gene_features: Any
    threads: int | None
    progress: bool | None


class Check(NamedTuple):
    """Check of a model folder; `passed` is `None` where there was nothing to compare."""

    folder: str
    name: str
    passed: bool | None
    finding: str


class Verification(NamedTuple):
    """Result of `Model.verify`."""

    passed: bool
    checks: list[Check]


class Model:
    """Trained network, or ensemble of networks, that predicts expression from promoter sequence.

    Models can be pickled, and used in worker processes.

    Examples
    --------
    >>> import tatabox
    >>> model = tatabox.Model.bundled()
    >>> model.cell_types[:3], model.window
    (['K562', 'HepG2', 'GM12878'], (249, 51))
    >>> model.predict("ACGT" * 75).log2_tpm.shape
    (1, 8)
    """

    def __init__(self, native: _native.Model, outputs: list[str]) -> None:
        self._native = native
        self._outputs = outputs
        self._variants: dict[tuple[str, ...], _native.Model] = {}

    @classmethod
    def bundled(cls, outputs: str | Iterable[str] | None = None, device: str = "cpu") -> Model:
        """The model of human promoters that is part of the package.

        Parameters
        ----------
        outputs : str or iterable of str, optional
            Names of outputs, `"expression"` (the default), `"effects"` or `"all"`.
        device : str
            `"cpu"`, `"auto"` or `"cuda:N"`.
        """
        listed = names(outputs)
        return cls(_native.Model(None, listed, device), listed)

    @classmethod
    def load(cls, folder: PathLike, outputs: str | Iterable[str] | None = None, device: str = "cpu") -> Model:
        """The model in a folder.

        Parameters
        ----------
        folder : path
            Folder of a trained model or of an ensemble.
        outputs, device
            As in `Model.bundled`.

        Raises
        ------
        ModelError
            The folder does not hold a trained model, or a file of it is damaged.
        """
        listed = names(outputs)
        located = path(folder)
        if located.replace("\\", "/").strip("./") not in _BUNDLED_NAMES and not Path(located).exists():
            raise MissingFileError(f"{located}: no such folder; expected a trained model")
        return cls(_native.Model(located, listed, device), listed)

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._native.name

    @property
    def cell_types(self) -> list[str]:
        """Names of the outputs."""
        return self._native.cell_types

    @property
    def window(self) -> tuple[int, int]:
        """Bases that the model reads before the TSS base, and from it on."""
        return self._native.extent

    @property
    def members(self) -> int:
        """Number of networks."""
        return self._native.members

    @property
    def feature_names(self) -> list[str]:
        """Gene features that the model reads, in order; empty for a model that reads bases alone."""
        return self._native.feature_names

    @property
    def track_names(self) -> list[str]:
        """Signal tracks that the model reads."""
        return self._native.track_names

    @property
    def is_simulated(self) -> bool:
        """Whether the model was trained on simulated data, so that its predictions mean nothing for real genes."""
        return self._native.is_simulated

    @property
    def folder(self) -> Path:
        """Folder of the model; for the bundled model a copy in the cache folder."""
        if self._native.path is not None and Path(self._native.path).exists():
            return Path(self._native.path)
        return Path(_native.model_folder(_BUNDLED, cache_folder()))

    @property
    def card(self) -> ModelCard:
        """Card of the model; in a notebook it is shown as text with headings."""
        file = self.folder / "MODEL_CARD.md"
        if not file.is_file():
            raise InputError(f"{self.folder} has no MODEL_CARD.md")
        return ModelCard(file.read_text(encoding="utf-8"))

    def with_outputs(self, outputs: str | Iterable[str]) -> Model:
        """The same model with other outputs: names, `"expression"`, `"effects"` or `"all"`."""
        listed = names(outputs)
        return Model(self._with(listed), listed)

    def verify(self, dataset: Dataset | None = None) -> Verification:
        """Compares files, predictions and, with the data set of the training, scores with those recorded in the folder."""
        native = None if dataset is None else dataset._native
        passed, checks = _native.verify(Listener(False), str(self.folder), native, cache_folder())
        return Verification(passed, [Check(*check) for check in checks])

    def predict(
        self,
        sequences: SequenceInput,
        *,
        names: Iterable[str] | None = None,
        tss_offset: int | None = None,
        gene_features: Any = None,
        batch_invariant: bool = True,
        threads: int | None = None,
    ) -> Predictions:
        """Predicts promoters in memory.

        Parameters
        ----------
        sequences : str, iterable of str, mapping of str to str, ndarray
            Promoters in sense direction: letters of either case; or one-hot windows `(N, 4, L)` or `(N, L, 4)` in the
            order A, C, G, T, with zeros for N; or a column of pandas or polars.
        names : iterable of str, optional
            Names of the promoters.
        tss_offset : int, optional
            0-based index of the TSS base in every sequence; by default the sequences have exactly the length of the window.
        gene_features : array_like or data frame, optional
            `(N, features)` in the order of `feature_names`, for a model that reads them; the columns of a data frame are
            found by name.
        batch_invariant : bool
            Whether the prediction of a promoter is independent of the others to the last bit, as in the tables of the command
            line. `False` is several times faster for single promoters; predictions then differ by less than 0.0001.
        threads : int, optional
            Number of threads; by default one per core.

        Returns
        -------
        Predictions
            In the order of the sequences.

        Raises
        ------
        InputError
            A sequence has a letter that is no IUPAC nucleotide, or an array is not one-hot.
        RequestError
            The TSS is unknown, or gene features are missing.
        """
        request = named_sequences(sequences, names, tss_offset, gene_features, self.feature_names)
        with checked_arguments():
            return Predictions(self._native.predict(request, batch_invariant, threads))

    def predict_fasta(
        self,
        fasta: PathLike,
        *,
        tss_offset: int | None = None,
        on_malformed: Literal["raise", "skip"] = "raise",
        gene_features: PathLike | None = None,
        wide: bool = False,
        output: PathLike | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Table | None:
        """Predicts promoter records, as `tatabox predict --fasta` does.

        Parameters
        ----------
        fasta : path
            FASTA, plain or gzip; headers may state `tss_offset=`.
        tss_offset : int, optional
            0-based index of the TSS base in records whose header states none.
        on_malformed : {"raise", "skip"}
            What happens to records that cannot be read; skipped ones have a row without a prediction.
        gene_features : path, optional
            Table with one row per record, for a model that reads gene features.
        wide : bool
            One row per promoter instead of one row per promoter and output.
        output : path, optional
            File that receives the table (.tsv, .csv, .jsonl, .parquet); it is then not kept in memory.
        threads, progress
            Number of threads; whether a progress bar is shown.

        Returns
        -------
        Table or None
            `None` if `output` is given.
        """
        files = _promoter_files(fasta=fasta, tss_offset=tss_offset, on_malformed=on_malformed, gene_features=gene_features)
        return self._predict_files(files, wide, output, threads, progress)

    def predict_bed(
        self,
        bed: PathLike,
        genome: PathLike,
        *,
        gene_features: PathLike | None = None,
        tracks: Mapping[str, PathLike] | None = None,
        wide: bool = False,
        output: PathLike | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Table | None:
        """Predicts TSSs on a genome, as `tatabox predict --bed` does.

        Parameters
        ----------
        bed : path
            BED6; the TSS is the first base of a feature in its own direction.
        genome : path
            FASTA (plain, bgzip or gzip) or 2bit.
        tracks : mapping of str to path, optional
            bigWig files by track, for a model that reads them.
        gene_features, wide, output, threads, progress
            As in `predict_fasta`.
        """
        files = _promoter_files(bed=bed, genome=genome, gene_features=gene_features, tracks=tracks)
        return self._predict_files(files, wide, output, threads, progress)

    def predict_genes(
        self,
        genes: str | Iterable[str],
        dataset: Dataset,
        *,
        wide: bool = False,
        output: PathLike | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Table | None:
        """Predicts genes of a data set by identifier or name, next to their measurements.

        Parameters
        ----------
        genes : str or iterable of str
            Identifiers or names.
        dataset : Dataset
            The data set.
        wide, output, threads, progress
            As in `predict_fasta`.
        """
        files = _promoter_files(genes=names(genes), dataset=dataset)
        return self._predict_files(files, wide, output, threads, progress)

    def _predict_files(
        self,
        files: dict[str, Any],
        wide: bool,
        output: PathLike | None,
        threads: int | None,
        progress: bool | None,
    ) -> Table | None:
        with checked_arguments():
            table = self._native.predict_files(Listener(progress), files, wide, optional_path(output), threads)
        return None if table is None else Table(table)

    @overload
    def explain(self, sequences: str, **options: Unpack[ExplainOptions]) -> Explanation: ...  # type: ignore[overload-overlap]

    @overload
    def explain(
        self, sequences: Iterable[str] | Mapping[str, str] | npt.NDArray[Any], **options: Unpack[ExplainOptions]
    ) -> list[Explanation]: ...

    def explain(
        self,
        sequences: SequenceInput,
        *,
        cell_types: str | Iterable[str] | None = None,
        method: Method | Sequence[Method] = "ism",
        region: tuple[int, int] | None = None,
        deletions: int | tuple[int, int] | None = None,
        motifs: PathLike | None = None,
        steps: int | None = None,
        shuffles: int | None = None,
        seed: int | None = None,
        names: Iterable[str] | None = None,
        tss_offset: int | None = None,
        gene_features: Any = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Explanation | list[Explanation]:
        """Contributions of bases to predictions.

        Parameters
        ----------
        sequences, names, tss_offset, gene_features, threads
            As in `predict`.
        cell_types : str or iterable of str, optional
            Outputs to explain; all by default.
        method : {"ism", "gradient-input", "integrated-gradients", "attention"} or sequence of them
            Method of attribution.
        region : (int, int), optional
            First position and one past the last, relative to the TSS; by default all that the model reads.
        deletions : int or (int, int), optional
            Width of deletions along the region, or their width and step.
        motifs : path, optional
            Motif file (MEME, JASPAR, HOMER) whose sites are located.
        steps, shuffles, seed : int, optional
            Points, shuffled baselines and seed of integrated gradients.

        Returns
        -------
        Explanation or list of Explanation
            One for a single sequence, else a list.
        """
        methods: list[str] = [method] if isinstance(method, str) else list(method)
        if not methods:
            raise RequestError("method: none; expected one or more")
        if "integrated-gradients" not in methods and (steps is not None or shuffles is not None):
            raise RequestError("steps, shuffles: settings of 'integrated-gradients', which is not requested")
        scan = (deletions, deletions) if isinstance(deletions, int) else deletions
        listed = _names(cell_types)
        options = {
            "methods": methods,
            "cell_types": listed,
            "region": region,
            "steps": steps,
            "shuffles": shuffles,
            "deletions": scan,
            "motifs": optional_path(motifs),
            "seed": seed,
        }
        request = named_sequences(sequences, names, tss_offset, gene_features, self.feature_names)
        with checked_arguments():
            explained = self._native.explain(Listener(progress), request, options, threads)
        selected = listed or self.cell_types
        explanations = [Explanation(native, list(methods), selected) for native in explained]
        return explanations[0] if isinstance(sequences, str) else explanations

    def variants(
        self,
        variants: PathLike,
        genome: PathLike,
        annotation: PathLike | None = None,
        *,
        tss_bed: PathLike | None = None,
        tss_choice: str | None = None,
        cage: PathLike | None = None,
        gene_features: PathLike | None = None,
        outputs: str | Iterable[str] | None = None,
        shifts: Sequence[int] | None = None,
        reference_mismatch: Literal["raise", "skip", "use-genome"] = "raise",
        on_malformed: Literal["raise", "skip"] = "raise",
        all_alleles: bool = False,
        output: PathLike | None = None,
        annotated: PathLike | None = None,
        report: PathLike | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> VariantEffects:
        """Effects of the variants of a file, as `tatabox variants --vcf` computes them.

        Parameters
        ----------
        variants : path
            VCF (plain, gzip, bgzip) or BCF.
        genome : path
            The genome of REF: FASTA (plain, bgzip, gzip) or 2bit.
        annotation, tss_bed : path, optional
            TSSs from GTF or GFF3, or from BED6; one of them is required.
        tss_choice : str, optional
            Rule that selects the TSS of a gene: `"canonical"`, `"longest-cds"` or `"most-upstream"`.
        cage : path, optional
            CAGE peaks (BED) to which TSSs are moved.
        outputs : str or iterable of str, optional
            Outputs; by default those that the model designates for variant effects.
        shifts : sequence of int, optional
            Shifts of the window over which effects are averaged; by default -2 to 2.
        reference_mismatch : {"raise", "skip", "use-genome"}
            What happens where REF differs from the genome.
        on_malformed : {"raise", "skip"}
            What happens to malformed records.
        all_alleles : bool
            Whether alleles in no window have a row.
        output : path, optional
            File that receives the table.
        annotated : path, optional
            VCF or BCF that receives the variants with their effects.
        report : path, optional
            TSV that receives alleles that are not scored, with the reason.
        gene_features : path, optional
            Table with the gene features of each gene, for a model that reads them.
        threads, progress
            As in `predict_fasta`.

        Returns
        -------
        VariantEffects
            The table, and the number of alleles by outcome.
        """
        options = {
            "variants": path(variants),
            "sites": _sites(genome, annotation, tss_bed, tss_choice, cage, gene_features),
            "cell_types": [],
            "shifts": None if shifts is None else list(shifts),
            "reference_mismatch": reference_mismatch,
            "on_malformed": on_malformed,
            "all": all_alleles,
            "output": optional_path(output),
            "annotated": optional_path(annotated),
            "report": optional_path(report),
        }
        with checked_arguments():
            table, counts = _native.score_variants(Listener(progress), self._effect_model(outputs), options, threads)
        return VariantEffects(None if table is None else Table(table), counts)

    def score_variants(
        self,
        table: Any,
        genome: PathLike,
        annotation: PathLike | None = None,
        **options: Any,
    ) -> VariantEffects:
        """Effects of the variants of a table.

        Parameters
        ----------
        table : mapping or data frame
            Columns `chrom`, `pos` (1-based), `ref`, `alt` and optionally `id`.
        genome, annotation, options
            As in `variants`.
        """
        known = columns(table)
        required = ("chrom", "pos", "ref", "alt")
        missing = [name for name in required if name not in known]
        if missing:
            raise InputError(f"the table has no column {missing[0]}; expected {', '.join(required)}, and optionally id")
        rows = _vcf_rows({name: known[name] for name in (*required, "id") if name in known})
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "variants.vcf"
            header = "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
            file.write_bytes((header + "".join(rows)).encode())
            try:
                return self.variants(file, genome, annotation, **options)
            except TataboxError as error:
                # The file is not the caller's; its third line is the first row.
                raise error.replaced(str(file), "the table, whose first row is line 3") from error

    def saturate(
        self,
        genes: str | Iterable[str],
        dataset: Dataset | None = None,
        *,
        genome: PathLike | None = None,
        annotation: PathLike | None = None,
        tss_bed: PathLike | None = None,
        gene_features: PathLike | None = None,
        region: tuple[int, int] | None = None,
        outputs: str | Iterable[str] | None = None,
        shifts: Sequence[int] | None = None,
        output: PathLike | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Table | None:
        """Effects of all single-nucleotide variants of promoters.

        Parameters
        ----------
        genes : str or iterable of str
            Identifiers or names.
        dataset : Dataset, optional
            Data set of the genes; otherwise `genome` with `annotation` or `tss_bed`.
        region : (int, int), optional
            First position and one past the last, relative to the TSS.
        genome, annotation, tss_bed, gene_features : path, optional
            As in `variants`, for genes of a genome.
        outputs, shifts, output, threads, progress
            As in `variants`.
        """
        if dataset is not None and any(file is not None for file in (genome, annotation, tss_bed, gene_features)):
            raise RequestError("dataset: given together with files of a genome; expected one of them")
        if not _names(genes):
            raise RequestError("genes: none; expected identifiers or names")
        options = {
            "genes": _names(genes),
            "dataset": None if dataset is None else dataset._native,
            "sites": _sites(genome, annotation, tss_bed, None, None, gene_features),
            "region": region,
            "cell_types": [],
            "shifts": None if shifts is None else list(shifts),
            "output": optional_path(output),
        }
        with checked_arguments():
            table = _native.saturate(Listener(progress), self._effect_model(outputs), options, threads)
        return None if table is None else Table(table)

    def motifs(
        self,
        dataset: Dataset,
        *,
        database: PathLike | None = None,
        split: str = "train",
        max_genes: int | None = None,
        ablation_genes: int | None = None,
        seed: int | None = None,
        out: PathLike | None = None,
        force: bool = False,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> FilterMotifs:
        """Motifs that the filters of the model detect, and their effects on expression.

        Parameters
        ----------
        dataset : Dataset
            Data set whose promoters are scanned.
        database : path, optional
            Known motifs (MEME, JASPAR, HOMER) to compare with.
        split : {"train", "validation", "test"}
            Genes to scan.
        max_genes, ablation_genes : int, optional
            Largest number of genes that are scanned, and in which sites are ablated.
        out : path, optional
            Folder of tables; a temporary one by default.
        force : bool
            Whether the results of an earlier run in the folder are replaced.
        seed : int, optional
            Seed of the selection of genes, shuffles and resamples.
        threads, progress
            As in `predict_fasta`.
        """
        return FilterMotifs._run(
            out,
            lambda folder: _native.motifs(
                Listener(progress),
                self._native,
                dataset._native,
                {
                    "split": split,
                    "max_genes": max_genes,
                    "database": optional_path(database),
                    "ablation_genes": ablation_genes,
                    "seed": seed,
                    "out": folder,
                    "force": force,
                },
                threads,
            ),
        )

    def marginalize(
        self,
        motifs: str | Iterable[str],
        backgrounds: Dataset | PathLike,
        *,
        motif_file: PathLike | None = None,
        positions: tuple[int, int] | None = None,
        step: int | None = None,
        orientation: Literal["forward", "reverse", "both"] = "forward",
        split: str = "test",
        shuffle: bool = False,
        tss_offset: int | None = None,
        max_backgrounds: int | None = None,
        cell_types: str | Iterable[str] | None = None,
        seed: int | None = None,
        output: PathLike | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Table | None:
        """Mean effects of motifs that are placed in background promoters.

        Parameters
        ----------
        motifs : str or iterable of str
            Motifs as IUPAC letters, or names in `motif_file`.
        backgrounds : Dataset or path
            Genes of a data set (of `split`, with shuffled dinucleotides if `shuffle`), or FASTA.
        positions : (int, int), optional
            First position and one past the last of the first base of a motif, relative to the TSS.
        step : int, optional
            Distance between positions.
        motif_file : path, optional
            Motif file (MEME, JASPAR, HOMER) of named motifs.
        orientation : {"forward", "reverse", "both"}
            Orientation of the motifs.
        tss_offset : int, optional
            0-based index of the TSS base in records of the FASTA file.
        max_backgrounds : int, optional
            Largest number of background promoters.
        cell_types : str or iterable of str, optional
            Outputs; all by default.
        seed : int, optional
            Seed of the selection of genes, shuffles and resamples.
        output, threads, progress
            As in `predict_fasta`.
        """
        is_dataset = isinstance(backgrounds, Dataset)
        options = {
            "motifs": _names(motifs),
            "motif_file": optional_path(motif_file),
            "positions": positions,
            "step_bp": step,
            "orientation": orientation,
            "fasta": None if isinstance(backgrounds, Dataset) else path(backgrounds),
            "tss_offset": tss_offset,
            "dataset": backgrounds._native if isinstance(backgrounds, Dataset) else None,
            "split": split,
            "shuffle": shuffle and is_dataset,
            "max_backgrounds": max_backgrounds,
            "cell_types": _names(cell_types),
            "seed": seed,
            "output": optional_path(output),
        }
        with checked_arguments():
            table = _native.marginalize(Listener(progress), self._native, options, threads)
        return None if table is None else Table(table)

    def design(
        self,
        targets: str | Iterable[str],
        *,
        fasta: PathLike | None = None,
        tss_offset: int | None = None,
        genes: str | Iterable[str] | None = None,
        dataset: Dataset | None = None,
        random: int | None = None,
        random_gc: float = 0.5,
        shuffles: int | None = None,
        max_edits: int | None = None,
        protected: Iterable[tuple[int, int]] = (),
        protected_motifs: str | Iterable[str] = (),
        gc: tuple[float, float] | None = None,
        longest_run: int | None = None,
        search: Literal["greedy", "beam", "genetic"] = "greedy",
        seed: int | None = None,
        out: PathLike | None = None,
        force: bool = False,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Designs:
        """Designs promoters with few edits that bring predictions closer to targets.

        Parameters
        ----------
        targets : str or iterable of str
            Such as `"K562=high"`, `"HepG2=low"` or `"K562=6.5"`.
        fasta, genes, dataset, random
            Starts: records of a FASTA file, genes of a data set, or a number of random sequences with the GC fraction
            `random_gc`.
        shuffles : int, optional
            Number of dinucleotide shuffles of each start, which are designed in place of it.
        max_edits : int, optional
            Largest number of substitutions.
        protected, protected_motifs
            Positions relative to the TSS, and motifs, that are not edited.
        gc : (float, float), optional
            Smallest and largest GC fraction.
        longest_run : int, optional
            Longest run of one base.
        search : {"greedy", "beam", "genetic"}
            Search algorithm.
        tss_offset : int, optional
            0-based index of the TSS base in records of the FASTA file.
        seed : int, optional
            Seed of random starts, shuffles and the genetic search.
        out, force, threads, progress
            As in `motifs`.
        """
        files = None
        if fasta is not None or dataset is not None:
            files = _promoter_files(fasta=fasta, tss_offset=tss_offset, genes=_names(genes), dataset=dataset)
        return Designs._run(
            out,
            lambda folder: _native.design(
                Listener(progress),
                self._native,
                {
                    "targets": _names(targets),
                    "starts": files,
                    "random": None if random is None else (random, random_gc),
                    "shuffles": shuffles,
                    "max_edits": max_edits,
                    "protected": list(protected),
                    "protected_motifs": _names(protected_motifs),
                    "gc": gc,
                    "longest_run": longest_run,
                    "search": search,
                    "seed": seed,
                    "out": folder,
                    "force": force,
                },
                threads,
            ),
        )

    def to_onnx(self, output: PathLike, attention: bool = False) -> Path:
        """Writes the model as ONNX, opset 17: expression in log2(TPM + 1) from one-hot windows.

        Parameters
        ----------
        output : path
            The file.
        attention : bool
            Whether the attention of each head is an output as well.
        """
        _native.export(self._native, path(output), "onnx", attention)
        return Path(path(output))

    def to_safetensors(self, output: PathLike) -> Path:
        """Writes a single network as safetensors, with configuration and scores in the metadata."""
        _native.export(self._native, path(output), "safetensors", False)
        return Path(path(output))

    def __repr__(self) -> str:
        return f"<tatabox.Model {self._native.summary()}>"

    def _repr_html_(self) -> str:
        upstream, downstream = self.window
        rows = {
            "Networks": str(self.members),
            "Window": f"{upstream} bp before the TSS base, {downstream} bp from it on",
            "Outputs": ", ".join(self.cell_types),
        }
        if self.feature_names:
            rows["Gene features"] = ", ".join(self.feature_names)
        body = "".join(f"<tr><th>{name}</th><td>{html.escape(text)}</td></tr>" for name, text in rows.items())
        return f"<table><caption>{html.escape(self.name)}</caption><tbody>{body}</tbody></table>"

    def __reduce__(self) -> tuple[Any, ...]:
        if self._native.path is None:
            return _bundled, (self._outputs, self._native.device)
        return _loaded, (self._native.path, self._outputs, self._native.device)

    def _with(self, outputs: list[str]) -> _native.Model:
        """The native model with other outputs."""
        key = tuple(outputs)
        if key not in self._variants:
            self._variants[key] = self._native.with_outputs(outputs)
        return self._variants[key]

    def _effect_model(self, outputs: str | Iterable[str] | None) -> _native.Model:
        """The native model with the outputs whose variant effects are reported."""
        listed = names(outputs)
        if not listed:
            # Outputs that the user chose for this model, or those that the model designates.
            return self._native if self._outputs else self._with(["effects"])
        return self._with(listed)


class ModelCard(str):
    """Card of a model, as Markdown."""

    def _repr_markdown_(self) -> str:
        return str(self)


def _vcf_rows(table: dict[str, list[Any]]) -> list[str]:
    """Records of a VCF file from the columns chrom, pos, ref, alt and optionally id."""
    lengths = {name: len(values) for name, values in table.items()}
    if len(set(lengths.values())) > 1:
        raise InputError(f"columns differ in length: {lengths}")
    rows = []
    for number, row in enumerate(zip(*table.values(), strict=True)):
        cells = dict(zip(table, row, strict=True))
        try:
            position = int(cells["pos"])
            is_position = position == float(cells["pos"]) and position > 0
        except (TypeError, ValueError):
            is_position = False
        if not is_position:
            raise InputError(f"row {number}: pos is {cells['pos']!r}; expected a 1-based position")
        for name in ("chrom", "ref", "alt"):
            if not isinstance(cells[name], str) or cells[name].split() != [cells[name]]:
                raise InputError(f"row {number}: {name} is {cells[name]!r}; expected text without spaces")
        identifier = cells.get("id")
        has_identifier = isinstance(identifier, str) and identifier.split() == [identifier]
        label = identifier if has_identifier else "."
        rows.append(f"{cells['chrom']}\t{position}\t{label}\t{cells['ref']}\t{cells['alt']}\t.\t.\t.\n")
    return rows


def as_model(model: Model | PathLike) -> Model:
    """The model, or that in a folder."""
    return model if isinstance(model, Model) else Model.load(model)


def _names(values: str | Iterable[str] | None) -> list[str]:
    return names(values)


def _bundled(outputs: list[str], device: str) -> Model:
    return Model.bundled(outputs, device)


def _loaded(folder: str, outputs: list[str], device: str) -> Model:
    return Model.load(folder, outputs, device)


def _promoter_files(
    fasta: PathLike | None = None,
    tss_offset: int | None = None,
    on_malformed: str = "raise",
    bed: PathLike | None = None,
    genome: PathLike | None = None,
    genes: list[str] | None = None,
    dataset: Dataset | None = None,
    gene_features: PathLike | None = None,
    tracks: Mapping[str, PathLike] | None = None,
) -> dict[str, Any]:
    if dataset is not None and not genes:
        raise RequestError("genes: none; expected identifiers or names of genes of the data set")
    return {
        "fasta": optional_path(fasta),
        "tss_offset": tss_offset,
        "on_malformed": on_malformed,
        "bed": optional_path(bed),
        "genome": optional_path(genome),
        "genome_cache": cache_folder(),
        "genes": genes,
        "dataset": None if dataset is None else dataset._native,
        "gene_features": optional_path(gene_features),
        "tracks": named_paths(tracks),
    }


def _sites(
    genome: PathLike | None,
    annotation: PathLike | None,
    tss_bed: PathLike | None,
    tss_choice: str | None,
    cage: PathLike | None,
    gene_features: PathLike | None,
) -> dict[str, Any]:
    if tss_bed is not None and (tss_choice is not None or cage is not None):
        raise RequestError("tss_choice, cage: rules for an annotation, and tss_bed states the TSSs")
    return {
        "genome": optional_path(genome),
        "genome_cache": cache_folder(),
        "annotation": optional_path(annotation),
        "tss_bed": optional_path(tss_bed),
        "tss_choice": tss_choice,
        "cage": optional_path(cage),
        "gene_features": optional_path(gene_features),
    }
