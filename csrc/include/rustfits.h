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
 * This header is also what the Python binding is generated from: one declaration a statement, no
 * conditional compilation below the marker line.
 */
#ifndef RUSTFITS_H
#define RUSTFITS_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && defined(RF_SHARED)
#ifdef RF_BUILDING
#define RF_API __declspec(dllexport)
#else
#define RF_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define RF_API __attribute__((visibility("default")))
#else
#define RF_API
#endif

#if defined(__GNUC__)
#define RF_CHECKED __attribute__((warn_unused_result))
#else
#define RF_CHECKED
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Version ============================== */

#define RF_VERSION_MAJOR 0
#define RF_VERSION_MINOR 3
#define RF_VERSION_PATCH 0

/* The version of the linked library, "0.3.0". Static, never freed. */
RF_API const char *rf_version(void);

/* ============================== Errors ============================== */

typedef enum rf_status {
  RF_OK = 0,

  /* usage: the call was wrong */
  RF_ERR_ARGUMENT,  /* an argument is out of its domain */
  RF_ERR_READONLY,  /* the file was opened for reading */
  RF_ERR_NOT_FOUND, /* no such keyword, HDU or name */
  RF_ERR_RANGE,     /* an index or section lies outside the data */
  RF_ERR_TYPE,      /* not that kind of HDU or value */
  RF_ERR_PROTECTED, /* a keyword that describes the structure may not be edited */
  RF_ERR_TAINTED,   /* an earlier write failed half way; close and reopen */
  RF_ERR_CLOSED,    /* the file was shut */

  /* input and output */
  RF_ERR_IO,          /* the system reported an error (rf_error.sys_errno) */
  RF_ERR_NO_FILE,     /* no such file, or no such thing at that URL (404) */
  RF_ERR_PERMISSION,  /* access denied, by the system or by a server (401, 403) */
  RF_ERR_DIRECTORY,   /* a directory where a file is needed */
  RF_ERR_EXISTS,      /* something is in the way */
  RF_ERR_NO_SPACE,    /* disk or quota is full */
  RF_ERR_NETWORK,     /* name look-up, connection or protocol failed */
  RF_ERR_TIMEOUT,     /* a time limit was reached */
  RF_ERR_TLS,         /* certificate or TLS handshake refused */
  RF_ERR_HTTP_STATUS, /* any other status that is not a success */
  RF_ERR_CHANGED,     /* the file is not the one that was opened: another program changed or replaced it */
  RF_ERR_CALLBACK,    /* a function brought at run time failed */

  /* format: the bytes are not what the standard asks for */
  RF_ERR_NOT_FITS,  /* does not begin as a FITS file does, or is empty */
  RF_ERR_FORMAT,    /* a header that contradicts itself or the standard */
  RF_ERR_CARD,      /* a card whose bytes or value cannot be read */
  RF_ERR_TRUNCATED, /* fewer bytes than the header or a length promises */
  RF_ERR_CODEC,     /* a compressed stream is corrupt */

  /* limits, support, memory */
  RF_ERR_LIMIT,       /* a limit of rf_limits or of the format was reached */
  RF_ERR_UNSUPPORTED, /* correct, but not offered */
  RF_ERR_NO_DRIVER,   /* nobody knows this scheme */
  RF_ERR_NOT_BUILT,   /* a known scheme or codec that is not in this build */
  RF_ERR_MEMORY,      /* allocation failed */

  /* several processes */
  RF_ERR_LOCKED,      /* another handle holds a lock on the file */
  RF_ERR_INTERRUPTED, /* an edit was interrupted; opening the file for writing finishes it */

  RF_ERR_SCHEME /* rf_options.schemes or RUSTFITS_SCHEMES does not allow what a name or a redirect leads to */
} rf_status;

/* What went wrong. Owned by the caller; needs no release. */
typedef struct rf_error {
  rf_status code;
  int sys_errno;     /* errno of the failed system call, else 0 */
  int http_status;   /* status of the server's answer (HTTP or FTP reply code), else 0 */
  int hdu;           /* index of the HDU concerned, or -1 */
  int64_t offset;    /* byte offset in the file, stream or expression, or -1 */
  char keyword[80];  /* the keyword concerned, or "" */
  char message[640]; /* one sentence that names file, HDU, what was found and what was expected */
} rf_error;

/* Makes *err say "no error". NULL is allowed. */
RF_API void rf_error_clear(rf_error *err);

/* A short fixed name for a status ("RF_ERR_FORMAT"). Static; unknown values give "RF_ERR_?". */
RF_API const char *rf_status_name(rf_status status);

/* ============================== Memory and limits ============================== */

/* Allocator used for all of the library's own memory but page-sized file buffers. realloc_ must
 * behave as C's realloc does (NULL: allocate), free_ must accept NULL. */
typedef struct rf_allocator {
  void *(*realloc_)(void *user, void *block, size_t size);
  void (*free_)(void *user, void *block);
  void *user;
} rf_allocator;

/* Replaces the allocator for the process; NULL restores the C library's. Call it before any other
 * function or while no object of the library is alive; not safe beside running calls. */
RF_API void rf_allocator_set(const rf_allocator *allocator);

/* Ceilings against hostile files, each for all memory that the thing it names takes. rf_options_init() fills in the
 * defaults. */
typedef struct rf_limits {
  uint64_t header_bytes;  /* one header, default 64 MiB */
  uint64_t inflate_bytes; /* one file, or one HDU that is unpacked, after decompression; default 64 GiB */
  uint64_t fetch_bytes;   /* one remote file kept in memory, default 64 GiB */
  uint64_t hdus;          /* HDUs in one file, default 10 million */
  uint64_t tile_bytes;    /* decoding tiles of a compressed image or table, memory that the codec works in included,
                             where fewer bytes are read than the tile has; default 4 GiB */
  int redirects;          /* default 10 */
} rf_limits;

/* ============================== Options ============================== */

typedef enum rf_mode {
  RF_MODE_READ,       /* "r": must exist; never written */
  RF_MODE_READ_WRITE, /* "r+": must exist */
  RF_MODE_CREATE      /* "w+": created, or cut to zero length */
} rf_mode;

/* What came of a remote file so far. Numbers only grow; those of a file that was downloaded whole are of the download.
 */
typedef struct rf_remote_stats {
  size_t size;          /* sizeof(rf_remote_stats), set by the caller */
  uint64_t requests;    /* asked of the server, redirects and repeats included */
  uint64_t round_trips; /* times somebody had to wait for answers: requests that run side by side count once */
  uint64_t retries;
  uint64_t bytes_fetched; /* of bodies */
  uint64_t bytes_wanted;  /* that reads asked for */
  uint64_t cache_hits;    /* blocks that were there already, and that were not */
  uint64_t cache_misses;
  uint64_t file_bytes; /* size of the file */
  int ranged;          /* 1: fetched by ranges, 0: downloaded whole */
} rf_remote_stats;

/* Called as bytes arrive, at most some 10 times a second and at the end of a fetch: `done` bytes of `total` (-1: not
 * known) of what is being fetched. From any thread. Anything but RF_OK ends the fetch with that status. */
typedef rf_status (*rf_progress)(void *user, uint64_t done, int64_t total);

/* How a remote file is fetched. Strings and arrays are borrowed for the call that takes them. A member that is 0 or
 * NULL means the default. */
typedef struct rf_remote_options {
  size_t size;                /* sizeof(rf_remote_options) */
  const char *const *headers; /* extra request headers, "Name: value" */
  size_t header_count;
  double timeout;         /* seconds for one whole request; <= 0: none */
  double connect_timeout; /* seconds to connect; <= 0: the transport's own */
  const char *ca_bundle;  /* file of trusted certificates, NULL: the environment's or system's */

  int ranged;               /* 0: decided by the size of the file and what the server can; 1: ranges or an error;
                               -1: one download of the whole file */
  uint64_t threshold_bytes; /* files up to this size are downloaded whole; default 4 MiB */
  uint64_t first_bytes;     /* of the first request; default 256 KiB */
  uint64_t block_bytes;     /* unit of the cache; default 64 KiB */
  uint64_t cache_bytes;     /* most bytes of blocks that are kept; default 256 MiB */
  uint64_t gap_bytes;       /* ranges this close become one; default 1 MiB (less where many run side by side) */
  uint64_t request_bytes;   /* most bytes of one request; default 16 MiB, or 256 MiB for long reads from a server that
                               answers at once, unless there is a timeout */
  unsigned concurrency;     /* most requests at once; default 8 */
  int retries;              /* after a first failure that may pass; 0: the default of 4, < 0: none */
  double retry_seconds;     /* most seconds that one read spends on repeats; default 60 */

  const char *user; /* for the server of the URL; those in the URL itself go first */
  const char *password;
  int netrc; /* 1: look user and password up in ~/.netrc (or NETRC) */

  const char *endpoint; /* s3: "http://host:port" of a server that is not Amazon's (path-style); NULL:
                           AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else Amazon's */
  const char
      *region;   /* s3: NULL: AWS_REGION, AWS_DEFAULT_REGION, the profile's, else us-east-1 and what the server says */
  int anonymous; /* s3: 0: without credentials first, then with those there are; 1: never; -1: always with */
  int requester_pays; /* s3: 1: the one who asks pays for it */

  rf_progress progress;
  void *progress_user; /* must live as long as the file */
} rf_remote_options;

/* Bytes outside printable ASCII in headers: texts are read with the bytes of the file and a warning is kept
 * (rf_file_get_warning). With RF_OPEN_LENIENT each of them is read as '_', without a warning; with RF_OPEN_STRICT they
 * are RF_ERR_CARD. In the file, cards that are not edited keep their bytes in all cases. */
#define RF_OPEN_LENIENT 1
#define RF_OPEN_STRICT 2

/* Without it, small ranges of a file of the system that is open for reading are copied from a mapping. Another process
 * that cuts the file meanwhile makes that a SIGBUS, for which the library sets a handler (POSIX): it turns the signal
 * into a read, passes every other SIGBUS on to the handler that was in force before, and is set again by a read that
 * finds another one in force. With it, the file is never mapped and no handler is set; many small reads take several
 * times as long. */
#define RF_OPEN_NO_MAP 4

