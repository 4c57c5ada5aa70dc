#pragma once
/* The part of libvips and GObject that Imaging calls, declared here and resolved by name from one opened library: a
   self-contained build that carries its own GLib, or the distribution's libvips.so.42, whose GLib is found through
   its dependencies. Nothing links at build time, so the package builds where no libvips is installed.

   Only opaque pointers cross. The three layouts relied on (GValue, GParamSpec.value_type and VipsProgress.im) are
   frozen ABI of GObject 2 and libvips 8. */
#include <stddef.h>
#include <stdint.h>

/* GValue: 24 bytes. */
typedef struct {
    uintptr_t type;
    uint64_t data[2];
} atelier_gvalue;

/* GParamSpec up to the type of the property it describes. */
typedef struct {
    void *type_instance;
    const char *name;
    unsigned flags;
    uintptr_t value_type;
} atelier_gparamspec;

/* VipsProgress: the image whose pixels are being computed comes first. */
typedef struct {
    void *image;
} atelier_vips_progress;

/* VipsRect. */
typedef struct {
    int left, top, width, height;
} atelier_vips_rect;

typedef struct atelier_vips_operation_ *atelier_vips_operation;
typedef struct atelier_vips_region_ *atelier_vips_region;
typedef struct atelier_vips_image_ *atelier_vips_image;
/* GCallback in the form of the "eval" signal. */
typedef void (*atelier_vips_eval)(atelier_vips_image, const atelier_vips_progress *, void *);
/* VipsCallbackFn without its second parameter, which libvips fills with NULL here: g_free fits, as in libvips itself. */
typedef void (*atelier_vips_free)(void *);

#define ATELIER_VIPS_FUNCTIONS(F) \
    F(int, vips_init, (const char *)) \
    F(const char *, vips_version_string, (void)) \
    F(void, vips_concurrency_set, (int)) \
    F(void, vips_cache_set_max, (int)) \
    F(void, vips_block_untrusted_set, (int)) \
    F(void, vips_operation_block_set, (const char *, int)) \
    F(size_t, vips_tracked_get_mem, (void)) \
    F(char *, vips_error_buffer_copy, (void)) \
    F(atelier_vips_operation, vips_operation_new, (const char *)) \
    F(int, vips_cache_operation_buildp, (atelier_vips_operation *)) \
    F(void, vips_object_unref_outputs, (atelier_vips_operation)) \
    F(int, vips_enum_from_nick, (const char *, uintptr_t, const char *)) \
    F(uintptr_t, vips_image_get_type, (void)) \
    F(uintptr_t, vips_array_double_get_type, (void)) \
    F(uintptr_t, vips_blob_get_type, (void)) \
    F(void, vips_value_set_array_double, (atelier_gvalue *, const double *, int)) \
    F(void *, vips_blob_new, (atelier_vips_free, const void *, size_t)) \
    F(void *, vips_blob_copy, (const void *, size_t)) \
    F(const void *, vips_blob_get, (void *, size_t *)) \
    F(void, vips_area_unref, (void *)) \
    F(atelier_vips_image, vips_image_copy_memory, (atelier_vips_image)) \
    F(void *, vips_image_write_to_memory, (atelier_vips_image, size_t *)) \
    F(atelier_vips_image, vips_image_new_from_memory_copy, (const void *, size_t, int, int, int, int)) \
    F(atelier_vips_image, vips_image_new_from_memory, (const void *, size_t, int, int, int, int)) \
    F(atelier_vips_region, vips_region_new, (atelier_vips_image)) \
    F(int, vips_region_image, (atelier_vips_region, const atelier_vips_rect *)) \
    F(int, vips_region_prepare_to, \
        (atelier_vips_region, atelier_vips_region, const atelier_vips_rect *, int, int)) \
    F(int, vips_image_get_width, (atelier_vips_image)) \
    F(int, vips_image_get_height, (atelier_vips_image)) \
    F(int, vips_image_get_bands, (atelier_vips_image)) \
    F(int, vips_image_get_format, (atelier_vips_image)) \
    F(int, vips_image_get_interpretation, (atelier_vips_image)) \
    F(int, vips_image_get_orientation, (atelier_vips_image)) \
    F(int, vips_image_hasalpha, (atelier_vips_image)) \
    F(uintptr_t, vips_image_get_typeof, (atelier_vips_image, const char *)) \
    F(int, vips_image_get_blob, (atelier_vips_image, const char *, const void **, size_t *)) \
    F(void, vips_image_set_blob_copy, (atelier_vips_image, const char *, const void *, size_t)) \
    F(void, vips_image_set_int, (atelier_vips_image, const char *, int)) \
    F(void, vips_image_set_progress, (atelier_vips_image, int)) \
    F(void, vips_image_set_kill, (atelier_vips_image, int)) \
    F(void *, g_object_ref, (void *)) \
    F(void, g_object_unref, (void *)) \
    F(void, g_object_set_data_full, (void *, const char *, void *, atelier_vips_free)) \
    F(void, g_object_set_property, (void *, const char *, const atelier_gvalue *)) \
    F(void, g_object_get_property, (void *, const char *, atelier_gvalue *)) \
    F(atelier_gparamspec *, g_object_class_find_property, (void *, const char *)) \
    F(unsigned long, g_signal_connect_data, \
        (void *, const char *, atelier_vips_eval, void *, void *, unsigned)) \
    F(void *, g_value_init, (atelier_gvalue *, uintptr_t)) \
    F(void, g_value_unset, (atelier_gvalue *)) \
    F(void, g_value_set_int, (atelier_gvalue *, int)) \
    F(void, g_value_set_double, (atelier_gvalue *, double)) \
    F(void, g_value_set_boolean, (atelier_gvalue *, int)) \
    F(void, g_value_set_string, (atelier_gvalue *, const char *)) \
    F(void, g_value_set_enum, (atelier_gvalue *, int)) \
    F(void, g_value_set_flags, (atelier_gvalue *, unsigned)) \
    F(void, g_value_set_object, (atelier_gvalue *, void *)) \
    F(void, g_value_set_boxed, (atelier_gvalue *, const void *)) \
    F(void *, g_value_dup_object, (const atelier_gvalue *)) \
    F(void *, g_value_get_boxed, (const atelier_gvalue *)) \
    F(void *, g_malloc, (size_t)) \
    F(void, g_free, (void *))

#define ATELIER_VIPS_FIELD(result, name, arguments) result(*name) arguments;
typedef struct {
    ATELIER_VIPS_FUNCTIONS(ATELIER_VIPS_FIELD)
} atelier_vips;
#undef ATELIER_VIPS_FIELD

/* Opens the library at `path` (a file, or a bare name for the system's search) and fills `table`. Returns 1, or 0 with
   a reason in `reason`: the loader's text, or the name of the first function that the library lacks. An opened library
   stays mapped until the process ends, because GLib cannot be unloaded. */
int atelier_vips_open(const char *path, atelier_vips *table, char *reason, size_t reason_size);
