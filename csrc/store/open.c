/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens a store: finds the driver for the name, handles the trailer of an interrupted edit, and adds the filter that
 * the name or the first bytes require.
 */
#include "store/open.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/filter/layers.h"
#include "store/filter/zip/choice.h"
#include "store/http/url.h"
#include "store/local/borrowed.h"
#include "store/local/memory.h"
#include "store/redact.h"
#include "store/registry.h"
#include "store/remote/remote.h"
#include "store/remote/transport.h"
#include "store/schemes.h"
#include "store/trailer/open.h"
#include "store/options.h"
#include "base/versioned.h"

/* Writes "file, mem, memkeep, http ..." to `text`, cut to fit. */
static void list_schemes(char *text, size_t n) {
  const rf_driver *rows[128];
  size_t count = 0, used = 0;
  text[0] = '\0';
  if (rf_driver_list(rows, sizeof rows / sizeof *rows, &count, NULL) != RF_OK)
    return;
  if (count > sizeof rows / sizeof *rows)
    count = sizeof rows / sizeof *rows;
  for (size_t i = 0; i < count; i++) {
    if (!rows[i]->ops)
      continue;
    int made = snprintf(text + used, n - used, "%s%s", used ? ", " : "", rows[i]->scheme);
    if (made < 0 || (size_t)made >= n - used) {
      text[used] = '\0';
      return;
    }
    used += (size_t)made;
  }
}

static rf_status pick_driver(const char *name, const rf_options *options, const rf_driver **driver, rf_error *err) {
  RF_TRY(rf_schemes_check(name, options, err)); /* first, so that a refusal does not tell which schemes there are */
  const char *scheme;
  size_t n = rf_url_driver(name, &scheme);
  const rf_driver *row = rf_driver_find(scheme, n);
  if (!row) {
    char known[256];
    list_schemes(known, sizeof known);
    return rf_fail(err, RF_ERR_NO_DRIVER,
                   "unknown scheme '%.*s://' (this build has %s); for the path of a file, put \"./\" before it",
                   (int)(n < 40 ? n : 40), scheme, known);
  }
  if (!row->ops)
    return rf_fail(err, RF_ERR_NOT_BUILT, "%s:// is not in this build%s%s", row->scheme, row->hint ? ": " : "",
                   row->hint ? row->hint : "");
  *driver = row;
  return rf_transport_takes_raw_names(row) ? rf_schemes_check_chain(name, options, err) : RF_OK;
}

/* With these flags the driver replaces files as a whole, or keeps them until the first write, or refuses existing ones.
 */
#define CREATED_WITH_CARE (RF_OPEN_ATOMIC | RF_OPEN_IN_PLACE | RF_OPEN_NEW)

/* Opens the driver. A new file that is written back as a whole replaces an old one at that moment; until then the old
 * one is unchanged. */
static rf_status open_driver(const rf_driver *driver, const char *name, rf_mode mode, bool written_back,
                             const rf_options *options, void **state, rf_error *err) {
  bool at_close = (driver->flags & RF_DRIVER_AT_CLOSE) != 0; /* does so by itself */
  if (mode == RF_MODE_CREATE && written_back && !at_close && !(options->flags & CREATED_WITH_CARE)) {
    rf_error local;
    rf_error_clear(&local);
    rf_status status = driver->ops->open(driver, name, RF_MODE_READ_WRITE, options, state, &local);
    if (status != RF_ERR_NO_FILE) {
      if (status != RF_OK && err && err->code == RF_OK)
        *err = local;
      return status;
    }
  }
  return driver->ops->open(driver, name, mode, options, state, err);
}

/* Returns the scheme for messages. The driver of a caller needs none. */
static const char *scheme_of(const rf_driver *driver) {
  return driver->scheme != NULL ? driver->scheme : "driver";
}

