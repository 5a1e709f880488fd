#!/usr/bin/env bash
# Checks of the Python package: lints, types, the tests against the installed wheel, the notebooks and the generated pages.
# The virtual environment and the wheel are in the target folder and are reused.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
environment=$target/python/environment
wheels=$target/python/wheels

[ -x "$environment/bin/python" ] || python3 -m venv "$environment"
PATH=$environment/bin:$PATH
pip install --quiet --disable-pip-version-check -r requirements-dev.txt -r "$root/docs/notebooks/requirements.txt"

ruff check --quiet .
ruff format --quiet --check .
# PyTorch is large, so that its parts are checked only where it is installed.
has_torch=false
python -c "import torch, safetensors" 2>/dev/null && has_torch=true
if $has_torch; then mypy python/tatabox; else mypy --exclude 'torch.*\.py$' python/tatabox; fi

rm -rf "$wheels"
maturin build --quiet --release --locked --interpreter "$environment/bin/python" --out "$wheels"
pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$wheels"/*.whl
# The tests must see the installed package, not the sources.
cd "$target/python"
python -m mypy.stubtest tatabox._native
pytest --quiet --rootdir "$root/bindings/python" --config-file "$root/bindings/python/pyproject.toml" "$root/bindings/python/tests"

# The examples of the documentation write into the working folder.
examples=$(mktemp -d)
(cd "$examples" && pytest --quiet -p no:cacheprovider --doctest-modules --pyargs tatabox.{_dataset,_explanation,_model,_predictions,_table})
rm -r "$examples"

cd "$root"
python docs/python/generate.py --check
python docs/notebooks/render.py --check
notebooks=(predict explain variants train)
if $has_torch; then notebooks+=(pytorch); fi
python docs/notebooks/run.py "${notebooks[@]}"
