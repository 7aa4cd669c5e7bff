// SPDX-License-Identifier: Apache-2.0
/* A disk that loses power, fills up or breaks, laid under a program that does not know of it.

     cc -std=c11 -O2 -Wall -Wextra -shared -fPIC -pthread -o disk_faults.so disk_faults.c
     LD_PRELOAD=./disk_faults.so DISK_FOLDER=/the/folder DISK_LOG=/elsewhere/log program

   All that the program does to files in the folder happens, and is written down in the log: what was
   written where, names that came and went, and what was synced. disk.py builds from the log the folder
   as it would be after a power failure: what it was at first, and of the log what had been synced.

   The log may be read after a SIGKILL at any moment. A record counts only when the length in the log's
   first page has been moved past it, by one store to memory that the kernel keeps. An action that
   was not recorded for the kill has not returned to the program either, so nobody relied on it. Several
   threads and processes share one log: an action and its record are one step, under one lock.

   That page also holds a fault to come: which one, and after how many records. The test sets it.

   Not seen: writing through mmap (SQLite does so to its -shm file alone, which means nothing after a
   crash), stdio, fallocate, links, and fork without exec. disk.py notices what was overlooked, since
   the log in full must then give another folder than the one that is there. */

#define _GNU_SOURCE
#undef _FORTIFY_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE = 4096 };

/* The numbers below are known to disk.py. */
enum record_kind { OPENED = 1, WRITTEN, RESIZED, SYNCED, SYNC_FAILED, UNLINKED, RENAMED, FOLDER_MADE };

enum fault {
  NO_FAULT,
  KILL,      /* die: before an action, after it, or in the middle of a write */
  KILL_SYNC, /* die before or after a sync */
  FULL,      /* what makes a file longer, or a new one, fails with ENOSPC, from then on */
  READ_ONLY, /* every change fails with EROFS, from then on */
  BAD_SYNC,  /* one sync fails with EIO; as under Linux, what it would have written is lost for good */
  BAD_WRITE, /* one write fails with EIO */
};

struct log_header {
  uint64_t length;  /* of all records, from the second page on */
  uint64_t fault;   /* an enum fault */
  uint64_t fuse;    /* after so many more actions */
  uint64_t part;    /* of a write before the program is killed: 0 to 256 of 256 parts */
  uint64_t lies;    /* whether each lock is granted to whoever asks */
  uint64_t refused; /* actions that met a fault other than a kill */
};

/* Followed by `size` bytes: what was written, or a path; for RENAMED two, with a NUL between. */
struct record {
  uint32_t kind;
  uint32_t size;
  uint64_t inode;
  uint64_t value; /* an offset, a length, or up to where the log was synced */
};

static const char *folder;
static size_t folder_length;
static int log_file = -1;
static struct log_header *header;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void give_up(const char *why) {
  dprintf(STDERR_FILENO, "disk_faults: %s: %s\n", why, strerror(errno));
  _exit(99);
}

/* The system's calls are made directly: there is no need to find the functions that these hide. */
__attribute__((constructor)) static void start(void) {
  folder = getenv("DISK_FOLDER");
  const char *path = getenv("DISK_LOG");
  if (folder == NULL || path == NULL) return;
  folder_length = strlen(folder);
  int file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  if (file < 0) give_up(path);
  header = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (header == MAP_FAILED) give_up(path);
  log_file = file;
}

/* flock holds other processes off and ends with its holder; the mutex holds off our own threads. */
static void lock(void) {
  pthread_mutex_lock(&mutex);
  while (syscall(SYS_flock, log_file, LOCK_EX) != 0)
    if (errno != EINTR) give_up("flock");
}

/* Keeps errno, so that it can come last. */
static void unlock(void) {
  int error = errno;
  syscall(SYS_flock, log_file, LOCK_UN);
  pthread_mutex_unlock(&mutex);
  errno = error;
}

static void append(const void *bytes, size_t size, uint64_t offset) {
  while (size > 0) {
    ssize_t done = syscall(SYS_pwrite64, log_file, bytes, size, offset);
    if (done < 0) give_up("the log");
    bytes = (const char *)bytes + done;
    size -= done;
    offset += done;
  }
}

static void note(enum record_kind kind, uint64_t inode, uint64_t value, const void *bytes, size_t size) {
  int error = errno;
  struct record record = {kind, size, inode, value};
  append(&record, sizeof record, PAGE + header->length);
  append(bytes, size, PAGE + header->length + sizeof record);
  __atomic_store_n(&header->length, header->length + sizeof record + size, __ATOMIC_RELEASE);
  errno = error;
}

static void note_path(enum record_kind kind, uint64_t inode, uint64_t value, const char *path) {
  note(kind, inode, value, path, strlen(path));
}

// MARK: - Which files

static int is_inside(const char *path) {
  return strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == 0);
}

/* Whether a file is in the folder; its path, as the kernel knows it. */
static int is_ours(int file, char path[PATH_MAX]) {
  if (log_file < 0) return 0;
  int error = errno;
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  path[length < 0 ? 0 : length] = 0;
  errno = error;
  return is_inside(path);
}

