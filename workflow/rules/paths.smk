# Paths and options derived from the configuration, and the shell environment of all commands.

import shlex
import shutil
from pathlib import Path

RESULTS = config["results"].rstrip("/")
MODEL = shlex.quote(config["model"])

SETTINGS = config["crossval"]
CELL_TYPES = SETTINGS["cell_types"]
FOLDS = range(1, SETTINGS["folds"] + 1)
PREPARED = config["data"].get("prepared", f"{RESULTS}/data")

# Arguments of scripts/device.sh for training jobs, and for prediction jobs, which use one device; and the number of GPUs
# that each requests from Snakemake.
if "devices" in config:
    GPUS = ",".join(config["devices"])
    DEVICE = f"{config['device_use']} {GPUS}"
    DEVICE_FOR_PREDICTION = f"one_each {GPUS}"
    GPUS_FOR_TRAINING = len(config["devices"]) if config["device_use"] == "shared" else 1
    GPUS_FOR_PREDICTION = 1
else:
    DEVICE = DEVICE_FOR_PREDICTION = f"as_given {config.get('device', 'auto')}"
    GPUS_FOR_TRAINING = GPUS_FOR_PREDICTION = int("cuda" in DEVICE)


# The commands contain `tatabox` and $FORCE, so that another path of the binary or a forced run does not trigger a rerun of
# completed jobs. The cache passes fitted baselines from the fold jobs to the merging job. A separate state folder keeps the
# active data set of the user unchanged.
shell.prefix(
    "set -euo pipefail; "
    f"export XDG_CACHE_HOME={shlex.quote(os.path.abspath(RESULTS))}/.cache "
    f"TATABOX_STATE={shlex.quote(os.path.abspath(RESULTS))}/.state; "
    f"LOCKS={shlex.quote(os.path.abspath(RESULTS))}/.locks "
    f"FORCE={'--force' if config['force'] else ''}; "
    f". {shlex.quote(os.path.join(workflow.basedir, 'scripts', 'device.sh'))}; "
    # Snakemake formats this string, so braces for the shell are doubled twice.
    f"tatabox() {{{{ command {shlex.quote(config['tatabox'])} \"$@\"; }}}}; "
)


wildcard_constraints:
    cell_type="[A-Za-z0-9._+-]+",
    fold=r"\d+",
    part=r"\d+",


onstart:
    if shutil.which(config["tatabox"]) is None:
        raise WorkflowError(
            f"{config['tatabox']} was not found; put tatabox on the PATH or set its path in the configuration (tatabox:)"
        )


def as_options(options):
    """Command-line options with their values, quoted for a shell."""
    return " ".join(f"--{name.replace('_', '-')} {shlex.quote(str(value))}" for name, value in options.items())


def files_and_tracks(section):
    """Files of a section by option, and bigWig files of its tracks by name."""
    files = dict(section["files"])
    tracks = files.pop("tracks", {})
    return files, tracks


def files_of(section):
    """All files of a section, as inputs of its rule."""
    files, tracks = files_and_tracks(section)
    return [*files.values(), *tracks.values()]


def file_options(section):
    """Command-line options for the files of a section."""
    files, tracks = files_and_tracks(section)
    options = [as_options(files)] + [as_options({"track": f"{name}={file}"}) for name, file in tracks.items()]
    return " ".join(options)


def prepare_options(wildcards):
    """Options of `prepare` other than its files."""
    section = config["data"]["prepare"]
    options = as_options({"tss_choice": section["tss_choice"]} if "tss_choice" in section else {})
    half_life = "--half-life" if section["half_life"] else ""
    return " ".join(filter(None, [options, half_life, section.get("options", "")]))


def prepare_inputs(wildcards):
    """Inputs of `prepare`: its files, with the download marker in place of downloaded files."""
    files = files_of(config["data"]["prepare"])
    download = config["data"].get("download")
    if download is None:
        return files
    return [file for file in files if not Path(file).is_relative_to(download["folder"])] + [f"{RESULTS}/download.done"]


def shards_of(section):
    """Shard numbers of `predict` or `variants`; empty if the section is missing."""
    return range(1, config[section]["shards"] + 1) if section in config else []


def final_results(wildcards):
    """All results whose checksums are computed."""
    results = [f"{RESULTS}/report/report.html", f"{RESULTS}/report/fold_metrics.tsv"]
    results += expand(f"{RESULTS}/crossval/{{cell_type}}/report.html", cell_type=CELL_TYPES)
    if "predict" in config:
        results.append(f"{RESULTS}/predictions.tsv")
    if "variants" in config:
        results += [f"{RESULTS}/variants.tsv", f"{RESULTS}/variants.vcf.gz", f"{RESULTS}/variants_unscored.tsv"]
    return results


def crossval_options(wildcards):
    """Options shared by all jobs of a cross-validation."""
    options = {
        "data": PREPARED,
        "cell_type": wildcards.cell_type,
        "folds": SETTINGS["folds"],
        "seed": SETTINGS["seed"],
        "out": f"{RESULTS}/crossval/{wildcards.cell_type}",
    }
    return f"{as_options(options)} {SETTINGS['training']}".strip()
