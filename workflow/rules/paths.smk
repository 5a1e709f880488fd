# What the configuration says, as the rules need it, and the environment of every command.

import shlex
import shutil
from pathlib import Path

RESULTS = config["results"].rstrip("/")
MODEL = shlex.quote(config["model"])

SETTINGS = config["crossval"]
CELL_TYPES = SETTINGS["cell_types"]
FOLDS = range(1, SETTINGS["folds"] + 1)
PREPARED = config["data"].get("prepared", f"{RESULTS}/data")

# How scripts/device.sh is called for jobs that train, and for those that predict, which use one device; and the GPUs that
# either asks Snakemake for.
if "devices" in config:
    GPUS = ",".join(config["devices"])
    DEVICE = f"{config['device_use']} {GPUS}"
    DEVICE_FOR_PREDICTION = f"one_each {GPUS}"
    GPUS_FOR_TRAINING = len(config["devices"]) if config["device_use"] == "shared" else 1
    GPUS_FOR_PREDICTION = 1
else:
    DEVICE = DEVICE_FOR_PREDICTION = f"as_given {config.get('device', 'auto')}"
    GPUS_FOR_TRAINING = GPUS_FOR_PREDICTION = int("cuda" in DEVICE)


# `tatabox` and $FORCE stand in the commands: where the program lies, and having forced something once, are no reason to
# run jobs again. Fitted baselines go from the jobs of the folds to the one that puts them together through the cache;
# the state is kept apart from the user's own, whose active data set stays what it is.
shell.prefix(
    "set -euo pipefail; "
    f"export XDG_CACHE_HOME={shlex.quote(os.path.abspath(RESULTS))}/.cache "
    f"TATABOX_STATE={shlex.quote(os.path.abspath(RESULTS))}/.state; "
    f"LOCKS={shlex.quote(os.path.abspath(RESULTS))}/.locks "
    f"FORCE={'--force' if config['force'] else ''}; "
    f". {shlex.quote(os.path.join(workflow.basedir, 'scripts', 'device.sh'))}; "
    # Snakemake formats what stands here, so that braces for the shell are doubled twice.
    f"tatabox() {{{{ command {shlex.quote(config['tatabox'])} \"$@\"; }}}}; "
)


wildcard_constraints:
    cell_type="[A-Za-z0-9._+-]+",
    fold=r"\d+",
    part=r"\d+",


onstart:
    if shutil.which(config["tatabox"]) is None:
        raise WorkflowError(
            f"{config['tatabox']} is not a program; put tatabox on the PATH, or name it in the configuration (tatabox:)"
        )


def as_options(options):
    """Options with their values for a shell, without those not given."""
    return " ".join(f"--{name.replace('_', '-')} {shlex.quote(str(value))}" for name, value in options.items())


def files_and_tracks(section):
    """The files of a section by option, and the bigWigs of its tracks by name."""
    files = dict(section["files"])
    tracks = files.pop("tracks", {})
    return files, tracks


def files_of(section):
    """Every file that a section names, as input of its rule."""
    files, tracks = files_and_tracks(section)
    return [*files.values(), *tracks.values()]


def file_options(section):
    """The options that name these files."""
    files, tracks = files_and_tracks(section)
    options = [as_options(files)] + [as_options({"track": f"{name}={file}"}) for name, file in tracks.items()]
    return " ".join(options)


def prepare_options(wildcards):
    """What `prepare` is told beside its files."""
    section = config["data"]["prepare"]
    options = as_options({"tss_choice": section["tss_choice"]} if "tss_choice" in section else {})
    half_life = "--half-life" if section["half_life"] else ""
    return " ".join(filter(None, [options, half_life, section.get("options", "")]))


def prepare_inputs(wildcards):
    """The files that `prepare` reads; those of a download come with it."""
    files = files_of(config["data"]["prepare"])
    download = config["data"].get("download")
    if download is None:
        return files
    return [file for file in files if not Path(file).is_relative_to(download["folder"])] + [f"{RESULTS}/download.done"]


def shards_of(section):
    """Numbers of the parts of `predict` or `variants`; none where it is not asked for."""
    return range(1, config[section]["shards"] + 1) if section in config else []


def results_wanted(wildcards):
    """Everything whose checksum is taken in the end."""
    wanted = [f"{RESULTS}/report/report.html", f"{RESULTS}/report/fold_metrics.tsv"]
    wanted += expand(f"{RESULTS}/crossval/{{cell_type}}/report.html", cell_type=CELL_TYPES)
    if "predict" in config:
        wanted.append(f"{RESULTS}/predictions.tsv")
    if "variants" in config:
        wanted += [f"{RESULTS}/variants.tsv", f"{RESULTS}/variants.vcf.gz", f"{RESULTS}/variants_unscored.tsv"]
    return wanted


def crossval_options(wildcards):
    """What every job of a cross-validation is given, so that all of them speak of the same one."""
    options = {
        "data": PREPARED,
        "cell_type": wildcards.cell_type,
        "folds": SETTINGS["folds"],
        "seed": SETTINGS["seed"],
        "out": f"{RESULTS}/crossval/{wildcards.cell_type}",
    }
    return f"{as_options(options)} {SETTINGS['training']}".strip()
