/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits.h - the whole public C API of librustfits, a library for FITS files.
 *
 * Section numbers ("FITS 4.4.1") are those of the FITS Standard, version 4.0.
 *
 * Rules that hold for every function:
 *
 *  - A function that can fail returns an rf_status and takes, as its last argument, an optional
 *    rf_error that the caller owns (NULL is allowed). On entry to a public function the struct is
 *    cleared; on failure it holds the first cause. Out-parameters are written only on RF_OK unless
 *    the comment says otherwise.
 *  - Byte counts and offsets are uint64_t or size_t in bytes. HDU indices and pixel positions are
 *    0-based. Axes are given slowest first, as a C array is declared: an image of NAXIS1 = 100 and
 *    NAXIS2 = 50 has axes {50, 100}.
 *  - Pixels and values are passed in the byte order of the machine; files are big-endian.
 *  - Text is UTF-8 (file names) or ASCII (headers), ended by NUL unless a length is given.
 *  - What rf_x_open / rf_x_new hands out goes back to rf_x_close / rf_x_free, which accept NULL.
 *  - One rf_file may be read from many threads at once. Calls that change the file wait for running
 *    reads and exclude each other. An rf_header belongs to one thread at a time.
 *  - Nothing here prints, exits, or keeps state of its own beyond the driver and codec tables.
 *
 * The Python binding is generated from the headers included below: one declaration a statement, no
 * conditional compilation between the marker lines.
 */
#ifndef RUSTFITS_H
#define RUSTFITS_H

/* clang-format off: in this order, which is the order of their subjects */
#include "rustfits/version.h"
#include "rustfits/error.h"
#include "rustfits/dtype.h"
#include "rustfits/options.h"
#include "rustfits/driver.h"
#include "rustfits/lowlevel/bytes.h"
#include "rustfits/shmem.h"
#include "rustfits/transport.h"
#include "rustfits/codec.h"
#include "rustfits/header.h"
#include "rustfits/file.h"
#include "rustfits/hdu.h"
#include "rustfits/lowlevel/raw.h"
#include "rustfits/compression.h"
#include "rustfits/lowlevel/tile.h"
#include "rustfits/lowlevel/name.h"
#include "rustfits/image.h"
#include "rustfits/expr.h"
#include "rustfits/lowlevel/formula.h"
#include "rustfits/table.h"
#include "rustfits/data/arrow.h"
#include "rustfits/data/collect.h"
/* clang-format on */

#endif
