# SPDX-License-Identifier: BSD-3-Clause
"""What the HDUs of the ``fitsio`` API have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rustfits._core.binding.errors import FITSUnsupportedError, FITSValueError
from rustfits._core.header.edit import FITSHeaderEdit
from rustfits._core.header.header import FITSHeader
from rustfits._core.header.values import COMMENTARY
from rustfits._core.table.table import WritableTable
from rustfits.fitsio.header import FITSHDR, value_of
from rustfits.fitsio.util import ASCII_TBL, BINARY_TBL, IMAGE_HDU

if TYPE_CHECKING:
    from rustfits._core.header.hdu import HDU
    from rustfits.fitsio.file import FITS

__all__ = ["HDUBase"]

_TYPES: dict[str, tuple[int, str]] = {
    "ascii table": (ASCII_TBL, "ASCII_TBL"),
    "table": (BINARY_TBL, "BINARY_TBL"),
    "compressed table": (BINARY_TBL, "BINARY_TBL"),
}
_OF_COLUMN = re.compile(r"(TTYPE|TUNIT|TDISP)([1-9][0-9]{0,2})")


class HDUBase:
    """An HDU of any kind.

    Got from a `FITS` object, never made by hand. The HDU of `rustfits` behind it is its attribute
    ``hdu``.
    """

    def __init__(self, fits: FITS, hdu: HDU) -> None:
        self._fits = fits
        self.hdu: Any = hdu
        #: Whether values are read as they are stored, without scale and offset.
        self.ignore_scaling = False

    # ---- description ----

    def get_extnum(self) -> int:
        """Give the position in the file, 0 for the primary HDU."""
        return int(self.hdu.index)

    def get_extname(self) -> str:
        """Give EXTNAME, ``""`` when it is absent."""
        return self.hdu.extname or ""

    def get_extver(self) -> int:
        """Give EXTVER, 0 when it is absent."""
        return int(self.hdu.extver) if "EXTVER" in self.hdu.header else 0

    def get_exttype(self, num: bool = False) -> Any:
        """Give the kind of HDU.

        Parameters
        ----------
        num : bool
            As a number instead of a name.

        Returns
        -------
        str or int
            ``"IMAGE_HDU"``, ``"BINARY_TBL"`` or ``"ASCII_TBL"``.
        """
        number, name = _TYPES.get(self.hdu.kind, (IMAGE_HDU, "IMAGE_HDU"))
        return number if num else name

    def get_filename(self) -> str:
        """Give the name of the file."""
        return str(self._fits.filename)

    @property
    def _shown_name(self) -> str:
        return self._fits._shown_name

    def has_data(self) -> bool:
        """Tell whether there is at least one pixel or one row."""
        return bool(self.hdu.has_data)

    def is_compressed(self) -> bool:
        """Tell whether this is a compressed image or table."""
        return str(self.hdu.kind).startswith("compressed")

    def get_offsets(self) -> dict[str, int]:
        """Give where header and data begin and end in the file, in bytes."""
        info = self.hdu._fresh()
        end = info.data_offset + -(-info.data_bytes // 2880) * 2880
        return {
            "header_start": info.header_offset,
            "data_start": info.data_offset,
            "data_end": end,
        }

    def get_info(self) -> dict[str, Any]:
        """Give what is known about the HDU as a dict."""
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
            A copy: changing it changes no file.
        """
        # Of compressed HDUs, the one that is stored: this API shows their Z keywords.
        return FITSHDR(self._stored_header())

    def _stored_header(self) -> FITSHeader:
        stored: FITSHeader = getattr(self.hdu, "raw_header", None) or self.hdu.header
        return stored

    def read_header_list(self) -> list[dict[str, Any]]:
        """Read the header as a list of dicts with ``name``, ``value`` and ``comment``."""
        return [dict(record) for record in self.read_header().records()]

    def write_key(self, name: str | None, value: Any, comment: str = "") -> None:
        """Set a keyword.

        Parameters
        ----------
        name : str or None
            COMMENT, HISTORY and None (a blank keyword) add a card.
        value : str, bool, int, float, complex or None
        comment : str
            Empty: the comment that is there stays.

        Raises
        ------
        FITSValueError
            The keyword describes structure, or FITS cannot hold it or its value.
        FITSReadOnlyError, FITSIOError
            Writing is not possible, or failed.
        """
        described = _OF_COLUMN.fullmatch((name or "").strip().upper())
        if described and isinstance(self.hdu, WritableTable):
            option = {"TTYPE": "name", "TUNIT": "unit", "TDISP": "display"}[described[1]]
            self.hdu.describe_column(int(described[2]) - 1, **{option: str(value)})
            return
        _set(self.hdu.header, name, value, comment)

    def write_keys(self, records_in: Any, clean: bool = True) -> None:
        """Set many keywords, in one write.

        Parameters
        ----------
        records_in : FITSHDR, dict, or list of dict
        clean : bool
            Leave out keywords that describe structure; otherwise they are an error.

        Raises
        ------
        FITSValueError, FITSReadOnlyError, FITSIOError
            As for `write_key`. Nothing was written then.
        """
        records = FITSHDR(records_in)
        if clean:
            records.clean(is_table=isinstance(self.hdu, WritableTable))
        with self.hdu.header.edit() as header:
            for record in records.records():
                name, value = record["name"], record["value"]
                if name is None:
                    value = record.get("comment") if value is None else value
                kept = record._unchanged()
                if kept is not None:
                    header.update([kept], copy_commentary=True)
                    continue
                _set(header, name, value, record.get("comment") or "")

    def write_comment(self, comment: str) -> None:
        """Add a comment to the header; long ones take several cards."""
        self.hdu.header.add_comment(str(comment))

    def write_history(self, history: str) -> None:
        """Add to the history in the header; long texts take several cards."""
        self.hdu.header.add_history(str(history))

    def delete_key(self, name: str) -> None:
        """Delete a keyword.

        Raises
        ------
        FITSKeyError
            It is not there.
        FITSValueError
            It describes structure.
        FITSReadOnlyError, FITSIOError
            Writing is not possible, or failed.
        """
        del self.hdu.header[name]

    def delete_keys(self, names: list[str] | tuple[str, ...]) -> None:
        """Delete several keywords, as `delete_key` does, in one write."""
        with self.hdu.header.edit() as header:
            for name in names:
                del header[name]

    # ---- checksums ----

    def write_checksum(self) -> dict[str, int]:
        """Write CHECKSUM and DATASUM.

        Returns
        -------
        dict
            ``datasum``, and ``hdusum``, which is what all of the HDU adds up to with them.

        Raises
        ------
        FITSReadOnlyError, FITSIOError
            Writing is not possible, or failed.
        """
        self.hdu.add_checksum()
        return {"datasum": int(self._stored_header()["DATASUM"]), "hdusum": 0xFFFFFFFF}

    def verify_checksum(self) -> None:
        """Compare CHECKSUM and DATASUM with what is there.

        Raises
        ------
        FITSValueError
            They differ, or are not there.
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
        """Give the lines of the listing."""
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


def _set(header: FITSHeader | FITSHeaderEdit, name: str | None, value: Any, comment: str) -> None:
    """Set a keyword, or add commentary."""
    key = "" if name is None else name.strip().upper()
    if key in COMMENTARY:
        header[key] = "" if value is None else str(value)
        return
    given = value_of(key, value)
    header[key] = (given, str(comment)) if comment else given
