# Predictions in shards, and their merged table.

if "predict" in config:

    rule predict:
        input:
            files_of(config["predict"]),
        output:
            f"{RESULTS}/parts/predict/{{part}}.tsv",
        params:
            model=MODEL,
            device=DEVICE_FOR_PREDICTION,
            files=file_options(config["predict"]),
            shards=config["predict"]["shards"],
            options=config["predict"].get("options", ""),
        log:
            f"{RESULTS}/logs/predict/{{part}}.log",
        benchmark:
            f"{RESULTS}/benchmarks/predict/{{part}}.tsv"
        retries: 2
        threads: config["predict"]["threads"]
        resources:
            gpu=GPUS_FOR_PREDICTION,
            mem_mb=lambda wildcards, attempt: 2000 * attempt,
            runtime=lambda wildcards, attempt: 120 * attempt,
        conda:
            "../envs/tools.yaml"
        shell:
            "on_device {params.device} tatabox predict {params.files} --model {params.model}"
            " --shard {wildcards.part}/{params.shards} {params.options} -o {output} --threads {threads} > {log} 2>&1"

    rule prediction_table:
        input:
            expand(f"{RESULTS}/parts/predict/{{part}}.tsv", part=shards_of("predict")),
        output:
            f"{RESULTS}/predictions.tsv",
        log:
            f"{RESULTS}/logs/predict/table.log",
        conda:
            "../envs/tools.yaml"
        shell:
            "awk 'NR == 1 || FNR > 1' {input} > {output}.partial 2> {log} && mv {output}.partial {output}"
