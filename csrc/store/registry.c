/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver table: const built-in rows, and rows added at run time, which take precedence.
 */
#include "store/registry.h"

#include <stddef.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "base/system/platform.h"
#include "base/system/shmem.h"
#include "store/http/url.h"
#include "store/curl/curl.h"
#include "store/local/data.h"
#include "store/local/file.h"
#include "store/local/memory.h"
#include "store/remote/remote.h"
#include "store/shmem/shmem.h"
#include "store/stream/stream.h"
#include "base/versioned.h"

/* Most rows that can be added. */
#define MAX_ADDED 64

#define ROW .size = sizeof(rf_driver)
#define FETCHED RF_DRIVER_REMOTE | RF_DRIVER_CODECS
#if defined(RF_HAVE_LIBCURL)
#define BY_TRANSPORT                                                                                                   \
  .flags = FETCHED | RF_DRIVER_WRITE | RF_DRIVER_AT_CLOSE, .ops = &rf_remote_ops, .user = (void *)&rf_curl_transport
#else
#define BY_TRANSPORT                                                                                                   \
  .flags = FETCHED, .hint = "build rustfits with libcurl, or register a transport (the Python package brings pycurl) " \
                            "with rf_transport_register()"
#endif
#if defined(RF_HAVE_SHMEM)
#define SHARED_MEMORY .flags = RF_DRIVER_WRITE | RF_DRIVER_VOLATILE | RF_DRIVER_ATOMIC, .ops = &rf_shmem_ops
#else
#define SHARED_MEMORY                                                                                                  \
  .flags = RF_DRIVER_WRITE | RF_DRIVER_VOLATILE, .hint = "it needs Linux; use mem:// within one process, or a file"
#endif
#define FETCH_FIRST "fetch the file with a tool of its own and open the copy by its path"
#define BY_XROOTD                                                                                                      \
  .flags = RF_DRIVER_REMOTE, .hint = "the Python package reads it by the package xrootd; from C, " FETCH_FIRST

static const rf_driver built_in[] = {
    {ROW, .scheme = "file", .flags = RF_DRIVER_WRITE | RF_DRIVER_CODECS | RF_DRIVER_ATOMIC, .ops = &rf_local_ops},
    {ROW, .scheme = "mem", .flags = RF_DRIVER_WRITE | RF_DRIVER_MEMORY | RF_DRIVER_VOLATILE, .ops = &rf_memory_ops},
    {ROW, .scheme = "memkeep", .flags = RF_DRIVER_WRITE | RF_DRIVER_MEMORY | RF_DRIVER_VOLATILE, .ops = &rf_memory_ops},
    {ROW, .scheme = "shmem", SHARED_MEMORY},

    {ROW, .scheme = "data", .flags = RF_DRIVER_MEMORY | RF_DRIVER_CODECS, .ops = &rf_data_ops},
    {ROW, .scheme = "stream", .flags = RF_DRIVER_WRITE | RF_DRIVER_CODECS, .ops = &rf_stream_ops},
    {ROW, .scheme = "stdin", .flags = RF_DRIVER_CODECS, .ops = &rf_stream_ops},
    {ROW, .scheme = "stdout", .flags = RF_DRIVER_WRITE, .ops = &rf_stream_ops},
    {ROW, .scheme = "fd", .flags = RF_DRIVER_WRITE | RF_DRIVER_CODECS, .ops = &rf_stream_ops},

    /* A transport registered at run time replaces these. */
    {ROW, .scheme = "http", BY_TRANSPORT},
    {ROW, .scheme = "https", BY_TRANSPORT},
    {ROW, .scheme = "ftp", BY_TRANSPORT},
    {ROW, .scheme = "ftps", BY_TRANSPORT},
    {ROW, .scheme = "s3", BY_TRANSPORT},
    {ROW, .scheme = "sftp", BY_TRANSPORT},

    /* Known, not in this build. */
    {ROW, .scheme = "gs", .flags = RF_DRIVER_REMOTE,
     .hint = "use the object's https://storage.googleapis.com/ address"},
    {ROW, .scheme = "az", .flags = RF_DRIVER_REMOTE, .hint = "use the blob's https:// address"},
    {ROW, .scheme = "abfs", .flags = RF_DRIVER_REMOTE, .hint = "use the blob's https:// address"},
    {ROW, .scheme = "root", BY_XROOTD},
    {ROW, .scheme = "roots", BY_XROOTD},
    {ROW, .scheme = "xroot", BY_XROOTD},
    {ROW, .scheme = "xroots", BY_XROOTD},
    {ROW, .scheme = "gsiftp", .flags = RF_DRIVER_REMOTE,
     .hint = "the Python package reads it by gfal2 or globus-url-copy; from C, " FETCH_FIRST},
};
#define BUILT_IN (sizeof built_in / sizeof *built_in)

static rf_mutex lock = RF_MUTEX_INIT;
static const rf_driver *added[MAX_ADDED];
static size_t added_count;

/* A row of a caller with smaller structs. It lives as long as the process, like all rows. */
typedef struct extended_row {
  rf_driver row;
  rf_driver_ops ops;
  struct extended_row *before;
} extended_row;
static extended_row *extended;

/* Finds the row added for a scheme, or NULL. Lock held. */
static const rf_driver **find_added(const char *scheme, size_t length) {
  for (size_t i = 0; i < added_count; i++)
    if (rf_is_name(scheme, length, added[i]->scheme))
      return &added[i];
  return NULL;
}

static const rf_driver *find_built_in(const char *scheme, size_t length) {
  for (size_t i = 0; i < BUILT_IN; i++)
    if (rf_is_name(scheme, length, built_in[i].scheme))
      return &built_in[i];
  return NULL;
}

