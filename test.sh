#!/usr/bin/env bash
# Installs what the tests need, runs every check and every test, and leaves nothing running.
#   ./test.sh                 everything
#   ./test.sh --filter NAME   the tests whose name matches, without the checks
set -euo pipefail
cd "$(dirname "$0")"
. scripts/dependencies.sh

need_build_dependencies
if [ $# = 0 ]; then scripts/check.sh; fi
# A crash is to end the run, not to wait for somebody to look at it.
export SWIFT_BACKTRACE=interactive=no,timeout=30s
exec swift test --parallel "$@"
