#!/usr/bin/env bash
# Installs what the tests need, runs every check and every test, and leaves nothing running.
#   ./test.sh                 everything
#   ./test.sh --filter NAME   the tests whose name matches, without the checks
set -euo pipefail
cd "$(dirname "$0")"
. scripts/dependencies.sh

need_build_dependencies
need_test_dependencies
if [ $# = 0 ]; then scripts/check.sh; fi

servers=$(scripts/test-servers.sh start)
eval "$servers"
# Also after a failure or Ctrl-C.
trap 'scripts/test-servers.sh stop "$ATELIER_TEST_SERVERS"' EXIT

# A crash is to end the run, not to wait for somebody to look at it.
export SWIFT_BACKTRACE=interactive=no,timeout=30s
swift test --parallel "$@"
