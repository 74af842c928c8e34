/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Adds filters by the first bytes, again and again: the content of a filter can be compressed once more. Only the
 * outermost may be compressed where the file can be written.
 */
#include "store/filter/layers.h"

#include <string.h>

#include "base/memory.h"
#include "store/filter/passing.h"
#include "store/filter/zip/directory.h"
#include "store/filter/zip/member.h"
#include "store/local/memory.h"

/* Most filters over one file. */
#define MAX_LAYERS 3

/* Number of first bytes that identify a filter: at least the longest magic number. */
#define PROBE 8

/* Reads the first bytes, and keeps a block of them for readers if the content cannot change. */
static rf_status read_start(rf_store *store, uint8_t probe[PROBE], size_t *got, rf_error *err) {
  bool keep = !store->writable && !store->profile.in_memory;
  uint8_t *head = keep ? rf_alloc(RF_STORE_HEAD_BYTES) : NULL;
  if (keep && !head)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the first block of a file");
  rf_status status = rf_store_read_at(store, 0, keep ? head : probe, keep ? RF_STORE_HEAD_BYTES : PROBE, got, err);
  if (status != RF_OK) {
    rf_free(head);
    return status;
  }
  store->head = head;
  store->head_length = keep ? *got : 0;
  *got = *got < PROBE ? *got : PROBE;
  if (keep)
    memcpy(probe, head, *got);
  return RF_OK;
}

/* Finds the filter for the first bytes. Content decides; the name counts only if the content is unknown, so that
 * garbage under ".gz" is a corrupt gzip file. A plain FITS file under ".gz" is a plain one. */
static rf_status find_filter(rf_store *store, const rf_filter *by_name, const rf_filter **filter, rf_error *err) {
  uint8_t probe[PROBE];
  size_t got;
  RF_TRY(read_start(store, probe, &got, err));
  *filter = rf_filter_of_bytes(probe, got);
  if (!*filter && !(got >= 6 && memcmp(probe, "SIMPLE", 6) == 0))
    *filter = by_name;
  return RF_OK;
}

/* Adds a filter. An index is that of the first one that decodes. */
static rf_status wrap(rf_store **store, const rf_filter *filter, rf_mode mode, const rf_options *options,
                      rf_error *err) {
  rf_status status;
  if ((*store)->profile.forward && filter->format != NULL)
    status = rf_passing_wrap(filter, store, options, err);
  else if ((options->flags & RF_OPEN_INDEX) == 0 || (*store)->stray != NULL)
    status = filter->wrap(filter, store, mode, options, err);
  else if (filter->wrap_index != NULL)
    status = filter->wrap_index(filter, store, options, err);
  else
    status =
        rf_fail(err, RF_ERR_UNSUPPORTED, "is compressed with %s, which cannot be read through an index", filter->name);
  return rf_store_result(status, "decode the file", err);
}

/* Adds a filter over others. */
static rf_status nest(rf_store **store, const rf_filter *filter, unsigned layers, bool writes,
                      const rf_options *options, rf_error *err) {
  if (layers == MAX_LAYERS)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "is compressed more than %d times, the last time with %s", MAX_LAYERS,
                   filter->name);
  if (writes)
    return rf_fail(err, RF_ERR_READONLY,
                   "is compressed twice, the second time with %s; such a file can only be read; open with \"r\"",
                   filter->name);
  RF_TRY(rf_filter_check(filter, RF_MODE_READ, true, err));
  (*store)->writable = false;
  return wrap(store, filter, RF_MODE_READ, options, err);
}

static rf_status open_member(rf_store **store, const char *member, const rf_options *options, bool *found,
                             rf_error *err) {
  *found = rf_zip_is(*store);
  if (!*found)
    return rf_fail(err, RF_ERR_NO_FILE, "no such file");
  return rf_store_result(rf_zip_open(store, member, options, err), "decode the file", err);
}

rf_status rf_layers_add(rf_store **store, const rf_layer_names *names, rf_mode mode, const rf_options *options,
                        bool *found, rf_error *err) {
  const rf_filter *filter = names->by_name;
  unsigned layers = 1;
  bool in_memory = (*store)->ops == &rf_memory_ops;
  if ((options->flags & RF_OPEN_INDEX) != 0 && mode != RF_MODE_READ)
    return rf_fail(err, RF_ERR_ARGUMENT, "an index (RF_OPEN_INDEX) is for files that are open for reading only");
  if (mode == RF_MODE_CREATE && filter == NULL)
    return RF_OK;
  if (names->member != NULL) {
    RF_TRY(open_member(store, names->member, options, found, err));
  } else {
    if (mode != RF_MODE_CREATE)
      RF_TRY(find_filter(*store, names->by_name, &filter, err));
    if (!filter)
      return RF_OK;
    RF_TRY(rf_filter_check(filter, mode, in_memory, err));
    RF_TRY(wrap(store, filter, mode, options, err));
  }
  while (mode != RF_MODE_CREATE) {
    /* A failure is that of the first reader, too, and then has its place. */
    if (find_filter(*store, NULL, &filter, NULL) != RF_OK || filter == NULL)
      return RF_OK;
    RF_TRY(nest(store, filter, layers, mode == RF_MODE_READ_WRITE && !in_memory, options, err));
    layers++;
  }
  return RF_OK;
}