/* The file is replaced as a whole when it is closed: until then its name leads to the old file, or to none. With
 * RF_MODE_CREATE a temporary file beside it is written, with RF_MODE_READ_WRITE a copy of it that the first change
 * makes. rf_file_discard, a change that failed half way, and the end of the process leave the old file. rf_file_sync
 * makes the temporary file durable and does not put it in place. A device, and a file in a folder that refuses new
 * files, is opened as with RF_OPEN_IN_PLACE. Of files of the system; other drivers ignore it. */
#define RF_OPEN_ATOMIC 8
/* Closing syncs the file, and its folder where it is new or replaced. A .gz is always durable. */
#define RF_OPEN_DURABLE 16
/* An advisory lock from opening to closing: shared with RF_MODE_READ, else exclusive. RF_ERR_LOCKED when another
 * handle, of this or another process, has one that excludes it; RF_ERR_UNSUPPORTED where the file system has no locks
 * or the file is remote. Files in memory need none. With RF_OPEN_ATOMIC the lock is on the file to be replaced. */
#define RF_OPEN_LOCK 32
/* With RF_MODE_CREATE: an old file is emptied by the first write and not by opening it. Where its size is known by
 * then, space for it is reserved before. For disks that cannot hold the old file and the new one. A file that is not
 * there yet is created as with RF_OPEN_ATOMIC. */
#define RF_OPEN_IN_PLACE 128
/* With RF_MODE_CREATE: RF_ERR_EXISTS if there is a file. */
#define RF_OPEN_NEW 256
/* Where locks do not work (some network file systems), another process may be at work on a file that looks as if an
 * edit of it was interrupted, so opening refuses it. With this flag the caller says that there is no other: an
 * interrupted edit is finished (for writing) or shown as finished (for reading). */
#define RF_OPEN_RECOVER 64

typedef struct rf_options {
  size_t size;    /* sizeof(rf_options) */
  uint32_t flags; /* RF_OPEN_... */
  int gzip_level; /* 1..9, 0: default (fast) */
  rf_limits limits;
  rf_remote_options remote;
  unsigned threads; /* most threads one call on this file may use; 0: RUSTFITS_NUM_THREADS, or the processors that this
                       process may use, of which reading what is stored as it is takes two. Threads are started only
                       where there is enough work for them, and end with the call */
  const char
      *schemes; /* NULL, or the schemes that names may have, "file mem https" (blanks or commas between them; a
                   path has the scheme "file"): any other, also one that a redirect or a link of a chain
                   ("zip://a::https://...") leads to, is RF_ERR_SCHEME. "" allows nothing but mem://, which reaches
                   nothing and is always allowed. The environment
                   variable RUSTFITS_SCHEMES, unless it is empty, is a ceiling for the whole process: a scheme
                   must be in both. Borrowed for the call that opens */
} rf_options;

/* Fills in defaults, sizes included. */
RF_API void rf_options_init(rf_options *options);

/* ============================== Drivers ============================== */

/* One stretch of a file to be read into memory. */
typedef struct rf_range {
  uint64_t offset;
  size_t length;
  void *dest; /* at least length bytes */
} rf_range;

struct rf_driver;

/* What a driver does. Offsets are absolute; no cursor. Every function may be called from any
 * thread; read functions from several at once. Struct members marked MAY can be NULL. */
typedef struct rf_driver_ops {
  size_t size; /* sizeof(rf_driver_ops) */

  /* MUST. Opens `name` (the whole name with its scheme) and gives a state for the calls below. */
  rf_status (*open)(const struct rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                    void **state, rf_error *err);

  /* MUST. Reads up to n bytes; *got < n only at the end of the file. */
  rf_status (*read_at)(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);

  /* MAY. Fills all ranges or fails (RF_ERR_TRUNCATED at the end of the file); the default calls
   * read_at for one after another. */
  rf_status (*read_many)(void *state, const rf_range *ranges, size_t count, rf_error *err);

  /* MAY. Points *bytes at n bytes of the content without copying. They stay valid and unchanged
   * until the next write, truncate or close; other reads must not move them. RF_ERR_UNSUPPORTED
   * (with or without a message) when this stretch cannot be had that way: the caller reads. */
  rf_status (*peek)(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err);

  /* MUST. The current size in bytes (a codec may have to decode all of it). */
  rf_status (*get_size)(void *state, uint64_t *size, rf_error *err);

  /* MAY (writable drivers MUST). Writes all n bytes; grows the file with zeros up to offset. */
  rf_status (*write_at)(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err);

  /* MAY (writable drivers MUST). Sets the size; new bytes are zero. */
  rf_status (*truncate)(void *state, uint64_t size, rf_error *err);

  /* MAY. Makes what was written durable. */
  rf_status (*sync)(void *state, rf_error *err);

  /* MAY. All-or-nothing rewriting: replace_open gives the state of a new empty file beside this one
   * that takes the same calls; replace_commit syncs it and puts it in this one's place (its state
   * ends; this state now stands for the new content); replace_abort drops it without a trace. */
  rf_status (*replace_open)(void *state, void **temp, rf_error *err);
  rf_status (*replace_commit)(void *state, void *temp, rf_error *err);
  void (*replace_abort)(void *state, void *temp);

  /* MAY. What was written and is not in the file yet must not get there: close drops it. */
  void (*discard)(void *state);

  /* MUST. Writes back what is pending and frees the state, also when it returns an error. */
  rf_status (*close)(void *state, rf_error *err);

  /* MAY. These stretches (dest does not count) will be read soon: a remote driver fetches together those that it has
   * not. Parts behind the end of the file are no error. */
  rf_status (*prefetch)(void *state, const rf_range *ranges, size_t count, rf_error *err);

  /* MAY. Fills in all but `size`. */
  void (*get_stats)(void *state, rf_remote_stats *stats);

  /* MAY. Reserves space so that the file can grow to `size` bytes, which does not change its size. RF_ERR_NO_SPACE
   * where there is not enough; RF_OK where the driver cannot reserve. What is reserved and not used is given back at
   * close at the latest. */
  rf_status (*reserve)(void *state, uint64_t size, rf_error *err);
} rf_driver_ops;

#define RF_DRIVER_WRITE 1   /* modes other than RF_MODE_READ are offered */
#define RF_DRIVER_REMOTE 2  /* bytes come over a network */
#define RF_DRIVER_MEMORY 4  /* bytes lie in memory: peek succeeds wherever there is content */
#define RF_DRIVER_CODECS 8  /* suffix and magic number of a codec (.gz) are looked at */
#define RF_DRIVER_ATOMIC 16 /* open heeds RF_OPEN_ATOMIC, _IN_PLACE, _NEW, _DURABLE, _LOCK; others never see them */
/* What is written is gone when the process ends before close: no edit has to be such that it can be finished later. */
#define RF_DRIVER_VOLATILE 32

/* One row of the driver table. */
typedef struct rf_driver {
  size_t size;              /* sizeof(rf_driver) */
  const char *scheme;       /* "http": what stands before "://", lower case */
  uint32_t flags;           /* RF_DRIVER_... */
  const rf_driver_ops *ops; /* NULL: known, but not in this build */
  const char *hint;         /* MAY: one sentence on what to do when ops is NULL */
  void *user;               /* MAY: for ops->open */
} rf_driver;

/* Adds a row, or replaces the one of the same scheme. The row and what it points at must stay alive
 * for the life of the process. Files that are open keep the driver they have. RF_ERR_ARGUMENT when a
 * MUST member is missing or the scheme is not letters, digits, '+', '-', '.'. Thread-safe. */
RF_API RF_CHECKED rf_status rf_driver_register(const rf_driver *driver, rf_error *err);

/* Copies up to `capacity` row pointers and gives the number of rows there are. rows may be NULL when
 * capacity is 0. */
RF_API RF_CHECKED rf_status rf_driver_list(const rf_driver **rows, size_t capacity, size_t *count, rf_error *err);

/* ============================== Transports ============================== */

/* Takes n bytes; anything but RF_OK stops the producer, which passes the status on. */
typedef rf_status (*rf_sink)(void *context, const void *data, size_t n, rf_error *err);

/* Bytes first .. first+length-1 of a remote file. */
typedef struct rf_byte_range {
  uint64_t first;
  uint64_t length;
} rf_byte_range;

/* One request. Borrowed for the call. */
typedef struct rf_request {
  size_t size;          /* sizeof(rf_request) */
  const char *url;      /* without user and password */
  const char *user;     /* NULL: none (ftp: anonymous) */
  const char *password; /* NULL: none */
  const rf_remote_options *remote;
  int redirects;               /* most redirects to follow */
  uint64_t limit_bytes;        /* most bytes of body to take */
  const rf_byte_range *ranges; /* NULL: the whole file */
  size_t range_count;
  unsigned concurrency;       /* most ranges to be asked for side by side; 0: 1 */
  const char *validator;      /* NULL, or for If-Range: the file must still be this one. An answer with all of the file
                                 instead of a range then means that it is not: RF_ERR_CHANGED */
  int whole_or_range;         /* 1: there is one range. A server that sends the whole file instead is no error
                                 (response->status 200 tells), nor is a file that ends before the range does */
  const char *const *headers; /* more headers, for this server only */
  size_t header_count;
  const char *sigv4; /* NULL, or "aws:amz:<region>:s3": user and password are an access key and its secret */
  double delay;      /* seconds to wait first: here, because a transport knows how to be interrupted */
  void *session;     /* of the file, from session_open; NULL where there is none */
  size_t together;   /* most neighbouring ranges to be asked for in one request; 0: 1. Only of RF_TRANSPORT_SEVERAL.
                        Ranges that may go together ascend and do not overlap. A server that does not send several at
                        once is RF_ERR_UNSUPPORTED: nothing is wrong with the file then */
  uint32_t refuse;   /* RF_REFUSE_...: where redirects must not lead; rf_redirect_check judges */
} rf_request;

#define RF_REFUSE_HTTP 1
#define RF_REFUSE_HTTPS 2

/* For transports: RF_ERR_SCHEME, with a message that names it, when request->refuse forbids to follow a redirect to
 * `url`. Any thread. */
RF_API RF_CHECKED rf_status rf_redirect_check(const rf_request *request, const char *url, rf_error *err);

/* What the server said. Filled by the transport; strings are cut to fit. */
typedef struct rf_response {
  size_t size;            /* sizeof(rf_response), set by the caller */
  int status;             /* HTTP status or FTP reply code */
  int64_t total_size;     /* size of the whole file in bytes, -1: not said */
  int accepts_ranges;     /* 1 yes, 0 no, -1 not said */
  char etag[128];         /* "" when absent */
  char last_modified[64]; /* "" when absent */
  char region[32];        /* x-amz-bucket-region; "" when absent */
  double retry_after;     /* seconds (Retry-After); < 0: not said */
  uint64_t requests;      /* that were made, redirects included */
  uint64_t overhead;      /* bytes of bodies that nobody asked for: what stands between several ranges */
} rf_response;

