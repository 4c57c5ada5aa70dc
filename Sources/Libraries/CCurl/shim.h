#pragma once
#include <curl/curl.h>

/* Variadic functions, and macros besides, do not import into Swift: each kind of argument gets a fixed shape. */
static inline CURLcode atelier_curl_text(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode atelier_curl_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode atelier_curl_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode atelier_curl_pointer(CURL *easy, CURLoption option, void *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode atelier_curl_list(CURL *easy, CURLoption option, struct curl_slist *lines) {
    return (curl_easy_setopt)(easy, option, lines);
}

/* What libcurl calls back, with `context` in every call. */
typedef size_t (*atelier_curl_data)(char *bytes, size_t size, size_t count, void *context);
typedef int (*atelier_curl_seek)(void *context, curl_off_t offset, int origin);
typedef curl_socket_t (*atelier_curl_open)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
typedef int (*atelier_curl_begin)(void *context, char *remote, char *local, int remote_port, int local_port);

static inline void atelier_curl_callbacks(CURL *easy, void *context, atelier_curl_data head, atelier_curl_data body,
                                          atelier_curl_open open, atelier_curl_begin begin) {
    (curl_easy_setopt)(easy, CURLOPT_PRIVATE, context);
    (curl_easy_setopt)(easy, CURLOPT_HEADERDATA, context);
    (curl_easy_setopt)(easy, CURLOPT_HEADERFUNCTION, head);
    (curl_easy_setopt)(easy, CURLOPT_WRITEDATA, context);
    (curl_easy_setopt)(easy, CURLOPT_WRITEFUNCTION, body);
    (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETDATA, context);
    (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, open);
    (curl_easy_setopt)(easy, CURLOPT_PREREQDATA, context);
    (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, begin);
}
static inline void atelier_curl_upload(CURL *easy, void *context, atelier_curl_data read, atelier_curl_seek seek) {
    (curl_easy_setopt)(easy, CURLOPT_UPLOAD, 1L);
    (curl_easy_setopt)(easy, CURLOPT_READDATA, context);
    (curl_easy_setopt)(easy, CURLOPT_READFUNCTION, read);
    (curl_easy_setopt)(easy, CURLOPT_SEEKDATA, context);
    (curl_easy_setopt)(easy, CURLOPT_SEEKFUNCTION, seek);
}
static inline CURLcode atelier_curl_private(CURL *easy, void **context) {
    return (curl_easy_getinfo)(easy, CURLINFO_PRIVATE, context);
}
static inline curl_off_t atelier_curl_number(CURL *easy, CURLINFO info) {
    if ((info & CURLINFO_TYPEMASK) == CURLINFO_LONG) {
        long value = 0;
        (curl_easy_getinfo)(easy, info, &value);
        return value;
    }
    curl_off_t value = 0;
    (curl_easy_getinfo)(easy, info, &value);
    return value;
}
static inline CURLMcode atelier_curl_bound(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}
static inline CURLcode atelier_curl_result(const CURLMsg *message) { return message->data.result; }
/* The address in the form that socket functions take; its length is in `address->addrlen`. */
static inline const unsigned char *atelier_curl_address(const struct curl_sockaddr *address) {
    return (const unsigned char *)&address->addr;
}
enum {
    atelier_curl_pause_write = CURL_WRITEFUNC_PAUSE,
    atelier_curl_pause_read = CURL_READFUNC_PAUSE,
    atelier_curl_abort_read = CURL_READFUNC_ABORT,
};
static const curl_socket_t atelier_curl_no_socket = CURL_SOCKET_BAD;
