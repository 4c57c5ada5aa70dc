#!/usr/bin/env bash
# Makes the secrets that compose.yaml mounts, and a certificate to begin with. Nothing that is there is changed.
#
#   deploy/prepare.sh HOST        the name under which clients reach it
set -euo pipefail
cd "$(dirname "$0")"
host=${1:-}
[ -n "$host" ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2 && exit 2; }

random() { openssl rand -hex "$1"; }

# Containers read the files as users of their own; the folder keeps everybody else of this machine out.
mkdir -p -m 700 secrets
write() {
    if [ -e "secrets/$1" ]; then cat >/dev/null; return; fi
    cat >"secrets/$1" && chmod 444 "secrets/$1" && echo "wrote deploy/secrets/$1"
}

random 24 | write database-password
random 24 | write temporal-database-password
write atelier.env <<SETTINGS
ATELIER_PUBLIC_URL=https://$host
DATABASE_URL=postgres://atelier:$(cat secrets/database-password)@postgres:5432/atelier
API_USERNAME=atelier
API_PASSWORD=$(random 16)
ADMIN_USERNAME=admin
ADMIN_PASSWORD=$(random 16)
JWT_SECRET=$(random 32)
ATELIER_LINK_SECRET=$(random 32)
ATELIER_ENGINE=temporal
TEMPORAL_ADDRESS=temporal:7233
TEMPORAL_NAMESPACE=atelier
SETTINGS

if [ ! -e secrets/certificate.pem ]; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
        -keyout secrets/key.pem -out secrets/certificate.pem 2>/dev/null
    chmod 444 secrets/key.pem secrets/certificate.pem
    echo "wrote a certificate that nobody has signed; put a real one into deploy/secrets/{certificate,key}.pem"
fi
write objects.json <<SETTINGS
{"identities":[{"name":"atelier","credentials":[{"accessKey":"$(random 10)","secretKey":"$(random 20)"}],
 "actions":["Read","Write","List","Tagging"]}]}
SETTINGS
