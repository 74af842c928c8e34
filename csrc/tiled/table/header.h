/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The header of a compressed table, and that of the table in the tiles.
 */
#ifndef RF_TILED_TABLE_HEADER_H
#define RF_TILED_TABLE_HEADER_H

#include "table/table.h"

/* Returns whether `keyword` is one of the compression of tables that rf_keyword_is_protected() accepts (ZTABLE,
 * ZTILELEN, ZFORMn, ZCTYPn, ZTHEAP). Other tables do not use it. */
bool rf_tiled_table_is_own(const char *keyword);

/* Gets the header of the table in the tiles from the stored `header`. */
rf_status rf_tiled_table_plain_header(const rf_header *header, rf_header **plain, rf_error *err);

/* Checks the header of a table to compress: RF_ERR_UNSUPPORTED where one of its cards would describe the compression.
 * Every new compressed table passes this check, so that its header says each thing once. */
rf_status rf_tiled_table_check_plain(const rf_header *plain, rf_error *err);

/* Makes the header of a compressed table as cfitsio's fpack does: the cards of the table, then those of the
 * compression. `types` has one entry per column. NAXIS2 is the number of tiles, PCOUNT is 0. */
rf_status rf_tiled_table_packed_header(const rf_header *plain, const rf_table *table, uint64_t tile_rows,
                                       const rf_zcmptype *types, rf_header **header, rf_error *err);

/* Appends the cards of `made`, such a header, to the empty `out`. The cards of the compression keep the places that
 * they have in `old`, with DATASUM and CHECKSUM as they are there. Cards that `old` lacks come last. */
rf_status rf_tiled_table_keep_places(const rf_header *old, const rf_header *made, rf_header *out, rf_error *err);

/* Completes the caller's choice: types for all columns of the table, and the rows of a tile. `types` has room for
 * table->info.ncols. RF_ERR_ARGUMENT for a codec that a column cannot have; the message names the alternative. */
rf_status rf_tiled_table_choose(const rf_table_compression *asked, const rf_table *table, uint64_t *tile_rows,
                                rf_zcmptype *types, int *level, rf_error *err);

#endif
