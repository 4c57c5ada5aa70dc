#!/usr/bin/env bash
# Starts Atelier: installs what is missing, builds when sources changed, then runs the server in the foreground.
#   ./start.sh          the server, with its data in ./.atelier
#   ./start.sh demo     one real job of every studio on a spare port and a scratch folder
set -euo pipefail
cd "$(dirname "$0")"
. scripts/dependencies.sh

program=.build/release/atelier
case "${1:-serve}" in
    serve | demo) command=${1:-serve} ;;
    *) printf 'usage: ./start.sh [demo]\n' >&2; exit 2 ;;
esac

is_current() {
    [ -x "$program" ] && [ -f .libraries/libvips.so.42 ] \
        && [ -z "$(find Sources Package.swift -newer "$program" -print -quit)" ]
}

if ! is_current; then
    need_build_dependencies
    say "building (a few minutes the first time)"
    swift build -c release --product atelier || fail "the build failed; the lines above say why"
    # The linker leaves an unchanged program alone: mark it as seen, or the next start would build again.
    touch "$program"
fi
exec "$program" "$command"
