/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copying HDUs from one file to another.
 */
#ifndef RF_HDU_COPY_H
#define RF_HDU_COPY_H

#include "file/file.h"

/* Appends a copy of HDU `index` of `from`, or another form of it, to `to`. The locks are held: of `from` at least
 * shared, of `to` exclusively. */
typedef rf_status rf_pair_step(const void *context, rf_file *from, size_t index, rf_file *to, size_t *new_index,
                               bool *written, rf_error *err);

/* Runs a public call by such a step, which begins an HDU (rf_file_append_begin_locked()) and writes its data. It
 * flushes `from` first, and then publishes the HDU. If the step fails, it removes the HDU. Both files may be the same
 * handle, if the step allows it. `new_index` may be NULL. */
rf_status rf_pair_call(rf_pair_step *step, const void *context, rf_file *from, size_t index, rf_file *to,
                       size_t *new_index, rf_error *err);

/* The step of rf_hdu_copy(). */
rf_status rf_copy_locked(rf_file *from, size_t index, rf_file *to, size_t *new_index, bool *written, rf_error *err);

#endif
