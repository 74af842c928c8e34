/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A section of an image as segments of its data unit. Axes are checked once, and axes that continue each other are
 * merged. An iterator then walks the section in the order of the output.
 */
#ifndef RF_IMAGE_SECTION_H
#define RF_IMAGE_SECTION_H

#include "file/file.h"

/* Most dimensions: axes of one element are removed, and the product of the others fits into 64 bits. */
#define RF_SECTION_DIMS 64

/* How the innermost dimension is read. */
typedef enum rf_section_mode {
  RF_SECTION_RUN,   /* adjacent in the file: one range */
  RF_SECTION_SPAN,  /* close together: one range from the first to the last, from which elements are picked */
  RF_SECTION_SINGLE /* far apart: one range per element */
} rf_section_mode;

typedef struct rf_section_dim {
  int64_t stride; /* elements of the image from one position, or index, to the next */
  uint64_t count; /* at least 2; the innermost dimension may have 1 */
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
  rf_section_dim dims[RF_SECTION_DIMS]; /* fastest first; dims[0] always exists */
} rf_section;

/* Consecutive positions of the innermost dimension. */
typedef struct rf_section_segment {
  uint64_t base;  /* element of the row at position or index 0 */
  uint64_t first; /* position */
  uint64_t count;
} rf_section_segment;

typedef struct rf_section_iter {
  const rf_section *section;
  bool done;
  uint64_t base;
  uint64_t inner;
  uint64_t position[RF_SECTION_DIMS];
} rf_section_iter;

/* Returns the number of elements of an image; 0 for no data. */
uint64_t rf_section_image_count(const rf_hdu *hdu);

/* Checks `axes` (NULL: the whole image) against the image. RF_ERR_RANGE, RF_ERR_ARGUMENT, RF_ERR_LIMIT, RF_ERR_FORMAT.
 */
rf_status rf_section_init(rf_section *section, const rf_hdu *hdu, const rf_axis *axes, rf_error *err);

/* Returns the number of parts, at most `most`, that a section can be cut into along its slowest dimension. */
size_t rf_section_parts(const rf_section *section, size_t most);

/* Gets part i of `parts` of a section that is not empty. `low` and `high` stay those of the whole section. Returns the
 * number of its first element. */
uint64_t rf_section_part(const rf_section *section, size_t i, size_t parts, rf_section *part);

/* Starts at the first element of a section. */
void rf_section_begin(rf_section_iter *iter, const rf_section *section);

/* Gets the next positions, at most `most`. Returns false at the end. */
bool rf_section_next(rf_section_iter *iter, uint64_t most, rf_section_segment *segment);

/* Returns the element at position `segment->first + i`. */
static inline uint64_t rf_section_element(const rf_section *section, const rf_section_segment *segment, uint64_t i) {
  const rf_section_dim *inner = &section->dims[0];
  uint64_t position = segment->first + i;
  return segment->base + (inner->indices != NULL ? inner->indices[position] : position) * (uint64_t)inner->stride;
}

/* Gets the first and the last element of a segment, in file order. */
void rf_section_extent(const rf_section *section, const rf_section_segment *segment, uint64_t *low, uint64_t *high);

/* rf_section_gather() copies stored elements of a segment from `bytes`, which begins with element `low`, to adjacent
 * elements at `dst`. rf_section_scatter() does the reverse. They copy `count` positions after the first `skip`. */
void rf_section_gather(const rf_section *section, const rf_section_segment *segment, uint64_t skip, size_t count,
                       uint64_t low, const uint8_t *bytes, uint8_t *dst);
void rf_section_scatter(const rf_section *section, const rf_section_segment *segment, uint64_t skip, size_t count,
                        uint64_t low, const uint8_t *src, uint8_t *bytes);

#endif
