#!/bin/sh
# Makes the namespace that Atelier's workflows live in, unless it is there.
set -eu
retention=${ATELIER_TEMPORAL_RETENTION:-30d}
tries=0
until temporal operator cluster health --address temporal:7233; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || { echo "Temporal does not answer" >&2; exit 1; }
    sleep 2
done
temporal operator namespace describe --address temporal:7233 -n atelier >/dev/null 2>&1 \
    || temporal operator namespace create --address temporal:7233 -n atelier --retention "$retention"
