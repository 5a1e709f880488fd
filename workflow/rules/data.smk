# Public data and the data set made of them; both are passed over where a prepared data set is given.

if "download" in config["data"]:

    rule download:
        # The files lie outside the results and are not named as output: what is there of them goes on after a broken
        # connection, and Snakemake removes the output of a job that fails.
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
