# Results over all cell types: prediction table, evaluation, report and checksums.


rule merged_predictions:
    input:
        expand(f"{RESULTS}/crossval/{{cell_type}}/predictions.tsv", cell_type=CELL_TYPES),
    output:
        f"{RESULTS}/out_of_fold.tsv",
    params:
        cell_types=CELL_TYPES,
    log:
        f"{RESULTS}/logs/merged_predictions.log",
    conda:
        "../envs/tools.yaml"
    script:
        "../scripts/merge_predictions.py"


rule merged_fold_metrics:
    input:
        expand(f"{RESULTS}/crossval/{{cell_type}}/fold_metrics.tsv", cell_type=CELL_TYPES),
    output:
        f"{RESULTS}/report/fold_metrics.tsv",
    params:
        cell_types=CELL_TYPES,
    log:
        f"{RESULTS}/logs/merged_fold_metrics.log",
    conda:
        "../envs/tools.yaml"
    script:
        "../scripts/merge_fold_metrics.py"


rule report:
    input:
        dataset=f"{PREPARED}/dataset.json",
        predictions=f"{RESULTS}/out_of_fold.tsv",
    output:
        report=f"{RESULTS}/report/report.html",
        metrics=f"{RESULTS}/report/metrics.tsv",
        comparisons=f"{RESULTS}/report/comparisons.tsv",
        predictions=f"{RESULTS}/report/predictions.tsv",
    params:
        data=lambda wildcards, input: os.path.dirname(input.dataset),
        folder=lambda wildcards, output: os.path.dirname(output.report),
        bootstrap=SETTINGS["bootstrap"],
        seed=SETTINGS["seed"],
        reference="multi" if "all" in CELL_TYPES else "single",
    log:
        f"{RESULTS}/logs/report.log",
    benchmark:
        f"{RESULTS}/benchmarks/report.tsv"
    retries: 1
    threads: 2
    resources:
        mem_mb=lambda wildcards, attempt: 4000 * attempt,
        runtime=60,
    conda:
        "../envs/tools.yaml"
    shell:
        "tatabox evaluate --predictions {input.predictions} --reference {params.reference} --data {params.data}"
        " --bootstrap {params.bootstrap} --seed {params.seed} -o {params.folder} --threads {threads} > {log} 2>&1"


rule checksums:
    # Tables, reports and weights only; run records contain times and differ between runs.
    input:
        final_results,
    output:
        f"{RESULTS}/SHA256SUMS",
    params:
        folder=lambda wildcards, output: os.path.dirname(output[0]),
    log:
        f"{RESULTS}/logs/checksums.log",
    conda:
        "../envs/tools.yaml"
    shell:
        "(cd {params.folder} && find . -type f"
        " \\( -name '*.tsv' -o -name report.html -o -name report.json -o -name '*.svg' -o -name '*.vcf.gz'"
        " -o -name weights.safetensors \\) -not -path './.*/*' -not -path './benchmarks/*' -not -path './parts/*'"
        " | LC_ALL=C sort | xargs -d '\\n' sha256sum) > {output}.partial 2> {log}"
        " && mv {output}.partial {output}"