/* Receives the body. `begin` is called once for each range (once for a whole file, range 0) before
 * its first byte, when total_size and status are known; `take` for each piece, in order within the
 * range; ranges that are fetched side by side come mixed, but never two calls at a time. A non-OK status from either
 * ends the request. */
typedef struct rf_receiver {
  rf_status (*begin)(void *context, size_t range, const rf_response *response, rf_error *err);
  rf_status (*take)(void *context, size_t range, const void *data, size_t n, rf_error *err);
  void *context;
} rf_receiver;

/* request->url is the name as the user wrote it, not a URL taken apart. */
#define RF_TRANSPORT_RAW_NAMES 1
/* Knows how to ask for several ranges in one request (request->together). */
#define RF_TRANSPORT_SEVERAL 2

/* Moves bytes from servers. */
typedef struct rf_transport {
  size_t size;         /* sizeof(rf_transport) */
  const char *name;    /* "libcurl", "pycurl" */
  const char *schemes; /* "http https ftp ftps" */
  void *user;
  uint32_t flags; /* RF_TRANSPORT_... */

  /* MUST. Fetches the file or its ranges. A body shorter than announced is RF_ERR_TRUNCATED, a
   * status that is no success RF_ERR_NO_FILE, _PERMISSION or _HTTP_STATUS. Messages name the cause, and the URL only
   * where a redirect led elsewhere (never user or password): the caller puts the URL asked for before them. What was
   * meant for the server in the URL (user, password, headers) goes to no other. Called from any thread, several at
   * once. A server that cannot be reached at all (no such name, connection refused) is RF_ERR_NETWORK with
   * rf_error.sys_errno set: trying again is for those who know that it was there before. */
  rf_status (*fetch)(void *user, const rf_request *request, const rf_receiver *receiver, rf_response *response,
                     rf_error *err);

  /* MAY, both or none. What the fetches of one open file share: connections. Several threads may fetch with one session
   * at the same time. */
  rf_status (*session_open)(void *user, void **session, rf_error *err);
  void (*session_close)(void *user, void *session);
} rf_transport;

/* Makes `transport` serve its schemes: each of them becomes a row of the driver table with ops, in
 * the place of the transport before. Must stay alive for the life of the process. Thread-safe. */
RF_API RF_CHECKED rf_status rf_transport_register(const rf_transport *transport, rf_error *err);

/* The name of the transport that serves `scheme`, or NULL. */
RF_API const char *rf_transport_name(const char *scheme);

/* For transports: the body of an answer with several ranges (multipart/byteranges, RFC 9110 14.6), taken apart as it
 * arrives. */
typedef struct rf_multipart rf_multipart;

/* For a 206 to one request for ranges first .. first + count - 1 of `request`, which is borrowed until the end. The
 * answer has this Content-Type (NULL: none), or a Content-Range that says bytes from .. to (-1, -1: none): a server may
 * join ranges to one, and to parts. RF_ERR_UNSUPPORTED when it says neither. Free with rf_multipart_close. */
RF_API RF_CHECKED rf_status rf_multipart_open(const rf_request *request, size_t first, size_t count,
                                              const char *content_type, int64_t from, int64_t to,
                                              rf_multipart **multipart, rf_error *err);

/* Takes n bytes of the body, and passes what is of the ranges on to the receiver. Each part must be ranges that were
 * asked for and have not come yet (RF_ERR_UNSUPPORTED: this server's parts are of no use), of a file of
 * response->total_size bytes (RF_ERR_CHANGED), which is filled in where it is -1. */
RF_API RF_CHECKED rf_status rf_multipart_take(rf_multipart *multipart, const void *data, size_t n,
                                              const rf_receiver *receiver, rf_response *response, rf_error *err);

/* At the end of the body: RF_OK when all ranges have come, RF_ERR_TRUNCATED when it broke off, RF_ERR_UNSUPPORTED when
 * it ends in order with some of them missing. */
RF_API RF_CHECKED rf_status rf_multipart_end(const rf_multipart *multipart, rf_error *err);

/* NULL is fine. */
RF_API void rf_multipart_close(rf_multipart *multipart);

/* ============================== Stream codecs ============================== */

/* Inflates and deflates gzip members (RFC 1952). The built-in row is zlib. */
typedef struct rf_stream_codec {
  size_t size;      /* sizeof(rf_stream_codec) */
  const char *name; /* "zlib", "zlib-ng" */
  void *user;

  /* MUST. A decoder for one member, header and trailer included. */
  rf_status (*inflate_open)(void *user, void **stream, rf_error *err);

  /* MUST. Consumes up to n_in bytes and produces up to n_out; *done = 1 behind the trailer, whose CRC
   * and length were right. No progress with *done = 0 means that it needs more input. RF_ERR_CODEC
   * for a corrupt stream. */
  rf_status (*inflate)(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out, size_t n_out,
                       size_t *made, int *done, rf_error *err);

  /* MUST. */
  void (*inflate_close)(void *stream);

  /* MUST. An encoder for one member; level 1..9, 0: the codec's fast choice. */
  rf_status (*deflate_open)(void *user, int level, void **stream, rf_error *err);

  /* MUST. Takes n_in bytes and passes on what is ready; with finish = 1 also the rest and the trailer. */
  rf_status (*deflate)(void *stream, const uint8_t *in, size_t n_in, int finish, rf_sink sink, void *context,
                       rf_error *err);

  /* MUST. */
  void (*deflate_close)(void *stream);
} rf_stream_codec;

/* Makes `codec` the one that .gz files are read and written with from now on; NULL: back to the
 * built-in one. Must stay alive for the life of the process. Thread-safe. */
RF_API RF_CHECKED rf_status rf_stream_codec_register(const rf_stream_codec *codec, rf_error *err);

/* The name of the codec in use. */
RF_API const char *rf_stream_codec_name(void);

/* ============================== Values and cards (FITS 4.1, 4.2) ============================== */

typedef enum rf_value_kind {
  RF_VALUE_UNDEFINED,  /* "KEY     =" with nothing behind it */
  RF_VALUE_LOGICAL,    /* T or F in `integer` */
  RF_VALUE_INTEGER,    /* `integer` */
  RF_VALUE_BIG,        /* an integer beyond 64 bits: its digits in `text` */
  RF_VALUE_REAL,       /* `real` */
  RF_VALUE_COMPLEX,    /* `real` and `imaginary` */
  RF_VALUE_STRING,     /* `text`: quotes undone, CONTINUE joined, trailing blanks cut */
  RF_VALUE_COMMENTARY, /* COMMENT, HISTORY, blank keyword, no "= ": everything behind the keyword in `text` */
  RF_VALUE_INVALID     /* a value field that cannot be read: its characters in `text` */
} rf_value_kind;

/* A keyword's value. `text` belongs to the header it came from and lives until that header is
 * changed, asked for another text, or freed; as input it is borrowed for the call. */
typedef struct rf_value {
  rf_value_kind kind;
  int64_t integer;
  double real;
  double imaginary;
  const char *text;
  size_t text_length;
} rf_value;

#define RF_CARD_BYTES 80
#define RF_BLOCK_BYTES 2880

/* 1 when a keyword describes structure, columns, checksums or compression and is therefore changed
 * only by the calls that change those things. Case-insensitive. */
RF_API int rf_keyword_is_protected(const char *keyword);

/* ============================== Headers (FITS 4) ============================== */

/* A list of cards held in memory, without END and padding. Indices count physical 80-byte cards;
 * a long string and its CONTINUE cards are several cards with one value, which is that of the first.
 * Cards that are not edited stay byte for byte. Many calls that name a keyword cost a time that grows with the number
 * of cards and of calls, not with their product. Reading calls may put cards in order that edits have left elsewhere:
 * a header that has been edited is read by one thread at a time, too. */
typedef struct rf_header rf_header;

/* An empty header. */
RF_API RF_CHECKED rf_status rf_header_new(rf_header **header, rf_error *err);

/* A header from n bytes of 80-byte cards, up to END or to the end of the bytes. Blank cards before an END that
 * begins a block are padding. flags: RF_OPEN_LENIENT, or RF_OPEN_STRICT for RF_ERR_CARD at a byte outside 0x20..0x7E.
 * The cards keep such bytes, and so do texts; NUL, TAB and other control characters count as blanks around keywords and
 * numbers. RF_ERR_ARGUMENT when n is no multiple of 80. Unreadable values are no error here. */
RF_API RF_CHECKED rf_status rf_header_parse(const void *bytes, size_t n, uint32_t flags, rf_header **header,
                                            rf_error *err);

/* An independent copy. */
RF_API RF_CHECKED rf_status rf_header_copy(const rf_header *header, rf_header **copy, rf_error *err);

RF_API void rf_header_free(rf_header *header);

/* Number of physical cards. */
RF_API size_t rf_header_count(const rf_header *header);

/* The cards as they are stored: rf_header_count() * 80 bytes, not ended by NUL. Valid until the header
 * is changed or freed. */
RF_API const char *rf_header_cards(const rf_header *header);

/* 1 when all cards are printable ASCII (0x20..0x7E). */
RF_API int rf_header_is_printable(const rf_header *header);

/* Copies card `index` as it is read to 80 bytes at `card`: with RF_OPEN_LENIENT, '_' for bytes outside printable ASCII.
 * RF_ERR_RANGE past the end. */
RF_API RF_CHECKED rf_status rf_header_get_card(const rf_header *header, size_t index, char *card, rf_error *err);

/* Number of bytes that the header takes in a file: cards, END, padding to whole 2880-byte blocks. */
RF_API uint64_t rf_header_file_bytes(const rf_header *header);

/* The same with room for `more` cards. */
RF_API uint64_t rf_header_room_bytes(const rf_header *header, uint32_t more);

/* Index of the first card from `start` on whose keyword is `keyword` (any case, HIERARCH ... included,
 * "" for blank ones); CONTINUE cards belong to the card before. Commentary cards count.
 * RF_ERR_NOT_FOUND when there is none. */
RF_API RF_CHECKED rf_status rf_header_find(const rf_header *header, const char *keyword, size_t start, size_t *index,
                                           rf_error *err);

