# SPDX-License-Identifier: BSD-3-Clause
"""The Python binding, generated from the C header.

Run by meson as ``python -m cffi.gen_src exec-python build_ffi.py _rustfits.c`` (out-of-line API
mode). The public headers declare everything between their marker lines to cffi as it stands there,
in the order in which ``rustfits.h`` includes them; the C compiler checks each declaration.
"""

from __future__ import annotations

import re
from pathlib import Path

from cffi import FFI

INCLUDE = Path(__file__).resolve().parent / "csrc" / "include"

# Functions written in Python that C calls through function pointers. A callback must never raise:
# an exception that escapes becomes RF_ERR_CALLBACK (`@ffi.def_extern(error=lib.RF_ERR_CALLBACK)`).
CALLBACKS = """
extern "Python" {
  /* rustfits/_core/binding/codecs/callbacks.py: rf_stream_codecs over Python modules */
  rf_status rf_py_inflate_open(void *user, uint64_t memory, void **stream, rf_error *err);
  rf_status rf_py_inflate(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out,
                          size_t n_out, size_t *made, int *done, rf_error *err);
  void rf_py_inflate_close(void *stream);
  rf_status rf_py_deflate_open(void *user, int level, uint64_t content, void **stream,
                               rf_error *err);
  rf_status rf_py_deflate(void *stream, const uint8_t *in, size_t n_in, int finish, rf_sink sink,
                          void *context, rf_error *err);
  void rf_py_deflate_close(void *stream);

  /* rustfits/_core/binding/library.py: an rf_interrupt */
  rf_status rf_py_interrupt(void *user, rf_error *err);

  /* rustfits/_core/remote/transport.py: the fetch of an rf_transport over pycurl */
  rf_status rf_py_fetch(void *user, const rf_request *request, const rf_receiver *receiver,
                        rf_response *response, rf_error *err);
  rf_status rf_py_session_open(void *user, void **session, rf_error *err);
  void rf_py_session_close(void *user, void *session);

  /* rustfits/_core/remote/client.py: the fetch of an rf_transport over a client in Python */
  rf_status rf_py_client_fetch(void *user, const rf_request *request, const rf_receiver *receiver,
                               rf_response *response, rf_error *err);
  rf_status rf_py_client_session_open(void *user, void **session, rf_error *err);
  void rf_py_client_session_close(void *user, void *session);

  /* rustfits/_core/driver/callbacks.py: an rf_driver_ops over objects */
  rf_status rf_py_driver_open(const rf_driver *driver, const char *name, rf_mode mode,
                              const rf_options *options, void **state, rf_error *err);
  rf_status rf_py_driver_close(void *state, rf_error *err);
  rf_status rf_py_driver_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got,
                                 rf_error *err);
  rf_status rf_py_driver_read_many(void *state, const rf_read_range *ranges, size_t count,
                                   rf_error *err);
  rf_status rf_py_driver_get_size(void *state, uint64_t *size, rf_error *err);
  rf_status rf_py_driver_write_at(void *state, uint64_t offset, const void *buffer, size_t n,
                                  rf_error *err);
  rf_status rf_py_driver_truncate(void *state, uint64_t size, rf_error *err);
  rf_status rf_py_driver_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes,
                              rf_error *err);
  rf_status rf_py_driver_sync(void *state, rf_error *err);
  void rf_py_driver_discard(void *state);

  /* rustfits/_core/remote/progress.py: an rf_progress */
  rf_status rf_py_progress(void *user, uint64_t done, int64_t total);

  /* rustfits/_core/arrow/produce.py: the end of an Arrow stream */
  void rf_py_arrow_finish(void *user);
}
"""


def declarations(header: str) -> str:
    """Return the part of a public header that cffi's parser can read."""
    start = header.index("/* --- binding starts here --- */")
    end = header.index("/* --- binding ends here --- */")
    text = re.sub(r"/\*.*?\*/", " ", header[start:end], flags=re.DOTALL)
    text = re.sub(r"\b(RF_API|RF_CHECKED)\b", "", text)
    # The guards of structs that other headers declare, too.
    text = re.sub(r"^#(?:ifndef|endif|define[ \t]+\w+$).*$", "", text, flags=re.MULTILINE)
    # The compiler fills in the value.
    return re.sub(r"^#define[ \t]+(\w+)[ \t]+\S.*$", r"#define \1 ...", text, flags=re.MULTILINE)


def public_headers() -> list[Path]:
    """Return the headers that ``rustfits.h`` includes, in its order."""
    text = (INCLUDE / "rustfits.h").read_text(encoding="utf-8")
    return [INCLUDE / name for name in re.findall(r'^#include "(.*)"$', text, re.MULTILINE)]


# Destructors of the capsules of the Arrow PyCapsule interface. They run with the lock of the
# interpreter, and release a struct that no consumer has taken.
CAPSULES = """
void *rf_py_arrow_new(size_t size);
void rf_py_arrow_free(void *made);
void rf_py_free_schema(void *capsule);
void rf_py_free_array(void *capsule);
void rf_py_free_stream(void *capsule);
"""
CAPSULE_SOURCE = """
#include <stdlib.h>
static void *rf_py_arrow_new(size_t size) { return calloc(1, size); }
static void rf_py_arrow_free(void *made) { free(made); }
#define FREE_CAPSULE(function, kind, name)                           \\
  static void function(void *capsule) {                              \\
    struct kind *made = PyCapsule_GetPointer((PyObject *)capsule, name); \\
    if (made == NULL) {                                              \\
      PyErr_Clear();                                                 \\
      return;                                                        \\
    }                                                                \\
    if (made->release != NULL)                                       \\
      made->release(made);                                           \\
    free(made);                                                      \\
  }
FREE_CAPSULE(rf_py_free_schema, ArrowSchema, "arrow_schema")
FREE_CAPSULE(rf_py_free_array, ArrowArray, "arrow_array")
FREE_CAPSULE(rf_py_free_stream, ArrowArrayStream, "arrow_array_stream")
"""

public = "".join(declarations(path.read_text(encoding="utf-8")) for path in public_headers())
ffibuilder = FFI()
ffibuilder.cdef(public)
ffibuilder.cdef(CALLBACKS)
ffibuilder.cdef(CAPSULES)
ffibuilder.set_source(
    "rustfits._core.binding._rustfits", '#include "rustfits.h"\n' + CAPSULE_SOURCE
)
