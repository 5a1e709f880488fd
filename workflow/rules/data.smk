# Download of public data and preparation of the data set; both are skipped if the configuration has a prepared data set.

if "download" in config["data"]:

    rule download:
        # The files are outside the results and not declared as output: Snakemake removes the outputs of failed jobs, and
        # partial files are needed to resume the download.
        output:
            touch(f"{RESULTS}/download.done"),
        params:
            set=shlex.quote(config["data"]["download"]["set"]),
            folder=shlex.quote(config["data"]["download"]["folder"]),
            options=config["data"]["download"].get("options", ""),
        log:
            f"{RESULTS}/logs/download.log",
        benchmark:
            f"{RESULTS}/benchmarks/download.tsv"
        retries: 3
        threads: 1
        resources:
            mem_mb=1000,
            runtime=240,
        conda:
            "../envs/tools.yaml"
        shell:
            "tatabox download {params.set} --dest {params.folder} {params.options} > {log} 2>&1"


if "prepare" in config["data"]:

    rule prepare:
        input:
            prepare_inputs,
        output:
            f"{RESULTS}/data/dataset.json",
            f"{RESULTS}/data/qc.tsv",
        params:
            files=file_options(config["data"]["prepare"]),
            options=prepare_options,
            folder=lambda wildcards, output: os.path.dirname(output[0]),
        log:
            f"{RESULTS}/logs/prepare.log",
        benchmark:
            f"{RESULTS}/benchmarks/prepare.tsv"
        retries: 1
        threads: 2
        resources:
            mem_mb=lambda wildcards, attempt: 8000 * attempt,
            runtime=60,
        conda:
            "../envs/tools.yaml"
        shell:
            "tatabox prepare {params.files} {params.options} -o {params.folder} --force --threads {threads}"
            " > {log} 2>&1"
