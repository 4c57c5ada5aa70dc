#!/usr/bin/env bash
# Holds the imports against docs/architecture.md: arrows point down only.
# Package.swift names who may see whom; this refuses what it could be talked into.
set -euo pipefail
cd "$(dirname "$0")/.."
faults=0

# refuse FOLDER REGEX REASON
refuse() {
    local found
    found=$(grep -rnE "^(public |package |internal |@testable )*import $2\b" "$1" --include='*.swift' || true)
    if [ -n "$found" ]; then
        printf '%s\n' "$found" "    -> $3" >&2
        faults=1
    fi
}
names() { find "$1" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort | paste -sd'|'; }

adapters=$(names Sources/Adapters)
studios=$(names Sources/Studios)
libraries=$(names Sources/Libraries)

refuse Sources/Studios "($adapters|$libraries)" "a studio sees capabilities only"
for studio in Sources/Studios/*/; do
    others=$(names Sources/Studios | tr '|' '\n' | grep -vx "$(basename "$studio")" | paste -sd'|' || true)
    [ -n "$others" ] && refuse "$studio" "($others)" "a studio never sees another studio"
done
refuse Sources/Capabilities "($studios|$adapters)" "a capability sees neither studios nor adapters"
for adapter in Sources/Adapters/*/; do
    others=$(names Sources/Adapters | tr '|' '\n' | grep -vx "$(basename "$adapter")" | paste -sd'|' || true)
    [ -n "$others" ] && refuse "$adapter" "($others|$studios)" "an adapter sees its capability and one library"
done
refuse Sources "Foundation" "the server links FoundationEssentials only: full Foundation adds 45 MB"

# Each C library is imported by one target.
for library in Sources/Libraries/*/; do
    name=$(basename "$library")
    [ "$name" = CLinux ] && continue
    users=$(grep -rlE "import $name\b" Sources --include='*.swift' | cut -d/ -f1-3 | sort -u | wc -l)
    if [ "$users" -gt 1 ]; then echo "$name is imported by $users targets; C pointers stay in one" >&2; faults=1; fi
done
exit "$faults"
