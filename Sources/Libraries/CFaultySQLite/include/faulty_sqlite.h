#pragma once
/* A file layer for SQLite that asks before each operation and then hands it to the operating system's, for tests of
   what a failing disk does. */
#include <sqlite3.h>

enum atelier_file_operation {
    ATELIER_FILE_OPEN,
    ATELIER_FILE_READ,
    ATELIER_FILE_WRITE,
    ATELIER_FILE_TRUNCATE,
    ATELIER_FILE_SYNC,
    ATELIER_FILE_LOCK,
    ATELIER_FILE_SHARED_MEMORY,
    ATELIER_FILE_DELETE,
};

/* Called before an operation on the file at `path`, from whatever thread does it. `data` is there for writes; `offset`
   is the new size for truncations. Returns SQLITE_OK to let it happen, or the extended result code to fail with, which
   may carry ATELIER_AFTER_HALF: half of a write happens first. */
typedef int (*atelier_file_question)(
    void *context, int operation, const char *path, const void *data, int count, sqlite3_int64 offset);
#define ATELIER_AFTER_HALF 0x10000000

/* Registers the layer as `name`; `error_number` is what the operating system is said to have reported with a failure.
   Returns NULL when there is no memory. */
sqlite3_vfs *atelier_faulty_vfs_register(
    const char *name, atelier_file_question question, void *context, int error_number);

/* Takes the layer away; no connection may be open on it. */
void atelier_faulty_vfs_remove(sqlite3_vfs *layer);