/* Keyword of card `index`, without "HIERARCH " and trailing blanks, case kept; copied with a NUL into 80 bytes
 * at `keyword`. *span (may be NULL) is the number of physical cards the value takes (1 + its CONTINUEs).
 * RF_ERR_RANGE past the end. */
RF_API RF_CHECKED rf_status rf_header_keyword(const rf_header *header, size_t index, char *keyword, size_t *span,
                                              rf_error *err);

/* Value of card `index`. RF_ERR_RANGE past the end. An unreadable one is RF_VALUE_INVALID, not an error. */
RF_API RF_CHECKED rf_status rf_header_value(rf_header *header, size_t index, rf_value *value, rf_error *err);

/* Comment of card `index`, all of it where CONTINUE cards carry pieces; "" when there is none. Lives as
 * rf_value.text does. */
RF_API RF_CHECKED rf_status rf_header_comment(rf_header *header, size_t index, const char **text, size_t *length,
                                              rf_error *err);

/* The first value of `keyword`: find and value in one. RF_ERR_NOT_FOUND when there is none. */
RF_API RF_CHECKED rf_status rf_header_get(rf_header *header, const char *keyword, rf_value *value, rf_error *err);

/* Sets the value of the first card of `keyword`, or appends one. comment NULL keeps the old comment. A name
 * of more than 8 characters or with characters other than letters, 0-9 - _ becomes HIERARCH, case kept; long strings
 * become CONTINUE cards; reals are the shortest text that reads back equal. Kinds: UNDEFINED, LOGICAL,
 * INTEGER, BIG, REAL, COMPLEX, STRING. Protected keywords are accepted here: the check is made where a header
 * meets a file. RF_ERR_ARGUMENT for a keyword, text or number (NaN, infinity) that FITS cannot hold. When
 * the value is unchanged and the comment kept, the card keeps its bytes. */
RF_API RF_CHECKED rf_status rf_header_set(rf_header *header, const char *keyword, const rf_value *value,
                                          const char *comment, rf_error *err);

/* Sets the comment of the first card of `keyword`; the value keeps its characters. A comment that does not
 * fit on the card goes on in CONTINUE cards where the value is a string that may have them; else it is cut (see
 * rf_header_take_cut). RF_ERR_NOT_FOUND; RF_ERR_TYPE for commentary keywords. */
RF_API RF_CHECKED rf_status rf_header_set_comment(rf_header *header, const char *keyword, const char *comment,
                                                  rf_error *err);

/* 1 when rf_header_set or rf_header_set_comment has cut a comment since the last call: copies the keyword with a NUL to
 * 80 bytes at `keyword`. */
RF_API int rf_header_take_cut(rf_header *header, char *keyword);

/* Appends commentary cards: keyword COMMENT, HISTORY or "" (blank); text longer than 72 characters, or with
 * newlines, becomes several cards. */
RF_API RF_CHECKED rf_status rf_header_add(rf_header *header, const char *keyword, const char *text, rf_error *err);

/* Deletes all cards of `keyword` with their CONTINUE cards. RF_ERR_NOT_FOUND when there is none. */
RF_API RF_CHECKED rf_status rf_header_delete(rf_header *header, const char *keyword, rf_error *err);

#define RF_MERGE_COMMENTARY 1 /* append COMMENT, HISTORY, blank and stray CONTINUE cards, too */
#define RF_MERGE_PROTECTED 2  /* do not leave out the keywords of rf_keyword_is_protected */
#define RF_MERGE_APPEND 4     /* append all entries, whatever is there */

/* Puts the cards of `from` into `header`, byte for byte and in one pass: the first entry of each keyword (a card with
 * its CONTINUE cards) takes the place of the first one that is there, or is appended. flags: RF_MERGE_... `from` stays
 * as it is and must be another header. Nothing changes on an error: RF_ERR_ARGUMENT for NULL and for the same header,
 * RF_ERR_LIMIT, RF_ERR_MEMORY. */
RF_API RF_CHECKED rf_status rf_header_merge(rf_header *header, const rf_header *from, uint32_t flags, rf_error *err);

/* ============================== Files ============================== */

typedef struct rf_file rf_file;

/* Opens a file by path or URL. options may be NULL. With RF_MODE_READ and RF_MODE_READ_WRITE the first header
 * must be readable: RF_ERR_NOT_FITS, RF_ERR_TRUNCATED, RF_ERR_FORMAT or RF_ERR_CARD otherwise. A name without
 * "scheme://" is a path, whatever characters it has. "mem://" and "memkeep://" are files in memory. */
RF_API RF_CHECKED rf_status rf_file_open(const char *name, rf_mode mode, const rf_options *options, rf_file **file,
                                         rf_error *err);

/* Opens a copy of n bytes. RF_MODE_CREATE is RF_ERR_ARGUMENT. Writing is allowed in both other modes: it
 * changes the private copy. Compressed content (.gz) is recognised. */
RF_API RF_CHECKED rf_status rf_file_open_bytes(const void *bytes, size_t n, rf_mode mode, const rf_options *options,
                                               rf_file **file, rf_error *err);

/* The header of HDU `index` of a file that is not to stay open: rf_file_open, rf_hdu_get_logical_header and
 * rf_file_free in one call, with their errors. */
RF_API RF_CHECKED rf_status rf_file_read_header(const char *name, const rf_options *options, size_t index,
                                                rf_header **header, rf_error *err);

/* Writes back what is pending and frees the handle, also when it returns an error. No other thread may be
 * using it. NULL is allowed. */
RF_API rf_status rf_file_free(rf_file *file, rf_error *err);

/* What was written and is not in the file yet is not to get there: closing a file that was opened with RF_OPEN_ATOMIC,
 * or a .gz, leaves the old file. Other files keep what was written; what edits have put off (rf_file_flush) is not
 * done. RF_ERR_CLOSED after rf_file_close. */
RF_API rf_status rf_file_discard(rf_file *file, rf_error *err);

/* Does all that closing does but free the handle: waits for running calls, writes back what is pending, lets go of the
 * file (also when it returns an error). Any later call on the handle that needs the file is RF_ERR_CLOSED; a second
 * rf_file_close is RF_OK. rf_file_free still has to follow. For callers who cannot know whether another thread is about
 * to use the handle. */
RF_API rf_status rf_file_close(rf_file *file, rf_error *err);

/* Does what edits have put off until the file is closed: takes back room that appends left for more, and stores tiles
 * of compressed images that nobody has written. Until then the bytes of the file are those of a file that is not
 * finished; rf_file_sync, rf_file_free and copying from the file do it, too. Appending may go on afterwards. */
RF_API RF_CHECKED rf_status rf_file_flush(rf_file *file, rf_error *err);

/* Settles, and makes all that was written durable (fsync; .gz is written back). */
RF_API RF_CHECKED rf_status rf_file_sync(rf_file *file, rf_error *err);

/* Copies a name, with a NUL and cut to fit `capacity`, fit to be shown. Secrets in URLs become "***": passwords, users
 * that may be tokens (alone before an '@', but for FTP and SSH), and the values of keys that look secret (token,
 * signature, code, key, ...) in path, query and fragment, percent-encoded or not, also in a URL inside of another one.
 * Control characters, characters that turn the direction of writing, and bytes that are no UTF-8 are escaped ("\n",
 * "\x1b", "\u202e"). NULL gives "". */
RF_API void rf_name_show(const char *name, char *text, size_t capacity);

/* The same without the escapes: a path stays one that can be opened. */
RF_API void rf_name_redact(const char *name, char *text, size_t capacity);

/* As rf_name_show, for a URL that a server wrote (Location): of query and fragment nothing is shown. */
RF_API void rf_redirect_show(const char *url, char *text, size_t capacity);

/* 1 when the value of this key of a URL, or of this header of a request, is a secret by its name. NULL gives 0. */
RF_API int rf_key_is_secret(const char *key);

/* The name as given to open, as rf_name_redact has it. Lives as long as the file. */
RF_API const char *rf_file_name(const rf_file *file);

/* Size of the content in bytes (of a .gz: decompressed), as it is: see rf_file_flush. */
RF_API RF_CHECKED rf_status rf_file_get_size(rf_file *file, uint64_t *size, rf_error *err);

/* Copies n bytes of the content. RF_ERR_TRUNCATED past its end. */
RF_API RF_CHECKED rf_status rf_file_read_bytes(rf_file *file, uint64_t offset, void *buffer, size_t n, rf_error *err);

/* Number of HDUs: finds all of them. Trailing bytes that are no HDU do not count. An HDU with an unreadable
 * header ends the list: the HDUs before it stay usable, *count is their number, and this call reports the error. */
RF_API RF_CHECKED rf_status rf_file_count(rf_file *file, size_t *count, rf_error *err);

/* Finds the first HDU of that EXTNAME (any case, blanks in front and behind cut; the first EXTNAME of a header counts,
 * as text where it is a number, but "COMPRESSED_IMAGE" in front of the name of a compressed image does not; "PRIMARY"
 * is HDU 0 when nothing else has the name) and, when extver >= 0, that EXTVER (1 when absent). Looks no further than it
 * must. RF_ERR_NOT_FOUND. */
RF_API RF_CHECKED rf_status rf_file_find(rf_file *file, const char *extname, int64_t extver, size_t *index,
                                         rf_error *err);

/* As rf_file_find, with this very EXTVER: negative ones are versions, too. */
RF_API RF_CHECKED rf_status rf_file_find_version(rf_file *file, const char *extname, int64_t extver, size_t *index,
                                                 rf_error *err);

/* How many things that are odd were met in the file so far and read all the same: each is worth a warning. The same
 * cause counts once, for the HDU where it was met first. What is odd about a column is told by rf_table_get_column. */
RF_API size_t rf_file_warning_count(const rf_file *file);

/* Oddity n, in the order in which they were met: code, HDU, keyword, offset and message as a failure would have them.
 * RF_ERR_RANGE when there are not so many. */
RF_API RF_CHECKED rf_status rf_file_get_warning(rf_file *file, size_t n, rf_error *warning, rf_error *err);

/* What was fetched of a remote file. RF_ERR_TYPE when it is not remote. */
RF_API RF_CHECKED rf_status rf_file_get_remote_stats(rf_file *file, rf_remote_stats *stats, rf_error *err);

/* ============================== HDUs (FITS 3) ============================== */

