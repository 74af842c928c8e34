# SPDX-License-Identifier: BSD-3-Clause
"""The transport for ``gsiftp://`` (GridFTP), over gfal2 or the program ``globus-url-copy``.

gfal2 is faster: it keeps its connection. It is not on PyPI, and does not work in a forked child of
a process that used it. The program serves all other cases.
"""

from __future__ import annotations

import calendar
import errno
import importlib.util
import math
import os
import re
import shutil
import time
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from rustfits._core.binding.handle import Offer, SchemeResolver
from rustfits._core.binding.library import CData, lib
from rustfits._core.binding.locks import ForkLock
from rustfits._core.remote import globus
from rustfits._core.remote.client import (
    Client,
    ClientFile,
    ClientSession,
    FetchError,
    Span,
    Version,
    register_client,
    scheme_of,
    without_secrets,
)

__all__ = ["RESOLVER"]

_SCHEME = "gsiftp"
_HINT = " (Debian: apt-get install globus-gass-copy-progs, or python3-gfal2 gfal2-plugin-gridftp)"
# Seconds to look at a file, where the caller sets no limit. Servers may be slow to log in.
_LOOK_SECONDS = 60.0
# Most transfers at a time. Servers count logins.
_MAX_TRANSFERS = 4


class _Session(ClientSession):
    """What gfal2 keeps of the open file, in this process. The program keeps nothing."""

    def __init__(self) -> None:
        self.lock = ForkLock()
        #: Contexts for looking at the file and for reading it: their time limits differ.
        self.contexts: tuple[Any, Any] | None = None
        #: The open file of gfal2, or None.
        self.file: Any = None
        self._pid = os.getpid()

    def close(self) -> None:
        if self._pid != os.getpid():  # a forked child would wait for threads of its parent
            _abandoned.append((self.contexts, self.file))
        self.contexts = self.file = None


_abandoned: list[object] = []
_gfal2_pid = 0  # the process that has used gfal2


def _has_gfal2() -> bool:
    """Tell whether this process can use gfal2."""
    if _gfal2_pid not in (0, os.getpid()):
        return False
    if importlib.util.find_spec("gfal2") is None:
        return False
    try:
        import gfal2  # noqa: F401
    except ImportError:  # built for another Python
        return False
    return True


class _RangeFile(ClientFile):
    """A file whose ranges are fetched by some threads."""

    @abstractmethod
    def read_range(self, span: Span) -> bytes:
        """Return the bytes of one range."""

    def batches(self, spans: list[Span], concurrency: int) -> Iterator[list[Span]]:
        return super().batches(spans, min(concurrency, _MAX_TRANSFERS))

    def read(self, spans: list[Span]) -> list[bytes]:
        if len(spans) == 1:
            return [self.read_range(spans[0])]
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(len(spans)) as pool:
            return list(pool.map(self.read_range, spans))

    def read_and_look(self, spans: list[Span]) -> tuple[list[bytes], Version]:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(len(spans) + 1) as pool:
            version = pool.submit(self.look)
            bodies = [pool.submit(self.read_range, span) for span in spans]
            return [body.result() for body in bodies], version.result()


class _Gfal2File(_RangeFile):
    """A file by gfal2."""

    def __init__(self, url: str, session: _Session, timeout: float, seconds: float) -> None:
        global _gfal2_pid
        _gfal2_pid = os.getpid()
        self._url = url
        self._session = session
        with session.lock:
            if session.contexts is None:
                session.contexts = _context(seconds), _context(timeout)
            self._look, self._read = session.contexts

    def look(self) -> Version:
        found = self._look.stat(self._url)
        if found.st_mode & 0o170000 == 0o040000:
            raise FetchError(lib.RF_ERR_DIRECTORY, "it is a directory")
        return _version(int(found.st_size), int(found.st_mtime))

    def read_range(self, span: Span) -> bytes:
        file = self._file()
        parts = []
        at, end = span
        try:
            while at < end:
                part = file.pread_bytes(at, end - at)
                if not part:
                    break
                parts.append(bytes(part))
                at += len(part)
        except Exception:
            self._forget()
            raise
        return b"".join(parts)

    def _file(self) -> Any:
        with self._session.lock:
            if self._session.file is None:
                self._session.file = self._read.open(self._url, "r")
            return self._session.file

    def _forget(self) -> None:
        """Forget the open file: the next fetch opens it again."""
        with self._session.lock:
            self._session.file = None


def _context(seconds: float) -> Any:
    """Return a context of gfal2 with a time limit for each operation; 0: its own, 300 seconds."""
    import gfal2

    context = gfal2.creat_context()
    if seconds > 0:
        context.set_opt_integer("GRIDFTP PLUGIN", "OPERATION_TIMEOUT", math.ceil(seconds))
    return context


class _GlobusFile(_RangeFile):
    """A file by ``globus-url-copy``."""

    streams = True

    def __init__(self, program: str, url: str, timeout: float, seconds: float) -> None:
        self._copy = globus.Copy(program, url)
        self._timeout = timeout
        self._seconds = seconds

    def look(self) -> Version:
        facts = self._copy.facts(self._seconds)
        if facts.get("type", "file") in ("dir", "cdir", "pdir"):
            raise FetchError(lib.RF_ERR_DIRECTORY, "it is a directory")
        if "size" not in facts:
            return Version(-1, b"")
        return _version(int(facts["size"]), _seconds(facts.get("modify", "")))

    def read_range(self, span: Span) -> bytes:
        return b"".join(self._copy.read(span, self._timeout))

    def whole(self) -> Iterator[bytes]:
        return self._copy.read(None, self._timeout)


