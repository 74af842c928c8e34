/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A section of an image as stretches of its data unit. Axes are checked once, those that run on into each other
 * become one, and an iterator then walks the section in the order of the output.
 */
#ifndef RF_IMAGE_SECTION_H
#define RF_IMAGE_SECTION_H

#include "file/file.h"

/* Axes with one element vanish and the product of the others fits 64 bits, so there are never more than this. */
#define RF_SECTION_DIMS 64

/* How the innermost dimension is fetched. */
typedef enum rf_section_mode {
  RF_SECTION_RUN,   /* neighbours in the file: one range */
  RF_SECTION_SPAN,  /* close together: one range from the first to the last, of which some are taken */
  RF_SECTION_SINGLE /* far apart: one range an element */
} rf_section_mode;

typedef struct rf_section_dim {
  int64_t stride; /* elements of the image from one position to the next, or that one index is worth */
  uint64_t count; /* at least 2, but in an innermost run */
  const uint64_t *indices;
} rf_section_dim;

typedef struct rf_section {
  rf_section_mode mode;
  unsigned width;  /* bytes of a stored element */
  uint64_t origin; /* file offset of the image's first element */
  uint64_t count;  /* elements in the section */
  uint64_t rows;   /* repetitions of the innermost dimension */
  uint64_t start;  /* element at which all positions are 0 and all indices 0 */
  uint64_t low;    /* first and last element touched */
  uint64_t high;
  uint64_t index_low; /* smallest and largest entry of the innermost index list */
  uint64_t index_high;
  int ndim;
  rf_section_dim dims[RF_SECTION_DIMS]; /* fastest first; dims[0] is always there */
} rf_section;

/* Consecutive positions of the innermost dimension. */
typedef struct rf_piece {
  uint64_t base;  /* element of the row at position or index 0 */
  uint64_t first; /* position */
  uint64_t count;
} rf_piece;

typedef struct rf_section_iter {
  const rf_section *section;
  bool done;
  uint64_t base;
  uint64_t inner;
  uint64_t position[RF_SECTION_DIMS];
} rf_section_iter;

/* Elements of an image; 0 for no data. */
uint64_t rf_section_image_count(const rf_hdu *hdu);

/* Checks `axes` (NULL: all of the image) against the image. RF_ERR_RANGE, RF_ERR_ARGUMENT. */
rf_status rf_section_init(rf_section *section, const rf_hdu *hdu, const rf_axis *axes, rf_error *err);

/* Parts of at most `most` that a section can be cut into: those of its slowest dimension. */
size_t rf_section_parts(const rf_section *section, size_t most);

/* Part i of `parts` of a section that is not empty, as a section; `low` and `high` stay those of all. Gives the number
 * of its first element. */
uint64_t rf_section_part(const rf_section *section, size_t i, size_t parts, rf_section *part);

/* To the beginning of a section that is not empty. */
void rf_section_begin(rf_section_iter *iter, const rf_section *section);

/* The next at most `most` positions; false at the end. */
bool rf_section_next(rf_section_iter *iter, uint64_t most, rf_piece *piece);

/* Element at position `piece->first + i`. */
static inline uint64_t rf_section_element(const rf_section *section, const rf_piece *piece, uint64_t i) {
  const rf_section_dim *inner = &section->dims[0];
  uint64_t position = piece->first + i;
  return piece->base + (inner->indices != NULL ? inner->indices[position] : position) * (uint64_t)inner->stride;
}

/* First and last element of a piece, in file order. */
void rf_section_extent(const rf_section *section, const rf_piece *piece, uint64_t *low, uint64_t *high);

/* Copies the stored elements of a piece from `bytes`, which begins with element `low`, one behind the other to dst;
 * and the reverse. `skip` positions of the piece are passed over, `count` taken. */
void rf_section_gather(const rf_section *section, const rf_piece *piece, uint64_t skip, size_t count, uint64_t low,
                       const uint8_t *bytes, uint8_t *dst);
void rf_section_scatter(const rf_section *section, const rf_piece *piece, uint64_t skip, size_t count, uint64_t low,
                        const uint8_t *src, uint8_t *bytes);

#endif
