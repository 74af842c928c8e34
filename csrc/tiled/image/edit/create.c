/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creates a compressed image: the header from a plan, and tiles without bytes.
 */
#include "tiled/image/edit/create.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "file/append.h"
#include "file/hdu.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"
#include "file/warning.h"
#include "header/build.h"
#include "image/spec.h"
#include "tiled/image/edit/plan.h"
#include "tiled/image/edit/write.h"
#include "tiled/session.h"

/* ---- cards ---- */

static rf_status numbered(rf_header *header, const char *root, int n, int64_t value, const char *comment,
                          rf_error *err) {
  char keyword[32];
  (void)snprintf(keyword, sizeof keyword, "%s%d", root, n);
  return rf_header_append_integer(header, keyword, value, comment, err);
}

/* The mandatory cards in the mandatory order (FITS 7.3.1). */
static rf_status table_cards(const rf_tile_plan *plan, rf_header *header, rf_error *err) {
  uint64_t row_bytes = 0, bytes;
  for (size_t i = 0; i < plan->ncols; i++)
    row_bytes += plan->columns[i].descriptor == 'Q' ? 16 : 8;
  if (!rf_mul_u64(row_bytes, plan->ntiles, &bytes) || bytes > INT64_MAX - RF_BLOCK_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "a table of %" PRIu64 " tiles is more than a file can hold", plan->ntiles);
  RF_TRY(rf_header_append_string(header, "XTENSION", "BINTABLE", "binary table extension", err));
  RF_TRY(rf_header_append_integer(header, "BITPIX", 8, "8-bit bytes", err));
  RF_TRY(rf_header_append_integer(header, "NAXIS", 2, "2-dimensional binary table", err));
  RF_TRY(rf_header_append_integer(header, "NAXIS1", (int64_t)row_bytes, "width of table in bytes", err));
  RF_TRY(rf_header_append_integer(header, "NAXIS2", (int64_t)plan->ntiles, "number of tiles", err));
  RF_TRY(rf_header_append_integer(header, "PCOUNT", 0, "size of special data area", err));
  RF_TRY(rf_header_append_integer(header, "GCOUNT", 1, "one data group (required keyword)", err));
  RF_TRY(rf_header_append_integer(header, "TFIELDS", (int64_t)plan->ncols, "number of fields in each row", err));
  for (size_t i = 0; i < plan->ncols; i++) {
    static const char letters[] = {[RF_U8] = 'B',  [RF_I8] = 'B',  [RF_I16] = 'I', [RF_U16] = 'I', [RF_I32] = 'J',
                                   [RF_U32] = 'J', [RF_I64] = 'K', [RF_U64] = 'K', [RF_F32] = 'E', [RF_F64] = 'D'};
    const rf_column_spec *column = &plan->columns[i];
    char keyword[32], form[8];
    (void)snprintf(keyword, sizeof keyword, "TTYPE%zu", i + 1);
    RF_TRY(rf_header_append_string(header, keyword, column->name, NULL, err));
    if (column->descriptor != 0)
      (void)snprintf(form, sizeof form, "1%c%c", column->descriptor, letters[column->type]);
    else
      (void)snprintf(form, sizeof form, "1%c", letters[column->type]);
    (void)snprintf(keyword, sizeof keyword, "TFORM%zu", i + 1);
    RF_TRY(rf_header_append_string(header, keyword, form,
                                   column->descriptor != 0 ? "bytes of a tile, in the heap" : NULL, err));
  }
  return RF_OK;
}

static rf_status structure_cards(const rf_tile_plan *plan, rf_header *header, rf_error *err) {
  const rf_hdu *image = &plan->image;
  RF_TRY(rf_header_append_string(header, "ZTENSION", "IMAGE   ", "IMAGE extension", err));
  RF_TRY(rf_header_append_integer(header, "ZBITPIX", image->bitpix, "bits per pixel of the image", err));
  RF_TRY(rf_header_append_integer(header, "ZNAXIS", image->naxis, "number of axes of the image", err));
  for (int n = 1; n <= image->naxis; n++)
    RF_TRY(numbered(header, "ZNAXIS", n, (int64_t)image->axes[n - 1], "length of an axis of the image", err));
  RF_TRY(rf_header_append_integer(header, "ZPCOUNT", 0, "required keyword; must = 0", err));
  return rf_header_append_integer(header, "ZGCOUNT", 1, "required keyword; must = 1", err);
}