/* Gets the flags that the driver heeds. A file that is written back as a whole is durable. */
static rf_status flags_for(const rf_driver *driver, bool written_back, uint32_t flags, uint32_t *out, rf_error *err) {
  if ((flags & RF_OPEN_LOCK) && (driver->flags & RF_DRIVER_REMOTE))
    return rf_fail(err, RF_ERR_UNSUPPORTED, "%s:// files cannot be locked", scheme_of(driver));
  if (!(driver->flags & RF_DRIVER_ATOMIC))
    flags &= ~(uint32_t)(RF_OPEN_ATOMIC | RF_OPEN_IN_PLACE | RF_OPEN_LOCK | RF_OPEN_DURABLE);
  if (!(driver->flags & (RF_DRIVER_ATOMIC | RF_DRIVER_AT_CLOSE)))
    flags &= ~(uint32_t)RF_OPEN_NEW;
  *out = written_back ? flags | RF_OPEN_DURABLE : flags;
  return RF_OK;
}

/* Opens a name with a driver. `member` is NULL, or that of a zip file; then *found is as of rf_layers_add(). */
static rf_status open_row(const rf_driver *driver, const char *name, const char *member, rf_mode mode,
                          const rf_options *given, rf_store **store, bool *found, rf_error *err) {
  if (mode != RF_MODE_READ && !(driver->flags & RF_DRIVER_WRITE))
    return rf_fail(err, RF_ERR_READONLY, "files of the scheme '%s' can only be read; open with \"r\"",
                   scheme_of(driver));
  const rf_filter *by_name = driver->flags & RF_DRIVER_CODECS ? rf_filter_of_name(name) : NULL;
  if (by_name && mode == RF_MODE_CREATE)
    RF_TRY(rf_filter_check(by_name, mode, false, err)); /* before the file is truncated */

  rf_settings own;
  rf_settings_take(&own, given);
  const rf_options *options = &own.options;
  bool written_back = by_name != NULL && mode == RF_MODE_CREATE && (given->flags & CREATED_WITH_CARE) != 0;
  RF_TRY(flags_for(driver, written_back, given->flags, &own.options.flags, err));
  void *state = NULL;
  RF_TRY(rf_store_result(open_driver(driver, name, mode, by_name != NULL, options, &state, err), "open the file", err));
  rf_store *opened;
  uint32_t flags = driver->ops->get_flags != NULL ? driver->ops->get_flags(state) : driver->flags;
  RF_TRY(rf_store_new(driver->ops, state, flags, mode != RF_MODE_READ, name, &opened, err));
  opened->durable = (options->flags & RF_OPEN_DURABLE) != 0;
  /* Before any byte of the file is used: an interrupted edit can leave half of a header. */
  bool volatile_store = (flags & RF_DRIVER_VOLATILE) != 0 && mode != RF_MODE_READ_WRITE;
  if ((flags & RF_DRIVER_REMOTE) == 0 && !volatile_store) {
    rf_status status = rf_trailer_open(opened, mode, options, false, err);
    if (status != RF_OK) {
      (void)rf_store_close(opened, NULL);
      return status;
    }
  }
  const uint8_t *first;
  if ((flags & RF_DRIVER_REMOTE) && rf_store_peek(opened, 0, 1, &first, NULL) == RF_OK) {
    opened->flags |= RF_DRIVER_MEMORY; /* it was downloaded whole */
    rf_store_describe(opened);
  }
  if (flags & RF_DRIVER_CODECS) {
    rf_layer_names names = {by_name, member};
    rf_status status = rf_layers_add(&opened, &names, mode, options, found, err);
    if (status != RF_OK) {
      rf_store_discard(opened);
      (void)rf_store_close(opened, NULL);
      return status;
    }
  }
  *store = opened;
  return RF_OK;
}

/* Adds the name of the file to a message. Messages of base/system/platform.h begin with the path as the caller gave it.
 * A path that contains a URL ("simplecache::https://me:...") may contain a secret, which the message must not show. */
static rf_status locate_opening(const char *name, rf_status status, rf_error *err) {
  char *shown = rf_url_display(name);
  char *plain = rf_strdup(err->message);
  char given[sizeof err->message]; /* escaped as in the message; both are cut at the same length */
  size_t n = rf_text_escape(name, strlen(name), given, sizeof given);
  if (shown != NULL && plain != NULL && strstr(name, "://") != NULL && strstr(plain, given) != NULL) {
    bool first = strncmp(plain, given, n) == 0 && plain[n] == ':' && plain[n + 1] == ' ';
    char *rest = first ? rf_strdup(plain + n + 2) : rf_url_redact(plain);
    snprintf(err->message, sizeof err->message, "%s", rest != NULL ? rest : "");
    rf_free(rest);
  }
  if (shown != NULL)
    (void)rf_error_locate(err, status, shown, -1);
  rf_free(plain);
  rf_free(shown);
  return status;
}

