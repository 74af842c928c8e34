/* SPDX-License-Identifier: BSD-3-Clause */
#include "file/page.h"

#include <string.h>

#include "file/source.h"

#define BLOCK ((size_t)IOBUFLEN)
#define ALL ((1U << CF_PAGE_BLOCKS) - 1)

/* Returns the bits of the blocks `first` ... last - 1. */
static unsigned bits(size_t first, size_t last) {
  return (1U << last) - (1U << first);
}

static unsigned blocks_of(size_t at, size_t n) {
  return bits(at / BLOCK, (at + n - 1) / BLOCK + 1);
}

/* Returns the first page of the set in which a page may be. */
static size_t set_of(LONGLONG number) {
  return (size_t)(number % (CF_PAGES / CF_PAGE_WAYS)) * CF_PAGE_WAYS;
}

static cf_page *find(cf_file *file, LONGLONG number) {
  cf_page *set = &file->pages[set_of(number)];
  for (int i = 0; i < CF_PAGE_WAYS; i++)
    if (set[i].number == number)
      return &set[i];
  return NULL;
}

/* Keeps at hand the blocks of n bytes from `at` on, or all of the page. */
static void keep_at_hand(cf_file *file, cf_page *page, size_t at, size_t n) {
  size_t first = page->valid == ALL ? 0 : at / BLOCK * BLOCK;
  size_t last = page->valid == ALL ? CF_PAGE_BYTES : ((at + n - 1) / BLOCK + 1) * BLOCK;
  LONGLONG start = page->number * (LONGLONG)CF_PAGE_BYTES;
  unsigned which = file->hands[0].page == page ? 0 : file->hands[1].page == page ? 1 : file->next_hand;
  file->next_hand = 1 - which;
  file->hands[which] = (cf_hand){start + (LONGLONG)first, start + (LONGLONG)last, page->bytes + first, page};
}

static void drop_hands(cf_file *file) {
  file->hands[0] = file->hands[1] = (cf_hand){0};
}

cf_page *cf_page_find(cf_file *file, LONGLONG number, size_t at, size_t n) {
  unsigned needed = blocks_of(at, n);
  cf_page *page = find(file, number);
  if (page == NULL || (page->valid & needed) != needed)
    return NULL;
  keep_at_hand(file, page, at, n);
  return page;
}

/* Returns the blocks that must be written: between the end of the file and a dirty block, all of them, so that the file
 * gets no holes inside a page. */
static unsigned due(const cf_file *file, const cf_page *page) {
  LONGLONG there = file->fptr->filesize - page->number * (LONGLONG)CF_PAGE_BYTES;
  size_t first = there <= 0 ? 0 : (size_t)there / BLOCK;
  unsigned last = 0;
  if (there >= (LONGLONG)CF_PAGE_BYTES)
    return page->dirty;
  for (unsigned i = 0; i < CF_PAGE_BLOCKS; i++)
    if ((page->dirty >> i & 1) != 0)
      last = i + 1;
  return last > first ? page->dirty | (bits(first, last) & page->valid) : page->dirty;
}

static int write_page(cf_file *file, cf_page *page, int *status) {
  unsigned blocks = due(file, page);
  LONGLONG start = page->number * (LONGLONG)CF_PAGE_BYTES, size = file->fptr->logfilesize;
  for (size_t first = 0, last; first < CF_PAGE_BLOCKS; first = last) {
    for (last = first; last < CF_PAGE_BLOCKS && (blocks >> last & 1) != 0; last++)
      ;
    LONGLONG from = start + (LONGLONG)(first * BLOCK), to = start + (LONGLONG)(last * BLOCK);
    if (to > size)
      to = size;
    if (to > from && cf_source_write(file, from, (size_t)(to - from), page->bytes + first * BLOCK, status) > 0)
      return *status;
    if (last > first && to > file->fptr->filesize)
      file->fptr->filesize = to;
    last += last == first;
  }
  page->dirty = 0;
  file->dirty_pages--;
  return *status;
}

/* Makes the blocks of a page that lie behind the file: they are 0. */
static void begin(const cf_file *file, cf_page *page, LONGLONG number) {
  LONGLONG there = file->fptr->filesize - number * (LONGLONG)CF_PAGE_BYTES;
  size_t stored = there <= 0 ? 0 : there >= (LONGLONG)CF_PAGE_BYTES ? CF_PAGE_BLOCKS : ((size_t)there - 1) / BLOCK + 1;
  memset(page->bytes + stored * BLOCK, 0, CF_PAGE_BYTES - stored * BLOCK);
  page->valid = bits(stored, CF_PAGE_BLOCKS);
  page->number = number;
}

/* Returns the place for a page that is not in memory: that of the one that was not used last in its set. */
static cf_page *take(cf_file *file, LONGLONG number, int *status) {
  size_t set = set_of(number);
  unsigned char *next = &file->next_way[set / CF_PAGE_WAYS];
  cf_page *page = &file->pages[set + *next];
  if (page->dirty != 0 && write_page(file, page, status) > 0)
    return NULL;
  page->number = -1;
  drop_hands(file);
  if (page->bytes == NULL)
    page->bytes = malloc(CF_PAGE_BYTES);
  if (page->bytes == NULL) {
    (void)cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a buffer");
    return NULL;
  }
  begin(file, page, number);
  return page;
}

/* Tells whether the block before `block` is in memory: the program goes on through the file. */
static bool goes_on(cf_file *file, const cf_page *page, size_t block) {
  if (block > 0)
    return (page->valid >> (block - 1) & 1) != 0;
  const cf_page *before = page->number > 0 ? find(file, page->number - 1) : NULL;
  return before != NULL && (before->valid >> (CF_PAGE_BLOCKS - 1) & 1) != 0;
}

