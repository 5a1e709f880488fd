# Cross-validation: one network per fold and cell type, its baselines, and the merged evaluation.
#
# The folder of a network is not an output: Snakemake removes the outputs of failed jobs, and training resumes from the last
# completed epoch. A marker file indicates completion.


rule fold:
    input:
        f"{PREPARED}/dataset.json",
    output:
        touch(f"{RESULTS}/crossval/{{cell_type}}/fold{{fold}}.trained"),
    params:
        common=crossval_options,
        device=DEVICE,
    log:
        f"{RESULTS}/logs/crossval/{{cell_type}}/fold{{fold}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/crossval/{{cell_type}}/fold{{fold}}.tsv"
    retries: 2
    threads: SETTINGS["threads"]
    resources:
        gpu=GPUS_FOR_TRAINING,
        mem_mb=lambda wildcards, attempt: 4000 * attempt,
        runtime=lambda wildcards, attempt: 240 * attempt,
    conda:
        "../envs/tools.yaml"
    shell:
        "on_device {params.device} tatabox crossval {params.common} --fold {wildcards.fold}"
        " --baselines none $FORCE --threads {threads} > {log} 2>&1"


rule baselines:
    input:
        f"{PREPARED}/dataset.json",
        rules.fold.output,
    output:
        touch(f"{RESULTS}/crossval/{{cell_type}}/fold{{fold}}.compared"),
    params:
        common=crossval_options,
        device=DEVICE,
        baselines=SETTINGS["baselines"],
    log:
        f"{RESULTS}/logs/crossval/{{cell_type}}/fold{{fold}}.baselines.log",
    benchmark:
        f"{RESULTS}/benchmarks/crossval/{{cell_type}}/fold{{fold}}.baselines.tsv"
    retries: 2
    threads: SETTINGS["threads"]
    resources:
        gpu=GPUS_FOR_TRAINING,
        mem_mb=lambda wildcards, attempt: 4000 * attempt,
        runtime=lambda wildcards, attempt: 240 * attempt,
    conda:
        "../envs/tools.yaml"
    shell:
        "on_device {params.device} tatabox crossval {params.common} --fold {wildcards.fold}"
        " --baselines {params.baselines} --threads {threads} > {log} 2>&1"


rule crossval:
    input:
        f"{PREPARED}/dataset.json",
        marks=expand(f"{RESULTS}/crossval/{{{{cell_type}}}}/fold{{fold}}.compared", fold=FOLDS),
    output:
        report=f"{RESULTS}/crossval/{{cell_type}}/report.html",
        predictions=f"{RESULTS}/crossval/{{cell_type}}/predictions.tsv",
        metrics=f"{RESULTS}/crossval/{{cell_type}}/metrics.tsv",
        fold_metrics=f"{RESULTS}/crossval/{{cell_type}}/fold_metrics.tsv",
        comparisons=f"{RESULTS}/crossval/{{cell_type}}/comparisons.tsv",
    params:
        common=crossval_options,
        device=DEVICE,
        baselines=SETTINGS["baselines"],
        bootstrap=SETTINGS["bootstrap"],
    log:
        f"{RESULTS}/logs/crossval/{{cell_type}}/crossval.log",
    benchmark:
        f"{RESULTS}/benchmarks/crossval/{{cell_type}}/crossval.tsv"
    retries: 1
    threads: SETTINGS["threads"]
    resources:
        gpu=GPUS_FOR_TRAINING,
        mem_mb=lambda wildcards, attempt: 4000 * attempt,
        runtime=lambda wildcards, attempt: 60 * attempt,
    conda:
        "../envs/tools.yaml"
    shell:
        "on_device {params.device} tatabox crossval {params.common} --baselines {params.baselines}"
        " --bootstrap {params.bootstrap} --threads {threads} > {log} 2>&1"
