/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The skeleton of public calls about one HDU: clear the error, lock, find the HDU, run, unlock, say where it failed.
 */
#ifndef RF_FILE_CALL_H
#define RF_FILE_CALL_H

#include "file/file.h"

/* Runs with the lock held shared. `request` belongs to the call. */
typedef rf_status (*rf_read_step)(rf_file *file, rf_hdu *hdu, void *request, rf_error *err);

/* Runs with the lock held exclusively. *written becomes true with the first byte. */
typedef rf_status (*rf_write_step)(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err);

/* A call that reads data of HDU `index`. RF_ERR_CHANGED when another program has changed the HDU meanwhile. */
rf_status rf_call_read(rf_file *file, size_t index, rf_read_step run, void *request, rf_error *err);

/* A call that only gets facts of the index: they are compared with the file when data are read by them. An HDU that
 * another thread makes is not found. */
rf_status rf_call_get(rf_file *file, size_t index, rf_read_step run, void *request, rf_error *err);

/* A call that changes HDU `index`. A failure after the first byte taints the file. */
rf_status rf_call_write(rf_file *file, size_t index, rf_write_step run, void *request, rf_error *err);

/* Finds HDU `index`. RF_ERR_NOT_FOUND where another thread makes it. Lock held. */
rf_status rf_call_find_visible(rf_file *file, size_t index, rf_hdu **hdu, rf_error *err);

/* Says in which file and HDU a call failed; RF_OK stays. */
rf_status rf_call_locate(const rf_file *file, size_t index, rf_status status, rf_error *err);

#endif
