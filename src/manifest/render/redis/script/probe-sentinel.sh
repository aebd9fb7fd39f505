# Whether the Sentinel answers somebody who is logged in.
. "$CONFIG/common.sh"

answer=$(ask probe "${LOCAL:-127.0.0.1}" "$SENTINEL_PORT" ping) || exit 1
[ "$answer" = PONG ] || { say "$answer"; exit 1; }
are_hosts_kept || exit 1
