# SPDX-License-Identifier: BSD-3-Clause
"""Every failure of the C library becomes an exception that a Python user would catch."""

from __future__ import annotations

import errno
import pickle
import re
import threading

import pytest

import rustfits
from rustfits._core.binding import errors, library
from support import ROOT

HEADER = ROOT / "csrc" / "include" / "rustfits" / "error.h"

BUILTINS = {
    "ARGUMENT": [ValueError],
    "READONLY": [OSError, ValueError],
    "NOT_FOUND": [KeyError, LookupError],
    "RANGE": [IndexError, LookupError],
    "TYPE": [TypeError],
    "PROTECTED": [ValueError],
    "TAINTED": [OSError],
    "CLOSED": [ValueError, OSError],
    "IO": [OSError],
    "NO_FILE": [FileNotFoundError],
    "PERMISSION": [PermissionError],
    "DIRECTORY": [IsADirectoryError],
    "EXISTS": [FileExistsError],
    "NO_SPACE": [OSError],
    "NETWORK": [ConnectionError, OSError],
    "TIMEOUT": [TimeoutError],
    "TLS": [ConnectionError, OSError],
    "CHANGED": [ConnectionError, OSError],
    "HTTP_STATUS": [ConnectionError, OSError],
    "CALLBACK": [OSError],
    "NOT_FITS": [OSError, ValueError],
    "FORMAT": [ValueError],
    "CARD": [ValueError],
    "TRUNCATED": [OSError, ValueError],
    "CODEC": [OSError, ValueError],
    "LIMIT": [OSError, ValueError],
    "UNSUPPORTED": [NotImplementedError],
    "NO_DRIVER": [OSError, ValueError],
    "NOT_BUILT": [OSError, NotImplementedError],
    "MEMORY": [MemoryError],
    "LOCKED": [BlockingIOError, OSError],
    "INTERRUPTED": [OSError],
    "SCHEME": [PermissionError, OSError],
}


def statuses() -> list[str]:
    """The names in the enum of the C header, in order."""
    text = HEADER.read_text(encoding="utf-8")
    body = text[text.index("typedef enum rf_status {") : text.index("} rf_status;")]
    return re.findall(r"^  RF_ERR_(\w+)", body, flags=re.MULTILINE)


def filled(name: str, **facts):
    """An rf_error as the C library would leave it."""
    err = library.ffi.new("rf_error *")
    library.lib.rf_error_clear(err)
    err.code = getattr(library.lib, "RF_ERR_" + name)
    err.message = b"what 'happened'"
    for key, value in facts.items():
        setattr(err, key, value)
    return err


def test_the_table_has_every_status():
    assert statuses()
    assert sorted(statuses()) == sorted(errors.CLASSES) == sorted(BUILTINS)


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_status_becomes_exception(name):
    err = filled(name)
    with pytest.raises(rustfits.FITSError) as caught:
        library.check(err.code, err)
    exception = caught.value
    assert type(exception) is errors.CLASSES[name]
    for builtin in BUILTINS[name]:
        assert isinstance(exception, builtin)
    assert str(exception) == "what 'happened'"  # KeyError would add quotes
    assert exception.code == "RF_ERR_" + name
    assert exception.hdu is None
    assert exception.keyword is None
    assert exception.offset is None
    assert exception.filename is None
    assert getattr(rustfits, type(exception).__name__) is type(exception)


def test_all_classes_are_exported_and_documented():
    classes = {
        name
        for name, thing in vars(errors).items()
        if isinstance(thing, type) and issubclass(thing, (errors.FITSError, errors.FITSWarning))
    }
    assert classes == set(errors.__all__)
    assert classes <= set(rustfits.__all__)
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    for name in classes:
        assert f"`{name}`" in page


def test_facts_of_the_failure():
    err = filled(
        "FORMAT", hdu=3, offset=2880, keyword=b"NAXIS1", http_status=404, sys_errno=errno.EIO
    )
    exception = library.failure(err.code, err, "x.fits")
    assert exception.hdu == 3
    assert exception.offset == 2880
    assert exception.keyword == "NAXIS1"
    assert exception.http_status == 404
    assert exception.filename == "x.fits"


def test_errno():
    err = filled("IO", sys_errno=errno.EIO)
    assert library.failure(err.code, err).errno == errno.EIO
    err = filled("NO_FILE")
    assert library.failure(err.code, err).errno == errno.ENOENT
    err = filled("NO_SPACE", sys_errno=errno.EDQUOT)
    assert library.failure(err.code, err).errno == errno.EDQUOT


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_exceptions_survive_pickling(name):
    err = filled(name, hdu=2, sys_errno=5)
    exception = library.failure(err.code, err, "x.fits")
    again = pickle.loads(pickle.dumps(exception))
    assert type(again) is type(exception)
    assert str(again) == str(exception)
    assert (again.hdu, again.filename, again.code) == (2, "x.fits", exception.code)
    if isinstance(exception, OSError):
        assert again.errno == 5


def test_a_status_without_message_names_itself():
    err = filled("FORMAT", message=b"")
    assert "RF_ERR_FORMAT" in str(library.failure(err.code, err))


def test_message_that_is_no_utf8():
    err = filled("NO_FILE", message=b"/tmp/caf\xe9: no such file")
    assert "no such file" in str(library.failure(err.code, err))


def test_exception_of_a_callback_is_raised_as_it_was():
    stored = ZeroDivisionError("in a callback")
    library.stash_exception(stored)
    err = filled("CALLBACK")
    with pytest.raises(ZeroDivisionError) as caught:
        library.check(err.code, err)
    assert caught.value is stored
    with pytest.raises(rustfits.FITSIOError):  # once only
        library.check(err.code, err)


def test_interrupt_in_a_callback_is_not_lost():
    library.stash_exception(KeyboardInterrupt())
    err = filled("NETWORK")
    with pytest.raises(KeyboardInterrupt):
        library.check(err.code, err)


def test_old_exception_of_a_callback_is_not_taken_for_the_cause():
    library.stash_exception(ZeroDivisionError())
    err = filled("FORMAT")
    with pytest.raises(rustfits.FITSFormatError):
        library.check(err.code, err)
    err = filled("CALLBACK")
    with pytest.raises(rustfits.FITSIOError):
        library.check(err.code, err)


def test_each_thread_has_its_own_error():
    seen = []

    def work():
        library.stash_exception(ZeroDivisionError())
        seen.append(library.error())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen[0] != library.error()
    err = filled("CALLBACK")
    with pytest.raises(rustfits.FITSIOError):
        library.check(err.code, err)
