/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Memory of ArrowArrays. A consumer may move any child out of its array and release it on another thread, so each array
 * owns itself, and blocks count their users.
 */
#include "arrow/array.h"

#include <string.h>

#include "base/memory.h"

/* Blocks of at least this size come from the system, in huge pages. */
#define PAGES_BYTES ((size_t)1 << 20)

#define MAX_BUFFERS 3

typedef struct content {
  const void *buffers[MAX_BUFFERS];
  rf_arrow_block *blocks[MAX_BUFFERS];
  struct ArrowArray **children;
  struct ArrowArray *made; /* where the children are */
} content;

rf_arrow_block *rf_arrow_block_new(uint64_t size) {
  rf_arrow_block *block = rf_alloc_zero(1, sizeof *block);
  if (block == NULL)
    return NULL;
  atomic_init(&block->users, 1);
  block->pages = size >= PAGES_BYTES;
  if (size > PTRDIFF_MAX - RF_ARROW_ALIGN || !rf_to_size(size, &block->size)) {
    rf_free(block);
    return NULL;
  }
  if (block->pages) {
    block->bytes = rf_pages_alloc(block->size);
  } else {
    block->own = rf_alloc(block->size + RF_ARROW_ALIGN);
    uintptr_t address = (uintptr_t)block->own;
    if (block->own != NULL)
      block->bytes = (uint8_t *)block->own + (RF_ARROW_ALIGN - address % RF_ARROW_ALIGN) % RF_ARROW_ALIGN;
  }
  if (block->bytes != NULL)
    return block;
  rf_free(block);
  return NULL;
}

void rf_arrow_block_drop(rf_arrow_block *block) {
  if (block == NULL || atomic_fetch_sub_explicit(&block->users, 1, memory_order_acq_rel) > 1)
    return;
  if (block->pages)
    rf_pages_free(block->bytes, block->size);
  else
    rf_free(block->own);
  rf_free(block);
}

bool rf_arrow_reserve(uint64_t *total, uint64_t size, uint64_t *offset) {
  uint64_t end;
  *offset = *total;
  if (!rf_add_u64(*total, size, &end) || !rf_add_u64(end, RF_ARROW_ALIGN - 1, &end))
    return false;
  *total = end - end % RF_ARROW_ALIGN;
  return true;
}

static void release_array(struct ArrowArray *array) {
  content *own = array->private_data;
  for (int64_t i = 0; i < array->n_children; i++)
    rf_arrow_array_release(array->children[i]);
  for (int i = 0; i < MAX_BUFFERS; i++)
    rf_arrow_block_drop(own->blocks[i]);
  rf_free(own->children);
  rf_free(own->made);
  rf_free(own);
  array->release = NULL;
}

void rf_arrow_array_release(struct ArrowArray *array) {
  if (array->release != NULL)
    array->release(array);
}

rf_status rf_arrow_array_init(struct ArrowArray *array, uint64_t length, int nbuffers, size_t nchildren,
                              rf_error *err) {
  content *own = rf_alloc_zero(1, sizeof *own);
  memset(array, 0, sizeof *array);
  if (own != NULL && nchildren > 0) {
    own->children = rf_alloc_zero(nchildren, sizeof *own->children);
    own->made = rf_alloc_zero(nchildren, sizeof *own->made);
  }
  if (own == NULL || (nchildren > 0 && (own->children == NULL || own->made == NULL))) {
    if (own != NULL) {
      rf_free(own->children);
      rf_free(own->made);
    }
    rf_free(own);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate an Arrow array");
  }
  for (size_t i = 0; i < nchildren; i++)
    own->children[i] = &own->made[i];
  array->length = (int64_t)length;
  array->n_buffers = nbuffers;
  array->n_children = (int64_t)nchildren;
  array->buffers = own->buffers;
  array->children = own->children;
  array->private_data = own;
  array->release = release_array;
  return RF_OK;
}

void rf_arrow_array_set(struct ArrowArray *array, int i, const void *bytes, rf_arrow_block *block) {
  content *own = array->private_data;
  atomic_fetch_add_explicit(&block->users, 1, memory_order_relaxed);
  own->buffers[i] = bytes;
  own->blocks[i] = block;
}