typedef enum rf_hdu_kind {
  RF_HDU_IMAGE,            /* primary array or IMAGE extension, also without data */
  RF_HDU_GROUPS,           /* random groups (FITS 6) */
  RF_HDU_TABLE,            /* BINTABLE */
  RF_HDU_ASCII_TABLE,      /* TABLE */
  RF_HDU_COMPRESSED_IMAGE, /* BINTABLE with ZIMAGE = T */
  RF_HDU_COMPRESSED_TABLE, /* BINTABLE with ZTABLE = T */
  RF_HDU_OTHER             /* any other XTENSION */
} rf_hdu_kind;

typedef struct rf_hdu_info {
  size_t size; /* sizeof(rf_hdu_info), set by the caller */
  rf_hdu_kind kind;
  int bitpix;
  int naxis;
  int64_t pcount;
  int64_t gcount;
  uint64_t header_offset;
  uint64_t header_bytes; /* whole blocks */
  uint64_t data_offset;
  uint64_t data_bytes; /* by the header (FITS 4.4.1, eqs. 1 and 2), without padding */
  int has_data;        /* 1 when naxis > 0 and no axis is 0 */
  int64_t extver;      /* 1 when absent */
  int has_extname;
  char extname[80];
  size_t warnings; /* rf_file_warning_count, as it was when this was filled in */
} rf_hdu_info;

/* Facts about HDU `index`, found when first asked for. RF_ERR_NOT_FOUND when the file has no such HDU; the
 * error of its header (RF_ERR_FORMAT, ...) when it or one before it is unreadable. */
RF_API RF_CHECKED rf_status rf_hdu_get_info(rf_file *file, size_t index, rf_hdu_info *info, rf_error *err);

/* Copies up to `capacity` axis lengths, slowest first; *naxis is how many there are. */
RF_API RF_CHECKED rf_status rf_hdu_get_axes(rf_file *file, size_t index, uint64_t *axes, size_t capacity, size_t *naxis,
                                            rf_error *err);

/* A copy of the header, independent of the file. */
RF_API RF_CHECKED rf_status rf_hdu_get_header(rf_file *file, size_t index, rf_header **header, rf_error *err);

/* Puts `header` in the place of HDU `index`'s. Cards of protected keywords must be those the file has, with the
 * same values and in the same order (RF_ERR_PROTECTED otherwise). Grows the header by whole blocks, shifting what
 * follows in bounded pieces; never shrinks it. All checks come before the first byte is written. */
RF_API RF_CHECKED rf_status rf_hdu_set_header(rf_file *file, size_t index, const rf_header *header, rf_error *err);

/* As rf_hdu_get_header; of a compressed image or table the header of the image or table that it stands for (FITS 10.1,
 * 10.3: SIMPLE or XTENSION, BITPIX, NAXISn... from their Z keywords, nothing of the compression). An edit of the other
 * cards goes back by rf_hdu_set_logical_header, under the rules of rf_hdu_set_header; the cards that are about the
 * compression stay. */
RF_API RF_CHECKED rf_status rf_hdu_get_logical_header(rf_file *file, size_t index, rf_header **header, rf_error *err);
RF_API RF_CHECKED rf_status rf_hdu_set_logical_header(rf_file *file, size_t index, const rf_header *header,
                                                      rf_error *err);

/* Completes the HDU that this thread has begun by rf_image_create or rf_table_create with `deferred`: gives zeros to
 * data that were not written, adds padding, and writes the header, its first bytes last. Until then the header is in
 * memory only: a process that is killed leaves the file with the HDUs that it had, and bytes behind them that are
 * ignored. The thread that has begun the HDU can write to it, append to it and edit it by its index; reading what was
 * not written is RF_ERR_TRUNCATED. Other threads do not see it, and wait where they append. An empty primary HDU that
 * it needs is begun and published with it. On failure the HDU is taken off again, and the file is as it was; so it is
 * after a failed write to the HDU. RF_ERR_ARGUMENT when this thread has not begun it. */
RF_API RF_CHECKED rf_status rf_hdu_publish(rf_file *file, size_t index, rf_error *err);

/* Takes the HDU that this thread has begun off again: the file is as long as it was. RF_OK when it is gone already, as
 * after a failed write. Closing the file does the same. */
RF_API RF_CHECKED rf_status rf_hdu_discard(rf_file *file, size_t index, rf_error *err);

/* Appends a copy of HDU `index` of `from` to `to`, byte for byte but for what its place in the file asks for: SIMPLE
 * becomes XTENSION and back. A compressed HDU stays compressed. The files must not be the same. On failure `to` is as
 * it was. */
RF_API RF_CHECKED rf_status rf_hdu_copy(rf_file *from, size_t index, rf_file *to, size_t *new_index, rf_error *err);

/* Number of edits so far that can have changed structure or headers, through this handle or another one of this process
 * that has the same file open; lets a caller keep what it has read. */
RF_API uint64_t rf_file_generation(const rf_file *file);

/* 1 when another handle of this process, or another program, may change the file while it is open here: a file of the
 * system that is not decoded on the way. 0: what was read through a handle that only reads stays true. */
RF_API int rf_file_can_change(const rf_file *file);

/* Looks once more at a file that another program appends to: finds HDUs that were added behind the last one, and takes
 * the last one as it is now (rows that were added to a table). *count (may be NULL) is the number of HDUs then.
 * What this process itself has written needs no refresh. Any thread; waits for running calls on the file.
 * RF_ERR_CHANGED where an HDU before the last one is another than before, RF_ERR_UNSUPPORTED where the file is not a
 * plain local one, RF_ERR_LOCKED or RF_ERR_INTERRUPTED where another program is editing the file or was ended in an
 * edit. */
RF_API RF_CHECKED rf_status rf_file_refresh(rf_file *file, size_t *count, rf_error *err);

/* A mapping of stored bytes. */
typedef struct rf_map rf_map;

/* Maps the first n bytes of the data unit of HDU `index`, of the file that the handle has open, whatever its name leads
 * to by now. *bytes can be read until rf_map_free, also when the file is closed. Another program that cuts the file
 * then ends this process with SIGBUS, when cut pages are touched. RF_ERR_UNSUPPORTED where the file is not a plain
 * local one, RF_ERR_RANGE beyond the data unit, RF_ERR_TRUNCATED where the file ends before, RF_ERR_ARGUMENT for n = 0.
 */
RF_API RF_CHECKED rf_status rf_hdu_map(rf_file *file, size_t index, size_t n, rf_map **map, const void **bytes,
                                       rf_error *err);

/* Ends a mapping. NULL is allowed. Any thread. */
RF_API void rf_map_free(rf_map *map);

/* A number, not 0, that the handles of this process on the same file have in common; no other handle has it while one
 * of them was not freed. For locks of callers that edit in several calls. Any thread, also after rf_file_close. */
RF_API uintptr_t rf_file_identity(const rf_file *file);

/* ============================== Checksums (FITS 4.4.2.7, appendix J) ============================== */

/* Writes DATASUM, and CHECKSUM too when with_checksum is not 0, in cfitsio's form. A compressed HDU gets ZDATASUM and
 * ZHECKSUM first: those of the HDU that it stands for, uncompressed (FITS 10.1.1, 10.3.1). */
RF_API RF_CHECKED rf_status rf_hdu_add_checksum(rf_file *file, size_t index, int with_checksum, rf_error *err);

/* *datasum and *checksum (each may be NULL): 1 right, 0 wrong, -1 no such card. Of a compressed HDU the Z keywords
 * count, too: right when all there are of DATASUM and ZDATASUM (CHECKSUM and ZHECKSUM) are right. */
RF_API RF_CHECKED rf_status rf_hdu_verify_checksum(rf_file *file, size_t index, int *datasum, int *checksum,
                                                   rf_error *err);

/* ============================== Tile compression (FITS 10) ============================== */

/* ZCMPTYPE, and ZCTYPn of tables. */
typedef enum rf_zcmptype {
  RF_Z_AUTO, /* asks for what suits the data: integers of 8 to 32 bits and quantized reals RICE_1, all else GZIP_2 */
  RF_Z_RICE_1,
  RF_Z_GZIP_1,
  RF_Z_GZIP_2,
  RF_Z_PLIO_1,
  RF_Z_HCOMPRESS_1,
  RF_Z_NOCOMPRESS
} rf_zcmptype;

/* The name in the header ("RICE_1"); NULL for RF_Z_AUTO and unknown values. Static. */
RF_API const char *rf_zcmptype_name(rf_zcmptype type);

/* ZQUANTIZ. */
typedef enum rf_dither { RF_DITHER_NONE, RF_DITHER_1, RF_DITHER_2 } rf_dither;

/* How an image is compressed. */
typedef struct rf_compression {
  size_t size; /* sizeof(rf_compression) */
  rf_zcmptype type;
  int tile_ndim; /* 0: tiles as cfitsio's fpack makes them (a row; HCOMPRESS_1: some 16 rows); else the image's */
  const uint64_t *tile; /* slowest first; longer than an axis means all of it */
  char heap_format;     /* 'P', 'Q', or 0: P where that suffices */
  int level;            /* GZIP: 1 (fast) to 12 (small), 0: the default */
  unsigned blocksize;   /* RICE_1: pixels of a block, 0: 32 */
  double hcomp_scale; /* HCOMPRESS_1: 0 or 1 lossless; above: in units of the noise; below 0: absolute (as fpack -s) */
  int hcomp_smooth;   /* HCOMPRESS_1: readers are to smooth */
  int quantize;       /* reals: 0 stored losslessly (GZIP and NOCOMPRESS only), 1 quantized, which is lossy */
  double quantize_level; /* > 0: steps of noise / level; < 0: steps of -level; 0: 4 with dithering, 16 without */
  rf_dither dither;
  int seed; /* ZDITHER0, 1 to 10000; 0: by the checksum of the first tile that is written */
} rf_compression;

/* Fills in defaults: RF_Z_AUTO, lossless. */
RF_API void rf_compression_init(rf_compression *compression);

/* How a compressed image is compressed: fills *compression (its size set by the caller); up to `capacity` lengths of a
 * tile are copied to `tile`, slowest first, and compression->tile points there. *ntiles may be NULL. RF_ERR_TYPE when
 * the HDU is no compressed image. */
RF_API RF_CHECKED rf_status rf_image_get_compression(rf_file *file, size_t index, rf_compression *compression,
                                                     uint64_t *tile, size_t capacity, uint64_t *ntiles, rf_error *err);

