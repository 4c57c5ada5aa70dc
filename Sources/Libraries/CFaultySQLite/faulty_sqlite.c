#include "faulty_sqlite.h"

#include <stdlib.h>
#include <string.h>

struct layer {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    atelier_file_question question;
    void *context;
    int error_number;
};

struct file {
    sqlite3_file base;
    struct layer *layer;
    const char *path;
    /* The real layer's file lies behind this one. */
};

static sqlite3_file *real_file(sqlite3_file *file) { return (sqlite3_file *)((struct file *)file + 1); }

static int ask(sqlite3_file *file, int operation, const void *data, int count, sqlite3_int64 offset) {
    struct file *own = (struct file *)file;
    return own->layer->question(own->layer->context, operation, own->path, data, count, offset);
}

static int file_close(sqlite3_file *file) { return real_file(file)->pMethods->xClose(real_file(file)); }

static int file_read(sqlite3_file *file, void *buffer, int count, sqlite3_int64 offset) {
    int refused = ask(file, ATELIER_FILE_READ, NULL, count, offset);
    return refused ? refused : real_file(file)->pMethods->xRead(real_file(file), buffer, count, offset);
}

static int file_write(sqlite3_file *file, const void *data, int count, sqlite3_int64 offset) {
    int refused = ask(file, ATELIER_FILE_WRITE, data, count, offset);
    if (refused & ATELIER_AFTER_HALF) real_file(file)->pMethods->xWrite(real_file(file), data, count / 2, offset);
    if (refused) return refused & ~ATELIER_AFTER_HALF;
    return real_file(file)->pMethods->xWrite(real_file(file), data, count, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int refused = ask(file, ATELIER_FILE_TRUNCATE, NULL, 0, size);
    return refused ? refused : real_file(file)->pMethods->xTruncate(real_file(file), size);
}

static int file_sync(sqlite3_file *file, int flags) {
    int refused = ask(file, ATELIER_FILE_SYNC, NULL, 0, 0);
    return refused ? refused : real_file(file)->pMethods->xSync(real_file(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    return real_file(file)->pMethods->xFileSize(real_file(file), size);
}

static int file_lock(sqlite3_file *file, int level) {
    int refused = ask(file, ATELIER_FILE_LOCK, NULL, level, 0);
    return refused ? refused : real_file(file)->pMethods->xLock(real_file(file), level);
}

static int file_unlock(sqlite3_file *file, int level) {
    return real_file(file)->pMethods->xUnlock(real_file(file), level);
}

static int file_check_lock(sqlite3_file *file, int *result) {
    return real_file(file)->pMethods->xCheckReservedLock(real_file(file), result);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    return real_file(file)->pMethods->xFileControl(real_file(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file) { return real_file(file)->pMethods->xSectorSize(real_file(file)); }

static int file_characteristics(sqlite3_file *file) {
    return real_file(file)->pMethods->xDeviceCharacteristics(real_file(file));
}

static int file_map(sqlite3_file *file, int page, int size, int extend, void volatile **memory) {
    int refused = ask(file, ATELIER_FILE_SHARED_MEMORY, NULL, size, page);
    return refused ? refused : real_file(file)->pMethods->xShmMap(real_file(file), page, size, extend, memory);
}

static int file_map_lock(sqlite3_file *file, int offset, int count, int flags) {
    return real_file(file)->pMethods->xShmLock(real_file(file), offset, count, flags);
}

static void file_barrier(sqlite3_file *file) { real_file(file)->pMethods->xShmBarrier(real_file(file)); }

static int file_unmap(sqlite3_file *file, int remove) {
    return real_file(file)->pMethods->xShmUnmap(real_file(file), remove);
}

/* Version 2: no memory-mapped reads, which would pass by the questions. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_map,
    .xShmLock = file_map_lock,
    .xShmBarrier = file_barrier,
    .xShmUnmap = file_unmap,
};

static int layer_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *opened) {
    struct layer *layer = (struct layer *)vfs;
    struct file *own = (struct file *)file;
    own->base.pMethods = NULL;
    own->layer = layer;
    own->path = path ? path : "";
    int refused = layer->question(layer->context, ATELIER_FILE_OPEN, own->path, NULL, 0, 0);
    if (refused) return refused;
    int status = layer->real->xOpen(layer->real, path, real_file(file), flags, opened);
    if (real_file(file)->pMethods) own->base.pMethods = &methods;
    return status;
}

static int layer_delete(sqlite3_vfs *vfs, const char *path, int sync_folder) {
    struct layer *layer = (struct layer *)vfs;
    int refused = layer->question(layer->context, ATELIER_FILE_DELETE, path, NULL, sync_folder, 0);
    return refused ? refused : layer->real->xDelete(layer->real, path, sync_folder);
}

static int layer_access(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    struct layer *layer = (struct layer *)vfs;
    return layer->real->xAccess(layer->real, path, flags, result);
}

static int layer_full_path(sqlite3_vfs *vfs, const char *path, int count, char *result) {
    struct layer *layer = (struct layer *)vfs;
    return layer->real->xFullPathname(layer->real, path, count, result);
}

static int layer_randomness(sqlite3_vfs *vfs, int count, char *result) {
    struct layer *layer = (struct layer *)vfs;
    return layer->real->xRandomness(layer->real, count, result);
}

static int layer_sleep(sqlite3_vfs *vfs, int microseconds) {
    struct layer *layer = (struct layer *)vfs;
    return layer->real->xSleep(layer->real, microseconds);
}

static int layer_time(sqlite3_vfs *vfs, double *result) {
    struct layer *layer = (struct layer *)vfs;
    return layer->real->xCurrentTime(layer->real, result);
}

static int layer_time64(sqlite3_vfs *vfs, sqlite3_int64 *result) {
    struct layer *layer = (struct layer *)vfs;
    return layer->real->xCurrentTimeInt64(layer->real, result);
}

static int layer_last_error(sqlite3_vfs *vfs, int count, char *result) {
    (void)count;
    (void)result;
    return ((struct layer *)vfs)->error_number;
}

sqlite3_vfs *atelier_faulty_vfs_register(
    const char *name, atelier_file_question question, void *context, int error_number) {
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    struct layer *layer = real ? calloc(1, sizeof *layer) : NULL;
    if (!layer) return NULL;
    layer->real = real;
    layer->question = question;
    layer->context = context;
    layer->error_number = error_number;
    layer->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(struct file) + real->szOsFile,
        .mxPathname = real->mxPathname,
        .zName = strdup(name),
        .xOpen = layer_open,
        .xDelete = layer_delete,
        .xAccess = layer_access,
        .xFullPathname = layer_full_path,
        .xRandomness = layer_randomness,
        .xSleep = layer_sleep,
        .xCurrentTime = layer_time,
        .xGetLastError = layer_last_error,
        .xCurrentTimeInt64 = layer_time64,
    };
    if (layer->vfs.zName && sqlite3_vfs_register(&layer->vfs, 0) == SQLITE_OK) return &layer->vfs;
    free((char *)layer->vfs.zName);
    free(layer);
    return NULL;
}

void atelier_faulty_vfs_remove(sqlite3_vfs *layer) {
    sqlite3_vfs_unregister(layer);
    free((char *)layer->zName);
    free(layer);
}
