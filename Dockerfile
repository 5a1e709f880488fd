# docker build --tag tatabox .
# docker run --rm --volume "$PWD:/data" tatabox predict --fasta promoters.fa

FROM rust:1.95-slim-bookworm AS build
WORKDIR /source
COPY . .
# The cache mounts keep compiled dependencies between builds; the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --locked --profile dist --bin tatabox \
    && install -D target/dist/tatabox /usr/local/bin/tatabox

FROM debian:bookworm-slim
COPY --from=build /usr/local/bin/tatabox /usr/local/bin/tatabox
COPY LICENSE /usr/share/doc/tatabox/LICENSE
# The active data set and unpacked genomes are stored below HOME.
ENV HOME=/tmp
WORKDIR /data
ENTRYPOINT ["tatabox"]
CMD ["--help"]
