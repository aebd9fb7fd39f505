# Starts a server of Redis: as the primary where the Sentinels say so, else as a replica of theirs.
#
# 1. It never decides by itself who leads: it waits until most Sentinels have answered. They keep their memory on volumes, and at the
#    very first start name the first server.
# 2. A primary that comes back never leads while a replica that has lived on may have more: that one has what replicas confirmed, and
#    this one may lack the last seconds before its end. It waits until the Sentinels name that replica, and sees to it that they do. One
#    that says nothing for a moment may be such a replica. One that lost the primary before this server last wrote has less, and is none.
# 3. A primary whose volume is empty never leads while another server holds data: its replicas would throw theirs away.
# 4. A replica is not named before it has followed the primary since its start, or has waited PATIENCE seconds for one: where all start
#    again, the one that led last has the most. Once it has followed it may be named, also where the primary is gone again by then.
# 5. Every wait ends: with another that leads, with this server as the primary, or with an end that says why, to be started again.
. "$CONFIG/common.sh"

# How long a primary that comes back waits for another to be named, and for servers that say nothing (at the first start some may find no
# node), in tries of a second or more; and how often it sees to it that another is named, which Sentinels do within ten seconds.
TRIES=120
SILENT_TRIES=15
NUDGE_TRIES=10

here() { ask server "${LOCAL:-127.0.0.1}" "$REDIS_PORT" "$@"; }

configuration() {
  cat "$CONFIG/redis.conf"
  listen "$REDIS_PORT"
  printf '%s\n' "dir $DATA" "aclfile $RUN/users.acl" "replica-announce-ip $SELF" "replica-announce-port $REDIS_PORT" \
    'masteruser server' "masterauth $(quoted "$(password server)")"
  [ "$1" = "$SELF" ] || printf '%s\n' "replicaof $1 $REDIS_PORT" 'replica-priority 0'
}

# Whether it has followed since its start.
has_followed() {
  info=$(here info replication) || return 1
  offset=$(printf '%s\n' "$info" | line slave_repl_offset)
  [ "$(printf '%s\n' "$info" | line master_link_status)" = up ] || [ "${offset:-0}" -gt 1 ]
}

# Beside a replica, for as long as it is there, until it may be named. The process of this shell becomes the server.
await_link() {
  waited=0
  while kill -0 $$; do
    sleep 1
    waited=$((waited + 1))
    has_followed || [ "$waited" -ge "$PATIENCE" ] || continue
    [ "$(here config set replica-priority 100)" != OK ] || return 0
  done
}

# Seconds since this server last wrote, and two for clocks that tick.
since_write() {
  written=$(stat -c %Y "$DATA"/appendonlydir/* 2>/dev/null | sort -n | tail -n 1)
  echo $(($(date +%s) - ${written:-0} + 2))
}

# state HOST: `silent`, `empty`, `stale` (has data, of a time before its start), `behind` (followed the primary since its start, but lost it
# before the last write here), `live` (followed it to the end) with how far, or `leads`.
state() {
  info=$(ask server "$1" "$REDIS_PORT" info) || { echo silent; return; }
  role=$(printf '%s\n' "$info" | line role)
  offset=$(printf '%s\n' "$info" | line slave_repl_offset)
  lost=$(printf '%s\n' "$info" | line master_link_down_since_seconds)
  case $role in
    master) echo leads ;;
    slave)
      if [ "${offset:-0}" -gt 1 ]; then
        [ "${lost:-0}" -gt "$(since_write)" ] && echo behind || echo "live $offset"
      elif printf '%s\n' "$info" | grep -q '^db0:'; then echo stale; else echo empty; fi ;;
    *) echo silent ;;
  esac
}

# A line for each other server: its host and its state.
others() { for host in $REDIS_HOSTS; do [ "$host" = "$SELF" ] || echo "$host $(state "$host")"; done; }

is_empty() { [ ! -d "$DATA/appendonlydir" ]; }

# objection STATES: why not to lead; nothing where there is no reason. Waiting removes all but `data`.
objection() {
  case $1 in *' live '* | *' leads'*) echo live; return ;; esac
  if is_empty; then case $1 in *' stale'* | *' behind'*) echo data; return ;; esac; fi
  case $1 in *' silent'*) echo silent ;; esac
}

# nudge STATES: has the Sentinels name another. They pass over a replica that lost the primary long before they knew that it is gone, as
# where they were gone themselves, or in tilt. Of those that live the one that has the most then stops following: it has no link that could
# be down. Not while most Sentinels are away: they may have named another by now.
nudge() {
  [ "$(find_primary)" = "$SELF" ] || return 0
  ! fail_over || return 0
  case $1 in *' leads'*) return 0 ;; esac
  best=$(printf '%s\n' "$1" | awk '$2 == "live" && $3 >= most { most = $3; host = $1 } END { print host }')
  [ "$(ask server "$best" "$REDIS_PORT" info replication | line master_link_status)" = down ] || return 0
  say "$best stops following"
  ask server "$best" "$REDIS_PORT" replicaof no one >&2 || :
}

keep_hosts >/dev/null 2>&1 &
until primary=$(find_primary); do
  say 'waiting until most Sentinels answer'
  sleep 1
done
try=0 before=
while [ "$primary" = "$SELF" ]; do
  states=$(others)
  reason=$(objection "$states")
  [ -n "$reason" ] || break
  [ "$reason" = "$before" ] || { say "not leading yet: $(printf %s "$states" | tr '\n' ';')"; try=0 before=$reason; }
  try=$((try + 1))
  case $reason in
    silent) [ "$try" -le "$SILENT_TRIES" ] || break ;;
    *) [ "$try" -le "$TRIES" ] || { say "another server has data that this one may lack ($reason), and the Sentinels do not name it"; exit 1; } ;;
  esac
  [ "$reason" != live ] || [ $((try % NUDGE_TRIES)) -ne 0 ] || nudge "$states"
  sleep 1
  primary=$(find_primary) || primary=$SELF
done
say "the primary is $primary"
users "$CONFIG/redis-users" >"$RUN/users.acl"
configuration "$primary" >"$RUN/redis.conf"
[ "$primary" = "$SELF" ] || await_link 2>/dev/null &
exec redis-server "$RUN/redis.conf"
