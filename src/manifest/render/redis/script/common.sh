# What the scripts of Redis and its Sentinels share. They are given, none of it secret:
#   SELF            this server's own host, as the others reach it
#   REDIS_HOSTS     hosts of all servers; the first one leads until the Sentinels say otherwise
#   SENTINEL_HOSTS  hosts of all Sentinels
#   ADDRESSES       `stay` where each host is a Service of its own, whose address stays; empty where hosts are looked up when needed
#   REDIS_PORT, SENTINEL_PORT
#   PRIMARY         name under which the Sentinels know the primary
#   QUORUM          how many Sentinels are most of them
#   PATIENCE        seconds that replicas which start wait for the primary of before
#   CONFIG          folder with these files
#   PASSWORDS       folder with a file for each user, that holds its password
#   RUN             folder in memory, for what holds passwords
#   DATA            folder that outlives the pod
#   TLS             folder with tls.crt, tls.key and ca.crt; empty for none
#   BIND, LOCAL     addresses to listen on, and to ask ourselves at; by default all, and 127.0.0.1
# A password is never an argument, which others could see, and an empty one is refused: Redis' client would log in as nobody, and not fail.
set -eu
umask 077

say() { printf '%s\n' "$*" >&2; }

# look_up: writes a line for each host, with the address that it is reached at from here on; where addresses do not stay that is the host
# itself. Otherwise Sentinel and Redis would ask a name server again and again, in their only thread: with one that is lost Sentinel stands
# still, mistrusts its clock then, and names nobody.
look_up() {
  for host in $REDIS_HOSTS $SENTINEL_HOSTS; do
    until address=$(address_of "$host") && [ -n "$address" ]; do
      say "waiting for the address of $host"
      sleep 1
    done
    printf '%s\n' "$host $address"
  done >"$RUN/addresses.new"
  mv "$RUN/addresses.new" "$RUN/addresses"
  use_addresses
}

address_of() {
  case $1 in
    *:*) is_name= ;;
    *[!0-9.]*) is_name=$ADDRESSES ;;
    *) is_name= ;;
  esac
  [ -n "$is_name" ] || { echo "$1"; return; }
  timeout 10 getent hosts "$1" | awk 'NR == 1 { print $1 }'
}

# use_addresses: has SELF, REDIS_HOSTS and SENTINEL_HOSTS be what was looked up when this container started.
use_addresses() {
  [ -f "$RUN/addresses" ] || return 0
  SELF=$(addressed $SELF)
  REDIS_HOSTS=$(addressed $REDIS_HOSTS)
  SENTINEL_HOSTS=$(addressed $SENTINEL_HOSTS)
}

addressed() {
  for host in "$@"; do awk -v host="$host" '$1 == host { print $2; exit }' "$RUN/addresses"; done |
    tr '\n' ' ' | sed 's/ $//'
}

# password USER
password() {
  password=$(cat "$PASSWORDS/$1")
  [ -n "$password" ] || { say "the password of $1 is empty"; return 1; }
  printf %s "$password"
}

# quoted TEXT: as a configuration file wants it.
quoted() { printf '"%s"' "$(printf %s "$1" | sed 's/[\\"]/\\&/g')"; }

# ask USER HOST PORT COMMAND...: what the server says, within three seconds.
ask() {
  user=$1 host=$2 port=$3
  shift 3
  REDISCLI_AUTH=$(password "$user") || return 1
  export REDISCLI_AUTH
  timeout 3 redis-cli -h "$host" -p "$port" ${TLS:+--tls --cacert "$TLS/ca.crt"} \
    --user "$user" --no-auth-warning "$@" 2>/dev/null </dev/null
}

# users FILE: an access list from lines of a name and its rights.
users() {
  echo 'user default off resetpass -@all'
  while read -r name rights; do
    secret=$(password "$name")
    hash=$(printf %s "$secret" | sha256sum)
    printf '%s\n' "user $name on #${hash%% *} resetchannels -@all $rights"
  done <"$1"
}

# listen PORT: the lines of a configuration that say where to listen.
listen() {
  echo "bind ${BIND:-* -::*}"
  [ -n "$TLS" ] || { echo "port $1"; return; }
  printf '%s\n' 'port 0' "tls-port $1" "tls-cert-file $TLS/tls.crt" "tls-key-file $TLS/tls.key" \
    "tls-ca-cert-file $TLS/ca.crt" 'tls-auth-clients no' 'tls-replication yes'
}

# field NAME: its value, from a reply of alternating names and values.
field() { awk -v name="$1" 'NR % 2 { found = $0 == name; next } found { print; exit }'; }

# line NAME: its value, from what INFO says.
line() { tr -d '\r' | sed -n "s/^$1://p"; }

# Prints the host that leads after the latest failover; fails unless most Sentinels have answered, since fewer may not know of it.
find_primary() {
  answers=0 latest=-1 found=
  for sentinel in $SENTINEL_HOSTS; do
    reply=$(ask server "$sentinel" "$SENTINEL_PORT" sentinel master "$PRIMARY") || continue
    epoch=$(printf '%s\n' "$reply" | field config-epoch)
    case $epoch in '' | *[!0-9]*) continue ;; esac
    # The address of `sentinel master` is still the one before while the leader of a failover ends it; this one is not.
    place=$(ask server "$sentinel" "$SENTINEL_PORT" sentinel get-master-addr-by-name "$PRIMARY") || continue
    place=$(printf '%s\n' "$place" | head -n 1)
    case $place in '' | *' '*) continue ;; esac
    answers=$((answers + 1))
    [ "$epoch" -le "$latest" ] || { latest=$epoch found=$place; }
  done
  [ "$answers" -ge "$QUORUM" ] && printf '%s\n' "$found"
}

# Has the Sentinels make another server the primary; fails where none would. Two failovers at once could name two.
fail_over() {
  for sentinel in $SENTINEL_HOSTS; do
    flags=$(ask server "$sentinel" "$SENTINEL_PORT" sentinel master "$PRIMARY" | field flags) || continue
    case $flags in *failover_in_progress*) return 0 ;; esac
  done
  for sentinel in $SENTINEL_HOSTS; do
    reply=$(ask server "$sentinel" "$SENTINEL_PORT" sentinel failover "$PRIMARY") || continue
    case $reply in OK | INPROG*) return 0 ;; esac
    say "$sentinel: $reply"
  done
  return 1
}
