/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sections and tiles.
 */
#include "tiled/section.h"

int cf_section_init(cf_section *section, const cf_grid *grid, const LONGLONG *first, const LONGLONG *last,
                    const long *step, int *status) {
  section->total = 1;
  for (int i = 0; i < grid->naxis; i++) {
    LONGLONG by = step != NULL ? step[i] : 1, low = first[i], high = last[i];
    if (by < 1)
      return cf_fail(status, BAD_PIX_NUM, "a step of %lld along axis %d is not above 0", by, i + 1);
    if (low < 1 || high < 1 || low > grid->axis[i] || high > grid->axis[i])
      return cf_fail(status, BAD_PIX_NUM, "pixels %lld to %lld of axis %d are not within 1 to %lld", low, high, i + 1,
                     grid->axis[i]);
    LONGLONG span = high >= low ? high - low : low - high;
    section->first[i] = low - 1;
    section->step[i] = high >= low ? by : -by;
    section->count[i] = span / by + 1;
    if (section->total > LONGLONG_MAX / 16 / section->count[i])
      return cf_fail(status, BAD_PIX_NUM, "the section has too many pixels");
    section->total *= section->count[i];
  }
  return *status;
}

void cf_walk_begin(cf_walk *walk, const cf_grid *grid, const cf_section *section) {
  walk->grid = grid;
  walk->section = section;
  walk->done = section->total <= 0;
  for (int i = 0; i < grid->naxis; i++) {
    LONGLONG a = section->first[i], b = a + (section->count[i] - 1) * section->step[i];
    walk->low[i] = (a < b ? a : b) / grid->tile[i];
    walk->high[i] = (a < b ? b : a) / grid->tile[i];
    walk->at[i] = walk->low[i];
  }
}

static LONGLONG ceil_div(LONGLONG a, LONGLONG b) {
  return a <= 0 ? 0 : (a + b - 1) / b;
}

/* Gets the pixels of the section along axis i that lie in the box. */
static bool meet(const cf_section *section, const cf_box *box, int i, LONGLONG *from, LONGLONG *count) {
  LONGLONG first = section->first[i], step = section->step[i], low = box->first[i], high = low + box->count[i] - 1;
  LONGLONG a = step > 0 ? ceil_div(low - first, step) : ceil_div(first - high, -step);
  LONGLONG span = step > 0 ? high - first : first - low;
  LONGLONG b = span < 0 ? -1 : span / (step > 0 ? step : -step);
  if (b > section->count[i] - 1)
    b = section->count[i] - 1;
  *from = a;
  *count = b - a + 1;
  return *count > 0;
}

static void advance(cf_walk *walk) {
  int i = 0;
  while (i < walk->grid->naxis && ++walk->at[i] > walk->high[i]) {
    walk->at[i] = walk->low[i];
    i++;
  }
  walk->done = i == walk->grid->naxis;
}

bool cf_walk_next(cf_walk *walk, cf_part *part) {
  const cf_grid *grid = walk->grid;
  while (!walk->done) {
    LONGLONG number = 0;
    for (int i = grid->naxis - 1; i >= 0; i--)
      number = number * grid->tiles[i] + walk->at[i];
    part->number = number;
    part->whole = true;
    cf_grid_box(grid, number, &part->box);
    bool some = true;
    for (int i = 0; i < grid->naxis && some; i++) {
      some = meet(walk->section, &part->box, i, &part->from[i], &part->count[i]);
      part->whole = part->whole && part->count[i] == part->box.count[i] &&
                    (walk->section->step[i] == 1 || part->box.count[i] == 1);
    }
    advance(walk);
    if (some)
      return true;
  }
  return false;
}

LONGLONG cf_part_runs(const cf_grid *grid, const cf_part *part) {
  LONGLONG runs = 1;
  for (int i = 1; i < grid->naxis; i++)
    runs *= part->count[i];
  return runs;
}

void cf_part_run(const cf_grid *grid, const cf_section *section, const cf_part *part, LONGLONG index, cf_run *run) {
  LONGLONG inner_step = part->box.count[0], outer_step = section->count[0];
  run->inner = section->first[0] + part->from[0] * section->step[0] - part->box.first[0];
  run->outer = part->from[0];
  for (int i = 1; i < grid->naxis; i++) {
    LONGLONG k = part->from[i] + index % part->count[i];
    index /= part->count[i];
    run->inner += (section->first[i] + k * section->step[i] - part->box.first[i]) * inner_step;
    run->outer += k * outer_step;
    inner_step *= part->box.count[i];
    outer_step *= section->count[i];
  }
}
