# Starts a Sentinel with what it remembers: who leads, by which election, and whom it knows. Everything else is written anew, so that
# other passwords and settings count. Without a memory the first server leads.
. "$CONFIG/common.sh"

remembered() {
  [ ! -f "$DATA/sentinel.conf" ] || awk -v servers=" $REDIS_HOSTS " -v sentinels=" $SENTINEL_HOSTS " -v quorum="$QUORUM" '
    $1 != "sentinel" { next }
    $2 == "monitor" { $6 = quorum; print }
    $2 == "known-replica" && index(servers, " " $4 " ") { print }
    $2 == "known-sentinel" && index(sentinels, " " $4 " ") { print }
    $2 ~ /^(myid|config-epoch|leader-epoch|current-epoch)$/ { print }' "$DATA/sentinel.conf"
}

configuration() {
  cat "$CONFIG/sentinel.conf"
  listen "$SENTINEL_PORT"
  secret=$(quoted "$(password server)")
  printf '%s\n' "dir $DATA" "aclfile $RUN/users.acl" \
    "sentinel announce-ip $SELF" "sentinel announce-port $SENTINEL_PORT" \
    'sentinel sentinel-user server' "sentinel sentinel-pass $secret" \
    "sentinel auth-user $PRIMARY server" "sentinel auth-pass $PRIMARY $secret"
  remembered >"$RUN/remembered"
  grep -q '^sentinel monitor ' "$RUN/remembered" || echo "sentinel monitor $PRIMARY ${REDIS_HOSTS%% *} $REDIS_PORT $QUORUM"
  cat "$RUN/remembered"
}

users "$CONFIG/sentinel-users" >"$RUN/users.acl"
configuration >"$DATA/sentinel.conf.new"
mv "$DATA/sentinel.conf.new" "$DATA/sentinel.conf"
keep_hosts >/dev/null 2>&1 &
exec redis-server "$DATA/sentinel.conf" --sentinel
