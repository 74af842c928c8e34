/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#include <windows.h>
#elif defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#define RF_HAVE_MMAP 1
#if !defined(MAP_ANONYMOUS) && defined(MAP_ANON)
#define MAP_ANONYMOUS MAP_ANON
#endif
#endif

/* Smallest buffer with huge pages. Smaller ones would waste most of a huge page. */
#define HUGE_FROM ((size_t)4 << 20)

/* The allocator in force; members are NULL for the C library's. */
static rf_allocator allocator;

#define CALLOC_FROM ((size_t)64 << 10)

void rf_allocator_set(const rf_allocator *replacement) {
  if (replacement && replacement->realloc_ && replacement->free_)
    allocator = *replacement;
  else
    memset(&allocator, 0, sizeof allocator);
}

void *rf_realloc(void *block, size_t size) {
  if (size == 0)
    size = 1;
  if (allocator.realloc_)
    return allocator.realloc_(allocator.user, block, size);
  return realloc(block, size);
}

void *rf_alloc(size_t size) {
  return rf_realloc(NULL, size);
}

void *rf_alloc_zero(size_t count, size_t size) {
  if (size != 0 && count > SIZE_MAX / size)
    return NULL;
  size_t total = count * size;
  /* calloc gets large blocks zeroed by the system; for small ones it goes past glibc's cache of free blocks. */
  if (!allocator.realloc_ && total > CALLOC_FROM)
    return calloc(1, total);
  void *block = rf_alloc(total);
  if (block)
    memset(block, 0, total ? total : 1);
  return block;
}

void rf_free(void *block) {
  if (allocator.free_)
    allocator.free_(allocator.user, block);
  else
    free(block);
}

char *rf_strndup(const char *text, size_t n) {
  const char *end = memchr(text, '\0', n);
  if (end)
    n = (size_t)(end - text);
  if (n == SIZE_MAX)
    return NULL;
  char *copy = rf_alloc(n + 1);
  if (copy) {
    memcpy(copy, text, n);
    copy[n] = '\0';
  }
  return copy;
}

char *rf_strdup(const char *text) {
  return rf_strndup(text, strlen(text));
}

#if defined(RF_HAVE_MMAP)

void *rf_pages_alloc(size_t size) {
  if (size == 0)
    size = 1;
  if (size > SIZE_MAX / 2)
    return NULL;
  void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    return NULL;
#ifdef MADV_HUGEPAGE
  if (size >= HUGE_FROM)
    (void)madvise(pages, size, MADV_HUGEPAGE); /* only advice: a kernel without them says no */
#endif
  return pages;
}

void rf_pages_free(void *pages, size_t size) {
  if (pages)
    (void)munmap(pages, size ? size : 1);
}

#elif defined(_WIN32)

void *rf_pages_alloc(size_t size) {
  if (size > SIZE_MAX / 2)
    return NULL;
  return VirtualAlloc(NULL, size ? size : 1, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void rf_pages_free(void *pages, size_t size) {
  (void)size;
  if (pages)
    (void)VirtualFree(pages, 0, MEM_RELEASE);
}

#else

void *rf_pages_alloc(size_t size) {
  return size > SIZE_MAX / 2 ? NULL : calloc(1, size ? size : 1);
}

void rf_pages_free(void *pages, size_t size) {
  (void)size;
  free(pages);
}

#endif

void *rf_pages_resize(void *pages, size_t old_size, size_t new_size) {
  if (!pages)
    return rf_pages_alloc(new_size);
#if defined(__linux__)
  if (new_size > SIZE_MAX / 2)
    return NULL;
  void *moved = mremap(pages, old_size ? old_size : 1, new_size ? new_size : 1, MREMAP_MAYMOVE);
  if (moved == MAP_FAILED)
    return NULL;
  if (new_size >= HUGE_FROM && old_size < HUGE_FROM)
    (void)madvise(moved, new_size, MADV_HUGEPAGE);
  return moved;
#else
  void *moved = rf_pages_alloc(new_size);
  if (!moved)
    return NULL;
  memcpy(moved, pages, old_size < new_size ? old_size : new_size);
  rf_pages_free(pages, old_size);
  return moved;
#endif
}
