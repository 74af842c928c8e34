# SPDX-License-Identifier: BSD-3-Clause
"""Write the files of inputs/: ``python tests/crashers/make.py``. README.md says what each one broke."""

from __future__ import annotations

import gzip
from pathlib import Path

FOLDER = Path(__file__).parent / "inputs"


def card(keyword: str, value: object = None) -> bytes:
    """Return a card; a str is written as it is, so that it can be wrong."""
    text = keyword if value is None else f"{keyword:<8}= {value:>20}"
    return text.encode("latin-1").ljust(80)[:80]


def block(content: bytes, fill: bytes = b"\0") -> bytes:
    """Fill the last block of 2880 bytes."""
    return content + fill * (-len(content) % 2880)


def header(*cards: bytes) -> bytes:
    """Return a header with its END."""
    return block(b"".join([*cards, card("END")]), b" ")


def image(bitpix: int, axes: list[int], *cards: bytes, primary: bool = True) -> bytes:
    """Return the header of an image; `axes` in the order of NAXISn."""
    first = card("SIMPLE", "T") if primary else card("XTENSION", "'IMAGE   '")
    sizes = [card(f"NAXIS{i}", n) for i, n in enumerate(axes, 1)]
    return header(first, card("BITPIX", bitpix), card("NAXIS", len(axes)), *sizes, *cards)


def table(row: int, rows: int, pcount: object, forms: list[str], *cards: bytes) -> bytes:
    """Return an empty primary HDU and the header of a binary table."""
    return PRIMARY + header(
        card("XTENSION", "'BINTABLE'"),
        card("BITPIX", 8),
        card("NAXIS", 2),
        card("NAXIS1", row),
        card("NAXIS2", rows),
        card("PCOUNT", pcount) if pcount is not None else card("PCOUNT       12"),
        card("GCOUNT", 1),
        card("TFIELDS", len(forms)),
        *(card(f"TFORM{i}", f"'{form}'") for i, form in enumerate(forms, 1)),
        *cards,
    )


def tiles(streams: list[bytes], axes: list[int], bitpix: int, codec: str, *cards: bytes) -> bytes:
    """Return a file with a compressed image whose tiles are rows."""
    heap, rows = b"", b""
    for stream in streams:
        rows += len(stream).to_bytes(4, "big") + len(heap).to_bytes(4, "big")
        heap += stream
    sizes = [card(f"ZNAXIS{i}", n) for i, n in enumerate(axes, 1)]
    first = table(
        8,
        len(streams),
        len(heap),
        ["1PB"],
        card("TTYPE1", "'COMPRESSED_DATA'"),
        card("ZIMAGE", "T"),
        card("ZBITPIX", bitpix),
        card("ZNAXIS", len(axes)),
        *sizes,
        card("ZCMPTYPE", f"'{codec}'"),
        *cards,
    )
    return first + block(rows + heap)


PRIMARY = image(8, [])
FOUR = bytes(range(4))
#: RICE_1 of four equal 32-bit integers: the first one, and a code of zeros.
RICE = (7).to_bytes(4, "big") + b"\0"
ROW = [card("XTENSION", "'TABLE   '"), card("BITPIX", 8), card("NAXIS", 2)]