/* Writes the heap of a compressed image anew without what no descriptor points at, and shortens the data. *freed (may
 * be NULL): bytes less. */
RF_API RF_CHECKED rf_status rf_image_repack(rf_file *file, size_t index, uint64_t *freed, rf_error *err);

/* Decoded tiles of a compressed HDU are kept, the last used ones up to `bytes` (default 32 MiB, 0: none), for sections
 * and rows to come. RF_ERR_TYPE when the HDU is not compressed. */
RF_API RF_CHECKED rf_status rf_hdu_set_cache(rf_file *file, size_t index, uint64_t bytes, rf_error *err);
RF_API RF_CHECKED rf_status rf_hdu_get_cache(rf_file *file, size_t index, uint64_t *limit, uint64_t *used,
                                             rf_error *err);
RF_API RF_CHECKED rf_status rf_hdu_clear_cache(rf_file *file, size_t index, rf_error *err);

/* How a table is compressed (FITS 10.3). */
typedef struct rf_table_compression {
  size_t size;              /* sizeof(rf_table_compression) */
  uint64_t tile_rows;       /* ZTILELEN; 0: tiles of about 10 MB, as cfitsio makes them */
  const rf_zcmptype *types; /* one for each column, or NULL: RF_Z_AUTO for all. RICE_1 for integers of 8 to 32 bits */
  int level;                /* GZIP: as in rf_compression */
} rf_table_compression;

/* How a compressed table is compressed: up to `capacity` types are copied to `types`. tile_rows, ntiles, count may be
 * NULL. RF_ERR_TYPE when the HDU is no compressed table. */
RF_API RF_CHECKED rf_status rf_table_get_compression(rf_file *file, size_t index, uint64_t *tile_rows, uint64_t *ntiles,
                                                     rf_zcmptype *types, size_t capacity, size_t *count, rf_error *err);

/* Appends HDU `index` of `from` to `to` compressed: an image by `image`, a binary table by `table` (NULL: defaults).
 * Everything else is copied, and so are what is compressed already, an image without pixels, and an image whose PCOUNT
 * or GCOUNT adds bytes, for which a compressed image has no place. Headers are kept card by card, a CHECKSUM becomes
 * ZHECKSUM, so that rf_hdu_unpack gives the same bytes again where nothing was quantized.
 * RF_ERR_ARGUMENT, RF_ERR_UNSUPPORTED with the alternative named when the data cannot be compressed like that, or when
 * the header has a card that would describe the compression (ZTILELEN, ZNAXISn, ZFORMn, ZCMPTYPE ...). */
RF_API RF_CHECKED rf_status rf_hdu_pack(rf_file *from, size_t index, rf_file *to, const rf_compression *image,
                                        const rf_table_compression *table, size_t *new_index, rf_error *err);

/* The reverse: appends what a compressed HDU stands for; others are copied. */
RF_API RF_CHECKED rf_status rf_hdu_unpack(rf_file *from, size_t index, rf_file *to, size_t *new_index, rf_error *err);

/* ============================== Images (FITS 4.4.2.5, 5, 7.1) ============================== */

typedef enum rf_type { RF_U8, RF_I8, RF_I16, RF_U16, RF_I32, RF_U32, RF_I64, RF_U64, RF_F32, RF_F64 } rf_type;

/* Bytes of one element. */
RF_API size_t rf_type_bytes(rf_type type);

typedef struct rf_image_info {
  size_t size;    /* sizeof(rf_image_info), set by the caller */
  rf_type stored; /* by BITPIX: U8, I16, I32, I64, F32 or F64 */
  rf_type type;   /* of the values: the unsigned or signed-byte twin where BZERO says so (FITS 5.2.5), F64 where
                     BSCALE and BZERO say anything else, `stored` otherwise */
  double bscale;
  double bzero;
  int has_blank;
  int64_t blank;
  uint64_t count;   /* elements, 0 for no data */
  int naxis;        /* 0: no data */
  uint64_t axes[8]; /* the first so many lengths, slowest first; rf_image_get_axes gives all of an image of more */
} rf_image_info;

/* RF_ERR_TYPE when the HDU is no image. Of a compressed image (FITS 10.1): the facts of the image that it stands for.
 */
RF_API RF_CHECKED rf_status rf_image_get_info(rf_file *file, size_t index, rf_image_info *info, rf_error *err);

/* Copies up to `capacity` axis lengths of an image, slowest first; *naxis is how many there are. Of a compressed image:
 * those of the image (ZNAXISn); rf_hdu_get_axes gives those of the binary table. */
RF_API RF_CHECKED rf_status rf_image_get_axes(rf_file *file, size_t index, uint64_t *axes, size_t capacity,
                                              size_t *naxis, rf_error *err);

/* The elements to take along one axis: start, start+step, ... (count of them; step may be negative), or those listed in
 * `indices` (count of them, any order, repeats allowed) when it is not NULL. */
typedef struct rf_axis {
  int64_t start;
  int64_t step;
  uint64_t count;
  const uint64_t *indices;
} rf_axis;

#define RF_IMAGE_RAW 1 /* stored values: BSCALE and BZERO are not applied, `type` must be `stored` */
/* rf_image_write only: all pixels of a small image that this thread has begun with `deferred` may stay in memory until
 * rf_hdu_publish, which then writes header and data at once, and reports what fails there. Other calls of this thread
 * find the pixels as if they were in the file. */
#define RF_IMAGE_HELD 2
/* The most threads that a call may use stand in its flags from this bit on (16 bits): 0 as rf_options.threads says. */
#define RF_IMAGE_THREADS_SHIFT 16

/* Reads a section of an image into `out`, C-contiguous in the order and with the counts of `axes` (one for each of the
 * image's axes, slowest first; NULL: the whole image). `type` is the type of the values, or RF_F32 or RF_F64, which is
 * given for any image. out_bytes must be exactly what the section takes. mask, when not NULL, has one byte an element:
 * 1 where the stored value equals BLANK (integers) or is NaN (reals). All ranges of the file are planned first and
 * fetched by one read_many. Errors: RF_ERR_TYPE, RF_ERR_RANGE, RF_ERR_ARGUMENT, RF_ERR_TRUNCATED (says how many bytes
 * are missing), I/O. */
RF_API RF_CHECKED rf_status rf_image_read(rf_file *file, size_t index, const rf_axis *axes, rf_type type,
                                          uint32_t flags, void *out, uint64_t out_bytes, uint8_t *mask, rf_error *err);

/* What boxes are cut out of: an image of two axes, as it was at one generation of the file. */
typedef struct rf_cutout_source {
  size_t size; /* sizeof(rf_cutout_source) */
  rf_file *file;
  size_t index;
  uint64_t generation; /* what rf_file_generation said before shape and type of the image were asked for */
  rf_type type;        /* of the values to read, as for rf_image_read */
} rf_cutout_source;

/* The shortest way to a small rectangle, for callers that cut many: rf_image_read of `rows` rows from `row` on and of
 * `columns` columns from `column` on, into rows * columns values at `out`. RF_ERR_ARGUMENT when the file was changed
 * since the generation of `source`. */
RF_API RF_CHECKED rf_status rf_image_read_box(const rf_cutout_source *source, int64_t row, uint64_t rows,
                                              int64_t column, uint64_t columns, void *out, rf_error *err);

/* Reads `count` boxes of the same lengths: box i begins at begins[i * naxis + k] along axis k (slowest first), which
 * may be negative or too far, and has lengths[k] elements there. They come one behind the other in `out`; elements
 * outside the image get `fill`: one value of `type`. mask: NULL, or one byte an element: 1 outside the image and where
 * BLANK or NaN is. All that is needed is fetched together. Errors as rf_image_read's. */
RF_API RF_CHECKED rf_status rf_image_read_cutouts(rf_file *file, size_t index, const int64_t *begins, size_t count,
                                                  const uint64_t *lengths, size_t naxis, rf_type type, uint32_t flags,
                                                  const void *fill, void *out, uint64_t out_bytes, uint8_t *mask,
                                                  rf_error *err);

/* The ranges that reading a section needs, in file order and with touching ones merged: copies up to `capacity` of
 * them (dest is NULL) and gives how many there are and the bytes in them. */
RF_API RF_CHECKED rf_status rf_image_plan(rf_file *file, size_t index, const rf_axis *axes, rf_range *ranges,
                                          size_t capacity, size_t *count, uint64_t *bytes, rf_error *err);

/* Writes `in` (C-contiguous, laid out as for reading) into a section. `type` as for reading; RF_F64 values of a scaled
 * integer image are turned back into stored ones and rounded to nearest, NaN becomes BLANK; a value that does not
 * fit, or NaN without BLANK, is RF_ERR_RANGE before anything is written. mask, when not NULL: elements with 1 are
 * stored as BLANK (integers, RF_ERR_ARGUMENT without BLANK) or NaN. Repeated indices are written in order.
 * RF_ERR_TRUNCATED, before anything is written, where the file ends before the last of these pixels; of a compressed
 * image, where its data unit is not whole. */
RF_API RF_CHECKED rf_status rf_image_write(rf_file *file, size_t index, const rf_axis *axes, rf_type type,
                                           uint32_t flags, const void *in, uint64_t in_bytes, const uint8_t *mask,
                                           rf_error *err);

/* Would rf_image_write accept these `count` values for any section? Same checks of type, values and mask, same errors;
 * nothing is written, and the file may be open for reading only. For callers who have to know before they make room. */
RF_API RF_CHECKED rf_status rf_image_check(rf_file *file, size_t index, rf_type type, uint32_t flags, const void *in,
                                           uint64_t count, const uint8_t *mask, rf_error *err);

/* What to create. */
typedef struct rf_image_spec {
  size_t size; /* sizeof(rf_image_spec) */
  rf_type type;
  int naxis;               /* 0: no data */
  const uint64_t *axes;    /* slowest first; each may be 0 */
  const char *extname;     /* NULL: none */
  int64_t extver;          /* < 0: none */
  int has_blank;           /* integers only: RF_ERR_ARGUMENT otherwise */
  int64_t blank;           /* as stored */
  const rf_header *header; /* NULL, or cards to add; protected, BSCALE, BZERO and, where given above, EXTNAME, EXTVER
                              and BLANK cards in it are left out */
  const rf_compression *compression; /* NULL: not compressed */
  int deferred;                      /* 1: only begun, see rf_hdu_publish */
  uint32_t reserve_cards; /* the header takes room for so many more cards, so that later edits of it move no data.
                             RF_ERR_LIMIT where that is more than rf_limits.header_bytes */
} rf_image_spec;

