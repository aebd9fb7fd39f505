# Hands the lead over before this server ends, where it leads and somebody follows: writes wait meanwhile, so that none is lost. It
# never fails: what it could not do, the Sentinels do once the server is gone.
. "$CONFIG/common.sh"
set +e

here() { ask server "${LOCAL:-127.0.0.1}" "$REDIS_PORT" "$@"; }

# Whether all that follow have what was written until OFFSET.
is_followed() {
  here info replication | tr -d '\r' | awk -F, -v wanted="$1" '
    /^slave[0-9]+:/ && /state=online/ { count++; sub(/.*offset=/, "", $0); if ($0 + 0 < wanted) late = 1 }
    END { exit !(count > 0 && !late) }'
}

info=$(here info replication)
[ "$(printf '%s\n' "$info" | line role)" = master ] || exit 0
printf '%s\n' "$info" | grep -q '^slave[0-9]*:.*state=online' || exit 0
here client pause 30000 write >/dev/null
offset=$(here info replication | line master_repl_offset)
# Not longer: what Sentinels ask waits behind what they publish, and one that hears nothing would begin a failover of its own.
for _ in 1 2; do is_followed "${offset:-0}" && break; sleep 1; done
begun=
for _ in 1 2 3 4 5 6 7 8 9 10; do
  # Sentinels hear only each ten seconds whether a replica may be named.
  [ -n "$begun" ] || { fail_over && begun=yes; }
  primary=$(find_primary)
  # Writes wait until the end: whoever is connected here asks the new primary then.
  [ -n "$primary" ] && [ "$primary" != "$SELF" ] && exit 0
  sleep 1
done
here client unpause >/dev/null
exit 0
