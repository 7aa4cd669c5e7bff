// SPDX-License-Identifier: Apache-2.0

// A setting of glibc's allocator that Swift's module of it lacks.

#include "CStrataSystem.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

void strata_keep_freed(size_t largest, size_t trim) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, (int)largest);
  mallopt(M_TRIM_THRESHOLD, (int)trim);
#else
  (void)largest;
  (void)trim;
#endif
}
