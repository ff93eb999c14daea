#!/bin/sh
# Becomes PUID:PGID with UMASK, then runs the command. Data and library folder belong to that user afterwards.
set -eu

fail() {
    echo "$1" >&2
    exit 2
}

is_number() {
    case $1 in '' | *[!0-9]*) return 1 ;; esac
}

if [ -n "${UMASK:-}" ]; then
    case $UMASK in *[!0-7]* | ?????*) fail "UMASK is '$UMASK'; expected octal digits, for example 022." ;; esac
    umask "$UMASK"
fi

# Started with --user: that is who runs, and the folders are that user's affair.
[ "$(id -u)" = 0 ] || exec "$@"

[ -n "${PUID:-}" ] || [ -z "${PGID:-}" ] || fail "PGID is set but PUID is not: set both or neither."
[ -n "${PGID:-}" ] || [ -z "${PUID:-}" ] || fail "PUID is set but PGID is not: set both or neither."
user=${PUID:-1000}
group=${PGID:-1000}
is_number "$user" || fail "PUID is '$user'; expected a number, as \`id -u\` prints it."
is_number "$group" || fail "PGID is '$group'; expected a number, as \`id -g\` prints it."

data=${SPOTIZER_DATA:-/data}
library=${SPOTIZER_LIBRARY:-/music}
mkdir -p "$data" "$library"
# The data folder is Spotizer's alone, so all of it follows a changed PUID. Of the library only the top does: what lies
# in it is the household's.
if [ "$(stat -c %u:%g "$data")" != "$user:$group" ]; then
    chown -R "$user:$group" "$data"
fi
if [ "$(stat -c %u "$library")" = 0 ] && [ "$user" != 0 ]; then
    chown "$user:$group" "$library" || echo "The owner of $library cannot be changed: can $user write there?" >&2
fi
[ "$user:$group" = 0:0 ] && exec "$@"
exec setpriv --reuid "$user" --regid "$group" --clear-groups --no-new-privs -- "$@"