static rf_status check_arguments(const char *name, rf_mode mode, rf_error *err) {
  if (!name || !name[0])
    return rf_fail(err, RF_ERR_ARGUMENT, "the file name is empty");
  if (mode != RF_MODE_READ && mode != RF_MODE_READ_WRITE && mode != RF_MODE_CREATE)
    return rf_fail(err, RF_ERR_ARGUMENT, "invalid rf_mode %d", (int)mode);
  return RF_OK;
}

/* Opens `member` of the zip file `file`. *found becomes false if there is no such zip file. */
static rf_status open_in_zip(const rf_driver *driver, const char *file, const char *member, rf_mode mode,
                             const rf_options *options, rf_store **store, bool *found, rf_error *err) {
  *found = false;
  rf_status status = open_row(driver, file, member, RF_MODE_READ, options, store, found, err);
  const rf_filter *by_name = rf_filter_of_name(file);
  if (status != RF_OK && status != RF_ERR_NO_FILE && by_name != NULL && strcmp(by_name->name, "zip") == 0)
    *found = true; /* it cannot be opened */
  if (status == RF_OK && mode != RF_MODE_READ) {
    (void)rf_store_close(*store, NULL);
    return rf_fail(err, RF_ERR_READONLY, "members of zip files can only be read; open with \"r\"");
  }
  return status;
}

/* Opens "x!member" where no file has the whole name, which was `missing`, and x is a zip file. */
static rf_status open_member(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                             rf_store **store, rf_status missing, rf_error *err) {
  bool remote = (driver->flags & RF_DRIVER_REMOTE) != 0, found = false;
  rf_error first, own; /* calls of a transport into the program of the caller may change *err */
  rf_error_clear(&first);
  if (err != NULL)
    first = *err;
  if (!(driver->flags & RF_DRIVER_CODECS))
    return missing;
  for (size_t n = strlen(name); !found && (n = rf_zip_split(name, n, remote)) > 0 && missing != RF_ERR_MEMORY;) {
    rf_error_clear(&own);
    char *file = rf_strndup(name, n), *shown = rf_url_redact(name);
    rf_status status = RF_ERR_MEMORY;
    if (file != NULL && shown != NULL)
      status = open_in_zip(driver, file, name + n + 1, mode, options, store, &found, &own);
    rf_free(file);
    if (err != NULL)
      *err = found ? own : first;
    missing = found || status == RF_ERR_MEMORY ? status : missing;
    if (status == RF_OK) {
      rf_free((*store)->name);
      (*store)->name = shown;
    } else {
      rf_free(shown);
    }
  }
  return missing;
}

rf_status rf_store_open(const char *name, rf_mode mode, const rf_options *options, rf_store **store, rf_error *err) {
  const rf_driver *driver = NULL;
  RF_TRY(check_arguments(name, mode, err));
  rf_status status = pick_driver(name, options, &driver, err);
  if (status == RF_OK)
    status = open_row(driver, name, NULL, mode, options, store, NULL, err);
  if ((status == RF_ERR_NO_FILE || status == RF_ERR_PERMISSION) && mode != RF_MODE_CREATE)
    status = open_member(driver, name, mode, options, store, status, err);
  return status != RF_OK && err ? locate_opening(name, status, err) : status;
}

/* The row of a caller, complete: structs of older callers are smaller. */
typedef struct own_row {
  rf_driver row;
  rf_driver_ops ops;
} own_row;

