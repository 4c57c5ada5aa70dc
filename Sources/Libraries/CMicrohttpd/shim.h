#pragma once
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <microhttpd.h>

/* The library logs through a va_list, which Swift cannot read: the text is made here. */
struct atelier_mhd_log {
    void (*write)(void *context, const char *message);
    void *context;
};
static inline void atelier_mhd_format(void *log, const char *format, va_list arguments) {
    char text[512];
    vsnprintf(text, sizeof text, format, arguments);
    const struct atelier_mhd_log *target = (const struct atelier_mhd_log *)log;
    target->write(target->context, text);
}

/* Variadic functions do not import into Swift: each gets a fixed shape. `log` has to outlive the daemon. */
static inline struct MHD_Daemon *
atelier_mhd_start(unsigned int flags, MHD_AcceptPolicyCallback accepts, MHD_AccessHandlerCallback access,
                  void *context, struct atelier_mhd_log *log, const struct MHD_OptionItem *options) {
    return MHD_start_daemon(flags, 0, accepts, context, access, context,
                            MHD_OPTION_EXTERNAL_LOGGER, atelier_mhd_format, log,
                            MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}
static inline int atelier_mhd_descriptor(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}
static inline void *atelier_mhd_socket_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}
static inline const struct sockaddr *atelier_mhd_peer(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}
static inline size_t atelier_mhd_header_size(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}
/* Sends a streamed answer without chunked coding, so that its end is the end of the connection. */
static inline enum MHD_Result atelier_mhd_end_with_connection(struct MHD_Response *response) {
    return MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}