/* Whether a name is one in the folder; the path it stands for. */
static int is_our_name(int base, const char *name, char path[PATH_MAX]) {
  if (log_file < 0) return 0;
  int error = errno;
  char parent[PATH_MAX] = ".", joined[PATH_MAX + 40];
  const char *slash = strrchr(name, '/');
  if (slash != NULL) snprintf(parent, sizeof parent, "%.*s", (int)(slash - name + 1), name);
  if (*name == '/' || base == AT_FDCWD) snprintf(joined, sizeof joined, "%s", parent);
  else snprintf(joined, sizeof joined, "/proc/self/fd/%d/%s", base, parent);
  char *found = realpath(joined, path);
  errno = error;
  if (found == NULL) return 0;
  size_t length = strlen(path);
  int needed = snprintf(path + length, PATH_MAX - length, "/%s", slash == NULL ? name : slash + 1);
  return needed < (int)(PATH_MAX - length) && is_inside(path);
}

static struct stat status_of(int file) {
  struct stat status = {0};
  fstat(file, &status);
  return status;
}

// MARK: - Faults

enum action { WRITING = 1, GROWING = 2, NAMING = 4, SYNCING = 8 };

/* Burns the fuse; the fault that this action meets. */
static enum fault next_fault(int action) {
  enum fault fault = header->fault;
  if (fault == NO_FAULT) return NO_FAULT;
  if (header->fuse > 0) {
    header->fuse--;
    return NO_FAULT;
  }
  switch (fault) {
  case KILL: return KILL;
  case KILL_SYNC: return action & SYNCING ? KILL : NO_FAULT;
  case FULL: if (action & GROWING) break; return NO_FAULT;
  case READ_ONLY: if (action & (WRITING | NAMING)) break; return NO_FAULT;
  case BAD_SYNC: if (action & SYNCING) break; return NO_FAULT;
  case BAD_WRITE: if (action & WRITING) break; return NO_FAULT;
  default: return NO_FAULT;
  }
  header->refused++;
  if (fault == BAD_SYNC || fault == BAD_WRITE) header->fault = NO_FAULT;
  return fault;
}

static int error_of(enum fault fault) {
  return fault == FULL ? ENOSPC : fault == READ_ONLY ? EROFS : EIO;
}

/* Under the lock, before each action but writing: 0, or -1 where it fails. A kill comes here or in `after`. */
static int before(int action, enum fault *fault) {
  *fault = next_fault(action);
  if (*fault == KILL && header->part < 128) raise(SIGKILL);
  if (*fault == NO_FAULT || *fault == KILL) return 0;
  errno = error_of(*fault);
  return -1;
}

static void after(enum fault fault) {
  if (fault == KILL) raise(SIGKILL);
}

// MARK: - Writing

/* Writes at an offset, or where the file stands if it is negative. */
static ssize_t write_noted(int file, const void *bytes, size_t size, off_t offset) {
  char path[PATH_MAX];
  if (!is_ours(file, path))
    return offset < 0 ? syscall(SYS_write, file, bytes, size) : syscall(SYS_pwrite64, file, bytes, size, offset);
  lock();
  struct stat status = status_of(file);
  off_t place = offset >= 0 ? offset : lseek(file, 0, SEEK_CUR);
  int appends = fcntl(file, F_GETFL) & O_APPEND;
  int grows = appends || place + (off_t)size > status.st_size;
  enum fault fault = next_fault(grows ? WRITING | GROWING : WRITING);
  ssize_t done = -1;
  if (fault == NO_FAULT || fault == KILL) {
    if (fault == KILL) size = size * header->part / 256;
    done = offset < 0 ? syscall(SYS_write, file, bytes, size) : syscall(SYS_pwrite64, file, bytes, size, offset);
    if (done > 0) note(WRITTEN, status.st_ino, appends ? status.st_size : place, bytes, done);
  } else {
    errno = error_of(fault);
  }
  after(fault);
  unlock();
  return done;
}

ssize_t write(int file, const void *bytes, size_t size) { return write_noted(file, bytes, size, -1); }
ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) { return write_noted(file, bytes, size, offset); }
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) { return write_noted(file, bytes, size, offset); }

/* The first part alone is a short write, which callers have to expect. */
ssize_t writev(int file, const struct iovec *parts, int count) {
  char path[PATH_MAX];
  if (!is_ours(file, path)) return syscall(SYS_writev, file, parts, count);
  while (count > 1 && parts->iov_len == 0) parts++, count--;
  return write_noted(file, parts->iov_base, parts->iov_len, -1);
}

int ftruncate(int file, off_t size) {
  char path[PATH_MAX];
  if (!is_ours(file, path)) return syscall(SYS_ftruncate, file, size);
  lock();
  struct stat status = status_of(file);
  enum fault fault;
  int result = before(size > status.st_size ? WRITING | GROWING : WRITING, &fault);
  if (result == 0) result = syscall(SYS_ftruncate, file, size);
  if (result == 0) note_path(RESIZED, status.st_ino, size, path);
  after(fault);
  unlock();
  return result;
}

int ftruncate64(int file, off64_t size) { return ftruncate(file, size); }

// MARK: - Syncing

