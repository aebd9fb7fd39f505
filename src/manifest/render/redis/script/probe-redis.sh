# probe-redis.sh live|ready: whether the server answers somebody who is logged in; and, for `ready`, whether it leads or follows.
. "$CONFIG/common.sh"

here() { ask probe "${LOCAL:-127.0.0.1}" "$REDIS_PORT" "$@"; }

# Only who is logged in gets one of these; anybody else is told to log in first.
answer=$(here ping) || exit 1
case $answer in
  PONG) ;;
  LOADING* | BUSY*) [ "$1" = live ] && exit 0 || { say "$answer"; exit 1; } ;;
  *) say "$answer"; exit 1 ;;
esac
are_hosts_kept || exit 1
[ "$1" = ready ] || exit 0
info=$(here info replication)
case $(printf '%s\n' "$info" | line role) in
  master) exit 0 ;;
  slave) [ "$(printf '%s\n' "$info" | line master_link_status)" = up ] || { say 'the primary is not reached'; exit 1; } ;;
  *) say "$info"; exit 1 ;;
esac