def _version(size: int, modified: int) -> Version:
    return Version(size, f'"{size}-{modified}"'.encode())


def _seconds(modified: str) -> int:
    """Return the Unix time of a time of MLST, "20261130174707.25"; 0: there is none."""
    try:
        return calendar.timegm(time.strptime(modified[:14], "%Y%m%d%H%M%S"))
    except ValueError:
        return 0


# What messages of the Globus libraries say, and the status and errno.
_CAUSES: tuple[tuple[str, int, int], ...] = (
    (r"no such file|PATH_NOT_FOUND|not found", lib.RF_ERR_NO_FILE, 0),
    (r"not a plain file|is a directory", lib.RF_ERR_DIRECTORY, 0),
    (r"connection refused", lib.RF_ERR_NETWORK, errno.ECONNREFUSED),
    (r"getaddrinfo|name or service", lib.RF_ERR_NETWORK, errno.EHOSTUNREACH),
    (r"no route to host|network is unreachable", lib.RF_ERR_NETWORK, errno.EHOSTUNREACH),
    (r"timed out|timeout", lib.RF_ERR_TIMEOUT, 0),
    (r"permission denied", lib.RF_ERR_PERMISSION, 0),
    (r"\b53[0-5]\b|credential|authenticat|gss_|certificate", lib.RF_ERR_PERMISSION, 0),
    (r"invalid value for url|url_parse", lib.RF_ERR_ARGUMENT, 0),
)


def _failure(exception: Exception) -> FetchError:
    """Return an exception as a failure of a fetch."""
    said = without_secrets(" ".join(str(exception).split()))[:400]
    if isinstance(exception, globus.CopyError):
        name = "globus-url-copy"
    else:
        name = "gfal2" if type(exception).__name__ == "GError" else type(exception).__name__
    message = f"{name}: {said}" if said else name
    if isinstance(exception, TimeoutError):
        return FetchError(lib.RF_ERR_TIMEOUT, message)
    if isinstance(exception, MemoryError):
        return FetchError(lib.RF_ERR_MEMORY, message)
    for cause, status, number in _CAUSES:
        if re.search(cause, said, re.IGNORECASE):
            return FetchError(status, message, sys_errno=number)
    return FetchError(lib.RF_ERR_NETWORK, message)


class _GridFTP(Client):
    """gfal2 or ``globus-url-copy``."""

    name = "gridftp"

    def new_session(self) -> _Session:
        return _Session()

    def open(self, url: str, session: ClientSession, remote: CData) -> ClientFile:
        assert isinstance(session, _Session)
        timeout = float(remote.timeout) if remote else 0.0
        connect = float(remote.connect_timeout) if remote else 0.0
        seconds = min(filter(None, (timeout, connect)), default=_LOOK_SECONDS)
        url = _encoded(url)
        if _has_gfal2():
            return _Gfal2File(url, session, timeout, seconds)
        program = shutil.which(globus.PROGRAM)
        if program is not None:
            return _GlobusFile(program, url, timeout, seconds)
        if _gfal2_pid:
            raise FetchError(
                lib.RF_ERR_UNSUPPORTED,
                "gfal2 does not work in a forked process whose parent used it; "
                "install globus-url-copy, or start the process without a fork",
            )
        raise FetchError(lib.RF_ERR_NOT_BUILT, "neither gfal2 nor globus-url-copy is installed")

    def failure(self, exception: Exception) -> FetchError:
        return _failure(exception)


def _encoded(url: str) -> str:
    """Return a URL whose path has no character that Globus takes for a pattern or refuses."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if any(ord(c) < 0x20 or ord(c) == 0x7F for c in url):
        raise FetchError(lib.RF_ERR_ARGUMENT, "the URL has a control character")
    if not host or host.startswith("-"):
        raise FetchError(lib.RF_ERR_ARGUMENT, "the URL has no host")
    if not path or path.endswith("/"):
        raise FetchError(lib.RF_ERR_DIRECTORY, "it is a directory")
    encoded = quote(os.fsencode(path), safe="/%~:@!$&'()+,;=")
    return f"{scheme.lower()}://{host}{slash}{encoded}"


_CLIENT = _GridFTP()


def _serve(name: bytes) -> bool:
    """Register the client, if gfal2 or the program is installed."""
    if scheme_of(name) != _SCHEME:
        return False
    if not _has_gfal2() and shutil.which(globus.PROGRAM) is None:
        return False
    return register_client(_CLIENT, _SCHEME)


def _hint(name: bytes) -> str:
    return _HINT if scheme_of(name) == _SCHEME else ""


def _offers() -> list[Offer]:
    by_gfal2 = importlib.util.find_spec("gfal2") is not None
    has = by_gfal2 or shutil.which(globus.PROGRAM) is not None
    return [Offer(_SCHEME, "gfal2" if by_gfal2 else globus.PROGRAM, has, _HINT.strip(" ()"))]


RESOLVER = SchemeResolver(_serve, _hint, _offers)
