# SPDX-License-Identifier: BSD-3-Clause
"""The methods of `FITS` that append HDUs."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, SupportsIndex

from rustfits._core.arrow.frame import is_batched
from rustfits._core.binding.warnings import warn_of_writing
from rustfits._core.compression.spec import as_compression, as_quantize
from rustfits._core.compression.tables import table_compression
from rustfits._core.foreign.images import as_parts
from rustfits._core.foreign.meta import merge
from rustfits._core.image.compressed import CompressedImageHDU
from rustfits._core.image.create import append_images, check_pixels, create_image
from rustfits._core.image.image import ImageHDU
from rustfits._core.image.pixels import as_pixels
from rustfits._core.image.scaling import new_scaling, scaled_pixels
from rustfits._core.table.ascii import AsciiTableHDU, ascii_columns_of_dtype
from rustfits._core.table.frames import write_frame
from rustfits._core.table.input import TableLike, columns_of_dtype, is_table
from rustfits._core.table.table import TableHDU
from rustfits._core.table.write import ASCII_TABLE, BINARY_TABLE, create_table, write_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike, DTypeLike

    from rustfits._core.binding.arrays import Array
    from rustfits._core.binding.handle import FileHandle
    from rustfits._core.compression.algorithms import Compression
    from rustfits._core.compression.spec import CompressLike, QuantizeLike
    from rustfits._core.compression.tables import TableCompressLike
    from rustfits._core.header.hdu import HDU
    from rustfits._core.header.header import HeaderLike

__all__ = ["Creating"]


class Creating:
    """The methods of `FITS` that append HDUs."""

    __slots__ = ()

    _file: FileHandle

    @abstractmethod
    def _hdu(self, index: int) -> HDU:
        """Return the object for an HDU."""

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
        bscale: float | None = None,
        bzero: float | None = None,
        reserve_cards: SupportsIndex = 0,
    ) -> ImageHDU:
        """Append an image filled with zeros.

        The first HDU of a file is its primary HDU, all others are extensions.

        Parameters
        ----------
        dtype : dtype-like
            The type of the pixels: ``u1 i2 i4 i8 f4 f8``, or ``i1 u2 u4 u8``, which BZERO encodes.
        dims : sequence of int, or int
            The shape, slowest axis first. Lengths may be 0, and `ImageHDU.extend` can increase the
            first one. An empty sequence makes an HDU without data.
        extname : str, optional
            The value of EXTNAME.
        extver : int, optional
            The value of EXTVER.
        compress : Rice1, Gzip1, Gzip2, Hcompress1, Plio1, NoCompress, str or True, optional
            The algorithm for a compressed image. True chooses one by the type. A name such as
            ``"RICE_1"`` or ``"gzip2"`` means its defaults. Compressed images are extensions: an
            empty file gets an empty primary HDU first.
        quantize : Quantize, float or True, optional
            How to compress floating-point pixels as integers, which is lossy and much smaller. A
            number is a level. By default, compression is lossless.
        blank : int, optional
            The value of undefined pixels of `dtype`, for integers only. BLANK stores it.
        bscale, bzero : float, optional
            BSCALE and BZERO, by default 1 and 0. `dtype` is then the type of the stored values, and
            the values of the image are ``bzero + bscale * stored``, as ``float64``.
        reserve_cards : int
            The number of cards that can be added later without moving data.

        Returns
        -------
        ImageHDU
            The new HDU: with `compress`, a `CompressedImageHDU`.

        Raises
        ------
        FITSValueError
            If the shape, `extname`, `extver` or `blank` is invalid, or if the algorithm cannot
            compress pixels of that type.
        FITSTypeError
            If FITS has no such pixel type.
        FITSUnsupportedError
            If this version of the algorithm does not support the image.
        FITSReadOnlyError
            If the file was opened for reading.
        FITSIOError
            If writing failed. The file is then unchanged.
        """
        compression, steps = as_compression(compress), as_quantize(quantize)
        index = create_image(
            self._file,
            dtype,
            dims,
            extname=extname,
            extver=extver,
            blank=blank,
            compression=compression,
            quantize=steps,
            scaling=new_scaling(dtype, bscale, bzero),
            reserve_cards=reserve_cards,
        )
        return self._image(index, compression)

    def write_image(
        self,
        data: ArrayLike | None,
        *,
        extname: str | None = None,
        extver: int | None = None,
        compress: CompressLike = None,
        quantize: QuantizeLike = None,
        blank: int | None = None,
        dtype: DTypeLike | None = None,
        bscale: float | None = None,
        bzero: float | None = None,
        scale: bool = True,
        header: HeaderLike | None = None,
        reserve_cards: SupportsIndex = 0,
    ) -> ImageHDU:
        """Append an image.

        Parameters
        ----------
        data : array_like, astropy `Quantity` or `NDData`, xarray `DataArray`, or None
            The pixels. Masked pixels are stored as BLANK or NaN. None makes an HDU without data.
            Units, attributes, WCS and coordinates become cards. Mask, uncertainty, PSF and flags of
            an `NDData` become the HDUs MASK, UNCERT, PSFIMAGE and FLAGS after it, where
            ``CCDData.read`` finds them.
        extname, extver, compress, quantize
            As for `create_image_hdu`. The other HDUs of an `NDData` are compressed without loss.
        blank : int, optional
            As for `create_image_hdu`: with `bscale` or `bzero`, a stored value. NaN is stored so.
        dtype : dtype-like, optional
            The type of the stored values, for `bscale` and `bzero`: ``u1 i2 i4 i8 f4 f8``.
        bscale, bzero : float, optional
            BSCALE and BZERO, by default 1 and 0. The file stores ``(data - bzero) / bscale``, for
            integers rounded to nearest.
        scale : bool
            Whether `data` are values. If False, they are stored values, as
            ``hdu.read(scale=False)`` returns them, and BSCALE, BZERO and BLANK are those of
            `header` unless arguments give others.
        header : FITSHeader, dict or sequence of cards, optional
            Cards to copy, including commentary. Cards that describe the structure are skipped, and
            BSCALE and BZERO with ``scale=True``.
        reserve_cards : int
            As for `create_image_hdu`.

        Returns
        -------
        ImageHDU
            The new HDU: with `compress`, a `CompressedImageHDU`.

        Raises
        ------
        FITSValueError, FITSTypeError, FITSUnsupportedError, FITSReadOnlyError, FITSIOError
            As for `create_image_hdu`. A value that the stored type cannot hold is a
            `FITSValueError`, which says which pixel. The file is then unchanged.
        """
        compression, steps = as_compression(compress), as_quantize(quantize)
        if data is None:
            index = create_image(
                self._file,
                "u1" if dtype is None else dtype,
                (),
                extname=extname,
                extver=extver,
                blank=blank,
                header=header,
                compression=compression,
                quantize=steps,
                scaling=new_scaling(dtype, bscale, bzero),
                reserve_cards=reserve_cards,
            )
            return self._image(index, compression)
        main, *others = as_parts(data)
        array, scaling, blank = scaled_pixels(
            self._file.name, main.data, dtype, bscale, bzero, scale, blank, header
        )
        images: list[tuple[Array, dict[str, Any]]] = [
            (
                array,
                {
                    "extname": main.name if extname is None else extname,
                    "blank": blank,
                    "header": merge(header, main.cards),
                    "compression": compression,
                    "quantize": steps,
                    "scaling": scaling,
                    "reserve_cards": reserve_cards,
                },
            )
        ]
        for part in others:
            tiles = as_compression(None if compression is None else True)
            options = {"extname": part.name, "header": part.header, "compression": tiles}
            images.append((as_pixels(part.data), options))
        for array, options in images:
            check_pixels(self._file.name, array, **options)
        return self._image(append_images(self._file, images, extver), compression)

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
        """Append a binary table whose cells are zero.

        An empty file gets an empty primary HDU first.

        Parameters
        ----------
        dtype : dtype-like
            A structured type. Fields of type object become variable-length columns.
        nrows : int
            The number of rows. `TableHDU.append` can add more.
        extname : str, optional
            The value of EXTNAME.
        extver : int, optional
            The value of EXTVER.
        units : dict, optional
            The units (TUNITn) by column name.
        var_dtypes : dict, optional
            The element types of variable-length columns by column name: a number type, ``"?"`` or
            ``"S"``.
        bit_columns : sequence of str, or True, optional
            The columns of bools that are stored as bits instead of bytes. True: all of them.
        heap_format : {"P", "Q"}, optional
            The descriptors of variable-length columns. The library changes P to Q if it must.
        compress : Rice1, Gzip1, Gzip2, NoCompress, str, True or dict, optional
            The algorithm for a compressed table, or a dict of algorithms by column name. True
            chooses an algorithm for each column, as for columns that an algorithm cannot compress,
            and for columns that are not in the dict.
        ztilelen : int, optional
            The rows of a tile. By default as many as 10 MB hold.
        reserve_cards : int
            The number of cards that can be added later without moving data.

        Returns
        -------
        TableHDU
            The new HDU: with `compress`, a `CompressedTableHDU`.

        Raises
        ------
        FITSTypeError
            If FITS has no such cells.
        FITSValueError
            If an argument is invalid, or if an algorithm cannot compress a column.
        FITSColumnError
            If an option names an unknown column.
        FITSLimitError
            If there are more than 999 columns.
        FITSReadOnlyError
            If the file was opened for reading.
        FITSIOError
            If writing failed. The file is then unchanged.
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
        times: str = "iso",
    ) -> TableHDU:
        """Append a binary table.

        Parameters
        ----------
        data : structured array, dict, list of arrays, data frame, or astropy `Table`
            The columns. A data frame is of pandas, or hands over Arrow data, as those of pyarrow,
            polars, duckdb and narwhals do. Masked and null integers are stored as a value that no
            other cell has (TNULLn), floating-point numbers as NaN, null strings and lists as empty
            ones. Object arrays of arrays or strings become variable-length columns. Units,
            descriptions (TCOMMn), formats (TDISPn) and metadata of a `Table` become cards.
        names : sequence of str, optional
            The names of the columns, for a list.
        extname, extver, units, var_dtypes, bit_columns, heap_format, compress, ztilelen
            As for `create_table_hdu`. `var_dtypes` may omit columns whose cells have one type.
        header : FITSHeader, dict or sequence of cards, optional
            Cards to copy, including commentary. Cards that describe structure or columns are
            skipped.
        reserve_cards : int
            As for `create_table_hdu`.
        times : {"iso", "mjd"}
            How to store dates and timestamps of data frames and ``datetime64``: as ISO 8601
            strings, which keep every digit, or as modified Julian dates, which are 64-bit
            floating-point numbers. Times with a zone are stored as UTC. NaT becomes an empty string
            or NaN. Durations (``timedelta64``) are integers in their own unit.

        Returns
        -------
        TableHDU
            The new HDU: with `compress`, a `CompressedTableHDU`.

        Raises
        ------
        FITSTypeError, FITSValueError, FITSColumnError, FITSLimitError
            As for `create_table_hdu`. The file is then unchanged.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        index = (write_frame if is_batched(data) else write_table)(
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
            times=times,
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
            A structured type. Each field is one number or string.
        nrows, extname, extver, units, reserve_cards
            As for `create_table_hdu`.
        formats : dict, optional
            The formats (TFORMn) by column name: ``"I8"``, ``"F10.3"``, ``"E15.7"``, ``"A20"``. See
            `AsciiTableHDU.formats`.

        Returns
        -------
        AsciiTableHDU
            The new HDU.

        Raises
        ------
        FITSTypeError
            If ASCII tables have no such cells.
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
        """Append an image or a table, by the type of `data`.

        Parameters
        ----------
        data : array_like, dict, data frame, or data of astropy or xarray
            A structured array, a dict, a data frame or an astropy `Table` becomes a table, any
            other array an image. An `NDData` becomes several HDUs, of which the first is returned.
        extname : str, optional
            The value of EXTNAME.
        header : FITSHeader, dict or sequence of cards, optional
            As for `write_image` and `write_table`.
        **options
            Other options of `write_image` or `write_table`, such as ``compress=True``.

        Returns
        -------
        HDU
            The new HDU.

        Raises
        ------
        FITSValueError, FITSTypeError, FITSReadOnlyError, FITSIOError
            As for `write_image` and `write_table`.
        """
        if is_table(data):
            return self.write_table(data, extname=extname, header=header, **options)
        return self.write_image(data, extname=extname, header=header, **options)

    append = write

    def _table(self, index: int) -> TableHDU:
        hdu = self._hdu(index)
        assert isinstance(hdu, TableHDU)
        return hdu

    def _image(self, index: int, compression: Compression | None) -> ImageHDU:
        hdu = self._hdu(index)
        assert isinstance(hdu, ImageHDU)
        if isinstance(hdu, CompressedImageHDU):
            hdu._made_with(compression)
            warn_of_writing(self._file)
        return hdu
