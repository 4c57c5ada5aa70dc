#!/usr/bin/env bash
# The durable engine beside DBOS Transact, Celery and Temporal: a workflow of nine steps that do nothing, so many at once.
#
# Part of run.sh, which sources it: run.sh engine. Every peer keeps what it acknowledged: PostgreSQL with fsync, SQLite
# with synchronous=FULL, Redis with appendfsync always. Temporal's development server keeps all in memory unless it is
# given a file; without one it is faster, so that is what is measured.

engine_count=${ENGINE_COUNT:-200} engine_concurrency=${ENGINE_CONCURRENCY:-50}
engine_python=$PWD/.venv-engine/bin/python

install_engine() {
    local missing=()
    command -v redis-server >/dev/null || missing+=(redis-server)
    [ -n "$(postgresql_programs)" ] || missing+=(postgresql)
    python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
    install_packages "${missing[@]}" || echo "run.sh: ${missing[*]} cannot be installed" >&2
    install_engine_python
}

install_engine_python() {
    if ! cmp -s requirements-engine.txt .venv-engine/installed.txt; then
        python3 -m venv .venv-engine
        local line
        # One by one: a peer that cannot be had must not cost the others.
        while read -r line; do
            .venv-engine/bin/pip install --quiet --disable-pip-version-check "$line" \
                || echo "run.sh: $line cannot be installed; its peer is left out" >&2
        done <requirements-engine.txt
        cp requirements-engine.txt .venv-engine/installed.txt
    fi
}

postgresql_programs() { find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname; }

# PostgreSQL refuses to run as root.
as_postgres=()
if [ "$(id -u)" = 0 ]; then as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi

start_postgresql() {
    local programs folder=$scratch/postgresql
    programs=$(postgresql_programs)
    [ -n "$programs" ] || return 1
    postgresql_port=$(spare_port)
    mkdir -m 700 "$folder"
    if [ "$(id -u)" = 0 ]; then chmod 711 "$scratch" && chown postgres: "$folder"; fi
    "${as_postgres[@]}" "$programs/initdb" -D "$folder/data" -U bench -A trust --no-sync --encoding=UTF8 --locale=C.UTF-8 \
        >"$scratch/initdb.log" 2>&1 </dev/null || { tail -n 5 "$scratch/initdb.log" >&2 && return 1; }
    setsid "${as_postgres[@]}" "$programs/postgres" -D "$folder/data" -p "$postgresql_port" -k "$folder" \
        -c listen_addresses=127.0.0.1 -c fsync=on -c synchronous_commit=on >"$scratch/postgresql.log" 2>&1 &
    servers+=($!)
    await "$programs/pg_isready" -q -h 127.0.0.1 -p "$postgresql_port"
}

start_redis() {
    command -v redis-server >/dev/null || return 1
    redis_port=$(spare_port)
    mkdir "$scratch/redis"
    setsid redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$scratch/redis" --appendonly yes \
        --appendfsync always --save '' >"$scratch/redis.log" 2>&1 &
    servers+=($!)
    await redis-cli -p "$redis_port" ping
    export REDIS_URL=redis://127.0.0.1:$redis_port/0
    setsid "$PWD/.venv-engine/bin/celery" -A engine_celery worker -c "$cores" --loglevel ERROR --without-gossip \
        --without-mingle --without-heartbeat >"$scratch/celery.log" 2>&1 &
    servers+=($!)
}

start_temporal() {
    [ -x .venv-engine/bin/temporal ] || return 1
    temporal_port=$(spare_port)
    # Its limits on calls a second are for clusters, and would be all that is measured.
    setsid .venv-engine/bin/temporal server start-dev --headless --ip 127.0.0.1 --port "$temporal_port" \
        --http-port "$(spare_port)" --log-level never --dynamic-config-value frontend.rps=100000 \
        --dynamic-config-value frontend.namespaceRPS=100000 \
        --dynamic-config-value history.transferProcessorMaxPollRPS=2000 >"$scratch/temporal.log" 2>&1 &
    servers+=($!)
    await "$engine_python" -c "import socket; socket.create_connection(('127.0.0.1', $temporal_port), 1)"
}

