#!/usr/bin/env bash
# Real servers for the tests: scratch folders, spare loopback ports, everything gone at the end.
#
#   eval "$(scripts/test-servers.sh start)"                starts them and tells the tests where they are
#   swift test --filter PostgreSQL
#   scripts/test-servers.sh stop "$ATELIER_TEST_SERVERS"   stops and removes them
#
# `start postgresql` starts that one alone, and `restart FOLDER` lets PostgreSQL crash and come up again.
# `become-temporal PORT --db-filename FILE` is a Temporal server in the foreground that keeps its state: tests kill it.
#
# The shell that did this has ATELIER_TEST_POSTGRESQL and ATELIER_TEST_MARIADB set to URLs of servers in which the tests
# may make and drop databases, and ATELIER_TEST_TEMPORAL to the address of one in which they make namespaces; ./test.sh
# does all of it by itself. Disk flushes are on, as they are in earnest.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf 'atelier: %s\n' "$*" >&2; exit 1; }

# The servers refuse to run as root: then each runs as the user that its package made.
as_user() {
    local user=$1; shift
    if [ "$(id -u)" = 0 ]; then setpriv --reuid="$user" --regid="$user" --clear-groups "$@"; else "$@"; fi
}

# Runs what a server grows out of, with nothing open that belongs to our caller: it would wait for the server's end.
apart() (
    for descriptor in /proc/self/fd/*; do
        descriptor=${descriptor##*/}
        if [ "$descriptor" -gt 2 ] && [ "$descriptor" != 255 ]; then eval "exec $descriptor>&-"; fi
    done
    "$@" >/dev/null 2>&1 </dev/null
)

own() { if [ "$(id -u)" = 0 ]; then chown -R "$1:" "$2"; fi; }

spare_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Waits until a command succeeds; 30 seconds at most.
await() {
    local name=$1 log=$2 tries; shift 2
    for tries in $(seq 300); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    tail -n 20 "$log" >&2
    fail "$name did not start"
}

postgresql_programs() { find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname; }

start_postgresql() {
    local programs port password folder="$servers/postgresql"
    programs=$(postgresql_programs)
    [ -n "$programs" ] || fail "PostgreSQL's server is missing: install postgresql"
    port=$(spare_port) password=$(python3 -c 'import secrets; print(secrets.token_hex(12))')
    mkdir -m 700 "$folder"
    printf '%s\n' "$password" >"$folder/password"
    own postgres "$folder"
    as_user postgres "$programs/initdb" -D "$folder/data" -U atelier --pwfile="$folder/password" --encoding=UTF8 \
        --auth=scram-sha-256 --locale=C.UTF-8 >"$servers/postgresql-initdb.log" 2>&1 </dev/null \
        || { tail -n 20 "$servers/postgresql-initdb.log" >&2; fail "PostgreSQL's data folder could not be made"; }
    cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$folder'
max_connections = 400
shared_buffers = 64MB
CONF
    apart as_user postgres "$programs/pg_ctl" start -W -D "$folder/data" -l "$folder/server.log"
    await PostgreSQL "$folder/server.log" "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"
    echo "export ATELIER_TEST_POSTGRESQL='postgres://atelier:$password@127.0.0.1:$port/postgres'"
}

start_mariadb() {
    local port password folder="$servers/mariadb"
    command -v mariadbd >/dev/null || [ -x /usr/sbin/mariadbd ] || fail "MariaDB's server is missing: install mariadb-server"
    port=$(spare_port) password=$(python3 -c 'import secrets; print(secrets.token_hex(12))')
    mkdir -m 755 "$folder"
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>"$servers/mariadb-certificate.log" \
        || fail "MariaDB's certificate could not be made: is openssl installed?"
    own mysql "$folder"
    as_user mysql mariadb-install-db --no-defaults --datadir="$folder/data" --auth-root-authentication-method=normal \
        --skip-test-db >"$servers/mariadb-install.log" 2>&1 </dev/null \
        || { tail -n 20 "$servers/mariadb-install.log" >&2; fail "MariaDB's data folder could not be made"; }
    as_user mysql setsid /usr/sbin/mariadbd --no-defaults --datadir="$folder/data" --port="$port" --bind-address=127.0.0.1 \
        --socket="$folder/socket" --pid-file="$folder/pid" --max-connections=400 --innodb-buffer-pool-size=64M \
        --ssl-cert="$folder/certificate.pem" --ssl-key="$folder/key.pem" \
        >"$folder/server.log" 2>&1 </dev/null &
    await MariaDB "$folder/server.log" mariadb --no-defaults --socket="$folder/socket" -u root -e 'SELECT 1'
    mariadb --no-defaults --socket="$folder/socket" -u root -e \
        "CREATE USER atelier@'127.0.0.1' IDENTIFIED BY '$password'; GRANT ALL ON *.* TO atelier@'127.0.0.1' WITH GRANT OPTION"
    echo "export ATELIER_TEST_MARIADB='mysql://atelier:$password@127.0.0.1:$port/mysql'"
}

