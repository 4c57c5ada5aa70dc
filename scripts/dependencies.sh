# Installs what building and running Atelier needs. Sourced by start.sh and test.sh; quick when nothing is missing.
# Package choices are explained in docs/dependencies.md.

say() { printf '%s\n' "$*"; }
fail() { printf 'atelier: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else fail "installing packages needs root: run as root once, or install yourself: $*"
    fi
}

# Installs the Debian packages named, unless all are there.
need_debian() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    command -v apt-get >/dev/null || fail "missing ${missing[*]}: install them with your system's package manager"
    say "installing ${missing[*]}"
    as_root apt-get update -qq || fail "the package lists could not be fetched; check the network and try again"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
        || fail "could not install ${missing[*]}"
}

# Fetches the image library as one self-contained file, checked against the hashes in libvips.txt. Debian's own is
# older and needs twice the processor time; without network the program falls back to it where it is installed.
need_libvips() {
    [ -f .libraries/libvips.so.42 ] && return
    say "fetching libvips"
    local scratch
    scratch=$(mktemp -d)
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
        -r scripts/libvips.txt -d "$scratch" || { rm -rf "$scratch"; fail "libvips could not be fetched; check the network and try again"; }
    python3 - "$scratch" <<'PYTHON' || { rm -rf "$scratch"; fail "the libvips package does not hold what it should"; }
import pathlib, sys, zipfile
wheel = next(pathlib.Path(sys.argv[1]).glob("*.whl"))
with zipfile.ZipFile(wheel) as archive:
    member = next(name for name in archive.namelist() if "/libvips-" in name and name.endswith(".so.42"))
    target = pathlib.Path(".libraries")
    target.mkdir(exist_ok=True)
    partial = target / "libvips.partial"
    partial.write_bytes(archive.read(member))
    partial.rename(target / "libvips.so.42")
PYTHON
    rm -rf "$scratch"
}

need_swift() {
    command -v swift >/dev/null || fail "the Swift toolchain (6.3 or newer) is missing: install it from swift.org and put it on PATH"
}

need_build_dependencies() {
    need_swift
    need_debian pkg-config libmicrohttpd-dev libsqlite3-dev libssl-dev libjansson-dev libpq-dev libmariadb-dev \
        libcurl4-openssl-dev libnghttp2-dev python3 python3-pip ca-certificates
    need_libvips
}

# The servers that tests start for themselves; the distribution's own clusters are neither made nor started.
need_test_dependencies() {
    need_debian postgresql-common
    if ! [ -e /etc/postgresql-common/createcluster.d/atelier-tests.conf ] && ! dpkg-query -W postgresql-15 >/dev/null 2>&1; then
        as_root mkdir -p /etc/postgresql-common/createcluster.d
        echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.d/atelier-tests.conf >/dev/null
    fi
    need_debian openssl postgresql mariadb-server nginx python3-venv
    need_temporal
}

# Temporal's own server and its Python SDK, both from one environment of ours.
need_temporal() {
    local environment=.tools/temporal
    cmp -s scripts/temporal.txt "$environment/installed.txt" && return
    say "fetching Temporal's server and its Python SDK"
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --only-binary=:all: -r scripts/temporal.txt \
        || fail "Temporal's server could not be fetched; check the network and try again"
    cp scripts/temporal.txt "$environment/installed.txt"
}