/* Reads the blocks of a page that are `needed` and not in memory, and more of them if the program goes on. */
static int read_blocks(cf_file *file, cf_page *page, unsigned needed, int *status) {
  LONGLONG start = page->number * (LONGLONG)CF_PAGE_BYTES, there = file->fptr->filesize - start;
  for (size_t first = 0, last; first < CF_PAGE_BLOCKS; first = last) {
    last = first + 1;
    if ((needed & ~page->valid & bits(first, last)) == 0)
      continue;
    unsigned more = goes_on(file, page, first) ? ALL : needed;
    while (last < CF_PAGE_BLOCKS && (more & ~page->valid & bits(last, last + 1)) != 0)
      last++;
    size_t at = first * BLOCK, got = 0, n = (last - first) * BLOCK;
    size_t stored = there <= (LONGLONG)at ? 0 : (size_t)there < at + n ? (size_t)there - at : n;
    if (stored > 0 && cf_source_read(file, start + (LONGLONG)at, stored, page->bytes + at, &got, status) > 0)
      return *status;
    memset(page->bytes + at + got, 0, n - got);
    page->valid |= bits(first, last);
  }
  return *status;
}

/* Returns a page whose blocks `needed` are read. */
static cf_page *get(cf_file *file, LONGLONG number, unsigned needed, int *status) {
  cf_page *page = find(file, number);
  if (page == NULL)
    page = take(file, number, status);
  if (page == NULL || ((page->valid & needed) != needed && read_blocks(file, page, needed, status) > 0))
    return NULL;
  size_t set = set_of(number);
  file->next_way[set / CF_PAGE_WAYS] = (unsigned char)((size_t)(page - &file->pages[set] + 1) % CF_PAGE_WAYS);
  return page;
}

cf_page *cf_page_get(cf_file *file, LONGLONG number, size_t at, size_t n, int *status) {
  cf_page *page = get(file, number, blocks_of(at, n), status);
  if (page != NULL)
    keep_at_hand(file, page, at, n);
  return page;
}

cf_page *cf_page_get_to_write(cf_file *file, LONGLONG number, size_t at, size_t n, int *status) {
  size_t first = (at + BLOCK - 1) / BLOCK, last = (at + n) / BLOCK;
  unsigned touched = blocks_of(at, n), whole = last > first ? bits(first, last) : 0;
  cf_page *page = get(file, number, touched & ~whole, status);
  if (page == NULL)
    return NULL;
  page->valid |= whole;
  file->dirty_pages += page->dirty == 0;
  page->dirty |= touched;
  keep_at_hand(file, page, at, n);
  return page;
}

bool cf_page_write_at_hand(cf_file *file, LONGLONG offset, size_t n, const void *bytes) {
  const cf_hand *hand = file->hands;
  if (n > CF_PAGE_BYTES)
    return false;
  if (offset < hand->start || offset + (LONGLONG)n > hand->end)
    hand++;
  if (offset < hand->start || offset + (LONGLONG)n > hand->end)
    return false;
  size_t at = (size_t)(hand->bytes - hand->page->bytes) + (size_t)(offset - hand->start);
  unsigned touched = blocks_of(at, n);
  if ((hand->page->dirty & touched) != touched)
    return false;
  memcpy(hand->page->bytes + at, bytes, n);
  return true;
}

int cf_pages_write(cf_file *file, LONGLONG offset, LONGLONG n, int *status) {
  LONGLONG first = offset / (LONGLONG)CF_PAGE_BYTES, last = (offset + n - 1) / (LONGLONG)CF_PAGE_BYTES;
  for (int i = 0; i < CF_PAGES && file->dirty_pages > 0; i++) {
    cf_page *page = &file->pages[i];
    if (page->number >= first && page->number <= last && page->dirty != 0 && write_page(file, page, status) > 0)
      break;
  }
  return *status;
}

int cf_pages_flush(cf_file *file, int *status) {
  /* in the order of the file, so that a file that grows has no holes that some file systems keep */
  for (LONGLONG done = -1; file->dirty_pages > 0 && *status <= 0;) {
    cf_page *next = NULL;
    for (int i = 0; i < CF_PAGES; i++) {
      cf_page *page = &file->pages[i];
      if (page->dirty != 0 && page->number > done && (next == NULL || page->number < next->number))
        next = page;
    }
    if (next == NULL)
      break;
    done = next->number;
    (void)write_page(file, next, status);
  }
  return *status;
}

void cf_pages_update(cf_file *file, LONGLONG offset, size_t n, const char *bytes) {
  LONGLONG end = offset + (LONGLONG)n;
  for (int i = 0; i < CF_PAGES; i++) {
    cf_page *page = &file->pages[i];
    LONGLONG start = page->number * (LONGLONG)CF_PAGE_BYTES, stop = start + (LONGLONG)CF_PAGE_BYTES;
    LONGLONG from = offset > start ? offset : start, to = end < stop ? end : stop;
    if (page->number >= 0 && from < to) /* into blocks that are not valid, too: they are read before they are used */
      memcpy(page->bytes + (from - start), bytes + (from - offset), (size_t)(to - from));
  }
}

void cf_pages_forget(cf_file *file, LONGLONG from) {
  drop_hands(file);
  for (int i = 0; i < CF_PAGES; i++) {
    cf_page *page = &file->pages[i];
    if (page->number >= 0 && (page->number + 1) * (LONGLONG)CF_PAGE_BYTES > from) {
      file->dirty_pages -= page->dirty != 0;
      page->dirty = 0;
      page->number = -1;
    }
  }
}
