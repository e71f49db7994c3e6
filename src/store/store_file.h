/* What stands at a store's path, and how a new store appears there all at once.
 *
 * check → (missing:) aside → the caller builds a store there → publish → discard.
 * None of this opens the store's file: POSIX drops a process's locks on a file when it closes any
 * descriptor of it, the engine's lock included.
 */
#ifndef ST_STORE_STORE_FILE_H
#define ST_STORE_STORE_FILE_H

#include "store/store.h"

/* Refuses, in our words, what no engine should be asked to open: a directory, a device, a path in
 * a missing or read-only directory, a missing store without `create`, an existing one with
 * `must_not_exist`. `*exists` is false when the store is to be made. */
ST_MUST_CHECK st_code st_store_file_check(
    const char *path, const struct st_store_options *options, bool *exists, struct st_error *err);

/* The name under which this process builds a new store: PATH.init-PID; free() it. Removes what
 * killed processes left under such names. */
char *st_store_file_aside(const char *path);

/* Renames the finished store at `aside` to `path`, durably, never over another store. One that
 * another process made meanwhile is an error with `must_not_exist`, else it stays and is used. */
ST_MUST_CHECK st_code st_store_file_publish(
    const char *aside, const char *path, bool must_not_exist, struct st_error *err);

/* Removes a store file and what its engine keeps beside it; missing is fine. */
void st_store_file_discard(const char *path);

#endif
