# SPDX-License-Identifier: BSD-3-Clause
"""`read_ccddata` and `write_ccddata`: images with mask and uncertainty, as `CCDData`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import nddata, units
from astropy.nddata import CCDData, FlagCollection
from astropy.nddata.ccddata import _generate_wcs_and_update_header

from rustfits._core.binding.errors import FITSValueError
from rustfits._core.file import convenience
from rustfits._core.file.fits import FITS
from rustfits._core.image.image import ImageHDU
from rustfits.astropy.opened import mode_of, opened

if TYPE_CHECKING:
    from rustfits._core.compression.spec import CompressLike, QuantizeLike

__all__ = ["read_ccddata", "write_ccddata"]

_UNCERTAINTIES = {
    name: getattr(nddata, name)
    for name in ("StdDevUncertainty", "VarianceUncertainty", "InverseVariance")
}
# Names under which CCDData files have their types of uncertainties.
_SHORT = {"STD": "StdDevUncertainty", "VAR": "VarianceUncertainty", "IVAR": "InverseVariance"}


def read_ccddata(
    source: Any,
    hdu: int | str | tuple[str, int] = 0,
    unit: Any = None,
    hdu_uncertainty: str | None = "UNCERT",
    hdu_mask: str | None = "MASK",
    hdu_flags: str | None = None,
    key_uncertainty_type: str = "UTYPE",
    hdu_psf: str | None = "PSFIMAGE",
    *,
    key: Any = ...,
    **options: Any,
) -> CCDData:
    """Read an image as `CCDData`. ``CCDData.read(..., format="rustfits")`` calls it.

    Parameters
    ----------
    source : str, os.PathLike, file object or FITS
        The file.
    hdu : int, str or (str, int)
        The HDU. If the primary HDU has no data, 0 is the first image with data, compressed ones
        included.
    unit : astropy.units.Unit or str, optional
        The unit instead of BUNIT.
    hdu_uncertainty, hdu_mask, hdu_flags, hdu_psf : str, optional
        The EXTNAME of the other HDUs, or None to read none. `hdu_flags` may be the beginning of the
        names of several.
    key_uncertainty_type : str
        The keyword with the type of the uncertainty.
    key : index, optional
        The section of the image to read, as for ``hdu[key]`` of `ImageHDU`. Mask, uncertainty and
        flags are the same section.
    **options
        Options of `FITS` for opening the file, such as ``remote="ranged"``.

    Returns
    -------
    astropy.nddata.CCDData
        The image.

    Raises
    ------
    ValueError
        If there is no unit, or if BUNIT is no unit that astropy knows.
    FITSError
        If the file cannot be opened or read.
    """
    with opened(source, **options) as fits:
        image, header = _find(fits, hdu)
        uncertainty = mask = None
        if hdu_uncertainty is not None and hdu_uncertainty in fits:
            stored: Any = fits[hdu_uncertainty]
            kind = str(stored.header.get(key_uncertainty_type, ""))
            kind = _SHORT.get(kind.upper(), kind)
            made = _UNCERTAINTIES.get(kind, nddata.StdDevUncertainty)
            uncertainty = made(_pixels(stored, key))
        if hdu_mask is not None and hdu_mask in fits:
            mask = _pixels(fits[hdu_mask], key) != 0
        flags = None if hdu_flags is None else _flags(fits, hdu_flags, key)
        psf = None
        if hdu_psf is not None and hdu_psf in fits:
            psf = _pixels(fits[hdu_psf], ...)
        data = _pixels(image, key)
    for keyword in ("BSCALE", "BZERO", "BLANK"):  # the pixels are values
        header.remove(keyword, ignore_missing=True)
    unit = _unit(header, unit)
    header, wcs = _generate_wcs_and_update_header(header)
    if key is not ... and wcs is not None:
        wcs = wcs[key]
    return CCDData(
        data,
        meta=header,
        unit=unit,
        mask=mask,
        uncertainty=uncertainty,
        wcs=wcs,
        flags=flags,
        psf=psf,
    )


def _find(fits: FITS, hdu: int | str | tuple[str, int]) -> tuple[ImageHDU, Any]:
    """Return the image to read, and its header."""
    found: Any = fits[hdu]
    header = found.header.to_astropy()
    if hdu == 0 and not found.has_data:
        for one in fits:
            if isinstance(one, ImageHDU) and one.has_data:
                found, primary = one, header
                header = one.header.to_astropy()
                header.extend(primary, unique=True)
                break
    if not isinstance(found, ImageHDU) or not found.has_data:
        raise FITSValueError(f"{fits._file.name}: no image with data in hdu={hdu}")
    return found, header


def _pixels(hdu: Any, key: Any) -> Any:
    """Return the pixels as astropy has them: integers with BLANK are floats with NaN."""
    header = hdu.header
    if hdu.bitpix < 0 or "BLANK" not in header:
        return hdu[key] if key is not ... else hdu.read()
    masked = hdu.read(mask_blank=True)[key]
    return masked.astype("f4" if hdu.bitpix <= 16 else "f8").filled(np.nan)


def _flags(fits: FITS, name: str, key: Any) -> Any:
    """Return the flags: of one HDU, or of all whose name begins so."""
    every = [hdu.extname or "" for hdu in fits]
    names = [one for one in every if one.startswith(f"{name}_")]
    if not names:
        return _pixels(fits[name], key) if name in fits else None
    first = _pixels(fits[names[0]], key)
    flags = FlagCollection(shape=first.shape)
    for one in names:
        flags[one[len(name) + 1 :]] = _pixels(fits[one], key)
    return flags


def _unit(header: Any, unit: Any) -> Any:
    """Return the unit: the caller's, or that of BUNIT."""
    text = header.get("BUNIT")
    if unit is not None or not text:
        return unit
    text = text.strip().lower() if text.strip().lower() == "adu" else text
    text = CCDData.known_invalid_fits_unit_strings.get(text, text)
    try:
        return units.Unit(text)
    except ValueError:
        raise FITSValueError(
            f"BUNIT is {text!r}, which is no unit that astropy knows: pass unit="
        ) from None


def write_ccddata(
    ccd: CCDData,
    output: Any,
    *,
    overwrite: bool = False,
    append: bool = False,
    compress: CompressLike = None,
    quantize: QuantizeLike = None,
    **options: Any,
) -> None:
    """Write a `CCDData`. ``CCDData.write(..., format="rustfits")`` calls it.

    Mask, uncertainty, PSF and flags are the HDUs MASK, UNCERT, PSFIMAGE and FLAGS.

    Parameters
    ----------
    ccd : astropy.nddata.CCDData
        The image.
    output : str, os.PathLike or file object
        The file.
    overwrite : bool
        Whether to replace an existing file.
    append : bool
        Whether to append to an existing file.
    compress, quantize
        How to compress the image, as for `FITS.write_image`. The other HDUs are compressed without
        loss.
    **options
        Other options of `rustfits.write_image`.

    Raises
    ------
    OSError
        If the file exists, without `overwrite` and `append`.
    FITSError
        If the file cannot be written. An existing file is then unchanged.
    """
    mode = mode_of(output, overwrite, append)
    convenience.write_image(output, ccd, mode=mode, compress=compress, quantize=quantize, **options)