/* Opens `name` with a copy of the row, which need not be in the table. */
static rf_status open_own(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                          rf_store **store, rf_error *err) {
  own_row *own = rf_alloc_zero(1, sizeof *own);
  if (own == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a driver");
  rf_struct_take(&own->row, sizeof own->row, driver);
  rf_struct_take(&own->ops, sizeof own->ops, driver->ops);
  own->row.ops = &own->ops;
  rf_store *opened = NULL;
  rf_status status = open_row(&own->row, name, NULL, mode, options, &opened, NULL, err);
  if (status != RF_OK) {
    rf_free(own);
    return status;
  }
  opened->own_row = own;
  *store = opened;
  return RF_OK;
}

rf_status rf_store_open_driver(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                               rf_store **store, rf_error *err) {
  RF_TRY(check_arguments(name, mode, err));
  RF_TRY(rf_driver_check(driver, err));
  if (driver->ops == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a driver with operations, found NULL");
  rf_status status = open_own(driver, name, mode, options, store, err);
  return status != RF_OK && err ? locate_opening(name, status, err) : status;
}

rf_status rf_store_open_transport(const rf_transport *transport, const char *name, rf_mode mode,
                                  const rf_options *options, rf_store **store, rf_error *err) {
  rf_driver row;
  RF_TRY(check_arguments(name, mode, err));
  RF_TRY(rf_transport_make_row(transport, &row, err));
  rf_status status =
      strstr(name, "::") != NULL ? rf_schemes_check_chain(name, options, err) : rf_schemes_check(name, options, err);
  if (status == RF_OK)
    status = open_row(&row, name, NULL, mode, options, store, NULL, err);
  return status != RF_OK && err ? locate_opening(name, status, err) : status;
}

/* Adds what the content of n bytes in memory requires. Closes the store on failure. */
static rf_status complete_bytes(rf_store *opened, rf_mode mode, const rf_options *options, rf_store **store,
                                rf_error *err) {
  rf_status status = rf_trailer_open(opened, mode, options, true, err); /* no other process writes them */
  if (status == RF_OK)
    status = rf_layers_add(&opened, &(rf_layer_names){0}, mode, options, NULL, err);
  if (status != RF_OK) {
    status = rf_error_locate(err, status, opened->name, -1);
    (void)rf_store_close(opened, NULL);
    return status;
  }
  *store = opened;
  return RF_OK;
}

rf_status rf_store_open_bytes(const void *bytes, size_t n, const rf_options *options, rf_store **store, rf_error *err) {
  if (!bytes && n > 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "%zu bytes at NULL", n);
  uint8_t *pages = n ? rf_pages_alloc(n) : NULL;
  if (n && !pages)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for a copy", n);
  if (n)
    memcpy(pages, bytes, n);
  void *state;
  rf_status status = rf_memory_adopt(pages, n, n, &state, err);
  if (status != RF_OK) {
    rf_pages_free(pages, n);
    return status;
  }
  rf_store *opened;
  rf_settings own;
  rf_settings_take(&own, options);
  RF_TRY(rf_store_new(&rf_memory_ops, state, RF_DRIVER_WRITE | RF_DRIVER_MEMORY | RF_DRIVER_VOLATILE, true, "<bytes>",
                      &opened, err));
  return complete_bytes(opened, RF_MODE_READ_WRITE, &own.options, store, err);
}

rf_status rf_store_open_view(const void *bytes, size_t n, const rf_options *options, rf_store **store, rf_error *err) {
  if (!bytes && n > 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "%zu bytes at NULL", n);
  void *state;
  rf_store *opened;
  rf_settings own;
  rf_settings_take(&own, options);
  RF_TRY(rf_borrowed_new(bytes, n, &state, err));
  RF_TRY(rf_store_new(&rf_borrowed_ops, state, RF_DRIVER_MEMORY, false, "<bytes>", &opened, err));
  return complete_bytes(opened, RF_MODE_READ, &own.options, store, err);
}

rf_status rf_store_identify(rf_store *store, rf_content_id *id, rf_error *err) {
  rf_file_stamp stamp;
  while (store->beneath != NULL)
    store = store->beneath;
  if (store->sequential)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "a stream has nothing that identifies its content");
  if (rf_store_opened(store, &stamp)) {
    RF_TRY(rf_store_stamp(store, &stamp, err));
    id->file_bytes = stamp.size;
    id->modified = stamp.modified;
    return RF_OK;
  }
  if (store->ops == &rf_remote_ops)
    rf_remote_identify(store->state, id);
  return rf_store_size(store, &id->file_bytes, err);
}
