#pragma once
#include <sqlite3.h>
/* A cast macro, which Swift cannot import: SQLite copies the bytes before the bind call returns. */
static inline sqlite3_destructor_type atelier_sqlite_transient(void) { return SQLITE_TRANSIENT; }
