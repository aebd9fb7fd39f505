# Starts a server of Redis: as the primary where the Sentinels say so, else as a replica of theirs.
#
# 1. It never decides by itself who leads: it waits until most Sentinels have answered. They keep their memory on volumes, and at the
#    very first start name the first server.
# 2. A primary that comes back stays away until the Sentinels have named a replica that has lived on: that one has what replicas
#    confirmed, and this one may lack the last seconds before its end.
# 3. A primary whose volume is empty never leads while another server holds data: its replicas would throw theirs away.
# 4. A replica is not named before it has followed the primary since its start, or has waited PATIENCE seconds for one: where all start
#    again, the one that led last has the most.
. "$CONFIG/common.sh"

# How long a primary that comes back waits for another to be named, and an empty one for servers that say nothing (at the first start
# some may find no node), in tries of a second or more.
TRIES=60
SILENT_TRIES=15

here() { ask server "${LOCAL:-127.0.0.1}" "$REDIS_PORT" "$@"; }

configuration() {
  cat "$CONFIG/redis.conf"
  listen "$REDIS_PORT"
  printf '%s\n' "dir $DATA" "aclfile $RUN/users.acl" "replica-announce-ip $SELF" "replica-announce-port $REDIS_PORT" \
    'masteruser server' "masterauth $(quoted "$(password server)")"
  [ "$1" = "$SELF" ] || printf '%s\n' "replicaof $1 $REDIS_PORT" 'replica-priority 0'
}

# Beside a replica, for as long as it is there, until it may be named. The process of this shell becomes the server.
await_link() {
  waited=0
  while kill -0 $$; do
    sleep 1
    waited=$((waited + 1))
    [ "$(here info replication | line master_link_status)" = up ] || [ "$waited" -ge "$PATIENCE" ] || continue
    [ "$(here config set replica-priority 100)" != OK ] || return 0
  done
}

# state HOST: `silent`, `empty`, `stale` (has data, of a time before its start), or `live` (followed the primary since then, or leads).
state() {
  info=$(ask server "$1" "$REDIS_PORT" info) || { echo silent; return; }
  role=$(printf '%s\n' "$info" | line role)
  offset=$(printf '%s\n' "$info" | line slave_repl_offset)
  case $role in
    master) echo live ;;
    slave) if [ "${offset:-0}" -gt 1 ]; then echo live; elif printf '%s\n' "$info" | grep -q '^db0:'; then echo stale; else echo empty; fi ;;
    *) echo silent ;;
  esac
}

others() { for host in $REDIS_HOSTS; do [ "$host" = "$SELF" ] || state "$host"; done; }

is_empty() { [ ! -d "$DATA/appendonlydir" ]; }

# Why not to lead; nothing where there is no reason. `data` is the one that waiting does not remove.
objection() {
  case $(others | sort | tr '\n' ' ') in
    *live*) echo live ;;
    *stale*) if is_empty; then echo data; fi ;;
    *silent*) if is_empty; then echo silent; fi ;;
  esac
}

until primary=$(find_primary); do
  say 'waiting until most Sentinels answer'
  sleep 1
done
try=0
while [ "$primary" = "$SELF" ]; do
  reason=$(objection)
  [ -n "$reason" ] || break
  try=$((try + 1))
  [ "$reason" = silent ] && limit=$SILENT_TRIES || limit=$TRIES
  if [ "$try" -gt "$limit" ]; then
    if [ "$reason" = data ] || { [ "$reason" = live ] && is_empty; }; then
      say 'the volume is empty, another server holds data, and the Sentinels do not name it'
      exit 1
    fi
    say "nobody else is named ($reason)"
    break
  fi
  sleep 1
  primary=$(find_primary) || primary=$SELF
done
say "the primary is $primary"
users "$CONFIG/redis-users" >"$RUN/users.acl"
configuration "$primary" >"$RUN/redis.conf"
[ "$primary" = "$SELF" ] || await_link 2>/dev/null &
exec redis-server "$RUN/redis.conf"
