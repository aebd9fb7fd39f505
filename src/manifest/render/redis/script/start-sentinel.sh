# Starts a Sentinel with what it remembers: who leads, by which election, and whom it knows. Everything else is written anew, so that
# other passwords and settings count. Without a memory the first server leads.
. "$CONFIG/common.sh"

# What it remembers at one address may be found at another by now: a Service that was made again has one of its own. Names begin with the
# pod's, however it is reached.
remembered() {
  [ ! -f "$DATA/sentinel.conf" ] || awk -v servers=" $REDIS_HOSTS " -v sentinels=" $SENTINEL_HOSTS " -v quorum="$QUORUM" \
    -v before="$DATA/addresses" -v now="$RUN/addresses" '
    function pod(host) { if (host !~ /^[0-9.]+$|:/) sub(/\..*/, "", host); return host }
    BEGIN {
      while ((getline line <now) > 0) { split(line, pair, " "); place[pod(pair[1])] = pair[2] }
      while ((getline line <before) > 0) { split(line, pair, " "); owner[pair[2]] = pod(pair[1]) }
    }
    $1 != "sentinel" { next }
    { host = ($4 in owner) ? owner[$4] : pod($4) }
    host in place { $4 = place[host] }
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

look_up
users "$CONFIG/sentinel-users" >"$RUN/users.acl"
configuration >"$DATA/sentinel.conf.new"
mv "$DATA/sentinel.conf.new" "$DATA/sentinel.conf"
# After what it remembers: until then that is by the addresses of before.
cp "$RUN/addresses" "$DATA/addresses"
exec redis-server "$DATA/sentinel.conf" --sentinel
