# SPDX-License-Identifier: BSD-3-Clause
"""`FITS`: opening and closing a file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rustfits._core.binding.errors import (
    FITSError,
    FITSTypeError,
    FITSValueError,
    FITSWarning,
)
from rustfits._core.binding.handle import NULL, name_bytes, open_bytes, open_file, open_view
from rustfits._core.binding.names import scheme_list
from rustfits._core.binding.options import NO_LIMITS, open_options, set_decoding
from rustfits._core.driver.opening import OWN_SCHEMES, FileLike, Opener, find_opener
from rustfits._core.file.arrange import Arranging
from rustfits._core.file.pickling import Pickled, given_options
from rustfits._core.image.image import ImageHDU
from rustfits._core.remote.plan import Plan
from rustfits._core.remote.remote import Remote, RemoteStats, remote_options, remote_stats
from rustfits._core.table.base import RowsLike, TableBase

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["FITS"]

_NO_OPTIONS: dict[str, Any] = {}


class FITS(Pickled, Arranging):
    """An open FITS file: a container of HDUs.

    Parameters
    ----------
    filename : str, os.PathLike or file object
        A path, or a name with a scheme: ``mem://``, ``http://``, ``https://``, ``ftp://``,
        ``ftps://``. Brackets, ``+`` and ``!`` in a path have no special meaning. The library
        decompresses files that begin as gzip files do, and compresses new files whose names end in
        ``.gz``. Exactly ``-`` is standard input or, with ``"w+"``, standard output. Also a binary
        file object, from its first byte on if it can seek. The library never closes it, and leaves
        its position anywhere. Also fsspec's ``OpenFile``, or a ``UPath``.
    mode : {"r", "r+", "w+"}
        ``"r"`` reads an existing file, ``"r+"`` reads and writes it. ``"w+"`` creates a file, or
        truncates an existing one.
    lenient : bool, optional
        How to read header bytes outside printable ASCII. None decodes them as UTF-8 if valid, else
        as Latin-1, and issues one `FITSWarning`. True reads each as ``_``, without a warning. False
        raises an error that names the card. Cards that are not edited keep their bytes, and new
        cards are printable ASCII.
    remote : Remote or {"ranged", "download"}, optional
        How to fetch a remote file.
    fs : fsspec.AbstractFileSystem, optional
        The filesystem in which `filename` is a path.
    storage_options : mapping, optional
        Options for fsspec, which then opens `filename`: a URL, or a chain of URLs.
    max_inflate_bytes : int, optional
        The maximum size of a decompressed file, and of an unpacked HDU. By default 64 GiB.
    max_tile_bytes : int, optional
        The maximum memory to decode a tile of a compressed image or table, for reads of a part of
        the tile. By default 4 GiB.
    max_header_bytes : int, optional
        The maximum size of a header. By default 64 MiB.
    max_hdus : int, optional
        The maximum number of HDUs. By default 10 million.
    gzip_level : int, optional
        The level for writing ``.gz``: 1 (fast) to 9 (small).
    atomic : bool
        For ``w+`` and ``r+``, whether closing replaces the old file as a whole. Until then, the
        library writes a temporary file beside it, which in ``r+`` the first change creates as a
        copy. The old file stays if the ``with`` block raises, if a write fails, or if the file is
        never closed. `sync` does not replace the old file.
    durable : bool
        Whether closing syncs the file and its folder. A ``.gz`` is always synced.
    lock : bool
        Whether to hold an advisory lock until the file is closed: shared in mode ``r``, else
        exclusive. Programs that take no locks can still use the file.
    recover : bool
        Whether to finish an interrupted edit (``r+``), or to show the file as finished (``r``),
        where locks do not work, as on some network file systems. No other process may have the file
        open for writing.
    threads : int, optional
        The maximum number of threads of one call. By default the value of the environment variable
        RUSTFITS_NUM_THREADS, or the number of processors that this process may use. Reads of
        uncompressed images and tables then use at most two.
    mmap : bool, optional
        Whether to copy small parts of a local file from a mapping, which is several times as fast
        as reading each. The library then sets a handler for SIGBUS. It makes a read a
        `FITSTruncatedError` if another process truncates the file. `ImageHDU.view` always maps the
        file.
    forward : bool
        For streams, such as standard input: whether to keep nothing that was passed over but
        headers. Going back is then an error. By default the library keeps the bytes of a stream, so
        that any access works.
    spool_bytes : int, optional
        The maximum memory for the bytes of a stream, or of a file that is sent when it is closed.
        By default 64 MiB. A temporary file keeps the rest.
    index : bool or path, optional
        For compressed files in mode ``r``: whether to keep an index of places where decompression
        can begin, so that a section costs the distance to the place before it and not a copy of the
        whole content in memory. With a path, the library also keeps the index in that file.
    index_bytes : int, optional
        The distance of two places of the index, in bytes of the content. By default 4 MiB.
    schemes : iterable of str, optional
        The schemes that names and redirects may have, such as ``{"file", "https"}``. A path has the
        scheme ``file``. The environment variable RUSTFITS_SCHEMES sets the limit of the process,
        which this argument cannot extend.

    Raises
    ------
    FITSNotFoundError, FITSPermissionError, FITSIsADirectoryError
        If the file does not exist or cannot be opened.
    FITSLockedError
        If `lock` is set and another handle of this or another process holds a lock on the file.
    FITSSchemeError
        If the name, or a redirect, has a scheme that `schemes` does not allow.
    NotFITSError, FITSOpenError, FITSTruncatedError
        If the mode is ``r`` or ``r+`` and the file has no complete readable header.
    FITSNetworkError, FITSTimeoutError
        If the file could not be fetched.
    FITSValueError
        If the mode or an option is invalid.

    Notes
    -----
    Opening reads the first header only. The first access to an HDU reads its header.

    Close the file with `close` or a ``with`` block. Otherwise the file is closed when the last
    object that uses it is deleted: this one, its HDUs and their headers.

    Any number of threads may read through one object. Calls that write wait for reads and exclude
    each other. `close` waits for running calls, and later calls raise `FITSClosedError`.
    """

    __slots__ = ("__weakref__",)

    def __init__(
        self,
        filename: FileLike,
        mode: str = "r",
        *,
        lenient: bool | None = None,
        remote: Remote | str | None = None,
        fs: Any = None,
        storage_options: Mapping[str, Any] | None = None,
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
        forward: bool = False,
        spool_bytes: int | None = None,
        index: bool | str | os.PathLike[str] = False,
        index_bytes: int | None = None,
        schemes: Iterable[str] | None = None,
    ) -> None:
        opener: Opener | None = None
        plain = fs is None and storage_options is None and not OWN_SCHEMES
        if plain and type(filename) is str and "::" not in filename:
            name = name_bytes(filename)
        else:
            name, opener = find_opener(filename, fs, storage_options)
        if mode not in ("r", "r+", "w+"):
            raise FITSValueError(f"mode must be 'r', 'r+' or 'w+', not {mode!r}")
        if mode == "r" and (atomic or durable):
            raise FITSValueError("atomic= and durable= are for writing, and the mode is 'r'")
        if mode != "r" and (forward or index is not False):
            raise FITSValueError(f"forward= and index= are for reading, and the mode is {mode!r}")
        self._hdus = {}
        self._count = 0
        limits = (max_inflate_bytes, max_tile_bytes, max_header_bytes, max_hdus)
        said = (*limits, gzip_level, threads) != NO_LIMITS or not mmap
        said = said or atomic or durable or lock or recover or forward
        decoding = (spool_bytes, index, index_bytes)
        said = said or decoding != (None, False, None)
        said = said or fs is not None or storage_options is not None
        if lenient is None and remote is None and schemes is None and not said:
            self._file = (opener or open_file)(name, mode, NULL)
            self._file.opened_as = FITS, filename, _NO_OPTIONS
            return
        flags = {
            "ATOMIC": atomic,
            "DURABLE": durable,
            "LOCK": lock,
            "RECOVER": recover,
            "NO_MAP": not mmap,
            "FORWARD": forward,
        }
        options = open_options(
            lenient, limits, gzip_level, threads, [flag for flag, is_set in flags.items() if is_set]
        )
        set_decoding(options, *decoding)
        kept = None if remote is None else remote_options(remote, options)
        allowed = scheme_list(schemes)
        options.schemes = allowed
        self._file = (opener or open_file)(name, mode, options)
        if kept is not None:
            self._file.kept = self._file.kept, kept
        defaults = FITS.__init__.__kwdefaults__ or {}
        self._file.opened_as = FITS, filename, given_options(locals(), defaults, allowed)

    @classmethod
    def _create(
        cls,
        filename: FileLike,
        *,
        atomic: bool = True,
        durable: bool = False,
        overwrite: bool = True,
        threads: int | None = None,
        remote: Remote | str | None = None,
        schemes: Iterable[str] | None = None,
    ) -> FITS:
        """Create a file for one call. An exception leaves the old file unchanged.

        Without `atomic`, the first write truncates the old file.
        """
        self = cls.__new__(cls)
        self._hdus = {}
        self._count = 0
        flags = {
            "ATOMIC": atomic,
            "IN_PLACE": not atomic,
            "DURABLE": durable,
            "NEW": not overwrite,
        }
        chosen = [flag for flag, is_set in flags.items() if is_set]
        options = open_options(None, NO_LIMITS[:4], None, threads, chosen)
        kept = None if remote is None else remote_options(remote, options)
        allowed = scheme_list(schemes)
        options.schemes = allowed
        name, opener = find_opener(filename)
        self._file = (opener or open_file)(name, "w+", options)
        if kept is not None:
            self._file.kept = self._file.kept, kept
        del allowed  # `options` points at it
        self._file.atomic = True
        return self

    @classmethod
    def from_bytes(
        cls,
        data: Buffer,
        mode: str = "r",
        *,
        copy: bool = True,
        lenient: bool | None = None,
        max_inflate_bytes: int | None = None,
        max_tile_bytes: int | None = None,
        max_header_bytes: int | None = None,
        max_hdus: int | None = None,
        threads: int | None = None,
    ) -> FITS:
        """Open a FITS file in memory: a copy of it, or the bytes themselves.

        Parameters
        ----------
        data : bytes-like
            The content of the file. The library recognises compressed content.
        mode : {"r", "r+"}
            The mode. Both allow writing, which changes the copy only.
        copy : bool
            Whether to copy `data`. With False, the file uses the memory of `data`, which must be
            read-only and contiguous, such as `bytes`, a read-only `mmap`, or a memoryview after
            ``toreadonly()``. The mode must be ``"r"``. The memory stays in use until the file and
            all arrays of `ImageHDU.view` are deleted or closed, and must not change.
        lenient, max_inflate_bytes, max_tile_bytes, max_header_bytes, max_hdus, threads
            As for `FITS`.

        Returns
        -------
        FITS
            The open file.

        Raises
        ------
        NotFITSError, FITSOpenError, FITSTruncatedError
            If `data` has no complete readable header.
        FITSValueError
            If `mode` is ``"w+"``, which would drop `data`. Use ``FITS("mem://", "w+")``. With
            ``copy=False``: if `mode` is not ``"r"``, or `data` is writable or not contiguous.
        FITSTypeError
            If `data` is no bytes-like object.
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
        if not copy and mode != "r":
            raise FITSValueError(f"copy=False is for reading, and the mode is {mode!r}")
        if not copy and not view.readonly:
            raise FITSValueError(
                "copy=False needs read-only memory, whose bytes stay the same: pass "
                "memoryview(data).toreadonly() if they do"
            )
        if not copy and not view.c_contiguous:
            raise FITSValueError("copy=False needs contiguous memory")
        if not view.c_contiguous:
            view = memoryview(view.tobytes())
        options = NULL
        limits = (max_inflate_bytes, max_tile_bytes, max_header_bytes, max_hdus)
        if lenient is not None or (*limits, None, threads) != NO_LIMITS:
            options = open_options(lenient, limits, None, threads)
        self = cls.__new__(cls)
        self._file = open_bytes(view, mode, options) if copy else open_view(view, options)
        self._hdus = {}
        self._count = 0
        return self

    # ---- the file ----

    @property
    def filename(self) -> str:
        """The name that opened the file, without the secrets of a URL."""
        return self._file.filename

    @property
    def mode(self) -> str:
        """The mode of the file."""
        return self._file.mode

    @property
    def closed(self) -> bool:
        """Whether the file is closed."""
        return self._file.closed

    def close(self) -> None:
        """Write pending values and close the file. A second call does nothing.

        Raises
        ------
        FITSIOError
            If writing failed. The file is closed.
        FITSChangedError
            If another program replaced or changed a file that this call would replace as a whole.
            The message names the file with the new content.
        """
        self._file.close()

    def sync(self) -> None:
        """Write pending values and sync the file, or write the ``.gz``.

        The file is then complete: pending rows are written, and spare room is removed. Appending
        may continue. With ``atomic=True``, the old file stays until `close`. The call does nothing
        if the file is closed.

        Raises
        ------
        FITSIOError
            If writing failed.
        FITSChangedError
            If another program replaced or changed the ``.gz``. See `close`.
        """
        file = self._file
        if not file.closed:
            self._write_pending()
            file.sync()

    def refresh(self) -> int:
        """Find the HDUs and rows that another program has appended to the file.

        The call reads the header of the last HDU again, and finds the HDUs after it. It is made for
        one program that appends and any number of programs that read. Writes of this process need
        no refresh.

        Returns
        -------
        int
            The new number of HDUs.

        Raises
        ------
        FITSChangedError
            If an HDU before the last one was changed. Open the file again.
        FITSInterruptedError, FITSLockedError
            If the other program is editing the file, or ended during an edit.
        FITSUnsupportedError
            If the file is not a plain local file.
        FITSClosedError
            If the file is closed.
        """
        return self._file.refresh()

    def remote_stats(self) -> RemoteStats:
        """Return the number of requests and bytes that a remote file has cost so far.

        Returns
        -------
        RemoteStats
            A named tuple: ``requests``, ``round_trips``, ``retries``, ``bytes_fetched``,
            ``bytes_wanted``, ``cache_hits``, ``cache_misses``, ``file_bytes``, ``ranged``.

        Raises
        ------
        FITSTypeError
            If the file is not remote.
        FITSClosedError
            If the file is closed.
        """
        return remote_stats(self._file)

    def plan(
        self,
        ext: int | str | tuple[str, int],
        key: Any = ...,
        *,
        rows: RowsLike = None,
        columns: Iterable[str] | str | None = None,
    ) -> Plan:
        """Return what a read of an HDU needs of the file, before it reads.

        Parameters
        ----------
        ext : int, str or (str, int)
            The HDU.
        key : index
            The section of an image, as for `ImageHDU.plan`.
        rows, columns
            The rows and columns of a table, as for `TableHDU.plan`.

        Returns
        -------
        Plan
            The byte ranges, and their sum.

        Raises
        ------
        FITSTypeError
            If the HDU is no image and no table, or an argument is for the other kind.
        """
        hdu = self[ext]
        if isinstance(hdu, ImageHDU) and rows is None and columns is None:
            return hdu.plan(key)
        if isinstance(hdu, TableBase) and key is ...:
            return hdu.plan(rows=rows, columns=columns)
        raise FITSTypeError(
            f"{self._file.name}[{hdu.index}]: a plan of an image takes a key, that of a table "
            f"rows= and columns=; the HDU is of kind {hdu.kind!r}"
        )

    def to_bytes(self) -> bytes:
        """Return the whole file, or the decompressed content of a ``.gz``.

        Pending values are written first, as `sync` does, but without syncing the file.

        Returns
        -------
        bytes
            The content.

        Raises
        ------
        FITSIOError
            If reading, or writing the pending values, failed.
        FITSClosedError
            If the file is closed.
        """
        file = self._file
        self._write_pending()
        file.flush()
        return file.read_bytes(0, file.size())

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
            # Report the first failure, even if warnings are errors.
            failed.__context__ = None
            with suppress(FITSWarning):
                _warn(f"closing also failed: {failed}")


def _warn(message: str) -> None:
    warnings.warn(message, FITSWarning, stacklevel=3)
