# SPDX-License-Identifier: BSD-3-Clause
"""The table of schemes and formats: `drivers`."""

from __future__ import annotations

import importlib.util
from typing import NamedTuple

from rustfits._core.binding.handle import Offer, scheme_offers
from rustfits._core.binding.library import CData, ffi, lib, text
from rustfits._core.driver.register import driver_rows, own_schemes

__all__ = ["Driver", "DriverTable", "drivers"]


class Driver(NamedTuple):
    """What this installation can do with a scheme, or with a format of compressed files."""

    name: str  #: ``"http"``, ``"gzip"``
    kind: str  #: ``"scheme"`` or ``"format"``
    suffix: str  #: of a format: ``".gz"``, which new files have
    read: bool  #: whether files can be read
    write: bool  #: whether files can be created and changed
    by: str  #: what does it: ``"rustfits"``, or a package or program
    install: str  #: what to install or do if it cannot be read


class DriverTable(list[Driver]):
    """A list of `Driver`, which prints as a table."""

    def __getitem__(self, key: object) -> Driver:  # type: ignore[override]
        """Return the row of a name, or that of an index."""
        if isinstance(key, str):
            for row in self:
                if row.name == key:
                    return row
            raise KeyError(key)
        return super().__getitem__(key)  # type: ignore[call-overload, no-any-return]

    def __repr__(self) -> str:
        lines = [("Name", "Kind", "Read", "Write", "By", "To install")]
        for row in self:
            kind = f"{row.kind} {row.suffix}".strip()
            lines.append((row.name, kind, _yes(row.read), _yes(row.write), row.by, row.install))
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )


def drivers() -> DriverTable:
    """Return what this installation can read and write.

    Returns
    -------
    DriverTable
        A list with a row for each scheme of names, and for each format of files that are
        compressed as a whole. ``drivers()["http"]`` is one row. The call imports no package:
        an installed package may still fail.

    Examples
    --------
    >>> rustfits.drivers()["file"].write
    True
    """
    offers = scheme_offers()
    own = own_schemes()
    table = DriverTable()
    for scheme, row in driver_rows().items():
        table.append(_of_row(scheme, row, offers.pop(scheme, None), scheme in own))
    table += [_of_offer(offer) for offer in offers.values()]
    table += _formats()
    return table


def _of_row(scheme: str, row: CData, offer: Offer | None, own: bool) -> Driver:
    if not row.ops:
        hint = text(row.hint) if row.hint else ""
        return _of_offer(offer) if offer else Driver(scheme, "scheme", "", False, False, "", hint)
    transport = lib.rf_transport_name(scheme.encode())
    by = text(transport) if transport else "register_driver" if own else "rustfits"
    if by == "pycurl" and importlib.util.find_spec("pycurl") is None:
        return Driver(scheme, "scheme", "", False, False, by, "pip install pycurl")
    if offer is not None and by == "fsspec":
        by = offer.by
    write = bool(row.flags & lib.RF_DRIVER_WRITE)
    return Driver(scheme, "scheme", "", True, write, by, "")


def _of_offer(offer: Offer) -> Driver:
    install = "" if offer.is_installed else offer.install
    write = offer.is_installed and offer.writes
    return Driver(offer.scheme, "scheme", "", offer.is_installed, write, offer.by, install)


def _formats() -> list[Driver]:
    found: list[Driver] = []
    info = ffi.new("rf_filter_info *")
    info.size = ffi.sizeof("rf_filter_info")
    while lib.rf_filter_get_info(len(found), info, ffi.NULL) == lib.RF_OK:
        read, write = bool(info.can_read), bool(info.can_write)
        found.append(
            Driver(
                text(info.name),
                "format",
                text(info.suffix) if info.suffix else "",
                read,
                write,
                (text(info.codec) if info.codec else "rustfits") if read else "",
                text(info.hint) if info.hint and not read else "",
            )
        )
    return found


def _yes(value: bool) -> str:
    return "yes" if value else "no"
