// SPDX-License-Identifier: Apache-2.0

// What Swift has no way to: an instruction of the processor, and two questions to Linux.

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

#endif
