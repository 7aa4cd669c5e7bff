// SPDX-License-Identifier: Apache-2.0

#ifdef __linux__
#define _GNU_SOURCE
#endif

#include "CStrataSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__

int strata_open_unnamed(const char *folder) {
  // Without it the file could not be named.
  if (access("/proc/self/fd", X_OK) != 0) return -1;
  return open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
}

int strata_name_file(int file, const char *path) {
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  return linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

#else

int strata_open_unnamed(const char *folder) {
  (void)folder;
  errno = ENOTSUP;
  return -1;
}

int strata_name_file(int file, const char *path) {
  (void)file;
  (void)path;
  errno = ENOTSUP;
  return -1;
}

#endif

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static const int count = sizeof ending / sizeof *ending;

// The file that goes with the process; the first byte is 0 where there is none.
static char removable[PATH_MAX];

static void remove_and_end(int signal) {
  if (removable[0]) unlink(removable);
  // The handler is gone by now: the process ends as it would have.
  raise(signal);
}

void strata_remove_at_end(const char *path) {
  if (strlen(path) >= sizeof removable) return;
  strcpy(removable, path);
  for (int index = 0; index < count; index++) {
    struct sigaction action, before;
    // What is ignored, or watched by others, stays so.
    if (sigaction(ending[index], 0, &before) != 0 || before.sa_handler != SIG_DFL) continue;
    action.sa_handler = remove_and_end;
    action.sa_flags = (int)SA_RESETHAND | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    sigaction(ending[index], &action, 0);
  }
}

void strata_keep_at_end(void) {
  for (int index = 0; index < count; index++) {
    struct sigaction before;
    if (sigaction(ending[index], 0, &before) != 0) continue;
    if (before.sa_handler == remove_and_end) signal(ending[index], SIG_DFL);
  }
  removable[0] = 0;
}