# Becomes the development server on port $1; more options may follow. The throttles of a large cluster are off: they
# would make each step of a test wait. A queue is in one piece, as order by priority holds within a piece.
become_temporal() {
    local program="$PWD/.tools/temporal/bin/temporal" port=$1; shift
    [ -x "$program" ] || fail "Temporal's server is missing: ./test.sh fetches it"
    exec "$program" server start-dev --headless --ip 127.0.0.1 --port "$port" --http-port "$(spare_port)" \
        --log-level error --dynamic-config-value 'history.timerProcessorMaxTimeShift="10ms"' \
        --dynamic-config-value history.transferProcessorMaxPollRPS=2000 \
        --dynamic-config-value history.timerProcessorMaxPollRPS=2000 \
        --dynamic-config-value frontend.rps=100000 --dynamic-config-value frontend.namespaceRPS=100000 \
        --dynamic-config-value frontend.namespaceRPS.visibility=100000 \
        --dynamic-config-value frontend.enableCancelWorkerPollsOnShutdown=true \
        --dynamic-config-value frontend.WorkflowTimeSkippingEnabled=true \
        --dynamic-config-value matching.numTaskqueueReadPartitions=1 \
        --dynamic-config-value matching.numTaskqueueWritePartitions=1 \
        --dynamic-config-value frontend.WorkflowPauseEnabled=true "$@"
}

start_temporal() {
    local port folder="$servers/temporal"
    port=$(spare_port)
    mkdir "$folder"
    setsid scripts/test-servers.sh become-temporal "$port" >"$folder/server.log" 2>&1 </dev/null &
    echo $! >"$folder/pid"
    await Temporal "$folder/server.log" .tools/temporal/bin/temporal operator cluster health --address "127.0.0.1:$port"
    echo "export ATELIER_TEST_TEMPORAL='127.0.0.1:$port'"
}

start() {
    servers=$(mktemp -d /tmp/atelier-servers-XXXXXX)
    chmod 755 "$servers"
    trap 'stop "$servers"' ERR EXIT
    local name
    [ $# -gt 0 ] || set -- postgresql mariadb temporal
    for name in "$@"; do "start_$name"; done
    trap - ERR EXIT
    echo "export ATELIER_TEST_SERVERS='$servers'"
}

# As after a power cut: nothing is told to the clients, and the log is replayed.
restart() {
    local folder="$1/postgresql"
    apart as_user postgres "$(postgresql_programs)/pg_ctl" restart -w -m immediate -D "$folder/data" \
        -l "$folder/server.log"
}

stop() {
    local servers=$1 file
    case $servers in /tmp/atelier-servers-*) ;; *) fail "not a folder of test servers: $servers" ;; esac
    # Without ceremony: nothing of them is kept. PostgreSQL must end its children and shared memory itself.
    end_process QUIT "$servers/postgresql/data/postmaster.pid"
    for file in "$servers"/*/pid; do end_process KILL "$file"; done
    rm -rf "$servers"
}

# Sends a signal to the process that a file names, and waits for its end.
end_process() {
    local signal=$1 file=$2 process tries
    [ -e "$file" ] || return 0
    process=$(head -n 1 "$file")
    kill "-$signal" "$process" 2>/dev/null || return 0
    for tries in $(seq 100); do
        kill -0 "$process" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$process" 2>/dev/null || true
}

case ${1:-} in
    start) shift; start "$@" ;;
    restart) restart "${2:?the folder that start named}" ;;
    become-temporal) shift; become_temporal "$@" ;;
    stop) stop "${2:?the folder that start named}" ;;
    *) fail "usage: scripts/test-servers.sh start [NAME ...] | restart FOLDER | stop FOLDER" ;;
esac
