// SPDX-License-Identifier: Apache-2.0

#include "CStrataSystem.h"

#include <string.h>

#if defined(__x86_64__)

#include <nmmintrin.h>

static int is_supported(void) { return __builtin_cpu_supports("sse4.2"); }

#define FOR_PROCESSORS_WITH_CRC __attribute__((target("sse4.2")))
#define next_word(sum, word) ((uint32_t)_mm_crc32_u64(sum, word))
#define next_byte(sum, byte) _mm_crc32_u8(sum, byte)

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

#include <arm_acle.h>

// The compiler was told that all processors have it, as those of Apple do.
static int is_supported(void) { return 1; }

#define FOR_PROCESSORS_WITH_CRC
#define next_word(sum, word) __crc32cd(sum, word)
#define next_byte(sum, byte) __crc32cb(sum, byte)

#endif

#ifdef FOR_PROCESSORS_WITH_CRC

FOR_PROCESSORS_WITH_CRC
static uint32_t checksum_of(const uint8_t *bytes, size_t count, uint32_t before) {
  uint32_t sum = ~before;
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    sum = next_word(sum, word);
  }
  for (; count > 0; bytes++, count--) sum = next_byte(sum, *bytes);
  return ~sum;
}

int strata_crc32c(const uint8_t *bytes, size_t count, uint32_t *checksum) {
  if (!is_supported()) return 0;
  *checksum = checksum_of(bytes, count, *checksum);
  return 1;
}

#else

int strata_crc32c(const uint8_t *bytes, size_t count, uint32_t *checksum) {
  (void)bytes, (void)count, (void)checksum;
  return 0;
}

#endif
