#define _GNU_SOURCE
#include "cvips.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* Deep binding: a self-contained build must use the GLib inside it, even when another one is in the process. The
   sanitizers replace malloc for all libraries and refuse to load one that is bound this way. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ATELIER_DEEPBIND 0
#endif
#endif
#ifndef ATELIER_DEEPBIND
#define ATELIER_DEEPBIND RTLD_DEEPBIND
#endif

int atelier_vips_open(const char *path, atelier_vips *table, char *reason, size_t reason_size) {
    /* libvips prints its warnings, with names of files in them, to standard error unless told otherwise. */
    setenv("VIPS_WARNING", "1", 0);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | ATELIER_DEEPBIND);
    if (!library) {
        const char *text = dlerror();
        snprintf(reason, reason_size, "%s", text ? text : "the loader gave no reason");
        return 0;
    }
#define ATELIER_VIPS_LOAD(result, name, arguments) \
    if (!(table->name = (result(*) arguments)dlsym(library, #name))) { \
        snprintf(reason, reason_size, "it lacks %s", #name); \
        return 0; \
    }
    ATELIER_VIPS_FUNCTIONS(ATELIER_VIPS_LOAD)
#undef ATELIER_VIPS_LOAD
    return 1;
}
