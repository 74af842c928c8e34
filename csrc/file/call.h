/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The skeleton of public calls about one HDU: clear the error, lock, find the HDU, run, unlock, add file and HDU
 * to the message.
 */
#ifndef RF_FILE_CALL_H
#define RF_FILE_CALL_H

#include "file/file.h"

/* Runs with the lock held shared. `request` belongs to the call. */
typedef rf_status (*rf_read_step)(rf_file *file, rf_hdu *hdu, void *request, rf_error *err);

/* Runs with the lock held exclusively. *written becomes true with the first byte. */
typedef rf_status (*rf_write_step)(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err);

/* Runs a call that reads data of HDU `index`. Returns RF_ERR_CHANGED if another program has changed the HDU meanwhile.
 */
rf_status rf_call_read(rf_file *file, size_t index, rf_read_step run, void *request, rf_error *err);

/* Runs a call that only gets properties of the index. They are compared with the file when a call reads data by them.
 * It does not find an HDU that another thread makes. */
rf_status rf_call_get(rf_file *file, size_t index, rf_read_step run, void *request, rf_error *err);

/* Runs a call that changes HDU `index`. A failure after the first byte taints the file. */
rf_status rf_call_write(rf_file *file, size_t index, rf_write_step run, void *request, rf_error *err);

/* Finds HDU `index`. Returns RF_ERR_NOT_FOUND if another thread makes it. Lock held. */
rf_status rf_call_find_visible(rf_file *file, size_t index, rf_hdu **hdu, rf_error *err);

/* Adds file and HDU to the message of a failure. Returns `status`. */
rf_status rf_call_locate(const rf_file *file, size_t index, rf_status status, rf_error *err);

#endif