/* ZQUANTIZ and ZDITHER0 (FITS 10.2). */
static rf_status quantize_cards(const rf_tile_plan *plan, rf_header *header, rf_error *err) {
  static const char *const names[] = {"NO_DITHER", "SUBTRACTIVE_DITHER_1", "SUBTRACTIVE_DITHER_2"};
  const rf_compression *asked = &plan->asked;
  if (plan->image.bitpix > 0)
    return RF_OK;
  if (!asked->quantize)
    return rf_header_append_string(header, "ZQUANTIZ", "NONE", "values are stored as they are", err);
  RF_TRY(rf_header_append_string(header, "ZQUANTIZ", names[asked->dither], "how values became integers", err));
  if (asked->dither == RF_DITHER_NONE)
    return RF_OK;
  return rf_header_append_integer(header, "ZDITHER0", asked->seed, "where the random sequence begins", err);
}

/* Appends the n-th parameter of the codec and its value (FITS 10.1.2). */
static rf_status parameter(rf_header *header, int n, const char *name, double value, const char *comment,
                           rf_error *err) {
  char keyword[32];
  (void)snprintf(keyword, sizeof keyword, "ZNAME%d", n);
  RF_TRY(rf_header_append_string(header, keyword, name, comment, err));
  if (value == floor(value) && fabs(value) < 1e9)
    return numbered(header, "ZVAL", n, (int64_t)value, NULL, err);
  (void)snprintf(keyword, sizeof keyword, "ZVAL%d", n);
  return rf_header_append_real(header, keyword, value, NULL, err);
}

/* NOISEBIT is not in the standard. astropy and old versions of cfitsio write the quantize level so. */
static rf_status parameter_cards(const rf_tile_plan *plan, rf_header *header, rf_error *err) {
  const rf_compression *asked = &plan->asked;
  int bitpix = plan->image.bitpix, n = 1;
  if (asked->type == RF_Z_RICE_1) {
    RF_TRY(parameter(header, n++, "BLOCKSIZE", asked->blocksize, "pixels of a block", err));
    RF_TRY(parameter(header, n++, "BYTEPIX", bitpix == 8 ? 1 : bitpix == 16 ? 2 : 4, "bytes of the integers", err));
  } else if (asked->type == RF_Z_HCOMPRESS_1) {
    RF_TRY(parameter(header, n++, "SCALE", asked->hcomp_scale, "scale of the loss, 0 for none", err));
    RF_TRY(parameter(header, n++, "SMOOTH", asked->hcomp_smooth != 0, "whether to smooth when reading", err));
  }
  return asked->quantize ? parameter(header, n, "NOISEBIT", asked->quantize_level, "level of quantizing", err) : RF_OK;
}

rf_status rf_tile_plan_cards(const rf_tile_plan *plan, rf_header *header, bool structure, rf_error *err) {
  RF_TRY(table_cards(plan, header, err));
  RF_TRY(rf_header_append_logical(header, "ZIMAGE", true, "this table holds a compressed image", err));
  if (structure)
    RF_TRY(structure_cards(plan, header, err));
  for (int n = 1; n <= plan->image.naxis; n++)
    RF_TRY(numbered(header, "ZTILE", n, (int64_t)plan->tile[n - 1], "length of a tile", err));
  RF_TRY(rf_header_append_string(header, "ZCMPTYPE", plan->codec->name, "compression algorithm", err));
  RF_TRY(parameter_cards(plan, header, err));
  return quantize_cards(plan, header, err);
}

/* ---- the file ---- */

