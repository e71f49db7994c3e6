#!/bin/sh
# A PostgreSQL server for tests, in a folder of its own: a socket there and no network, nothing kept
# on disk for good, texts ordered by ICU so that whatever relies on the order of bytes must ask for it.
# Usage: tests/pg_server.sh FOLDER PID     it goes, with the folder, when process PID does
# STRATA_PG_SETTINGS: more settings, as `-c name=value …`. FOLDER/pg_ctl starts and stops it again.
# STRATA_PG_DISK: FOLDER is a file system of its own of that size, as `200m`, in memory; the log is in
# small files, so that it, too, needs space soon.
# Exit status 77: PostgreSQL's server is not installed, or there may be no such file system.
set -eu
folder=$1 owner=$2
bin=$(ls -d "${STRATA_PG_BIN:-/usr/lib/postgresql}"/*/bin 2>/dev/null | sort -t/ -k5 -n | tail -1)
[ -x "$bin/initdb" ] || {
    echo "no PostgreSQL server here: nothing is tested on it (tools/install_deps.sh installs it)" >&2
    exit 77
}
disk=${STRATA_PG_DISK:-}
[ -z "$disk" ] || mount -t tmpfs -o "size=$disk,mode=755" strata-test "$folder" 2>/dev/null || {
    echo "no file system may be mounted here: nothing is tested on a small disk" >&2
    exit 77
}
# PostgreSQL does not run as the superuser.
as=
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id -u postgres >/dev/null 2>&1 || user=nobody
    chown "$user" "$folder"
    as="setpriv --reuid=$user --regid=$(id -g $user) --clear-groups"
fi
cd "$folder"
export LC_ALL=C TZ=UTC
$as "$bin/initdb" -D data -U strata -A trust -E UTF8 --locale-provider=icu --icu-locale=en-US \
    --no-sync --no-instructions ${disk:+--wal-segsize=1} >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
settings="-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off \
    -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB \
    -c max_connections=40 -c max_wal_size=2GB -c autovacuum_naptime=20s ${STRATA_PG_SETTINGS:-}"
cat >pg_ctl <<END
#!/bin/sh
cd "$folder" && exec $as "$bin/pg_ctl" -D data -l server.log -s -o "$settings" "\$@"
END
chmod +x pg_ctl
./pg_ctl -w start || { cat server.log >&2; exit 1; }
(
    while kill -0 "$owner" 2>/dev/null; do sleep 1; done
    $as "$bin/pg_ctl" -D data -s -m immediate stop || : # a test may have ended it
    cd /
    [ -z "$disk" ] || umount -l "$folder"
    rm -rf "$folder"
) >/dev/null 2>&1 </dev/null &
