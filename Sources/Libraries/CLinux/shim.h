#pragma once
/* Parts of Linux that the toolchain's Glibc module leaves out.
   Never define _GNU_SOURCE here: it changes struct layouts that the Glibc module has already settled. */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/xattr.h>
static const int atelier_pollrdhup = 0x2000;
/* Variadic, so Swift cannot call it. Linux keeps 15 bytes of the name. */
static inline void atelier_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