/* Appends an image HDU filled with zeros (stored) and gives its index: the primary HDU of an empty file, else an IMAGE
 * extension. On failure the file is as it was. */
RF_API RF_CHECKED rf_status rf_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err);

/* Makes axis 0 (the slowest) `length` long, at least what it was; new elements are zero (stored). HDUs behind it shift.
 */
RF_API RF_CHECKED rf_status rf_image_extend(rf_file *file, size_t index, uint64_t length, rf_error *err);

/* rf_image_append() makes axis 0 (the slowest) longer by the planes at `in` and writes them there; HDUs behind it move.
 * type, flags, mask: as for rf_image_write().
 * in_bytes  a whole number of planes of axis 0; 0: nothing is done
 * A plain image is afterwards as it was, or has all of the new planes, also where the process was killed meanwhile. A
 * compressed image is made longer first, then its tiles are written one by one.
 * Returns RF_OK; RF_ERR_ARGUMENT (in_bytes, no axes); RF_ERR_RANGE (a value that does not fit, with its place);
 * RF_ERR_TYPE; RF_ERR_TRUNCATED; RF_ERR_UNSUPPORTED; RF_ERR_LIMIT; RF_ERR_READONLY; RF_ERR_TAINTED; RF_ERR_MEMORY; any
 * status of "input and output". Threads: any. */
RF_API RF_CHECKED rf_status rf_image_append(rf_file *file, size_t index, rf_type type, uint32_t flags, const void *in,
                                            uint64_t in_bytes, const uint8_t *mask, rf_error *err);

/* Gives an image other axes, 1 or more; its pixels stay in their order, those beyond the new size are lost, and new
 * ones behind them are zero (stored). HDUs behind it shift. RF_ERR_UNSUPPORTED for a compressed image. */
RF_API RF_CHECKED rf_status rf_image_reshape(rf_file *file, size_t index, const uint64_t *axes, int naxis,
                                             rf_error *err);

/* ============================== Row expressions ============================== */

/* A condition on the columns of a row: "mag < 22 & (flag == 0 | name == 'M31') & isfinite(flux)". docs/expressions.md
 * has the grammar. It belongs to no table. */
typedef struct rf_expr rf_expr;

/* Reads an expression of `length` bytes of UTF-8, at most 65536. RF_ERR_ARGUMENT for one that breaks the grammar:
 * the message points at the character, rf_error.offset is its byte. RF_ERR_LIMIT for too long and too deep ones. */
RF_API RF_CHECKED rf_status rf_expr_parse(const char *text, size_t length, rf_expr **expr, rf_error *err);

RF_API void rf_expr_free(rf_expr *expr);

/* Number of the names it has, each counted once. A bare T or F counts too: it is a column where there is one of that
 * name, and a logical constant otherwise. */
RF_API size_t rf_expr_name_count(const rf_expr *expr);

/* Name i as it is written, without back-quotes; NULL past the last. Lives as long as the expression. */
RF_API const char *rf_expr_name(const rf_expr *expr, size_t i);

/* ============================== Tables (FITS 7.2, 7.3, 6) ============================== */

/* Types of the elements of a cell. The first ten are those of rf_type, with the same numbers. */
typedef enum rf_cell_type {
  RF_CELL_U8,
  RF_CELL_I8,
  RF_CELL_I16,
  RF_CELL_U16,
  RF_CELL_I32,
  RF_CELL_U32,
  RF_CELL_I64,
  RF_CELL_U64,
  RF_CELL_F32,
  RF_CELL_F64,
  RF_CELL_C64,     /* complex: two floats */
  RF_CELL_C128,    /* complex: two doubles */
  RF_CELL_LOGICAL, /* one byte: 1 true, 0 false */
  RF_CELL_BIT,     /* one byte a bit: 1 or 0 */
  RF_CELL_BYTES,   /* a string of `width` bytes, filled up with NUL (numpy's S) */
  RF_CELL_TEXT     /* the same string as `width` 32-bit characters (numpy's U) in the machine's byte order */
} rf_cell_type;

/* Bytes of one element in memory; `width` counts for the two kinds of string only. */
RF_API size_t rf_cell_bytes(rf_cell_type type, size_t width);

typedef struct rf_table_info {
  size_t size;          /* sizeof(rf_table_info), set by the caller */
  rf_hdu_kind kind;     /* RF_HDU_TABLE, RF_HDU_ASCII_TABLE or RF_HDU_GROUPS. A compressed table: RF_HDU_TABLE, and all
                           facts are those of the table that it stands for; of a compressed image: its binary table */
  uint64_t nrows;       /* NAXIS2; of random groups: GCOUNT */
  size_t ncols;         /* TFIELDS; of random groups: the parameters and, last, "DATA" */
  uint64_t row_bytes;   /* NAXIS1; of random groups: the bytes of one group */
  uint64_t data_offset; /* of the first row, in the file */
  uint64_t heap_offset; /* of the heap, from the beginning of the data (THEAP) */
  uint64_t heap_bytes;  /* from there to the end of the data (PCOUNT less the gap) */
} rf_table_info;

/* RF_ERR_TYPE when the HDU is no table. RF_ERR_FORMAT when its columns cannot be made out. */
RF_API RF_CHECKED rf_status rf_table_get_info(rf_file *file, size_t index, rf_table_info *info, rf_error *err);

/* Most axes of a cell that TDIMn may give. */
#define RF_CELL_AXES 32

/* Facts about a column. Texts are cut to fit and ended by NUL. */
typedef struct rf_column_info {
  size_t size;         /* sizeof(rf_column_info), set by the caller */
  char name[256];      /* TTYPEn, case kept; "col<n>" (1-based) when there is none */
  char unit[128];      /* TUNITn, "" when there is none */
  char display[80];    /* TDISPn, "" when there is none */
  char form[80];       /* TFORMn as it stands in the header */
  char warning[256];   /* "", or one sentence on what in the keywords was read generously: worth a warning */
  char letter;         /* L X B I J K A E D C M of the elements (also of those in the heap); ASCII: A I F E D */
  char descriptor;     /* 0, or 'P' or 'Q': the cells are in the heap */
  uint64_t repeat;     /* as in TFORMn (of a descriptor: 0 or 1) */
  uint64_t max_length; /* descriptors: the longest cell by TFORMn, 0 when that does not say */
  uint64_t offset;     /* of the field, from the beginning of the row, in bytes (ASCII: TBCOLn - 1) */
  uint64_t bytes;      /* of the field in the row (ASCII: width of the field) */
  unsigned decimals;   /* ASCII: digits behind the point by TFORMn */
  rf_cell_type stored; /* of the elements, as the file has them: strings RF_CELL_BYTES; bits and logicals RF_CELL_U8 */
  rf_cell_type type;   /* of the values: the twin where TZEROn says so (FITS 5.2.5), F64 where TSCALn and TZEROn say
                          anything else, RF_CELL_BYTES (TEXT may be asked for too), LOGICAL, BIT, or `stored` */
  uint64_t count;      /* elements of one cell: product of dims (1 without any); of a descriptor 0 */
  uint64_t raw_count;  /* elements of one cell of type `stored`: bytes for logicals and bits */
  uint64_t width;      /* strings: bytes of one; else 0 */
  int ndim;            /* 0: one element; by TDIMn, else 1 for a repeat other than 1. Descriptors: by TDIMn, for cells
                          that have as many elements */
  uint64_t dims[32];   /* slowest first; of strings without their length */
  int scaled;          /* TSCALn and TZEROn apply */
  double tscal;
  double tzero;
  int has_null; /* TNULLn of an integer column: compared with the stored value */
  int64_t null;
  int has_null_text; /* ASCII: TNULLn */
  char null_text[80];
  int unnamed;   /* there is no TTYPEn: `name` is made up */
  char key[256]; /* the name by which the column is found, which no other column has: `name`, or, for a column whose
                    name another one has before it, `name` with "_2", "_3" ... behind it. A made-up key is never the
                    name of a column, in any case of letters. */
} rf_column_info;

/* Facts of column `column` (0-based). RF_ERR_RANGE past the last. */
RF_API RF_CHECKED rf_status rf_table_get_column(rf_file *file, size_t index, size_t column, rf_column_info *info,
                                                rf_error *err);

/* The column of that name (rf_column_info.key): exact case is tried before any case, and of several the first one
 * counts. RF_ERR_NOT_FOUND. */
RF_API RF_CHECKED rf_status rf_table_find_column(rf_file *file, size_t index, const char *name, size_t *column,
                                                 rf_error *err);

/* Rows are chosen as pixels along an axis are. */
typedef rf_axis rf_rows;

/* Stored values: no TSCALn and TZEROn, logicals as T, F or 0 bytes, bits packed, strings whole. */
#define RF_CELL_RAW 1
/* The most threads that a read may use stand in the flags of its first request from this bit on (16 bits): 0 as
 * rf_options.threads says. */
#define RF_CELL_THREADS_SHIFT 16

/* One column to read or write, and where its cells are in memory: the elements of a cell one behind the other, cells
 * `stride` bytes apart, so that a column of its own and a field of a packed struct look the same. No alignment is
 * needed. Reading fills `data`; writing only looks at it. */
typedef struct rf_column_request {
  size_t size;       /* sizeof(rf_column_request), in each of a list */
  size_t column;     /* 0-based */
  rf_cell_type type; /* rf_column_info.type; RF_CELL_TEXT for strings; RF_CELL_F32 or F64 for any real numbers;
                        rf_column_info.stored with RF_CELL_RAW */
  uint32_t flags;    /* RF_CELL_RAW; reading: how many threads */
  size_t width;      /* strings: bytes or characters of one in memory; longer ones are cut when read and are
                        RF_ERR_RANGE when written */
  void *data;        /* the cell of the first row of the selection */
  ptrdiff_t stride;  /* bytes from one row's cell to the next one's; may be negative */
  uint8_t *mask;     /* NULL, or one byte an element (`count` of the column for each row, without gaps): 1 for TNULLn,
                        NaN, an undefined logical, what TNULLn says in an ASCII table. Writing: 1 stores those */
  size_t cell_bytes; /* 0, or bytes of the room for a cell at `data`. RF_ERR_ARGUMENT when the cells of the column take
                        others: it is no more the one that the room was made for */
} rf_column_request;

