#!/bin/sh
# Makes the user and the folders of one account: add-account.sh NAME. As root, after set-up-host.sh; again does no harm.
# Its keys come from the gateway.
set -eu
root=${INFOSS_SFTP_ROOT:-/srv/infoss}
name=${1:?usage: add-account.sh NAME}

case $name in
'' | -* | *[!a-z0-9-]*)
  echo "An account's name has lower case letters, digits and hyphens." >&2
  exit 64
  ;;
esac

getent passwd "$name" >/dev/null ||
  useradd --system --user-group --groups infoss-accounts --no-create-home --home-dir / --shell /usr/sbin/nologin \
    --password '*' "$name"

install -d -o root -g root -m 0755 "$root/accounts/$name"
# What the account drops, the gateway may read and remove; what the gateway answers, the account may.
install -d -o "$name" -g infoss-gateway -m 2770 "$root/accounts/$name/IN"
install -d -o infoss-gateway -g "$name" -m 2770 "$root/accounts/$name/OUT"
