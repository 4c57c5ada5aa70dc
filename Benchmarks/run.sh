#!/usr/bin/env bash
# Atelier beside its peers, in one run and interleaved, so that what else the machine does hits all of them alike.
#
#   Benchmarks/run.sh [all|images|http|engine|temporal] [--rounds N] [--seconds N]
#
# Needs a release build (.build/release/atelier, or ATELIER_PROGRAM); without one only the peers are measured.
# Everything listens on loopback, lives in Benchmarks/.scratch, has a time limit, and is stopped at the end.
set -euo pipefail
cd "$(dirname "$0")"

what=all rounds=3 seconds=8
while [ $# -gt 0 ]; do
    case "$1" in
    all | images | http | engine | temporal) what=$1 ;;
    --rounds) rounds=$2 && shift ;;
    --seconds) seconds=$2 && shift ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "$0" && exit 2 ;;
    esac
    shift
done

program=${ATELIER_PROGRAM:-$PWD/../.build/release/atelier}
scratch=$PWD/.scratch
python=$PWD/.venv/bin/python
cores=$(nproc)
export API_USERNAME=bench API_PASSWORD=bench-password
export ATELIER_LINK_SECRET=a-secret-for-the-benchmark-and-nothing-else
AUTHORIZATION="Basic $(printf '%s:%s' "$API_USERNAME" "$API_PASSWORD" | base64)"
export AUTHORIZATION
servers=()
# shellcheck source=engine.sh
. ./engine.sh

# A server may have started workers of its own: each runs in a session of its own, which is ended as a whole.
stop() {
    for pid in "${servers[@]}"; do kill -TERM -- "-$pid" 2>/dev/null || true; done
    for pid in "${servers[@]}"; do timeout 15 tail --pid="$pid" -f /dev/null || kill -KILL -- "-$pid" 2>/dev/null || true; done
    servers=()
    rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 130' INT TERM

install_packages() {
    [ $# -gt 0 ] || return 0
    local sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -q >/dev/null
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

install() {
    local missing=()
    command -v wrk >/dev/null || missing+=(wrk)
    command -v cc >/dev/null || missing+=(gcc libc6-dev)
    command -v curl >/dev/null || missing+=(curl)
    [ -e /usr/include/turbojpeg.h ] || missing+=(libturbojpeg0-dev)
    python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
    install_packages "${missing[@]}"
    if ! cmp -s requirements.txt .venv/installed.txt; then
        python3 -m venv .venv
        .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
        cp requirements.txt .venv/installed.txt
    fi
}

# record NAME COMMAND...: runs it for at most three minutes and keeps the JSON it prints last.
record() {
    local name=$1 line
    shift
    line=$(timeout 180 "$@" | grep '^{' | tail -n 1) || { echo "run.sh: $name failed" >&2 && return 1; }
    printf '%s %s\n' "$name" "$line" | tee -a "$scratch/results" >&2
}

images() {
    "$python" make_photo.py "$scratch/photo.jpg"
    cc -O2 -o "$scratch/jpeg_limit" jpeg_limit.c -lturbojpeg
    for _ in $(seq "$rounds"); do
        record images.limit "$scratch/jpeg_limit" "$scratch/photo.jpg" 20
        record images.pillow "$python" pillow_variations.py "$scratch/photo.jpg" 5
        if [ -x "$program" ]; then
            record images.atelier "$program" bench images --photo "$scratch/photo.jpg" --count 20 --json
        fi
    done
}

spare_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start NAME PORT COMMAND...: starts a server and waits until it answers.
start() {
    local name=$1 port=$2
    shift 2
    setsid "$@" >"$scratch/$name.log" 2>&1 &
    servers+=($!)
    for _ in $(seq 300); do
        curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$port/campaigns/1" && return
        kill -0 "${servers[-1]}" 2>/dev/null || break
        sleep 0.1
    done
    echo "run.sh: $name does not answer; the end of its log:" >&2
    tail -n 5 "$scratch/$name.log" >&2
    return 1
}

create() {
    curl -sf --max-time 10 -H "Authorization: $AUTHORIZATION" -H 'Content-Type: application/json' \
        -d '{"description":"One to read","image_metadata":{"source_type":"ai_generated","prompt":"a shoe"}}' \
        "http://127.0.0.1:$1/campaigns" | python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])'
}

# load NAME METHOD PORT ID: 64 connections for the given time.
load() {
    record "$1" env METHOD="$2" CAMPAIGN_ID="$4" \
        wrk -t2 -c64 -d"${seconds}s" --timeout 10s -s campaigns.lua "http://127.0.0.1:$3"
}

http() {
    local peer_port atelier_port peer_id atelier_id
    peer_port=$(spare_port)
    export PEER_DATABASE=$scratch/peer.db
    "$python" -c 'import fastapi_peer'
    start fastapi "$peer_port" "$PWD/.venv/bin/uvicorn" fastapi_peer:app --host 127.0.0.1 --port "$peer_port" \
        --workers "$cores" --no-access-log --log-level warning
    peer_id=$(create "$peer_port")
    if [ -x "$program" ]; then
        atelier_port=$(spare_port)
        mkdir -p "$scratch/home"
        # No .env is found or written beside the checkout: it starts in the scratch folder.
        start atelier "$atelier_port" env -C "$scratch" ATELIER_HOME="$scratch/home" API_HOST=127.0.0.1 \
            API_PORT="$atelier_port" "$program" api
        atelier_id=$(create "$atelier_port")
    fi
    for method in GET POST; do
        for _ in $(seq "$rounds"); do
            load "http.$method.fastapi" "$method" "$peer_port" "$peer_id"
            if [ -x "$program" ]; then load "http.$method.atelier" "$method" "$atelier_port" "$atelier_id"; fi
        done
    done
}

[ -x "$program" ] || echo "run.sh: $program is not built; only the peers are measured" >&2
rm -rf "$scratch" && mkdir -p "$scratch"
case "$what" in engine | temporal) ;; *) install ;; esac
if [ "$what" = all ] || [ "$what" = images ]; then images; fi
if [ "$what" = all ] || [ "$what" = http ]; then http; fi
if [ "$what" = all ] || [ "$what" = engine ]; then engine; fi
if [ "$what" = temporal ]; then temporal; fi
python3 report.py "$scratch/results"
