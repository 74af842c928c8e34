/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The header of a compressed table, and that of the table in the tiles.
 */
#ifndef RF_TILED_TABLE_HEADER_H
#define RF_TILED_TABLE_HEADER_H

#include "table/table.h"

/* Is that a keyword of the compression of tables that rf_keyword_is_protected lets through (ZTABLE, ZTILELEN, ZFORMn,
 * ZCTYPn, ZTHEAP)? Other tables have no use for it. */
bool rf_tiled_table_is_own(const char *keyword);

/* The header of the table that a compressed one stands for. */
rf_status rf_tiled_table_plain_header(const rf_header *header, rf_header **plain, rf_error *err);

/* RF_ERR_UNSUPPORTED when a card of a table that is to be packed would be read as one about the compression. Every way
 * to a new compressed table goes through this, so that its header says each thing once. */
rf_status rf_tiled_table_check_plain(const rf_header *plain, rf_error *err);

/* The reverse, as cfitsio's fpack has it: cards of the table, then those of the compression. `types` has one for each
 * of its `ncols` columns. NAXIS2 is that of the tiles, PCOUNT 0. */
rf_status rf_tiled_table_packed_header(const rf_header *plain, const rf_table *table, uint64_t tile_rows,
                                       const rf_zcmptype *types, rf_header **header, rf_error *err);

/* The cards of `made`, such a header, into the empty `out`: those about the compression where `old`, which it takes the
 * place of, has them, with DATASUM and CHECKSUM as they stand there. What `old` does not have comes last. */
rf_status rf_tiled_table_keep_places(const rf_header *old, const rf_header *made, rf_header *out, rf_error *err);

/* What the caller asks for made definite: types for all columns of the table, rows of a tile. RF_ERR_ARGUMENT for a
 * codec that a column cannot have, with the alternative. `types` has room for table->info.ncols. */
rf_status rf_tiled_table_choose(const rf_table_compression *asked, const rf_table *table, uint64_t *tile_rows,
                                rf_zcmptype *types, int *level, rf_error *err);

#endif
