# SPDX-License-Identifier: BSD-3-Clause
"""`HDUBase`: the base class of HDUs of the ``fitsio`` API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rustfits._core.binding.errors import (
    FITSIOError,
    FITSKeyError,
    FITSUnsupportedError,
    FITSValueError,
)
from rustfits._core.header.edit import FITSHeaderEdit
from rustfits._core.header.header import FITSHeader
from rustfits._core.header.values import COMMENTARY
from rustfits._core.table.table import WritableTable
from rustfits.fitsio.header import FITSHDR, blank_text, header_list, value_of
from rustfits.fitsio.helpers.maps import ANY_HDU, _hdu_type_map  # noqa: F401
from rustfits.fitsio.util import (  # noqa: F401
    ASCII_TBL,
    BINARY_TBL,
    IMAGE_HDU,
    FITSRuntimeWarning,
    _ftypes,
    _itypes,
    _stypes,
    fit_text,
    warn_ignored,
)

if TYPE_CHECKING:
    from rustfits._core.header.hdu import HDU
    from rustfits.fitsio.file import FITS

__all__ = ["INVALID_HDR_CHARS", "INVALID_HDR_CHARS_RE", "HDUBase"]

#: Characters that a program may not put into a keyword.
INVALID_HDR_CHARS = frozenset("?*#")
INVALID_HDR_CHARS_RE = re.compile(r"[?*#]+")

_TYPES: dict[str, tuple[int, str]] = {
    "ascii table": (ASCII_TBL, "ASCII_TBL"),
    "table": (BINARY_TBL, "BINARY_TBL"),
    "compressed table": (BINARY_TBL, "BINARY_TBL"),
}
_OF_COLUMN = re.compile(r"(TTYPE|TUNIT|TDISP)([1-9][0-9]{0,2})")


class HDUBase:
    """An HDU of any kind. A `FITS` object returns it.

    The attribute ``hdu`` is the HDU of `rustfits`.
    """

    def __init__(self, fits: FITS, ext: HDU | int, **keys: Any) -> None:
        if keys:
            warn_ignored(keys)
        self._fits = fits
        self.hdu: Any = fits.file[ext] if isinstance(ext, int) else ext
        #: Whether to read stored values, without scale and offset.
        self.ignore_scaling = False

    # ---- description ----

    def get_extnum(self) -> int:
        """Return the position in the file: 0 for the primary HDU."""
        return int(self.hdu.index)

    def get_extname(self) -> str:
        """Return EXTNAME, or ``""``."""
        return self.hdu.extname or ""

    def get_extver(self) -> int:
        """Return EXTVER, or 0 without it or if it is no whole number."""
        version = self.hdu.header.get("EXTVER", 0)
        return version if isinstance(version, int) and not isinstance(version, bool) else 0

    def get_exttype(self, num: bool = False) -> Any:
        """Return the kind of HDU.

        Parameters
        ----------
        num : bool
            Whether to return a number instead of a name.

        Returns
        -------
        str or int
            ``"IMAGE_HDU"``, ``"BINARY_TBL"`` or ``"ASCII_TBL"``.
        """
        number, name = _TYPES.get(self.hdu.kind, (IMAGE_HDU, "IMAGE_HDU"))
        return number if num else name

    def get_filename(self) -> str:
        """Return the name of the file."""
        return str(self._fits.filename)

    @property
    def _shown_name(self) -> str:
        return self._fits._shown_name

    def has_data(self) -> bool:
        """Return whether there is at least one pixel or one row."""
        return bool(self.hdu.has_data)

    def is_compressed(self) -> bool:
        """Return whether this is a compressed image or table."""
        return str(self.hdu.kind).startswith("compressed")

    def get_offsets(self) -> dict[str, int]:
        """Return the start of the header and the start and end of the data, in bytes."""
        info = self.hdu._fresh()
        end = info.data_offset + -(-info.data_bytes // 2880) * 2880
        return {
            "header_start": info.header_offset,
            "data_start": info.data_offset,
            "data_end": end,
        }

    def get_info(self) -> dict[str, Any]:
        """Return a description of the HDU as a dict."""
        header = self.hdu.header
        name, version = header.get("HDUNAME", ""), header.get("HDUVER", 0)
        return {
            "hdunum": self.get_extnum() + 1,
            "extnum": self.get_extnum(),
            "hdutype": self.get_exttype(num=True),
            "extname": self.get_extname(),
            "hduname": name,
            "extver": self.get_extver(),
            "hduver": version,
            "is_compressed_image": int(self.hdu.kind == "compressed image"),
            **self.get_offsets(),
        }

    def _unsupported(self, what: str) -> FITSUnsupportedError:
        return FITSUnsupportedError(
            f"{self._shown_name}[{self.get_extnum()}]: this version cannot {what} an HDU of "
            f"kind {self.hdu.kind!r}"
        )

    # ---- header ----

    def read_header(self) -> FITSHDR:
        """Read the header.

        Returns
        -------
        FITSHDR
            A copy. Changing it does not change the file.
        """
        # For compressed HDUs, the stored header, because this API shows Z keywords.
        return FITSHDR(self._stored_header())

    def _stored_header(self) -> FITSHeader:
        stored: FITSHeader = getattr(self.hdu, "raw_header", None) or self.hdu.header
        return stored

    def read_header_list(self) -> list[dict[str, Any]]:
        """Return the header as a list of dicts with ``name``, ``value`` and ``comment``."""
        return header_list(self._stored_header())

    def write_key(self, name: str | None, value: Any, comment: str = "") -> None:
        """Set a keyword.

        Parameters
        ----------
        name : str or None
            The keyword. COMMENT, HISTORY and None (a blank keyword) append a card.
        value : str, bool, int, float, complex or None
            The value.
        comment : str
            The comment. ``""`` keeps the old one.

        Raises
        ------
        FITSValueError
            If the keyword describes structure, or if FITS cannot store it or its value.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        described = _OF_COLUMN.fullmatch((name or "").strip().upper())
        if described and isinstance(self.hdu, WritableTable):
            option = {"TTYPE": "name", "TUNIT": "unit", "TDISP": "display"}[described[1]]
            self.hdu.describe_column(int(described[2]) - 1, **{option: str(value)})
            return
        _set(self.hdu.header, name, value, comment)

    def write_keys(self, records_in: Any, clean: bool = True) -> None:
        """Set many keywords in one write.

        Parameters
        ----------
        records_in : FITSHDR, dict, or list of dict
            The keywords.
        clean : bool
            Whether to skip keywords that describe structure. Otherwise they are an error.

        Raises
        ------
        FITSValueError, FITSReadOnlyError, FITSIOError
            As for `write_key`. The header is then unchanged.
        """
        records = FITSHDR(records_in)
        if clean:
            records.clean(is_table=isinstance(self.hdu, WritableTable))
        with self.hdu.header.edit() as header:
            for record in records.records():
                name, value = record["name"], record["value"]
                if name is None:
                    value = blank_text(value, record.get("comment"))
                kept = record._unchanged()
                if kept is not None:
                    header.update([kept], copy_commentary=True)
                    continue
                _set(header, name, value, record.get("comment") or "")

    def write_comment(self, comment: str) -> None:
        """Append a comment to the header. Long ones take several cards."""
        self.hdu.header.add_comment(fit_text("comment", str(comment)))

    def write_history(self, history: str) -> None:
        """Append to the history in the header. Long texts take several cards."""
        self.hdu.header.add_history(fit_text("history", str(history)))

    def delete_key(self, name: str) -> None:
        """Delete a keyword.

        Raises
        ------
        FITSKeyError
            If the header has no such keyword. Also an `OSError`, as in ``fitsio``.
        FITSValueError
            If the keyword describes structure.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        _delete(self.hdu.header, name)

    def delete_keys(self, names: list[str] | tuple[str, ...]) -> None:
        """Delete several keywords in one write, as `delete_key` does."""
        with self.hdu.header.edit() as header:
            for name in names:
                _delete(header, name)

    # ---- checksums ----

    def write_checksum(self) -> dict[str, int]:
        """Write CHECKSUM and DATASUM.

        Returns
        -------
        dict
            ``datasum``, and ``hdusum``, the sum of the HDU with both keywords.

        Raises
        ------
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        self.hdu.add_checksum()
        return {"datasum": int(self._stored_header()["DATASUM"]), "hdusum": 0xFFFFFFFF}

    def verify_checksum(self) -> None:
        """Compare CHECKSUM and DATASUM with the HDU.

        Raises
        ------
        FITSValueError
            If one of them differs or is missing.
        """
        where = f"{self._shown_name}[{self.get_extnum()}]"
        for what, right in (
            ("DATASUM", self.hdu.verify_datasum()),
            ("CHECKSUM", self.hdu.verify_checksum()),
        ):
            if not right:
                state = "is missing" if right is None else "does not agree"
                raise FITSValueError(f"{where}: {what} {state}")

    # ---- text ----

    def _lines(self) -> list[str]:
        """Return the lines of the listing."""
        lines = [
            f"file: {self._shown_name}",
            f"extension: {self.get_extnum()}",
            f"type: {self.get_exttype()}",
        ]
        if self.get_extname():
            lines.append(f"extname: {self.get_extname()}")
        if self.get_extver():
            lines.append(f"extver: {self.get_extver()}")
        return lines

    def __repr__(self) -> str:
        if self._fits.file.closed:
            return f"\n  file: {self._shown_name}\n  extension: {self.get_extnum()}\n  closed"
        return "\n".join(["", *("  " + line for line in self._lines())])


class _MissingKeyError(FITSKeyError, FITSIOError):
    """A keyword to delete is not in the header. ``fitsio`` raises an `OSError`."""


def _delete(header: FITSHeader | FITSHeaderEdit, name: str) -> None:
    """Delete a keyword."""
    try:
        del header[name]
    except FITSKeyError as missing:
        raise _MissingKeyError(*missing.args) from None


def _set(header: FITSHeader | FITSHeaderEdit, name: str | None, value: Any, comment: str) -> None:
    """Set a keyword, or append commentary."""
    key = "" if name is None else fit_text("keyword", name).strip().upper()
    if key in COMMENTARY:
        header[key] = fit_text(key or "blank keyword", "" if value is None else str(value))
        return
    given = value_of(key, value)
    header[key] = (given, fit_text(f"keyword {key}: comment", str(comment))) if comment else given
