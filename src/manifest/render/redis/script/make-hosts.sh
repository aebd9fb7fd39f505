# Writes what is to be /etc/hosts of the server, before it starts. `keep_hosts` adds the others.
. "$CONFIG/common.sh"

printf '%s\n' '127.0.0.1 localhost' '::1 localhost' "$POD_IP $SELF $POD" >"$RUN/hosts"
