# Variant effects in shards, and the merged table, annotated VCF and list of unscored variants.

if "variants" in config:

    rule variants:
        input:
            files_of(config["variants"]),
        output:
            table=f"{RESULTS}/parts/variants/{{part}}.tsv",
            annotated=f"{RESULTS}/parts/variants/{{part}}.vcf.gz",
            unscored=f"{RESULTS}/parts/variants/{{part}}.unscored.tsv",
        params:
            model=MODEL,
            device=DEVICE_FOR_PREDICTION,
            files=file_options(config["variants"]),
            shards=config["variants"]["shards"],
            options=config["variants"].get("options", ""),
        log:
            f"{RESULTS}/logs/variants/{{part}}.log",
        benchmark:
            f"{RESULTS}/benchmarks/variants/{{part}}.tsv"
        retries: 2
        threads: config["variants"]["threads"]
        resources:
            gpu=GPUS_FOR_PREDICTION,
            mem_mb=lambda wildcards, attempt: 4000 * attempt,
            runtime=lambda wildcards, attempt: 240 * attempt,
        conda:
            "../envs/tools.yaml"
        shell:
            "on_device {params.device} tatabox variants {params.files} --model {params.model}"
            " --shard {wildcards.part}/{params.shards} {params.options} -o {output.table}"
            " --annotated {output.annotated} --report {output.unscored} --threads {threads} > {log} 2>&1"

    rule variant_table:
        input:
            expand(f"{RESULTS}/parts/variants/{{part}}.tsv", part=shards_of("variants")),
        output:
            f"{RESULTS}/variants.tsv",
        log:
            f"{RESULTS}/logs/variants/table.log",
        conda:
            "../envs/tools.yaml"
        shell:
            "awk 'NR == 1 || FNR > 1' {input} > {output}.partial 2> {log} && mv {output}.partial {output}"

    rule unscored_variants:
        input:
            expand(f"{RESULTS}/parts/variants/{{part}}.unscored.tsv", part=shards_of("variants")),
        output:
            f"{RESULTS}/variants_unscored.tsv",
        log:
            f"{RESULTS}/logs/variants/unscored.log",
        conda:
            "../envs/tools.yaml"
        shell:
            "awk 'NR == 1 || FNR > 1' {input} > {output}.partial 2> {log} && mv {output}.partial {output}"

    rule annotated_variants:
        input:
            expand(f"{RESULTS}/parts/variants/{{part}}.vcf.gz", part=shards_of("variants")),
        output:
            f"{RESULTS}/variants.vcf.gz",
        log:
            f"{RESULTS}/logs/variants/annotated.log",
        conda:
            "../envs/tools.yaml"
        script:
            "../scripts/concat_vcf.sh"