# Waits until a command succeeds; 30 seconds at most.
await() {
    for _ in $(seq 150); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.2
    done
    echo "run.sh: '$1' does not answer" >&2
    return 1
}

# peer NAME COMMAND...: one that fails is told and left out.
peer() { record "$@" || true; }

own() {
    [ -x "$program" ] || return 0
    peer "$1" "$program" bench engine --json --workflows "$2" --concurrency "$engine_concurrency" "${@:3}"
}

# Both workers on the server that is running, one after the other; each in a process that is client and worker. The
# server grows slower with what it keeps in memory: whoever comes first in one round comes last in the next.
temporal_round() {
    if [ $(($1 % 2)) = 0 ]; then own_temporal; fi
    peer engine.temporal "$engine_python" engine_temporal.py "127.0.0.1:$temporal_port" "$engine_count" \
        "$engine_concurrency" "$1"
    if [ $(($1 % 2)) = 1 ]; then own_temporal; fi
}

own_temporal() { own engine.atelier.temporal "$engine_count" --temporal "127.0.0.1:$temporal_port"; }

temporal() {
    local number
    python3 -c 'import ensurepip' 2>/dev/null || install_packages python3-venv
    install_engine_python
    start_temporal || { echo "run.sh: Temporal's development server cannot be started" >&2 && return 1; }
    for number in $(seq "$rounds"); do temporal_round "$number"; done
}

engine() {
    local has_postgresql= has_redis= has_temporal= number
    install_engine
    if start_postgresql; then has_postgresql=1; fi
    if start_redis; then has_redis=1; fi
    if start_temporal; then has_temporal=1; fi
    for number in $(seq "$rounds"); do
        # In WAL mode DBOS is several times as fast as in the mode that it chooses itself.
        "$engine_python" -c "import sqlite3; sqlite3.connect('$scratch/dbos-$number.db').execute('pragma journal_mode=wal')"
        peer engine.dbos.sqlite "$engine_python" engine_dbos.py "sqlite:///$scratch/dbos-$number.db" \
            "$engine_count" "$engine_concurrency"
        # The longer run is for the rate; the peers' two hundred are over before it has settled.
        own engine.atelier.sqlite "$((engine_count * 20))"
        if [ -n "$has_postgresql" ]; then
            "$(postgresql_programs)/createdb" -h 127.0.0.1 -p "$postgresql_port" -U bench "dbos$number"
            peer engine.dbos.postgresql "$engine_python" engine_dbos.py \
                "postgresql+psycopg://bench@127.0.0.1:$postgresql_port/dbos$number" "$engine_count" "$engine_concurrency"
            own engine.atelier.postgresql "$((engine_count * 10))" \
                --database "postgres://bench@127.0.0.1:$postgresql_port/postgres"
        fi
        if [ -n "$has_redis" ]; then
            peer engine.celery "$engine_python" engine_celery.py "$engine_count" "$engine_concurrency"
        fi
        if [ -n "$has_temporal" ]; then
            temporal_round "$number"
        fi
        own engine.pickup.sqlite 1 --only pickup
        if [ -n "$has_postgresql" ]; then
            own engine.pickup.postgresql 1 --only pickup \
                --database "postgres://bench@127.0.0.1:$postgresql_port/postgres"
        fi
    done
    own engine.memory 1 --only memory
    own engine.restart 1 --only restart
    own engine.backlog.sqlite 1 --only backlog
    if [ -n "$has_postgresql" ]; then
        own engine.backlog.postgresql 1 --only backlog \
            --database "postgres://bench@127.0.0.1:$postgresql_port/postgres"
    fi
}
