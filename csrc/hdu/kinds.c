/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One row for each kind of HDU: the only place that names all of them.
 */
#include "hdu/kinds.h"

#include "base/ascii.h"
#include "file/scan/structure.h"
#include "image/plain.h"
#include "table/ascii/ascii.h"
#include "table/groups.h"
#include "table/plain.h"
#include "table/rearrange.h"
#include "table/rows/binary.h"
#include "table/table.h"
#include "tiled/checksum.h"
#include "tiled/image/edit/extend.h"
#include "tiled/image/edit/pack.h"
#include "tiled/image/header.h"
#include "tiled/image/image.h"
#include "tiled/image/ops.h"
#include "tiled/image/parse.h"
#include "tiled/ops.h"
#include "tiled/parsed.h"
#include "tiled/session.h"
#include "tiled/table/edit/edit.h"
#include "tiled/table/edit/pack.h"
#include "tiled/table/edit/unpack.h"
#include "tiled/table/header.h"
#include "tiled/table/ops.h"

/* ---- what a header says ---- */

static bool has_any_name(const rf_structure *structure, const char *const *names) {
  for (; *names != NULL; names++)
    if (rf_same_name(structure->xtension, *names))
      return true;
  return false;
}

/* Returns whether the HDU has rows of bytes (FITS 7.2.1, 7.3.1). An HDU with the XTENSION of a table and without them
 * has only a size. */
static bool has_rows(const rf_structure *structure) {
  return !structure->primary && structure->hdu->bitpix == 8 && structure->hdu->naxis == 2;
}

static bool is_groups(const rf_structure *structure) {
  return structure->primary && structure->hdu->naxis > 0 && structure->axes[0] == 0 && structure->groups.value;
}

/* IUEIMAGE and A3DTABLE are the names of IMAGE and BINTABLE before the standard. */
static bool is_image(const rf_structure *structure) {
  static const char *const names[] = {"IMAGE", "IUEIMAGE", NULL};
  return structure->primary || has_any_name(structure, names);
}

static bool is_table(const rf_structure *structure) {
  static const char *const names[] = {"BINTABLE", "A3DTABLE", NULL};
  return has_rows(structure) && has_any_name(structure, names);
}

static bool is_tiled_image(const rf_structure *structure) {
  return is_table(structure) && structure->zimage.value;
}

static bool is_tiled_table(const rf_structure *structure) {
  return is_table(structure) && structure->ztable.value;
}

static bool is_ascii_table(const rf_structure *structure) {
  static const char *const names[] = {"TABLE", NULL};
  return has_rows(structure) && has_any_name(structure, names);
}

static bool is_other(const rf_structure *structure) {
  (void)structure;
  return true;
}

/* ---- the rows ---- */

static const rf_hdu_ops groups = {
    .kind = RF_HDU_GROUPS,
    .name = "random groups",
    .flags = RF_KIND_ARRAY | RF_KIND_GROUPS,
    .recognise = is_groups,
    .free_parsed = rf_table_free,
    .table = &rf_groups_table_ops,
    .format = &rf_groups_row_format,
};

static const rf_hdu_ops image = {
    .kind = RF_HDU_IMAGE,
    .name = "an image",
    .flags = RF_KIND_ARRAY | RF_KIND_GROWS_IN_PLACE,
    .recognise = is_image,
    .convert = rf_image_pack,
    .image = &rf_plain_image_ops,
};

static const rf_hdu_ops tiled_image = {
    .kind = RF_HDU_COMPRESSED_IMAGE,
    .name = "a compressed image",
    .flags = RF_KIND_ROWS | RF_KIND_FILLED | RF_KIND_SECOND_NAME,
    .recognise = is_tiled_image,
    .has_data = rf_tiled_image_has_data,
    .get_logical = rf_tiled_image_get_logical,
    .merge_logical = rf_tiled_header_merge,
    .get_plain = rf_tiled_image_get_plain,
    .flush = rf_tiled_image_flush,
    .convert = rf_image_unpack,
    .is_lossless = rf_tiled_image_is_lossless,
    .sum_logical = rf_tiled_image_sum,
    .free_parsed = rf_tiled_parsed_free,
    .free_session = rf_tiled_session_free,
    .reset_session = rf_tiled_session_reset,
    .image = &rf_tiled_image_ops,
    .table = &rf_tile_rows_ops,
    .format = &rf_binary_row_format,
};

static const rf_hdu_ops tiled_table = {
    .kind = RF_HDU_COMPRESSED_TABLE,
    .name = "a compressed table",
    .flags = RF_KIND_ROWS | RF_KIND_FILLED,
    .recognise = is_tiled_table,
    .get_logical = rf_tiled_table_get_logical,
    .merge_logical = rf_tiled_header_merge,
    .get_plain = rf_tiled_table_plain_header,
    .flush = rf_tiled_table_flush,
    .convert = rf_tiled_table_unpack,
    .sum_logical = rf_tiled_table_sum,
    .free_parsed = rf_tiled_parsed_free,
    .free_session = rf_tiled_session_free,
    .reset_session = rf_tiled_session_reset,
    .table = &rf_tiled_table_ops,
    .format = &rf_binary_row_format,
};

static const rf_hdu_ops table = {
    .kind = RF_HDU_TABLE,
    .name = "a binary table",
    .flags = RF_KIND_ROWS | RF_KIND_GROWS_IN_PLACE,
    .recognise = is_table,
    .flush = rf_table_flush,
    .convert = rf_tiled_table_pack,
    .free_parsed = rf_table_free,
    .table = &rf_plain_table_ops,
    .format = &rf_binary_row_format,
};

static const rf_hdu_ops ascii_table = {
    .kind = RF_HDU_ASCII_TABLE,
    .name = "an ASCII table",
    .flags = RF_KIND_ROWS | RF_KIND_GROWS_IN_PLACE,
    .fill = ' ',
    .recognise = is_ascii_table,
    .flush = rf_table_flush,
    .free_parsed = rf_table_free,
    .table = &rf_plain_table_ops,
    .format = &rf_ascii_row_format,
};

static const rf_hdu_ops other = {
    .kind = RF_HDU_OTHER,
    .name = "an extension of an unknown kind",
    .recognise = is_other,
};

const rf_hdu_ops *const rf_hdu_kinds[] = {&groups, &image,       &tiled_image, &tiled_table,
                                          &table,  &ascii_table, &other,       NULL};
