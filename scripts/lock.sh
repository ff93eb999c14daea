#!/bin/sh
# Writes requirements.lock and requirements-dev.lock from pyproject.toml: every package with its hashes, for all
# platforms, and no address of the index that happened to be asked.
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml "$@"
}
compile -o requirements.lock
compile --group dev -c requirements.lock -o requirements-dev.lock
