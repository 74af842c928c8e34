/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From one file into another.
 */
#ifndef RF_HDU_COPY_H
#define RF_HDU_COPY_H

#include "file/file.h"

/* Appends something made of HDU `index` of `from` to `to`. Locks are held: of `from` at least the shared one, of `to`
 * the exclusive one. */
typedef rf_status rf_pair_step(const void *context, rf_file *from, size_t index, rf_file *to, size_t *new_index,
                               bool *written, rf_error *err);

/* The public calls around such a step, which begins an HDU (rf_file_append_begin_locked) and gives it its data. `from`
 * is flushed first, so that nothing unfinished is copied. Behind the step the HDU is published; when it fails, it is
 * taken off again. RF_ERR_ARGUMENT when the files are the same. new_index may be NULL. */
rf_status rf_pair_call(rf_pair_step *step, const void *context, rf_file *from, size_t index, rf_file *to,
                       size_t *new_index, rf_error *err);

/* The step of rf_hdu_copy. */
rf_status rf_copy_locked(rf_file *from, size_t index, rf_file *to, size_t *new_index, bool *written, rf_error *err);

#endif
