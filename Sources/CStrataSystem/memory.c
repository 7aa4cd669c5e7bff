// SPDX-License-Identifier: Apache-2.0

// What the process holds in memory: calls of glibc and of Linux that Swift's modules of them lack.

#define _GNU_SOURCE

#include "CStrataSystem.h"

#ifdef __linux__
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

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

void strata_give_back_freed(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

#ifdef __linux__
// Whether a debugger is attached. It keeps breakpoints in pages of the code.
static int is_traced(void) {
  char text[2048];
  int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 1;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  text[length > 0 ? length : 0] = 0;
  const char *tracer = strstr(text, "TracerPid:\t");
  return !tracer || tracer[11] != '0';
}

// The pages of a program or library that nothing writes to: each is read from its file again when it
// is needed.
static int give_back(struct dl_phdr_info *object, size_t size, void *page) {
  (void)size;
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *part = &object->dlpi_phdr[index];
    if (part->p_type != PT_LOAD || part->p_flags & PF_W) continue;
    uintptr_t start = object->dlpi_addr + part->p_vaddr;
    uintptr_t end = start + part->p_memsz;
    start &= ~(*(uintptr_t *)page - 1);
    madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}
#endif

void strata_give_back_code(void) {
#ifdef __linux__
  if (is_traced()) return;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  dl_iterate_phdr(give_back, &page);
#endif
}
