/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The structs that callers fill, of this or of another version of the library.
 */
#ifndef RF_TABLE_REQUEST_H
#define RF_TABLE_REQUEST_H

#include "table/table.h"

/* Copies a struct that begins with its size to `to`, which has `room` bytes: members that the caller does not have
 * become 0. `what` names the struct in messages. RF_ERR_ARGUMENT where `from` is NULL or has no size. */
rf_status rf_request_take(void *to, size_t room, const void *from, const char *what, rf_error *err);

/* Returns struct number `i` of a list whose structs have the size that the first one says. */
const void *rf_request_at(const void *list, size_t i);

/* rf_request_take() of a table request, NULL: one without cells. */
rf_status rf_table_request_take(const rf_table_request *from, rf_table_request *request, rf_error *err);

#endif