/* Reads columns of some rows (NULL: all of them) in one pass over the table, which several threads share where it is
 * long: parts of it may have been made when a later one fails. A column may be asked for twice.
 * Strings end at a NUL and lose trailing blanks; in TEXT, bytes above 0x7F are taken as Latin-1. Cells in the heap are
 * not read here (RF_ERR_TYPE). Errors: RF_ERR_RANGE, RF_ERR_TYPE, RF_ERR_ARGUMENT before anything is read;
 * RF_ERR_FORMAT for a field of an ASCII table that is no number, with row and column; RF_ERR_TRUNCATED; I/O. */
RF_API RF_CHECKED rf_status rf_table_read(rf_file *file, size_t index, const rf_rows *rows,
                                          const rf_column_request *requests, size_t count, rf_error *err);

/* The ranges that reading columns of some rows needs, in file order and with near ones merged: copies up to `capacity`
 * of them (dest is NULL) and gives how many there are and the bytes in them. columns NULL: all. */
RF_API RF_CHECKED rf_status rf_table_plan(rf_file *file, size_t index, const rf_rows *rows, const size_t *columns,
                                          size_t column_count, rf_range *ranges, size_t capacity, size_t *count,
                                          uint64_t *bytes, rf_error *err);

/* ---- cells in the heap (FITS 7.3.5) ---- */

/* The descriptors of some rows (NULL: all): number of elements, and byte offset from the beginning of the heap (0 for
 * an empty cell; of a compressed table, which has no such heap, a number by which rf_table_read_heap knows the cell).
 * RF_ERR_TYPE when the column has none; RF_ERR_FORMAT, with the row, for one that does not lie in the heap. */
RF_API RF_CHECKED rf_status rf_table_read_descriptors(rf_file *file, size_t index, size_t column, const rf_rows *rows,
                                                      uint64_t *lengths, uint64_t *offsets, rf_error *err);

/* Reads `count` cells at these places of the heap (as rf_table_read_descriptors gives them; checked again) into `out`,
 * one behind the other without gaps: the sum of `lengths` elements, out_bytes exactly. type, flags as in
 * rf_column_request; strings are RF_CELL_BYTES (or TEXT) with an element a character, and come whole: blanks and NULs
 * are the caller's to strip. RAW bits: (length + 7) / 8 bytes a cell. mask: NULL, or one byte an element. */
RF_API RF_CHECKED rf_status rf_table_read_heap(rf_file *file, size_t index, size_t column, const uint64_t *lengths,
                                               const uint64_t *offsets, size_t count, rf_cell_type type, uint32_t flags,
                                               void *out, uint64_t out_bytes, uint8_t *mask, rf_error *err);

/* ---- rows by condition ---- */

/* Judges some rows (NULL: all) by an expression over the columns of the table: selected[i] is 1 where the i-th of them
 * fulfils it and 0 where not; *matches (may be NULL) is the number of ones. Reads the columns that are named and no
 * others, in batches. RF_ERR_NOT_FOUND for a name that is no column, RF_ERR_TYPE for values that an operator cannot
 * take, an array without index, a column with descriptors; RF_ERR_RANGE for an index: the message points at the
 * character, rf_error.offset is its byte. `selected` is undefined after a failure. */
RF_API RF_CHECKED rf_status rf_table_where(rf_file *file, size_t index, const rf_expr *expr, const rf_rows *rows,
                                           uint8_t *selected, uint64_t *matches, rf_error *err);

/* ---- writing tables ---- */

/* A column to make. Strings and arrays are borrowed for the call. */
typedef struct rf_column_spec {
  size_t size;          /* sizeof(rf_column_spec), in each of a list */
  const char *name;     /* TTYPEn; NULL: none */
  rf_cell_type type;    /* of the values (rf_column_info.type); of a scaled column the stored type */
  uint64_t width;       /* strings: bytes of one */
  int ndim;             /* 0: one element */
  const uint64_t *dims; /* slowest first; of strings without their length */
  char descriptor;      /* 0, or 'P' or 'Q': cells in the heap, dims are for TDIMn then */
  uint64_t max_length;  /* descriptors: as TFORMn is to say; 0: written as the cells come */
  const char *unit;     /* TUNITn; NULL: none */
  const char *display;  /* TDISPn; NULL: none */
  const char *form;     /* ASCII: TFORMn; NULL: by the type */
  int scaled;           /* TSCALn and TZEROn as below */
  double tscal;
  double tzero;
  int has_null; /* TNULLn of an integer column, as stored */
  int64_t null;
  const char *null_text; /* ASCII: TNULLn; NULL: none */
} rf_column_spec;

typedef struct rf_table_spec {
  size_t size;      /* sizeof(rf_table_spec) */
  rf_hdu_kind kind; /* RF_HDU_TABLE or RF_HDU_ASCII_TABLE */
  uint64_t nrows;
  const rf_column_spec *columns;
  size_t ncols;                            /* at most 999, RF_ERR_LIMIT otherwise */
  const char *extname;                     /* NULL: none */
  int64_t extver;                          /* < 0: none */
  const rf_header *header;                 /* NULL, or cards to add, as in rf_image_spec */
  const rf_table_compression *compression; /* NULL: not compressed. Binary tables only */
  int deferred;                            /* 1: only begun, see rf_hdu_publish */
  uint32_t reserve_cards;                  /* as in rf_image_spec */
} rf_table_spec;

/* Appends a table whose rows are zero (ASCII: blank) and gives its index. An empty file gets an empty primary HDU
 * first. On failure the file is as it was. */
RF_API RF_CHECKED rf_status rf_table_create(rf_file *file, const rf_table_spec *spec, size_t *index, rf_error *err);

/* Writes columns of some rows (NULL: all) in one pass; bytes of the rows that are not asked for stay. Everything is
 * checked before the first byte is written: values that do not fit (RF_ERR_RANGE with row and column), masked ones
 * without TNULLn (RF_ERR_ARGUMENT). Columns with descriptors, and the rows of a compressed image, which belong to its
 * tiles: RF_ERR_TYPE. RF_ERR_TRUNCATED where the file ends before the last of these rows. */
RF_API RF_CHECKED rf_status rf_table_write(rf_file *file, size_t index, const rf_rows *rows,
                                           const rf_column_request *requests, size_t count, rf_error *err);

/* Makes the table `nrows` rows long: new ones are zero (ASCII: blank), surplus ones are cut. The heap moves along and
 * so do the HDUs behind. */
RF_API RF_CHECKED rf_status rf_table_resize(rf_file *file, size_t index, uint64_t nrows, rf_error *err);

/* Takes rows out; those behind move up, byte by byte as they are. Indices have to ascend (RF_ERR_ARGUMENT). What cells
 * of the rows had in the heap stays there until rf_table_repack. Of a compressed table the tiles from the first one on
 * that loses a row are encoded anew. */
RF_API RF_CHECKED rf_status rf_table_delete_rows(rf_file *file, size_t index, const rf_rows *rows, rf_error *err);

/* Adds `nrows` rows at the end and writes these columns of them, after the checks of rf_table_write. */
RF_API RF_CHECKED rf_status rf_table_append(rf_file *file, size_t index, uint64_t nrows,
                                            const rf_column_request *requests, size_t count, rf_error *err);

/* Writes cells of one column with descriptors, for some rows (NULL: all): appends the elements (the sum of `lengths`,
 * one behind the other; strings an element a character) to the heap and points the descriptors at them. A P column
 * becomes Q when its heap needs it. type, flags and mask as in rf_table_read_heap. */
RF_API RF_CHECKED rf_status rf_table_write_heap(rf_file *file, size_t index, size_t column, const rf_rows *rows,
                                                const uint64_t *lengths, rf_cell_type type, uint32_t flags,
                                                const void *in, uint64_t in_bytes, const uint8_t *mask, rf_error *err);

/* Cells of a column with descriptors, as rf_table_write_heap takes them. */
typedef struct rf_heap_cells {
  size_t size;             /* sizeof(rf_heap_cells), in each of a list */
  const uint64_t *lengths; /* elements of each cell */
  rf_cell_type type;
  uint32_t flags;
  const void *in;
  uint64_t in_bytes;
  const uint8_t *mask;
  size_t column; /* 0-based; of cells that are appended */
} rf_heap_cells;

/* As rf_table_append, with cells of `heap_count` columns with descriptors: nrows in each. One edit: after a kill the
 * file has the rows with all of their cells, or is as it was. The checks of rf_table_write and rf_table_write_heap come
 * before a byte of the file changes; the same column twice in `heaps` is RF_ERR_ARGUMENT. Cells of columns that are not
 * given are empty. A P column becomes Q when its heap needs it. */
RF_API RF_CHECKED rf_status rf_table_append_filled(rf_file *file, size_t index, uint64_t nrows,
                                                   const rf_column_request *requests, size_t count,
                                                   const rf_heap_cells *heaps, size_t heap_count, rf_error *err);

/* Puts a column in front of column `position` (the number of columns: at the end), its cells zero (ASCII: blank). */
RF_API RF_CHECKED rf_status rf_table_insert_column(rf_file *file, size_t index, size_t position,
                                                   const rf_column_spec *spec, rf_error *err);

/* As rf_table_insert_column, with a cell for each row: of `request` (its `column` does not count), or of `heap` where
 * the new column has descriptors; the other one is NULL, and so may both be. One edit: after a kill the file has the
 * column with all of its cells, or is as it was. The checks of rf_table_write and rf_table_write_heap come when the
 * column is made in memory, before a byte of the file changes. */
RF_API RF_CHECKED rf_status rf_table_insert_filled(rf_file *file, size_t index, size_t position,
                                                   const rf_column_spec *spec, const rf_column_request *request,
                                                   const rf_heap_cells *heap, rf_error *err);

/* Takes a column out of every row and of the header. Its cells in the heap stay until rf_table_repack. */
RF_API RF_CHECKED rf_status rf_table_delete_column(rf_file *file, size_t index, size_t column, rf_error *err);

/* Sets name, unit and display of a column; NULL leaves one as it is, "" takes unit or display away. */
RF_API RF_CHECKED rf_status rf_table_describe_column(rf_file *file, size_t index, size_t column, const char *name,
                                                     const char *unit, const char *display, rf_error *err);

/* Writes the heap anew without what no descriptor points at, and shortens the data. *freed (may be NULL): bytes less.
 */
RF_API RF_CHECKED rf_status rf_table_repack(rf_file *file, size_t index, uint64_t *freed, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
