/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/data/arrow.h: Tables as Arrow data, by the Arrow C data interface. Part of <rustfits.h>, which has the rules
 * for every function.
 */
#ifndef RUSTFITS_DATA_ARROW_H
#define RUSTFITS_DATA_ARROW_H

#include "rustfits/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The key of the header in the metadata of a schema. */
#define RF_ARROW_HEADER "FITS_HEADER"

/* --- binding starts here --- */

/* ============================== Arrow ============================== */

/* The structs of the Arrow C data interface, as its specification has them. Every program that declares them does so
 * under the same guards, so the order of the headers does not matter. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

#endif

/* Which cells become null. */
typedef enum rf_arrow_nulls {
  RF_ARROW_NULLS_TNULL = 0, /* those that TNULLn says, and undefined logicals. NaN stays NaN */
  RF_ARROW_NULLS_NAN = 1,   /* these, and NaN */
  RF_ARROW_NULLS_NONE = 2   /* none: TNULLn is a value as any other, NaN if the column is scaled; undefined logicals
                               are false */
} rf_arrow_nulls;

/* What strings become. Both end at a NUL and lose trailing blanks. */
typedef enum rf_arrow_strings {
  RF_ARROW_UTF8 = 0,  /* text; bytes above 0x7F are taken as Latin-1 */
  RF_ARROW_BINARY = 1 /* the bytes of the file */
} rf_arrow_strings;

/* What to read of a table. */
typedef struct rf_arrow_request {
  size_t size;           /* sizeof(rf_arrow_request) of the caller; members that lie beyond it count as 0 */
  const rf_rows *rows;   /* NULL: all */
  const size_t *columns; /* `ncolumns` numbers of columns, 0-based, in the order of the result; NULL: all */
  size_t ncolumns;
  uint64_t batch_rows; /* most rows of a batch; 0: as many as take about 16 MiB in the file. A batch has fewer where its
                          cells of variable length, or its strings, would take more than offsets can count */
  rf_arrow_nulls nulls;
  rf_arrow_strings strings;
  unsigned threads;           /* most threads; 0: rf_options.threads */
  void (*finish)(void *user); /* NULL; or called once when the stream is released, by the thread that releases it. It
                                 must not fail. Not called if opening the stream fails */
  void *user;                 /* passed to `finish` */
  const struct ArrowSchema *types; /* NULL; or a struct whose fields have the types that the caller would like. A column
                                      gets the type of the field of its name where no value changes, or else its own.
                                      The caller keeps the schema */
} rf_arrow_request;

/* The types of columns:
 *   B I J K, E D              int8 ... int64 and uint8 ... uint64 (by TZEROn), float, double. Scaled ones: double
 *   C M                       fixed_size_list<2> of float or double: real and imaginary part
 *   L, X                      bool
 *   A                         utf8 or binary, by rf_arrow_request.strings; large_utf8 or large_binary where the strings
 *                             of one row take more than 1 GiB, and in columns with Q descriptors
 *   more elements than one    fixed_size_list of these, one inside the other for each axis of TDIMn
 *   no elements               list
 *   P, Q descriptors          list, large_list (strings and bits as above). TDIMn is in the metadata only
 * With rf_arrow_request.types:
 *   integers          wider integers, unsigned ones also wider signed ones; double up to 32 bits, float up to 16 bits
 *   float             double, also within complex numbers
 *   strings           any of utf8, large_utf8, binary, large_binary (binary: the bytes of the file), but no 32-bit
 *                     offsets for strings of fixed width that need others
 *   lists             list, large_list. A cell too long for 32-bit offsets is RF_ERR_LIMIT when it is read
 *   values of lists   the same. The lengths of fixed_size_lists must be those of the column
 * The number and the order of columns, names and metadata stay.
 * The metadata of a field have the texts of its keywords without their number: TUNIT, TDISP, TCOMM, TFORM, TNULL, and
 * TDIM of cells of variable length. The metadata of the schema have the header as RF_ARROW_HEADER: its cards as UTF-8,
 * without trailing blanks, separated by newlines.
 *
 * Ownership: as the Arrow specification has it. The caller provides each struct and ends it by its `release`. Arrays
 * and schemas do not refer to the file. A stream does: after rf_file_close() or rf_file_free(), get_next() returns an
 * error, and the stream must still be released. */

/* rf_arrow_get_schema() gets the schema of the table in HDU `index` (0-based) of `file`: a struct with a field for each
 * column.
 * request  NULL: all columns, defaults. Borrowed for the call
 * schema   receives the schema; the caller ends it with schema->release(). Unchanged on failure
 * Returns RF_OK; RF_ERR_RANGE (a row or column); RF_ERR_ARGUMENT (a member of `request`; its `types` were released,
 * have no format, or a wrong number of children); RF_ERR_UNSUPPORTED (a column that Arrow cannot hold); the shared
 * statuses of tables. Threads: any. */
RF_API RF_CHECKED rf_status rf_arrow_get_schema(rf_file *file, size_t index, const rf_arrow_request *request,
                                                struct ArrowSchema *schema, rf_error *err);

/* rf_arrow_open_stream() opens a stream of batches of the table in HDU `index` (0-based) of `file`. Each get_next()
 * reads a batch with the calls of tables; memory is that of one batch. Its errors are EINVAL, ENOMEM, ENOSYS or EIO,
 * and get_last_error() returns the message of an rf_error: the columns or rows have changed since the stream was
 * opened, or any failure of rf_table_read() and rf_table_read_heap().
 * request  NULL: all cells, defaults. Borrowed for the call; the stream copies rows and columns
 * stream   receives the stream; the caller ends it with stream->release(). Unchanged on failure
 * Returns RF_OK; the statuses of rf_arrow_get_schema(). Threads: any; one thread at a time uses a stream, and any one
 * may release it and what came from it. */
RF_API RF_CHECKED rf_status rf_arrow_open_stream(rf_file *file, size_t index, const rf_arrow_request *request,
                                                 struct ArrowArrayStream *stream, rf_error *err);

/* rf_arrow_get_error() gets the failure of the last get_schema() or get_next() of a stream from rf_arrow_open_stream().
 * err  receives it
 * Returns RF_OK (that call has not failed); its status; RF_ERR_ARGUMENT (a stream of another producer, or one that was
 * released). Threads: one at a time per stream. */
RF_API rf_status rf_arrow_get_error(const struct ArrowArrayStream *stream, rf_error *err);

/* rf_arrow_read() reads the table in HDU `index` (0-based) of `file`, or some rows of it, as one batch.
 * request  as for rf_arrow_open_stream(). `batch_rows` and `finish` do not apply
 * array    receives the batch, a struct array of the type that rf_arrow_get_schema() gets; the caller ends it with
 *          array->release(). Unchanged on failure
 * Returns RF_OK; RF_ERR_LIMIT (too many for one batch: use a stream); the statuses of rf_arrow_get_schema(),
 * rf_table_read() and rf_table_read_heap(). Threads: any. */
RF_API RF_CHECKED rf_status rf_arrow_read(rf_file *file, size_t index, const rf_arrow_request *request,
                                          struct ArrowArray *array, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
