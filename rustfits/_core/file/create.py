# SPDX-License-Identifier: BSD-3-Clause
"""Adding HDUs to an open file."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, SupportsIndex

from rustfits._core.binding.warnings import warn_of_writing
from rustfits._core.compression.algorithms import Plio1
from rustfits._core.compression.spec import as_compression, as_quantize
from rustfits._core.compression.tables import table_compression
from rustfits._core.image.compressed import CompressedImageHDU
from rustfits._core.image.create import append_image, check_pixels, create_image
from rustfits._core.image.image import ImageHDU
from rustfits._core.image.pixels import as_pixels
from rustfits._core.table.ascii import AsciiTableHDU, ascii_columns_of_dtype
from rustfits._core.table.input import TableLike, columns_of_dtype, is_table
from rustfits._core.table.table import TableHDU
from rustfits._core.table.write import ASCII_TABLE, BINARY_TABLE, create_table, write_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike, DTypeLike

    from rustfits._core.binding.handle import FileHandle
    from rustfits._core.compression.algorithms import Compression
    from rustfits._core.compression.spec import CompressLike, QuantizeLike
    from rustfits._core.compression.tables import TableCompressLike
    from rustfits._core.header.hdu import HDU
    from rustfits._core.header.header import HeaderLike

__all__ = ["Creating"]


class Creating:
    """What a `FITS` object has for adding HDUs."""

    __slots__ = ()

    _file: FileHandle

    @abstractmethod
    def _hdu(self, index: int) -> HDU:
        """Give the object for an HDU."""

    def create_image_hdu(
        self,
        dtype: DTypeLike,
        dims: Sequence[SupportsIndex] | SupportsIndex,
        *,
        extname: str | None = None,
        extver: int | None = None,
        compress: CompressLike = None,
        quantize: QuantizeLike = None,
        blank: int | None = None,
        reserve_cards: SupportsIndex = 0,
    ) -> ImageHDU:
        """Append an image filled with zeros.

        The first HDU of a file is its primary HDU, all others are extensions.

        Parameters
        ----------
        dtype : dtype-like
            ``u1 i2 i4 i8 f4 f8``, or ``i1 u2 u4 u8``, which are stored by means of BZERO.
        dims : sequence of int, or int
            The shape, slowest axis first. Lengths may be 0; `ImageHDU.extend` makes the first one
            longer. Empty: an HDU without data.
        extname : str, optional
            EXTNAME.
        extver : int, optional
            EXTVER.
        compress : Rice1, Gzip1, Gzip2, Hcompress1, Plio1, NoCompress, str or True, optional
            Compress the image in tiles. True picks what suits the type; a name (``"RICE_1"``,
            ``"gzip2"``) takes the defaults of the algorithm. Compressed images are extensions: an
            empty file gets an empty primary HDU first.
        quantize : Quantize, float or True, optional
            Compress reals as integers, which is lossy and much smaller. A number is a level. Left
            out, nothing is lost.
        blank : int, optional
            The value of undefined pixels, in `dtype`; stored as BLANK. Integers only.
        reserve_cards : int
            Room in the header for so many more cards, so that adding them later moves no data.

        Returns
        -------
        ImageHDU
            With `compress` a `CompressedImageHDU`.

        Raises
        ------
        FITSValueError
            The shape, `extname`, `extver` or `blank` is not possible; pixels of that type cannot be
            compressed like that.
        FITSTypeError
            FITS has no such pixel type.
        FITSUnsupportedError
            The algorithm cannot do that.
        FITSReadOnlyError
            The file was opened for reading.
        FITSIOError
            Writing failed; the file is as it was before.
        """
        return self._create_image(
            dtype, dims, extname, extver, blank, None, compress, quantize, reserve_cards
        )

    def write_image(
        self,
        data: ArrayLike | None,
        *,
        extname: str | None = None,
        extver: int | None = None,
        compress: CompressLike = None,
        quantize: QuantizeLike = None,
        blank: int | None = None,
        header: HeaderLike | None = None,
        reserve_cards: SupportsIndex = 0,
    ) -> ImageHDU:
        """Append an image.

        Parameters
        ----------
        data : array_like or None
            The pixels; masked pixels are stored as BLANK or NaN. None: an HDU without data.
        extname, extver, compress, quantize, blank
            As for `create_image_hdu`.
        header : FITSHeader, dict or sequence of cards, optional
            Cards to copy, commentary included. Cards that describe the structure are left out.
        reserve_cards : int
            As for `create_image_hdu`.

        Returns
        -------
        ImageHDU
            With `compress` a `CompressedImageHDU`.

        Raises
        ------
        FITSValueError, FITSTypeError, FITSUnsupportedError, FITSReadOnlyError, FITSIOError
            As for `create_image_hdu`.
        """
        if data is None:
            return self._create_image(
                "u1", (), extname, extver, blank, header, compress, quantize, reserve_cards
            )
        array = as_pixels(data, blank)
        compression, steps = as_compression(compress), as_quantize(quantize)
        if isinstance(compression, Plio1):  # which cannot hold all values
            check_pixels(self._file.name, array, compression, steps, blank)
        index = append_image(
            self._file,
            array,
            extname=extname,
            extver=extver,
            blank=blank,
            header=header,
            compression=compression,
            quantize=steps,
            reserve_cards=reserve_cards,
        )
        return self._image(index, compression)

    def create_table_hdu(
        self,
        dtype: DTypeLike,
        nrows: SupportsIndex = 0,
        *,
        extname: str | None = None,
        extver: int | None = None,
        units: Mapping[str, str | None] | None = None,
        var_dtypes: Mapping[str, Any] | None = None,
        bit_columns: Iterable[str] | bool | None = None,
        heap_format: str | None = None,
        compress: TableCompressLike = None,
        ztilelen: SupportsIndex | None = None,
        reserve_cards: SupportsIndex = 0,
    ) -> TableHDU:
        """Append a binary table whose rows are zero.

        An empty file gets an empty primary HDU first.

        Parameters
        ----------
        dtype : dtype-like
            Structured. Fields of type object are columns of variable length.
        nrows : int
            Number of rows, for `TableHDU.append` to add to.
        extname : str, optional
            EXTNAME.
        extver : int, optional
            EXTVER.
        units : dict, optional
            Units (TUNITn) by column name.
        var_dtypes : dict, optional
            What is in the cells of columns of variable length: a type of numbers, ``"?"`` or
            ``"S"``, by column name.
        bit_columns : sequence of str, or True, optional
            Columns of bools that are stored as bits (all of them) instead of bytes.
        heap_format : {"P", "Q"}, optional
            Descriptors of columns of variable length. P becomes Q by itself when it has to.
        compress : Rice1, Gzip1, Gzip2, NoCompress, str, True or dict, optional
            Make a compressed table. True: each column by what suits its type. One algorithm: all
            columns that can have it, the others by what suits them. A dict: algorithms by column
            name, the rest by what suits them.
        ztilelen : int, optional
            Rows of a tile; as many as 10 MB hold unless said.
        reserve_cards : int
            Room in the header for so many more cards, so that adding them later moves no data.

        Returns
        -------
        TableHDU
            With `compress` a `CompressedTableHDU`.

        Raises
        ------
        FITSTypeError
            FITS has no such cells.
        FITSValueError
            An argument is not possible; a column cannot be compressed like that.
        FITSColumnError
            An option names no column.
        FITSLimitError
            There are more than 999 columns.
        FITSReadOnlyError
            The file was opened for reading.
        FITSIOError
            Writing failed; the file is as it was before.
        """
        columns = columns_of_dtype(dtype, units, var_dtypes, bit_columns, heap_format)
        index = create_table(
            self._file,
            columns,
            nrows,
            kind=BINARY_TABLE,
            extname=extname,
            extver=extver,
            compression=table_compression(compress, ztilelen, columns),
            reserve_cards=reserve_cards,
        )
        return self._table(index)

    def write_table(
        self,
        data: TableLike,
        *,
        names: Sequence[str] | None = None,
        extname: str | None = None,
        extver: int | None = None,
        units: Mapping[str, str | None] | None = None,
        var_dtypes: Mapping[str, Any] | None = None,
        bit_columns: Iterable[str] | bool | None = None,
        heap_format: str | None = None,
        compress: TableCompressLike = None,
        ztilelen: SupportsIndex | None = None,
        header: HeaderLike | None = None,
        reserve_cards: SupportsIndex = 0,
    ) -> TableHDU:
        """Append a binary table.

        Parameters
        ----------
        data : structured array, dict, or list of arrays
            The columns. Masked integers are stored as a value that none of them has (TNULLn),
            masked reals as NaN. Object arrays of arrays or strings become columns of variable
            length.
        names : sequence of str, optional
            Names of the columns, for a list.
        extname, extver, units, var_dtypes, bit_columns, heap_format, compress, ztilelen
            As for `create_table_hdu`. Types of cells of variable length are found where all cells
            have the same.
        header : FITSHeader, dict or sequence of cards, optional
            Cards to copy, commentary included. Cards that describe the structure or columns are
            left out.
        reserve_cards : int
            As for `create_table_hdu`.

        Returns
        -------
        TableHDU
            With `compress` a `CompressedTableHDU`.

        Raises
        ------
        FITSTypeError, FITSValueError, FITSColumnError, FITSLimitError
            As for `create_table_hdu`. Nothing was written then.
        FITSReadOnlyError, FITSIOError
            Writing is not possible, or failed.
        """
        index = write_table(
            self._file,
            data,
            names=names,
            extname=extname,
            extver=extver,
            units=units,
            var_dtypes=var_dtypes,
            bit_columns=bit_columns,
            heap_format=heap_format,
            header=header,
            compress=compress,
            ztilelen=ztilelen,
            reserve_cards=reserve_cards,
        )
        return self._table(index)

    def create_ascii_table_hdu(
        self,
        dtype: DTypeLike,
        nrows: SupportsIndex = 0,
        *,
        extname: str | None = None,
        extver: int | None = None,
        units: Mapping[str, str | None] | None = None,
        formats: Mapping[str, str] | None = None,
        reserve_cards: SupportsIndex = 0,
    ) -> AsciiTableHDU:
        """Append an ASCII table whose rows are blank.

        Parameters
        ----------
        dtype : dtype-like
            Structured; each field is one number or string.
        nrows, extname, extver, units, reserve_cards
            As for `create_table_hdu`.
        formats : dict, optional
            Formats (TFORMn) by column name: ``"I8"``, ``"F10.3"``, ``"E15.7"``, ``"A20"``.

        Returns
        -------
        AsciiTableHDU

        Raises
        ------
        FITSTypeError
            ASCII tables have no such cells.
        FITSValueError, FITSColumnError, FITSLimitError, FITSReadOnlyError, FITSIOError
            As for `create_table_hdu`.
        """
        columns = ascii_columns_of_dtype(dtype, units, formats)
        index = create_table(
            self._file,
            columns,
            nrows,
            kind=ASCII_TABLE,
            extname=extname,
            extver=extver,
            reserve_cards=reserve_cards,
        )
        hdu = self._hdu(index)
        assert isinstance(hdu, AsciiTableHDU)
        return hdu

    def write(
        self,
        data: Any,
        *,
        extname: str | None = None,
        header: HeaderLike | None = None,
        **options: Any,
    ) -> HDU:
        """Append an HDU of the kind that the data asks for.

        Parameters
        ----------
        data : array_like or dict
            A structured array or a dict becomes a table, any other array an image.
        extname : str, optional
            EXTNAME.
        header : FITSHeader, dict or sequence of cards, optional
            As for `write_image` and `write_table`.
        **options
            What `write_image` or `write_table` has beside these, such as ``compress=True``.

        Returns
        -------
        HDU

        Raises
        ------
        FITSValueError, FITSTypeError, FITSReadOnlyError, FITSIOError
            As for `write_image` and `write_table`.
        """
        if is_table(data):
            return self.write_table(data, extname=extname, header=header, **options)
        return self.write_image(data, extname=extname, header=header, **options)

    def _table(self, index: int) -> TableHDU:
        hdu = self._hdu(index)
        assert isinstance(hdu, TableHDU)
        return hdu

    def _create_image(
        self,
        dtype: DTypeLike,
        dims: Sequence[SupportsIndex] | SupportsIndex,
        extname: str | None,
        extver: int | None,
        blank: int | None,
        header: HeaderLike | None,
        compress: CompressLike,
        quantize: QuantizeLike,
        reserve_cards: SupportsIndex,
    ) -> ImageHDU:
        """Append an image HDU filled with zeros."""
        compression, steps = as_compression(compress), as_quantize(quantize)
        index = create_image(
            self._file,
            dtype,
            dims,
            extname=extname,
            extver=extver,
            blank=blank,
            header=header,
            compression=compression,
            quantize=steps,
            reserve_cards=reserve_cards,
        )
        return self._image(index, compression)

    def _image(self, index: int, compression: Compression | None) -> ImageHDU:
        hdu = self._hdu(index)
        assert isinstance(hdu, ImageHDU)
        if isinstance(hdu, CompressedImageHDU):
            hdu._made_with(compression)
            warn_of_writing(self._file)
        return hdu
