/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A transport becomes rows of the driver table, one for each scheme, with the functions of remote files.
 */
#include "store/remote/transport.h"

#include <string.h>

#include "base/memory.h"
#include "store/registry.h"
#include "store/remote/remote.h"

#define SCHEME_BYTES 32

typedef struct {
  rf_driver row;
  char scheme[SCHEME_BYTES];
  const rf_driver *before; /* the row that this one replaces; leak checkers must find it */
} transport_row;

/* The transport of a row that has one, or NULL. */
static const rf_transport *row_transport(const rf_driver *row) {
  return row != NULL && row->ops == &rf_remote_ops ? row->user : NULL;
}

bool rf_transport_takes_raw_names(const rf_driver *row) {
  const rf_transport *transport = row_transport(row);
  return transport != NULL && (transport->flags & RF_TRANSPORT_RAW_NAMES) != 0;
}

static rf_status check_transport(const rf_transport *transport, rf_error *err) {
  if (transport == NULL || transport->size < sizeof *transport || transport->name == NULL || transport->fetch == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a transport with size, name and fetch");
  return RF_OK;
}

static void fill_row(const rf_transport *transport, const char *scheme, rf_driver *row) {
  *row = (rf_driver){.size = sizeof *row,
                     .scheme = scheme,
                     .flags = RF_DRIVER_REMOTE | RF_DRIVER_CODECS,
                     .ops = &rf_remote_ops,
                     .user = (void *)(uintptr_t)transport}; /* the table hands it back as const */
  if ((transport->flags & RF_TRANSPORT_SEND) != 0)
    row->flags |= RF_DRIVER_WRITE | RF_DRIVER_AT_CLOSE;
}

rf_status rf_transport_make_row(const rf_transport *transport, rf_driver *row, rf_error *err) {
  RF_TRY(check_transport(transport, err));
  fill_row(transport, transport->name, row);
  return RF_OK;
}

static rf_status register_scheme(const rf_transport *transport, const char *scheme, size_t n, rf_error *err) {
  if (n >= SCHEME_BYTES)
    return rf_fail(err, RF_ERR_ARGUMENT, "transport \"%s\": expected schemes of at most %d characters", transport->name,
                   SCHEME_BYTES - 1);
  /* Rows live as long as the process. Registering a transport again adds none. */
  const rf_driver *before = rf_driver_find(scheme, n);
  if (row_transport(before) == transport)
    return RF_OK;
  transport_row *made = rf_alloc_zero(1, sizeof *made);
  if (made == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a driver");
  made->before = before;
  memcpy(made->scheme, scheme, n);
  fill_row(transport, made->scheme, &made->row);
  rf_status status = rf_driver_register(&made->row, err);
  if (status != RF_OK)
    rf_free(made);
  return status;
}

rf_status rf_transport_register(const rf_transport *transport, rf_error *err) {
  rf_error_clear(err);
  RF_TRY(check_transport(transport, err));
  if (transport->schemes == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "transport \"%s\" has no schemes", transport->name);
  const char *at = transport->schemes + strspn(transport->schemes, " ");
  if (*at == '\0')
    return rf_fail(err, RF_ERR_ARGUMENT, "transport \"%s\" has no schemes", transport->name);
  while (*at != '\0') {
    size_t n = strcspn(at, " ");
    RF_TRY(register_scheme(transport, at, n, err));
    at += n + strspn(at + n, " ");
  }
  return RF_OK;
}

const char *rf_transport_name(const char *scheme) {
  if (scheme == NULL)
    return NULL;
  const rf_transport *transport = row_transport(rf_driver_find(scheme, strlen(scheme)));
  return transport != NULL ? transport->name : NULL;
}
