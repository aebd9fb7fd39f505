# What the scripts of Redis and its Sentinels share. They are given, none of it secret:
#   SELF            this server's own host, as the others reach it
#   REDIS_HOSTS     hosts of all servers; the first one leads until the Sentinels say otherwise
#   SENTINEL_HOSTS  hosts of all Sentinels
#   REDIS_PORT, SENTINEL_PORT
#   PRIMARY         name under which the Sentinels know the primary
#   QUORUM          how many Sentinels are most of them
#   PATIENCE        seconds that replicas which start wait for the primary of before
#   CONFIG          folder with these files
#   PASSWORDS       folder with a file for each user, that holds its password
#   RUN             folder in memory, for what holds passwords
#   DATA            folder that outlives the pod
#   TLS             folder with tls.crt, tls.key and ca.crt; empty for none
#   RESOLVER        file that says in which domains names are searched; by default /etc/resolv.conf
#   BIND, LOCAL     addresses to listen on, and to ask ourselves at; by default all, and 127.0.0.1
# A password is never an argument, which others could see, and an empty one is refused: Redis' client would log in as nobody, and not fail.
set -eu
umask 077

say() { printf '%s\n' "$*" >&2; }

# keep_hosts: beside a server, as long as it is there, keeps the addresses of all hosts in what is its /etc/hosts (RUN/hosts, which the pod
# begins with). Sentinel and Redis look names up in their only thread, at each connection: with a name server that is lost Sentinel would stand
# still, mistrust its clock then, and name nobody. Here one that is lost holds up nothing. A host that is not found keeps its last address.
keep_hosts() {
  [ -f "$RUN/hosts" ] || return 0
  set +e
  while kill -0 $$; do
    renew_hosts
    sleep 3
  done
}

renew_hosts() {
  for host in $REDIS_HOSTS $SENTINEL_HOSTS; do
    [ "$host" = "$SELF" ] || keep_host "$host" "$(address_of "$host")"
  done
  echo >"$RUN/hosts-kept"
}

# keep_host HOST ADDRESS: written in place, since it is mounted by itself, and only where it changes.
keep_host() {
  [ -n "$2" ] && ! grep -qxF "$2 $1" "$RUN/hosts" || return 0
  lines=$(awk -v host="$1" '$2 != host' "$RUN/hosts")
  printf '%s\n' "$lines" "$2 $1" >"$RUN/hosts"
}

# address_of HOST: what a name server says, by one question for each kind of address: the whole name is given, so that it is neither
# searched in other domains nor outside of the cluster.
address_of() {
  name=$1
  domain=$(awk '$1 == "search" { found = $2 } END { print found }' "${RESOLVER:-/etc/resolv.conf}")
  case $name:$domain in *.svc:*.svc.*) name=$name.${domain#*.svc.}. ;; esac
  found=$(RES_OPTIONS='timeout:2 attempts:1' timeout 10 getent -s dns ahosts "$name" 2>/dev/null)
  case $? in
    0 | 2 | 124) printf '%s\n' "$found" | awk 'NR == 1 { print $1 }' ;;
    # musl's asks files alone, or knows no `-s`.
    *) timeout 10 nslookup "$name" 2>/dev/null | awk '/^Name:/ { is_named = 1 } is_named && sub(/^Address[ 0-9]*: */, "") { print $1; exit }' ;;
  esac
}

# Whether the addresses are still kept; says it where they are not: whoever keeps them may have been ended for want of memory.
are_hosts_kept() {
  [ -f "$RUN/hosts" ] || return 0
  kept=$(stat -c %Y "$RUN/hosts-kept" 2>/dev/null) || return 0
  [ $(($(date +%s) - kept)) -lt 300 ] || { say 'nobody keeps the addresses of the others'; return 1; }
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
