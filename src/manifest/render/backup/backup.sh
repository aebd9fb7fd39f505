# Exports the store to a file in BACKUPS that is named after the time, and removes the oldest but KEEP.
set -eu

# What was cut off is of no use: this export is a whole one.
rm -f "$BACKUPS"/*.part
polis store export "$BACKUPS/$(date -u +%Y-%m-%dT%H-%M-%SZ).polis.zst"
ls -1 "$BACKUPS" | grep '\.polis\.zst$' | sort -r | tail -n "+$((KEEP + 1))" | while read -r old; do
  rm "$BACKUPS/$old"
done
