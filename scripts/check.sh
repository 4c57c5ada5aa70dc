#!/usr/bin/env bash
# Every check of the sources, the same on a desk and in CI. Tests are run by test.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== format"
swift format lint --strict --recursive --parallel Package.swift Sources Tests

echo "== shell"
for script in start.sh test.sh scripts/*.sh Benchmarks/*.sh .ci/run; do
    [ -e "$script" ] && bash -n "$script"
done

echo "== layers: who may import whom"
scripts/check-layers.sh
scripts/check-imports.py

echo "== build, warnings as errors, undeclared imports as errors"
swift build --build-tests --explicit-target-dependency-import-check error