def files() -> dict[str, bytes]:
    """Return the content of each file."""
    return {
        "gcount_zero.fits": PRIMARY
        + image(8, [4], card("PCOUNT", 0), card("GCOUNT", 0), primary=False)
        + image(8, [4], card("PCOUNT", 0), card("GCOUNT", 1), primary=False)
        + block(FOUR),
        "axis_zero_pcount.fits": PRIMARY
        + image(8, [0, 3], card("PCOUNT", 5), card("GCOUNT", 1), primary=False)
        + block(b"12345"),
        "axis_zero.fits": image(-32, [3, 0]) + image(8, [2], primary=False) + block(b"12"),
        "size_overflow.fits": image(64, [2**31] * 3) + block(FOUR),
        "negative_axis.fits": image(8, [-1, 4]) + block(FOUR),
        "axes_900.fits": image(8, [2] * 60 + [1] * 840) + block(FOUR),
        "no_end.fits": block(card("SIMPLE", "T") + card("BITPIX", 8) + card("COMMENT x") * 40, b" "),
        "broken_later_header.fits": image(8, [4])
        + block(FOUR)
        + image(8, [4], primary=False)
        + block(FOUR)
        + header(card("XTENSION", "'IMAGE   '"), card("BITPIX", 7), card("NAXIS", "what")),
        "hidden_hdu.fits": image(8, [4])
        + block(FOUR)
        + bytes(5760)
        + image(8, [4], card("EXTNAME", "'HIDDEN'"), primary=False)
        + block(FOUR),
        "cut_data.fits": image(16, [3000]) + bytes(100),
        "any_bytes.fits": image(8, [4], b"OBJECT  = 'caf\xe9 \x1b[31m\0'".ljust(80)) + block(FOUR),
        "continued_extname.fits": image(
            8, [], card("EXTNAME = 'NAME   &'"), card("CONTINUE  '   '"), card("EXTEND", "T")
        ),
        "scale_quoted.fits": image(
            16, [2], card("BSCALE", "'2.5'"), card("BZERO   = 3,5 km"), card("BLANK", "'-1'")
        )
        + block(FOUR),
        "blank_cards_fill_block.fits": header(
            card("SIMPLE", "T"), card("BITPIX", 8), card("NAXIS", 0), *[card("")] * 32
        ),
        "pcount_without_value.fits": table(12, 3, None, ["1PI(3)", "1J"]) + block(bytes(50)),
        "heap_descriptor_outside.fits": table(8, 2, 4, ["1PB"])
        + block(bytes([0, 0, 0, 9, 0, 0, 0, 2]) + bytes([0x7F, 255, 255, 255, 255, 255, 255, 0]) + FOUR),
        "descriptor_overflow.fits": table(16, 1, 8, ["1QD"])
        + block((2**61 + 1).to_bytes(8, "big") + (8).to_bytes(8, "big") + bytes(8)),
        "fields_wider_than_row.fits": table(4, 2, 0, ["1J", "1K"]) + block(bytes(8)),
        "rows_overflow.fits": table(2**40, 2**40, 2**40, [f"{2**40}B"]) + block(FOUR),
        "short_tdim.fits": table(
            24, 2, 0, ["6I", "12A"], card("TDIM1", "'(2,2)'"), card("TDIM2", "'(1)'")
        )
        + block(bytes(48)),
        "names_twice.fits": table(
            4, 1, 0, ["1B", "1B", "1B", "1B"],
            card("TTYPE1", "'a'"), card("TTYPE2", "'A'"), card("TTYPE3", "'a_2'"),
        )
        + block(FOUR),
        "tnull_no_number.fits": table(2, 2, 0, ["1I"], card("TNULL1", "'none'")) + block(FOUR),
        "left_over_zform.fits": table(4, 2, 0, ["1J"], card("ZFORM1", "'100J'"), card("ZTABLE", "F"))
        + block(bytes(8)),
        "left_over_zrows.fits": table(
            4, 2, 0, ["1J"], card("ZNAXIS2", 1000000), card("ZTILELEN", 1), card("ZNAXIS1", 4)
        )
        + block(bytes(8)),
        "left_over_ztheap.fits": table(4, 2, 0, ["1J"], card("ZTHEAP", 2**40), card("ZPCOUNT", 2**40))
        + block(bytes(8)),
        "keyword_and_text.fits": PRIMARY
        + header(
            *ROW,
            card("NAXIS1", 6), card("NAXIS2", 1), card("PCOUNT", 0), card("GCOUNT", 1), card("TFIELDS", 2),
            card("TFORM1", "'I3'"), card("TFORM2", "'A2'"), card("TBCOL1", 1), card("TBCOL2 x= 4"),
        )
        + block(b" 42 ab", b" "),
        "ascii_outside_row.fits": PRIMARY
        + header(
            *ROW,
            card("NAXIS1", 6), card("NAXIS2", 2), card("PCOUNT", 0), card("GCOUNT", 1), card("TFIELDS", 1),
            card("TFORM1", "'I5'"), card("TBCOL1", 4),
        )
        + block(b"123456" * 2, b" "),
        "tform_beyond_tfields.fits": table(
            16, 1, 10, ["1QB(10)"],
            card("TFORM9", "'1QB(9)'"), card("ZTABLE", "T"), card("ZTILELEN", 10), card("ZNAXIS1", 1),
            card("ZNAXIS2", 10), card("ZPCOUNT", 0), card("ZFORM1", "'1B'"), card("ZCTYP1", "'NOCOMPRESS'"),
        )
        + block((10).to_bytes(8, "big") + bytes(8) + b"0123456789"),
        "ztable_in_image.fits": tiles(
            [FOUR] * 2, [4, 2], 8, "NOCOMPRESS", card("ZTABLE", "T"), card("ZFORM1", "'1B'")
        ),
        "bzero_no_number.fits": tiles([FOUR] * 2, [4, 2], 8, "NOCOMPRESS", card("BZERO   = much")),
        "zblank_only.fits": tiles([RICE] * 2, [4, 2], 32, "RICE_1", card("ZBLANK", 7)),
        "rice_bytepix_negative.fits": tiles(
            [RICE] * 2, [4, 2], -32, "RICE_1", card("ZNAME1", "'BLOCKSIZE'"), card("ZVAL1", 32),
            card("ZNAME2", "'BYTEPIX'"), card("ZVAL2", -4), card("ZSCALE", 1.0), card("ZZERO", 0.0),
        ),
        "rice_cut.fits": tiles([RICE[:2], b""], [4, 2], 32, "RICE_1"),
        "hcompress_bomb.fits": tiles(
            [bytes([0xDD, 0x99]) + (30000).to_bytes(4, "big") * 2 + bytes(54)], [30000, 30000], 32,
            "HCOMPRESS_1", card("ZTILE1", 30000), card("ZTILE2", 30000),
        ),
        "plio_beyond_tile.fits": tiles(
            [bytes([0, 0, 0, 7, 255, 156, 0, 9, 0, 0, 0, 0, 0, 0, 0x4F, 255, 0x4F, 255])], [4, 1], 16,
            "PLIO_1",
        ),
        "gzip_tile_bomb.fits": tiles([gzip.compress(bytes(2**20), 9, mtime=0)], [4, 1], 32, "GZIP_1"),
        "stray_bytes.fits.gz": gzip.compress(image(8, [4]) + block(FOUR), mtime=0) + b"stray bytes",
        "bomb.fits.gz": gzip.compress(image(8, [2**55]), mtime=0),
        "bomb_behind.fits.gz": gzip.compress(image(8, [4]) + block(FOUR) + bytes(2**22), 9, mtime=0),
        "cut.fits.gz": gzip.compress(image(8, [4]) + block(FOUR), mtime=0)[:-9],
    }  # fmt: skip


if __name__ == "__main__":
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
