#!/bin/sh
# Makes groups, the gateway's user and the folders that sshd_config names. As root, once; again does no harm.
set -eu
root=${INFOSS_SFTP_ROOT:-/srv/infoss}

getent group infoss-accounts >/dev/null || groupadd --system infoss-accounts
getent passwd infoss-gateway >/dev/null ||
  useradd --system --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin --password '*' infoss-gateway

# sshd shuts users only into folders that nobody but root can change.
install -d -o root -g root -m 0755 "$root" "$root/accounts"
install -d -o infoss-gateway -g infoss-gateway -m 0700 "$root/keys"