/* What others write while the disk is at work need not be on it afterwards, so the log says from when on. */
static int sync_noted(int file, long number) {
  char path[PATH_MAX];
  if (!is_ours(file, path)) return syscall(number, file);
  struct stat status = status_of(file);
  enum fault fault;
  lock();
  uint64_t length = header->length;
  int result = before(SYNCING, &fault);
  unlock();
  if (result == 0) result = syscall(number, file);
  lock();
  note_path(result == 0 ? SYNCED : SYNC_FAILED, status.st_ino, length, path);
  after(fault);
  unlock();
  return result;
}

int fsync(int file) { return sync_noted(file, SYS_fsync); }
int fdatasync(int file) { return sync_noted(file, SYS_fdatasync); }

// MARK: - Names

static int open_noted(int base, const char *name, int flags, mode_t mode) {
  char path[PATH_MAX];
  int changes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
  if (!changes || !is_our_name(base, name, path)) return syscall(SYS_openat, base, name, flags, mode);
  lock();
  int creates = flags & O_CREAT && faccessat(base, name, F_OK, 0) != 0;
  enum fault fault;
  int file = before(creates ? NAMING | GROWING : NAMING, &fault);
  if (file == 0) file = syscall(SYS_openat, base, name, flags, mode);
  /* A file without a name (O_TMPFILE) is on no disk. */
  if (file >= 0 && !(flags & __O_TMPFILE) && is_ours(file, path)) {
    struct stat status = status_of(file);
    note_path(OPENED, status.st_ino, 0, path);
    if (flags & O_TRUNC) note_path(RESIZED, status.st_ino, 0, path);
  }
  after(fault);
  unlock();
  return file;
}

#define MODE(flags) \
  mode_t mode = 0; \
  if (flags & (O_CREAT | __O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open(const char *name, int flags, ...) { MODE(flags) return open_noted(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags) return open_noted(AT_FDCWD, name, flags, mode); }
int openat(int base, const char *name, int flags, ...) { MODE(flags) return open_noted(base, name, flags, mode); }
int openat64(int base, const char *name, int flags, ...) { MODE(flags) return open_noted(base, name, flags, mode); }
int creat(const char *name, mode_t mode) { return open_noted(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *name, mode_t mode) { return creat(name, mode); }

int unlinkat(int base, const char *name, int flags) {
  char path[PATH_MAX];
  if (!is_our_name(base, name, path)) return syscall(SYS_unlinkat, base, name, flags);
  lock();
  enum fault fault;
  int result = before(NAMING, &fault);
  if (result == 0) result = syscall(SYS_unlinkat, base, name, flags);
  if (result == 0) note_path(UNLINKED, 0, 0, path);
  after(fault);
  unlock();
  return result;
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int renameat2(int base, const char *name, int new_base, const char *new_name, unsigned flags) {
  char paths[2 * PATH_MAX] = "", new_path[PATH_MAX] = "";
  int ours = is_our_name(base, name, paths);
  if (!is_our_name(new_base, new_name, new_path) && !ours)
    return syscall(SYS_renameat2, base, name, new_base, new_name, flags);
  lock();
  enum fault fault;
  int result = before(NAMING, &fault);
  if (result == 0) result = syscall(SYS_renameat2, base, name, new_base, new_name, flags);
  size_t length = strlen(paths) + 1;
  strcpy(paths + length, new_path);
  if (result == 0) note(RENAMED, 0, 0, paths, length + strlen(new_path));
  after(fault);
  unlock();
  return result;
}

int rename(const char *name, const char *new_name) { return renameat2(AT_FDCWD, name, AT_FDCWD, new_name, 0); }
int renameat(int base, const char *name, int new_base, const char *new_name) {
  return renameat2(base, name, new_base, new_name, 0);
}

int mkdirat(int base, const char *name, mode_t mode) {
  char path[PATH_MAX];
  if (!is_our_name(base, name, path)) return syscall(SYS_mkdirat, base, name, mode);
  lock();
  enum fault fault;
  int result = before(NAMING | GROWING, &fault);
  if (result == 0) result = syscall(SYS_mkdirat, base, name, mode);
  if (result == 0) note_path(FOLDER_MADE, 0, 0, path);
  after(fault);
  unlock();
  return result;
}

int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

// MARK: - Locks that lie

static int fcntl_noted(int file, int command, void *argument) {
  char path[PATH_MAX];
  int asks = command == F_GETLK || command == F_OFD_GETLK;
  int locks = command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK || command == F_OFD_SETLKW;
  if ((asks || locks) && log_file >= 0 && header->lies && is_ours(file, path)) {
    if (asks) ((struct flock *)argument)->l_type = F_UNLCK;
    return 0;
  }
  return syscall(SYS_fcntl, file, command, argument);
}

#define ARGUMENT(command) \
  va_list rest; \
  va_start(rest, command); \
  void *argument = va_arg(rest, void *); \
  va_end(rest);

int fcntl(int file, int command, ...) { ARGUMENT(command) return fcntl_noted(file, command, argument); }
int fcntl64(int file, int command, ...) { ARGUMENT(command) return fcntl_noted(file, command, argument); }
