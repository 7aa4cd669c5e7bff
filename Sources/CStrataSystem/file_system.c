// SPDX-License-Identifier: Apache-2.0

#ifdef __linux__
#define _GNU_SOURCE
#endif

#include "CStrataSystem.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/statfs.h>
#include <unistd.h>

// Locks of open file descriptions: two of one process are as strange to each other as those of two.
static enum strata_locks try_locks(int first, int second) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(first, F_OFD_SETLK, &whole) != 0) return strata_locks_unknown;
  if (fcntl(second, F_OFD_SETLK, &whole) == 0) return strata_locks_lie;
  return errno == EAGAIN || errno == EACCES ? strata_locks_hold : strata_locks_unknown;
}

enum strata_locks strata_try_locks(const char *folder) {
  int first = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (first < 0) return strata_locks_unknown;
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", first);
  int second = open(name, O_RDWR | O_CLOEXEC);
  enum strata_locks found = second < 0 ? strata_locks_unknown : try_locks(first, second);
  if (second >= 0) close(second);
  close(first);
  return found;
}

const char *strata_network_file_system(const char *folder) {
  struct statfs about;
  if (statfs(folder, &about) != 0) return NULL;
  // The numbers of statfs(2). Not those of FUSE, 9P, Ceph and Lustre: virtual machines and
  // containers have local disks behind the first two, and the others keep their locks.
  switch ((uint32_t)about.f_type) {
    case 0x6969: return "nfs";
    case 0x517B: return "smb";
    case 0xFF534D42: return "cifs";
    case 0xFE534D42: return "smb2";
    case 0x5346414F: return "afs";
    case 0x73757245: return "coda";
    default: return NULL;
  }
}

#else

enum strata_locks strata_try_locks(const char *folder) {
  (void)folder;
  return strata_locks_unknown;
}

const char *strata_network_file_system(const char *folder) {
  (void)folder;
  return NULL;
}

#endif