static void keep_int64(rf_file *file, size_t index) {
  rf_error odd;
  rf_error_clear(&odd);
  rf_error_keyword(&odd, "ZBITPIX");
  (void)rf_fail(&odd, RF_ERR_UNSUPPORTED,
                "compressed images of 64-bit integers are read by this library and astropy; cfitsio, and what is built "
                "on it, cannot read them");
  rf_file_add_warning(file, RF_WARNING_INT64, index, &odd);
}

rf_status rf_tiled_image_append_locked(rf_file *file, const rf_tile_plan *plan, const rf_header *header, uint64_t spare,
                                       size_t *index, rf_error *err) {
  rf_tiled_session *session;
  rf_hdu *hdu;
  rf_error why;
  rf_error_clear(&why);
  rf_status status = rf_file_hdu_locked(file, 0, &hdu, &why);
  bool empty = status == RF_ERR_NOT_FOUND;
  if (empty)
    RF_TRY(rf_file_append_primary(file, err));
  else if (status != RF_OK)
    return rf_file_hdu_locked(file, 0, &hdu, err);
  RF_TRY(rf_file_append_begin_locked(file, header, rf_header_get_file_bytes(header, 0) + spare, index, err));
  hdu = file->hdus[*index]; /* appended just now */
  RF_TRY(rf_tiled_session_get(file, hdu, &session, err));
  session->state = (rf_tiled_state){.heap_format = plan->asked.heap_format,
                                    .level = plan->asked.level,
                                    .quantize_level = plan->asked.quantize_level,
                                    .seed_open = plan->seed_open,
                                    .unwritten = plan->ntiles,
                                    .known = true,
                                    .apart = true};
  hdu->pending = true;
  if (plan->image.bitpix == 64)
    keep_int64(file, *index);
  return RF_OK;
}

/* ---- the call ---- */

static rf_status build(const rf_tile_plan *plan, const rf_image_spec *spec, rf_header *header, rf_error *err) {
  RF_TRY(rf_tile_plan_cards(plan, header, true, err));
  RF_TRY(rf_image_spec_add_scale(header, spec, err));
  RF_TRY(rf_image_spec_add_names(header, spec, err));
  return rf_image_spec_add_cards(header, spec, err);
}

static rf_status create(rf_file *file, const rf_tile_plan *plan, const rf_image_spec *spec, size_t *index,
                        rf_error *err) {
  rf_header *header;
  size_t made = 0;
  RF_TRY(rf_header_new(&header, err));
  rf_status status = build(plan, spec, header, err);
  if (status == RF_OK)
    status = rf_file_begin_append(file, err);
  if (status == RF_OK) {
    uint64_t spare = rf_header_get_file_bytes(header, spec->reserve_cards) - rf_header_get_file_bytes(header, 0);
    status = rf_tiled_image_append_locked(file, plan, header, spare, &made, err);
    status = rf_file_end_append(file, status, spec->deferred == 0, err);
  }
  rf_header_free(header);
  if (status == RF_OK)
    *index = made;
  return status;
}

rf_status rf_tiled_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err) {
  rf_hdu image;
  rf_tile_plan plan;
  RF_TRY(rf_image_spec_get_image(spec, &image, err));
  rf_status status = rf_tile_plan_init(&plan, spec->compression, &image, err);
  if (status == RF_OK) {
    status = create(file, &plan, spec, index, err);
    rf_tile_plan_free(&plan);
  }
  rf_free(image.axes);
  return status;
}

rf_status rf_tiled_image_check_spec(const rf_image_spec *spec, const rf_hdu *image, const rf_image_request *pixels,
                                    rf_error *err) {
  rf_tile_plan plan;
  RF_TRY(rf_tile_plan_init(&plan, spec->compression, image, err));
  rf_status status =
      pixels != NULL ? rf_tile_check_values(plan.codec, plan.asked.quantize != 0, image, pixels, err) : RF_OK;
  rf_tile_plan_free(&plan);
  return status;
}