const rf_driver *rf_driver_find(const char *scheme, size_t length) {
  rf_mutex_lock(&lock);
  const rf_driver **row = find_added(scheme, length);
  const rf_driver *found = row ? *row : NULL;
  rf_mutex_unlock(&lock);
  return found ? found : find_built_in(scheme, length);
}

/* Returns the first MUST member that a row lacks, or NULL. */
static const char *missing_member(const rf_driver *driver) {
  const rf_driver_ops *ops = driver->ops;
  if (!ops)
    return NULL;
  if (ops->size < offsetof(rf_driver_ops, read_many))
    return "ops->size = sizeof(rf_driver_ops)";
  if (!ops->open)
    return "open";
  if (!ops->read_at)
    return "read_at";
  if (!ops->get_size)
    return "get_size";
  if (!ops->close)
    return "close";
  if ((driver->flags & RF_DRIVER_WRITE) && !ops->write_at)
    return "write_at";
  if ((driver->flags & RF_DRIVER_WRITE) && !ops->truncate)
    return "truncate";
  if (ops->size < offsetof(rf_driver_ops, get_stats))
    return NULL; /* no replace_abort: its members count as NULL */
  if (!ops->replace_open != !ops->replace_commit || !ops->replace_open != !ops->replace_abort)
    return "replace_open, replace_commit and replace_abort, all three or none";
  return NULL;
}

static bool scheme_is_valid(const char *scheme) {
  size_t n = scheme ? strlen(scheme) : 0;
  if (n == 0 || n > 32)
    return false;
  char name[40];
  for (size_t i = 0; i < n; i++) {
    if (scheme[i] >= 'A' && scheme[i] <= 'Z')
      return false;
    name[i] = scheme[i];
  }
  memcpy(name + n, "://", 4);
  return rf_url_scheme(name) == n;
}

/* Copies a row of a caller whose structs are smaller than those of this library; the rest is 0. */
static rf_status extend(const rf_driver **driver, rf_error *err) {
  const rf_driver *row = *driver;
  if (row->size >= sizeof *row && (row->ops == NULL || row->ops->size >= sizeof *row->ops))
    return RF_OK;
  extended_row *made = rf_alloc_zero(1, sizeof *made);
  if (made == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a driver");
  rf_struct_take(&made->row, sizeof made->row, row);
  if (row->ops != NULL) {
    rf_struct_take(&made->ops, sizeof made->ops, row->ops);
    made->row.ops = &made->ops;
  }
  rf_mutex_lock(&lock);
  made->before = extended;
  extended = made;
  rf_mutex_unlock(&lock);
  *driver = &made->row;
  return RF_OK;
}

static rf_status add(const rf_driver *driver, rf_error *err) {
  rf_status status = RF_OK;
  rf_mutex_lock(&lock);
  const rf_driver **row = find_added(driver->scheme, strlen(driver->scheme));
  if (row)
    *row = driver;
  else if (added_count < MAX_ADDED)
    added[added_count++] = driver;
  else
    status = RF_ERR_LIMIT;
  rf_mutex_unlock(&lock);
  if (status != RF_OK)
    return rf_fail(err, status, "cannot add driver '%s': %d drivers were added already", driver->scheme, MAX_ADDED);
  return RF_OK;
}

rf_status rf_driver_check(const rf_driver *driver, rf_error *err) {
  if (!driver || driver->size < offsetof(rf_driver, hint))
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a driver with size = sizeof(rf_driver)");
  const char *missing = missing_member(driver);
  if (missing)
    return rf_fail(err, RF_ERR_ARGUMENT, "driver '%.40s' has no %s", driver->scheme ? driver->scheme : "", missing);
  return RF_OK;
}

rf_status rf_driver_register(const rf_driver *driver, rf_error *err) {
  rf_error_clear(err);
  RF_TRY(rf_driver_check(driver, err));
  if (!scheme_is_valid(driver->scheme))
    return rf_fail(err, RF_ERR_ARGUMENT,
                   "scheme '%.40s': expected a lower case letter, then at most 31 lower case letters, digits, '+', '-' "
                   "or '.'",
                   driver->scheme ? driver->scheme : "");
  RF_TRY(extend(&driver, err));
  return add(driver, err);
}

rf_status rf_driver_unregister(const char *scheme, rf_error *err) {
  rf_error_clear(err);
  size_t n = scheme != NULL ? strlen(scheme) : 0;
  bool found = false;
  rf_mutex_lock(&lock);
  const rf_driver **row = n > 0 ? find_added(scheme, n) : NULL;
  if (row != NULL) {
    found = true;
    added_count--;
    memmove(row, row + 1, (size_t)(added + added_count - row) * sizeof *row);
  }
  rf_mutex_unlock(&lock);
  if (!found)
    return rf_fail(err, RF_ERR_NOT_FOUND, "no driver was added for the scheme '%.40s'", scheme != NULL ? scheme : "");
  return RF_OK;
}

rf_status rf_driver_list(const rf_driver **rows, size_t capacity, size_t *count, rf_error *err) {
  rf_error_clear(err);
  if (!count || (!rows && capacity > 0))
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_driver_list: count must not be NULL, nor rows with a capacity");
  size_t n = 0;
  rf_mutex_lock(&lock);
  for (size_t i = 0; i < BUILT_IN; i++, n++) {
    const rf_driver **row = find_added(built_in[i].scheme, strlen(built_in[i].scheme));
    if (n < capacity)
      rows[n] = row ? *row : &built_in[i];
  }
  for (size_t i = 0; i < added_count; i++)
    if (!find_built_in(added[i]->scheme, strlen(added[i]->scheme))) {
      if (n < capacity)
        rows[n] = added[i];
      n++;
    }
  rf_mutex_unlock(&lock);
  *count = n;
  return RF_OK;
}
