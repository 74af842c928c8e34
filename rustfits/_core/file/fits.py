# SPDX-License-Identifier: BSD-3-Clause
"""`FITS`: opening and closing a file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING

from rustfits._core.binding.errors import (
    FITSError,
    FITSTypeError,
    FITSValueError,
    FITSWarning,
)
from rustfits._core.binding.handle import NULL, name_bytes, open_bytes, open_file
from rustfits._core.binding.library import check, error, ffi, lib
from rustfits._core.binding.names import scheme_list
from rustfits._core.file.container import Container
from rustfits._core.file.options import NO_LIMITS, open_options
from rustfits._core.remote.remote import Remote, RemoteStats, remote_options, remote_stats

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["FITS"]


class FITS(Container):
    """An open FITS file: a container of HDUs.

    Parameters
    ----------
    filename : str or os.PathLike
        A path, or a name with a scheme: ``mem://``, ``http://``, ``https://``, ``ftp://``,
        ``ftps://``. A path is a path: brackets, ``+`` and ``!`` in it mean nothing. Names that end
        in ``.gz``, and files that begin as gzip files do, are decompressed and compressed on the
        way.
    mode : {"r", "r+", "w+"}
        Read; read and write; create, or cut an existing file to zero length.
    lenient : bool, optional
        How to read header bytes outside printable ASCII. None: as UTF-8 where that is valid, else
        as Latin-1, with one `FITSWarning`. True: each as ``_``, without a warning. False: not at
        all, they are an error that names the card. Cards that are not edited keep their bytes in
        the file in any case, and what is written is printable ASCII.
    remote : Remote or {"ranged", "download"}, optional
        How to fetch a remote file.
    max_inflate_bytes : int, optional
        Most bytes that a compressed file, or an HDU that is unpacked, may decompress to; 64 GiB
        unless said.
    max_tile_bytes : int, optional
        Most bytes of memory that decoding a tile of a compressed image or table may take, where
        fewer bytes are read than the tile has; 4 GiB unless said.
    max_header_bytes : int, optional
        Most bytes of one header; 64 MiB unless said.
    max_hdus : int, optional
        Most HDUs; 10 million unless said.
    gzip_level : int, optional
        1 (fast) to 9 (small), for writing ``.gz``.
    atomic : bool
        For ``w+`` and ``r+``: the old file, if there is one, is replaced as a whole when the file
        is closed. Until then a temporary file beside it is written, in ``r+`` from the first change
        on, as a copy. The old file stays when the ``with`` block is left by an exception, when a
        write failed, and when the file is never closed. `sync` does not put the new file in place.
    durable : bool
        Sync the file and its folder when it is closed. A ``.gz`` that is written is always synced.
    lock : bool
        Hold an advisory lock until the file is closed: shared in mode ``r``, else exclusive.
        `FITSLockedError` where another handle has one, of this process or another. Programs that
        take no locks are not kept out.
    recover : bool
        Finish an edit that was interrupted (``r+``), or show the file as finished (``r``), also
        where locks do not work, as on some network file systems: no other process may have the
        file open for writing.
    threads : int, optional
        At most how many threads one call may use. Unless said: what the environment variable
        RUSTFITS_NUM_THREADS says, or as many as there are processors that this process may use;
        but only two of them for reading images and tables that are not compressed.
    mmap : bool, optional
        Whether small parts of a local file that is open for reading are copied from a mapping,
        which is several times as fast as reading each. The library sets a handler for SIGBUS, so
        that another process that cuts the file makes the read a `FITSTruncatedError`. With False
        the file is not mapped and no handler is set. `ImageHDU.view` maps the file in any case.
    schemes : iterable of str, optional
        What names may reach: ``{"file", "https"}``. A path has the scheme ``file``. A name, or a
        redirect, that leads elsewhere is a `FITSSchemeError`. The environment variable
        RUSTFITS_SCHEMES says the same for the whole process, and cannot be widened here.

    Raises
    ------
    FITSNotFoundError, FITSPermissionError, FITSIsADirectoryError
        The file cannot be had.
    FITSLockedError
        With `lock`: another handle holds a lock on the file.
    NotFITSError, FITSOpenError, FITSTruncatedError
        In modes ``r`` and ``r+``: there is not one whole readable header.
    FITSNetworkError, FITSTimeoutError
        The server did not give the file.
    FITSValueError
        The mode or an option is wrong.

    Notes
    -----
    HDUs are found when they are first asked for: opening reads the first header only.

    Close the file with `close` or a ``with`` block. A file that is merely forgotten is closed when
    the last object that uses it (this one, its HDUs and their headers) goes away.

    Any number of threads may read through one object. Calls that write wait for reads to end and
    exclude each other; `close` waits for calls that are running, and those that come later get
    `FITSClosedError`.
    """

    __slots__ = ("__weakref__",)

    def __init__(
        self,
        filename: str | os.PathLike[str],
        mode: str = "r",
        *,
        lenient: bool | None = None,
        remote: Remote | str | None = None,
        max_inflate_bytes: int | None = None,
        max_tile_bytes: int | None = None,
        max_header_bytes: int | None = None,
        max_hdus: int | None = None,
        gzip_level: int | None = None,
        atomic: bool = False,
        durable: bool = False,
        lock: bool = False,
        recover: bool = False,
        threads: int | None = None,
        mmap: bool = True,
        schemes: Iterable[str] | None = None,
    ) -> None:
        name = name_bytes(filename)
        if mode not in ("r", "r+", "w+"):
            raise FITSValueError(f"mode must be 'r', 'r+' or 'w+', not {mode!r}")
        if mode == "r" and (atomic or durable):
            raise FITSValueError("atomic= and durable= are for writing, and the mode is 'r'")
        self._hdus = {}
        self._count = 0
        limits = (max_inflate_bytes, max_tile_bytes, max_header_bytes, max_hdus)
        said = (*limits, gzip_level, threads) != NO_LIMITS or not mmap
        said = said or atomic or durable or lock or recover
        if lenient is None and remote is None and schemes is None and not said:
            self._file = open_file(name, mode, NULL)
            return
        options = open_options(lenient, limits, gzip_level, threads)
        options.flags |= (
            (lib.RF_OPEN_ATOMIC if atomic else 0)
            | (lib.RF_OPEN_DURABLE if durable else 0)
            | (lib.RF_OPEN_LOCK if lock else 0)
            | (lib.RF_OPEN_RECOVER if recover else 0)
            | (0 if mmap else lib.RF_OPEN_NO_MAP)
        )
        kept = None if remote is None else remote_options(remote, options)
        allowed = scheme_list(schemes)
        options.schemes = allowed
        self._file = open_file(name, mode, options)
        self._file.kept = kept
        del allowed  # borrowed until here

    @classmethod
    def _create(
        cls,
        filename: str | os.PathLike[str],
        *,
        atomic: bool = True,
        durable: bool = False,
        overwrite: bool = True,
        threads: int | None = None,
        schemes: Iterable[str] | None = None,
    ) -> FITS:
        """Create a file that one call writes: an exception leaves an old one.

        Without `atomic` an old file is overwritten where it is, from the first write on.
        """
        self = cls.__new__(cls)
        self._hdus = {}
        self._count = 0
        options = open_options(None, NO_LIMITS[:4], None, threads)
        options.flags |= lib.RF_OPEN_ATOMIC if atomic else lib.RF_OPEN_IN_PLACE
        options.flags |= lib.RF_OPEN_DURABLE if durable else 0
        options.flags |= 0 if overwrite else lib.RF_OPEN_NEW
        allowed = scheme_list(schemes)
        options.schemes = allowed
        self._file = open_file(name_bytes(filename), "w+", options)
        del allowed  # borrowed until here
        self._file.atomic = True
        return self

    @classmethod
    def from_bytes(
        cls,
        data: Buffer,
        mode: str = "r",
        *,
        lenient: bool | None = None,
        max_inflate_bytes: int | None = None,
        max_tile_bytes: int | None = None,
        max_header_bytes: int | None = None,
        max_hdus: int | None = None,
        threads: int | None = None,
    ) -> FITS:
        """Open a copy of a FITS file that lies in memory.

        Parameters
        ----------
        data : bytes-like
            Anything with the buffer protocol. Compressed content is recognised.
        mode : {"r", "r+"}
            Both allow writing, which changes the copy only.
        lenient, max_inflate_bytes, max_tile_bytes, max_header_bytes, max_hdus, threads
            As for `FITS`.

        Returns
        -------
        FITS

        Raises
        ------
        NotFITSError, FITSOpenError, FITSTruncatedError
            There is not one whole readable header.
        FITSValueError
            The mode is ``"w+"``, which would drop the bytes: use ``FITS("mem://", "w+")``.
        FITSTypeError
            `data` is no bytes-like object.
        """
        if mode not in ("r", "r+"):
            raise FITSValueError(
                f"mode of from_bytes must be 'r' or 'r+', not {mode!r}; "
                'an empty file in memory is FITS("mem://", "w+")'
            )
        try:
            view = memoryview(data)
        except TypeError:
            raise FITSTypeError(
                f"from_bytes needs a bytes-like object, not {type(data).__name__}"
            ) from None
        if not view.c_contiguous:
            view = memoryview(view.tobytes())
        options = NULL
        limits = (max_inflate_bytes, max_tile_bytes, max_header_bytes, max_hdus)
        if lenient is not None or (*limits, None, threads) != NO_LIMITS:
            options = open_options(lenient, limits, None, threads)
        self = cls.__new__(cls)
        self._file = open_bytes(ffi.from_buffer(view), view.nbytes, mode, options)
        self._hdus = {}
        self._count = 0
        return self

    # ---- the file ----

    @property
    def filename(self) -> str:
        """The name the file was opened by; secrets in a URL are hidden."""
        return self._file.filename

    @property
    def mode(self) -> str:
        """The mode the file was opened in."""
        return self._file.mode

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._file.closed

    def close(self) -> None:
        """Write back what is pending and let go of the file. A second call does nothing.

        Raises
        ------
        FITSIOError
            Writing back failed; the file is closed all the same.
        FITSChangedError
            Another program has replaced or changed a file that was to be replaced as a whole. The
            message names the file that has what was to be written.
        """
        self._file.close()

    def sync(self) -> None:
        """Make all that was written durable; a ``.gz`` is written back. Does nothing once closed.

        What is in the file then is complete: rows that wait in `appending`, and room that was left
        for more, are settled. Appending may go on. With ``atomic=True`` the old file stays in its
        place until `close`.

        Raises
        ------
        FITSIOError
            Writing failed.
        FITSChangedError
            Another program has replaced or changed the ``.gz``; see `close`.
        """
        file = self._file
        if not file.closed:
            self._write_pending()
            err = error()
            check(lib.rf_file_sync(file._handle(), err), err)

    def refresh(self) -> int:
        """Find what another program has appended to the file since it was opened.

        HDUs behind the last one are found, and the last HDU is taken as it is now: rows that were
        added to a table can be read. It is meant for one program that appends and any number that
        read. What this process itself has written needs no refresh.

        Returns
        -------
        int
            The number of HDUs now.

        Raises
        ------
        FITSChangedError
            An HDU in front of the last one was changed: open the file again.
        FITSInterruptedError, FITSLockedError
            The other program is editing the file, or was ended in an edit.
        FITSUnsupportedError
            The file is not a plain local one.
        FITSClosedError
            It is closed.
        """
        count = ffi.new("size_t *")
        err = error()
        check(lib.rf_file_refresh(self._file._handle(), count, err), err)
        return int(count[0])

    def remote_stats(self) -> RemoteStats:
        """Count what was fetched of a remote file so far.

        Returns
        -------
        RemoteStats
            A named tuple: ``requests``, ``round_trips``, ``retries``, ``bytes_fetched``,
            ``bytes_wanted``, ``cache_hits``, ``cache_misses``, ``file_bytes``, ``ranged``.

        Raises
        ------
        FITSTypeError
            The file is not remote.
        FITSClosedError
            It is closed.
        """
        return remote_stats(self._file)

    def to_bytes(self) -> bytes:
        """Copy the whole file into memory; of a ``.gz``, what it decompresses to.

        It is complete as after `sync`, without being made durable.

        Returns
        -------
        bytes

        Raises
        ------
        FITSIOError
            Reading failed, or writing what was put off.
        FITSClosedError
            The file is closed.
        """
        file = self._file
        self._write_pending()
        err = error()
        check(lib.rf_file_flush(file._handle(), err), err)
        return file.read_bytes(0, file.size())

    def _write_pending(self) -> None:
        """Write what objects for HDUs keep back."""
        for hdu in list(self._hdus.values()):
            hdu._write_pending()

    def __enter__(self) -> FITS:
        self._file._handle()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exception is not None and self._file.atomic:
            self._file.discard()
        try:
            self._file.close()
        except FITSError as failed:
            if exception is None:
                raise
            # The first failure is the one to be told about, also where warnings are errors.
            failed.__context__ = None
            with suppress(FITSWarning):
                _warn(f"closing also failed: {failed}")


def _warn(message: str) -> None:
    warnings.warn(message, FITSWarning, stacklevel=3)
