// SPDX-License-Identifier: Apache-2.0

// What Swift cannot reach: an instruction of the processor, two questions to Linux, a setting of the
// allocator, files without a name, and signal handlers.

#ifndef STRATA_SYSTEM_H
#define STRATA_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/// Computes the CRC-32C of bytes by the processor's own instruction, eight bytes at a time: ten
/// times as fast as tables are.
///
/// Returns 1, or 0 where the processor has no such instruction.
int strata_crc32c(const uint8_t *bytes, size_t count, uint32_t *checksum);

/// What is known about the locks of a folder's file system.
enum strata_locks {
  strata_locks_hold,
  /// One file was locked for writing twice.
  strata_locks_lie,
  /// They could not be tried.
  strata_locks_unknown,
};

/// Tries locks on a file without a name, which nobody else sees and which is gone at once.
enum strata_locks strata_try_locks(const char *folder);

/// The file system of a folder if it is one that several machines may share; else null.
const char *strata_network_file_system(const char *folder);

/// Has the C library keep freed memory for what is taken next, instead of giving it back to the system:
/// blocks up to a size, and as much at the end of the heap. For glibc; others have no such choice.
void strata_keep_freed(size_t largest, size_t trim);

/// Opens a new file without a name in a folder: whatever ends the process, nothing of it is left.
///
/// Returns -1 where the system or the file system has no such files.
int strata_open_unnamed(const char *folder);

/// Gives such a file a name that is not taken. Returns 0, or -1.
int strata_name_file(int file, const char *path);

/// Removes a file when a signal ends the process, unless its signals are watched already.
void strata_remove_at_end(const char *path);

/// Cancels that.
void strata_keep_at_end(void);

/// Has SIGINT and SIGTERM noted from now on, instead of ending the process. Returns 0, or -1.
int strata_watch_end(void);

/// Whether one of them came.
int strata_end_was_asked(void);

/// Has signals passed on to the child that is started next, instead of ending this process.
///
/// Those that the terminal sends are not: they reach the child by themselves, which is in the same
/// group. Returns 0, or -1.
int strata_watch_for_child(void);

/// Starts a program with the environment of this process and no signal blocked.
///
/// Returns 0 and its number, or the error of the system.
int strata_start_child(char *const *arguments, int *pid);

/// Whether a child has ended: 1 with its status, 0 if it has not, -1 if it cannot be known.
///
/// Signals are no longer passed on to a child that has.
int strata_child_status(int pid, int *status);

/// Waits for the next signal, which may have come already, and no longer than a time.
void strata_wait_for_signal(int milliseconds);

#endif
