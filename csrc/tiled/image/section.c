/* SPDX-License-Identifier: BSD-3-Clause */
#include "tiled/image/section.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "image/section.h"
#include "tiled/image/image.h"

/* ---- index lists ---- */

/* Sorts positions by the tile of their pixel; positions in one tile keep their order. Bottom-up merge sort: no
 * recursion, and no worst case that a hostile list could trigger. */
static uint64_t *sort_by_tile(const rf_tile_axis *axis, uint64_t *order, uint64_t *other, uint64_t count) {
  for (uint64_t width = 1; width < count; width *= 2) {
    for (uint64_t begin = 0; begin < count; begin += 2 * width) {
      uint64_t middle = count - begin < width ? count : begin + width;
      uint64_t end = count - begin < 2 * width ? count : begin + 2 * width;
      for (uint64_t a = begin, b = middle, to = begin; to < end; to++) {
        bool left =
            a < middle && (b == end || axis->indices[order[a]] / axis->tile <= axis->indices[order[b]] / axis->tile);
        other[to] = left ? order[a++] : order[b++];
      }
    }
    uint64_t *swap = order;
    order = other;
    other = swap;
  }
  return order;
}

/* One block: `order`, then `first`, whose place is the scratch of the sort. */
static rf_status init_list(rf_tile_axis *axis, rf_error *err) {
  uint64_t count = axis->count;
  size_t size;
  if (!rf_to_size(count, &size) || size > SIZE_MAX / 32 ||
      (axis->order = rf_alloc((2 * size + 1) * sizeof *axis->order)) == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate an index list of %" PRIu64 " entries", count);
  bool sorted = true;
  for (uint64_t k = 0; k < count; k++) {
    axis->order[k] = k;
    sorted = sorted && (k == 0 || axis->indices[k] / axis->tile >= axis->indices[k - 1] / axis->tile);
  }
  axis->first = axis->order + size;
  if (!sorted && sort_by_tile(axis, axis->order, axis->first, count) != axis->order)
    memcpy(axis->order, axis->first, size * sizeof *axis->order);
  for (uint64_t k = 0; k < count; k++) {
    const uint64_t *indices = axis->indices;
    if (k == 0 || indices[axis->order[k]] / axis->tile != indices[axis->order[k - 1]] / axis->tile)
      axis->first[axis->touched++] = k;
  }
  axis->first[axis->touched] = count;
  return RF_OK;
}

/* ---- sections ---- */

static void init_steps(rf_tile_axis *axis, const rf_axis *from) {
  uint64_t start = (uint64_t)from->start;
  axis->down = from->count > 1 && from->step < 0;
  axis->step = from->count < 2 ? 1 : axis->down ? 0 - (uint64_t)from->step : (uint64_t)from->step;
  axis->low = axis->down ? start - (from->count - 1) * axis->step : start;
  uint64_t high = axis->low + (from->count - 1) * axis->step;
  axis->touched = axis->step > axis->tile ? from->count : high / axis->tile - axis->low / axis->tile + 1;
}

static rf_status init_axes(rf_tile_section *section, const rf_axis *axes, rf_error *err) {
  const rf_tiled_image *tiled_image = section->tiled_image;
  int naxis = tiled_image->image.naxis;
  for (int i = 0; i < naxis; i++) {
    rf_tile_axis *axis = &section->axes[i];
    rf_axis whole = {0, 1, tiled_image->image.axes[i], NULL};
    const rf_axis *from = axes != NULL ? &axes[naxis - 1 - i] : &whole;
    axis->count = from->count;
    axis->tile = tiled_image->tile[i];
    axis->indices = from->indices;
    if (from->indices != NULL)
      RF_TRY(init_list(axis, err));
    else
      init_steps(axis, from);
    section->touched *= axis->touched; /* at most the pixels of the section */
  }
  return RF_OK;
}

rf_status rf_tile_section_init(rf_tile_section *section, const rf_tiled_image *tiled_image, const rf_axis *axes,
                               rf_error *err) {
  rf_section plain; /* it makes all checks that are needed here */
  size_t naxis = (size_t)tiled_image->image.naxis;
  section->tiled_image = tiled_image;
  section->axes = section->small_axes;
  section->touched = 0;
  section->count = 0;
  RF_TRY(rf_section_init(&plain, &tiled_image->image, axes, err));
  section->count = plain.count;
  if (plain.count == 0)
    return RF_OK;
  if (naxis > sizeof section->small_axes / sizeof section->small_axes[0]) {
    section->axes = rf_alloc(naxis * sizeof *section->axes);
    if (section->axes == NULL) {
      section->axes = section->small_axes;
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a section of %zu axes", naxis);
    }
  }
  memset(section->axes, 0, naxis * sizeof *section->axes);
  section->touched = 1;
  rf_status status = init_axes(section, axes, err);
  if (status != RF_OK)
    rf_tile_section_free(section);
  return status;
}

void rf_tile_section_free(rf_tile_section *section) {
  if (section->count == 0)
    return;
  for (int i = 0; i < section->tiled_image->image.naxis; i++)
    rf_free(section->axes[i].order);
  if (section->axes != section->small_axes)
    rf_free(section->axes);
  section->axes = section->small_axes;
  section->count = 0;
}

/* ---- tiles ---- */

/* Returns which tile touched tile `i` of an axis is, along that axis. */
static uint64_t tile_along(const rf_tile_axis *axis, uint64_t i) {
  if (axis->indices != NULL)
    return axis->indices[axis->order[axis->first[i]]] / axis->tile;
  return axis->step > axis->tile ? (axis->low + i * axis->step) / axis->tile : axis->low / axis->tile + i;
}

uint64_t rf_tile_section_tile(const rf_tile_section *section, uint64_t i) {
  uint64_t number = 0, worth = 1;
  for (int a = 0; a < section->tiled_image->image.naxis; a++) {
    const rf_tile_axis *axis = &section->axes[a];
    number += worth * tile_along(axis, i % axis->touched);
    i /= axis->touched;
    worth *= section->tiled_image->counts[a];
  }
  return number;
}

/* Returns the number of steps from `low` to `pixel` or beyond. */
static uint64_t steps_to(const rf_tile_axis *axis, uint64_t pixel) {
  return pixel <= axis->low ? 0 : (pixel - axis->low - 1) / axis->step + 1;
}

/* Adds the pixels of one axis to a part, whose dims hold those of the faster axes. */
static void add_axis(rf_tile_part *part, const rf_tile_axis *axis, uint64_t i, uint64_t array_step,
                     uint64_t tile_step) {
  uint64_t tile = tile_along(axis, i), low = tile * axis->tile;
  rf_tile_part_dim *last = part->ndim > 0 ? &part->dims[part->ndim - 1] : NULL;
  rf_tile_part_dim dim = {.low = low};
  if (axis->indices != NULL) {
    dim.count = axis->first[i + 1] - axis->first[i];
    dim.order = axis->order + axis->first[i];
    dim.indices = axis->indices;
    dim.array_step = (int64_t)array_step;
    dim.tile_step = (int64_t)tile_step;
    part->count *= dim.count;
    if (dim.count == 1) {
      part->array += dim.order[0] * array_step;
      part->element += (dim.indices[dim.order[0]] - low) * tile_step;
      return;
    }
  } else {
    uint64_t begin = axis->step > axis->tile ? i : steps_to(axis, low);
    uint64_t end = axis->step > axis->tile ? i + 1 : steps_to(axis, low + axis->tile);
    end = end < axis->count ? end : axis->count;
    dim.count = end - begin;
    dim.array_step = axis->down ? -(int64_t)array_step : (int64_t)array_step;
    dim.tile_step = (int64_t)(axis->step * tile_step);
    part->array += (axis->down ? axis->count - 1 - begin : begin) * array_step;
    part->element += (axis->low + begin * axis->step - low) * tile_step;
    part->count *= dim.count;
    if (dim.count == 1)
      return;
    if (last != NULL && last->order == NULL && last->array_step * (int64_t)last->count == dim.array_step &&
        last->tile_step * (int64_t)last->count == dim.tile_step) {
      last->count *= dim.count;
      return;
    }
  }
  part->dims[part->ndim++] = dim;
}

void rf_tile_section_part(const rf_tile_section *section, uint64_t i, rf_tile_part *part) {
  const rf_tiled_image *tiled_image = section->tiled_image;
  uint64_t array_step = 1, tile_step = 1;
  bool lists = false; /* an index may occur twice */
  part->tile = rf_tile_section_tile(section, i);
  part->count = 1;
  part->array = part->element = 0;
  part->ndim = 0;
  for (int a = 0; a < tiled_image->image.naxis; a++) {
    const rf_tile_axis *axis = &section->axes[a];
    uint64_t along = i % axis->touched, low = tile_along(axis, along) * axis->tile;
    uint64_t left = tiled_image->image.axes[a] - low;
    add_axis(part, axis, along, array_step, tile_step);
    i /= axis->touched;
    array_step *= axis->count;
    tile_step *= left < axis->tile ? left : axis->tile;
  }
  for (int d = 0; d < part->ndim; d++)
    lists = lists || part->dims[d].order != NULL;
  part->whole = part->count == tile_step && !lists;
  if (part->ndim == 0)
    part->dims[part->ndim++] = (rf_tile_part_dim){.count = 1, .array_step = 1, .tile_step = 1};
}

/* ---- iterating ---- */

static void move(rf_tile_part_iter *iter, int d, uint64_t k, bool back) {
  uint64_t array, element;
  rf_tile_part_offsets(&iter->part->dims[d], k, &array, &element);
  iter->array += back ? 0 - array : array;
  iter->element += back ? 0 - element : element;
}

void rf_tile_part_begin(rf_tile_part_iter *iter, const rf_tile_part *part) {
  iter->part = part;
  iter->done = false;
  iter->array = part->array;
  iter->element = part->element;
  for (int d = 1; d < part->ndim; d++) {
    iter->position[d] = 0;
    move(iter, d, 0, false);
  }
}

bool rf_tile_part_next(rf_tile_part_iter *iter, uint64_t *array, uint64_t *element) {
  if (iter->done)
    return false;
  *array = iter->array;
  *element = iter->element;
  for (int d = 1; d < iter->part->ndim; d++) {
    uint64_t k = iter->position[d];
    move(iter, d, k, true);
    iter->position[d] = k + 1 < iter->part->dims[d].count ? k + 1 : 0;
    move(iter, d, iter->position[d], false);
    if (iter->position[d] > 0)
      return true;
  }
  iter->done = true;
  return true;
}
