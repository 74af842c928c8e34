/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The way through the standard's random sequence that the pixels of a tile take (FITS 10.2, appendix I).
 */
#ifndef RF_CODEC_QUANTIZE_DITHER_H
#define RF_CODEC_QUANTIZE_DITHER_H

#include "codec/quantize/quantize.h"

typedef struct rf_dither_walk {
  const float *random;
  unsigned seed; /* element that set the beginning of the present run */
  unsigned next; /* element for the next pixel */
} rf_dither_walk;

/* To pixel `first` of the tile. Stays within the table whatever `quantum` says. */
rf_dither_walk rf_dither_begin(const rf_quantum *quantum, uint64_t first);

/* The random numbers of the next pixels: at most `most` of them, *count, which is not 0 unless `most` is. */
const float *rf_dither_next(rf_dither_walk *walk, size_t most, size_t *count);

/* Runs `block`, a loop that takes a kind as its last three arguments (dithered, zeros kept, undefined pixels), with
 * constants there, so that each kind is compiled for itself. */
#define RF_DITHER_CASES(block, quantum, in, random, n, out)                                                            \
  do {                                                                                                                 \
    bool zeros_ = (quantum)->dither == RF_DITHER_2, nulls_ = (quantum)->has_null;                                      \
    if ((random) == NULL && nulls_)                                                                                    \
      block(quantum, in, random, n, out, false, false, true);                                                          \
    else if ((random) == NULL)                                                                                         \
      block(quantum, in, random, n, out, false, false, false);                                                         \
    else if (zeros_ && nulls_)                                                                                         \
      block(quantum, in, random, n, out, true, true, true);                                                            \
    else if (zeros_)                                                                                                   \
      block(quantum, in, random, n, out, true, true, false);                                                           \
    else if (nulls_)                                                                                                   \
      block(quantum, in, random, n, out, true, false, true);                                                           \
    else                                                                                                               \
      block(quantum, in, random, n, out, true, false, false);                                                          \
  } while (0)

#endif
