#pragma once
/* Parts of Linux that the toolchain's Glibc module leaves out.
   Never define _GNU_SOURCE here: it changes struct layouts that the Glibc module has already settled. */
#include <errno.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
static const int atelier_pollrdhup = 0x2000;
/* Variadic, so Swift cannot call it. Linux keeps 15 bytes of the name. */
static inline void atelier_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
/* openat2(2), which the C library does not wrap: opens `path` below `folder`, and fails with ELOOP at any symbolic link
   and EXDEV at anything that leads out. Negative errno on failure. */
static inline int atelier_open_beneath(int folder, const char *path, int flags) {
    struct open_how how = {0};
    how.flags = (unsigned)flags;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    long result = syscall(SYS_openat2, folder, path, &how, sizeof how);
    return result < 0 ? -errno : (int)result;
}
