/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Free bytes of the heap of a compressed image. A new tile never overwrites bytes that a descriptor in the file
 * points at: if the process is killed, each tile is the old one or the new one. The old bytes become free after the
 * descriptor was switched.
 */
#include "tiled/image/edit/space.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "tiled/session.h"

/* Largest number of known holes. Others stay until the heap is repacked. */
#define MAX_HOLES ((size_t)1 << 20)
/* Holes that are tried for one tile. */
#define MAX_LOOKS 64

void rf_tile_space_clear(rf_tiled_state *state) {
  rf_free(state->holes);
  state->holes = NULL;
  state->hole_count = state->hole_room = state->hole_next = 0;
}

void rf_tile_space_append(rf_tiled_state *state, uint64_t begin, uint64_t end) {
  if (begin < end && state->hole_count < MAX_HOLES &&
      RF_ARRAY_GROW(state->holes, state->hole_room, state->hole_count + 1, "free space", NULL) == RF_OK)
    state->holes[state->hole_count++] = (rf_tile_hole){begin, end};
}

bool rf_tile_space_take(rf_tiled_state *state, uint64_t bytes, uint64_t *offset) {
  size_t looks = state->hole_count < MAX_LOOKS ? state->hole_count : MAX_LOOKS;
  for (; looks > 0; looks--) {
    if (state->hole_next >= state->hole_count)
      state->hole_next = 0;
    rf_tile_hole *hole = &state->holes[state->hole_next];
    if (hole->end - hole->begin >= bytes) {
      *offset = hole->begin;
      hole->begin += bytes;
      return true;
    }
    state->hole_next++;
  }
  return false;
}

static int by_begin(const void *a, const void *b) {
  const rf_tile_hole *x = a, *y = b;
  return x->begin < y->begin ? -1 : x->begin > y->begin;
}

/* Appends a hole after all others, or extends the last one. */
static void join(rf_tile_hole *list, size_t *count, rf_tile_hole extent) {
  if (extent.begin >= extent.end)
    return;
  if (*count > 0 && list[*count - 1].end == extent.begin)
    list[*count - 1].end = extent.end;
  else
    list[(*count)++] = extent;
}

void rf_tile_space_give(rf_tiled_state *state, rf_tile_hole *freed, size_t count) {
  size_t made = 0, i = 0, k = 0;
  if (count == 0)
    return;
  qsort(freed, count, sizeof *freed, by_begin);
  rf_tile_hole *list = rf_alloc((state->hole_count + count) * sizeof *list);
  if (list == NULL)
    return; /* space that is lost until the heap is repacked */
  while (i < state->hole_count || k < count) {
    bool old = k == count || (i < state->hole_count && state->holes[i].begin < freed[k].begin);
    join(list, &made, old ? state->holes[i++] : freed[k++]);
  }
  if (made > 0 && list[made - 1].end == state->used)
    state->used = list[--made].begin;
  rf_free(state->holes);
  state->holes = list;
  state->hole_room = state->hole_count + count;
  state->hole_count = made < MAX_HOLES ? made : MAX_HOLES;
}
