# SPDX-License-Identifier: BSD-3-Clause
"""`manifest`: references by which Zarr reads the images of FITS files."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rustfits._core.binding.errors import FITSTypeError, FITSUnsupportedError, FITSValueError
from rustfits._core.binding.names import allowed_schemes, shown
from rustfits._core.collect.images import (
    Extension,
    NamedImage,
    header_attributes,
    named_images,
)
from rustfits._core.collect.names import Files, each_name, is_one_name, local_path
from rustfits._core.collect.plan import chunk_shape, tile_shape
from rustfits._core.file.fits import FITS
from rustfits._core.image.compressed import CompressedImageHDU

if TYPE_CHECKING:
    from rustfits._core.remote.remote import Remote

__all__ = ["manifest"]

_FORMATS = ("zarr", "virtualizarr")
# Bytes of a chunk of a plain image.
_CHUNK_BYTES = 4 << 20
# A plain image whose first axis has no divisor for chunks of this size is read by our codec.
_MIN_CHUNK_BYTES = 256 << 10
# Rows of the table of tiles that the first request fetches with the header.
_ROWS_BYTES = 64 << 10
_COMPRESSED = re.compile(r"\.(gz|bz2|xz|zst|z|zip)$", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(fits|fit|fts)?(\.fz)?$", re.IGNORECASE)


class _Array(NamedTuple):
    """An array: its metadata, and what its chunks refer to."""

    metadata: dict[str, Any]
    #: The index of each chunk, and its place in the file.
    chunks: dict[tuple[int, ...], tuple[int, int]]


class _Group(NamedTuple):
    """A file: where it is, its attributes, and its arrays."""

    url: str
    attributes: dict[str, Any]
    arrays: dict[str, _Array]


def manifest(
    paths: Files,
    *,
    format: str = "zarr",  # noqa: A002
    ext: Extension | Sequence[Extension] | None = None,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> Any:
    """Make references by which Zarr reads the images of FITS files in place.

    Only headers are read. A file is a group, and an image HDU is an array. Tables are left out. The
    chunks of a compressed image are its tiles.

    Parameters
    ----------
    paths : str, os.PathLike, or iterable of them
        The files. For one name, the root group is the file. For a pattern, and for an iterable of
        names, each file is a group in the root group, with the name of the file before ``.fits``.
    format : {"zarr", "virtualizarr"}
        ``"zarr"`` returns a dict for the filesystem ``reference://`` of fsspec, with metadata of
        Zarr format 3. ``"virtualizarr"`` returns a ``ManifestStore`` of the package virtualizarr.
    ext : int, str, (str, int), or list of them, optional
        The HDUs of each file. By default all images that have axes.
    remote : Remote or {"ranged", "download"}, optional
        How to fetch the headers of remote files.
    schemes : iterable of str, optional
        The schemes that names may have, as for `FITS`.

    Returns
    -------
    dict or virtualizarr.manifests.ManifestStore
        The references. The dict can be stored as JSON.

    Raises
    ------
    ImportError
        If zarr, or for ``"virtualizarr"`` the package of that name, is not installed.
    FITSUnsupportedError
        If a file is compressed as a whole (``.gz``), or only this process has it.
    FITSValueError
        If `format` is unknown, or a file has no image with data.
    FITSError
        If a file cannot be opened, or the header of an image is invalid. See `FITS`.

    Notes
    -----
    Arrays are named by EXTNAME, or ``HDU<n>``. Values are those of `ImageHDU.read`. A process that
    reads an array needs rustfits, unless the array is an uncompressed image whose stored values are
    its values.

    A file that changes makes its references invalid. Readers raise `FITSChangedError` if the header
    of the HDU is another one, where they need rustfits.

    Examples
    --------
    >>> refs = rustfits.manifest("s3://bucket/image.fits.fz")  # doctest: +SKIP
    >>> xarray.open_dataset(
    ...     "reference://",
    ...     engine="zarr",
    ...     backend_kwargs={"storage_options": {"fo": refs}, "consolidated": False},
    ... )  # doctest: +SKIP
    """
    if format not in _FORMATS:
        raise FITSValueError(f"format must be 'zarr' or 'virtualizarr', not {format!r}")
    _need("zarr")
    if format == "virtualizarr":
        _need("virtualizarr")
    names = list(each_name(paths))
    one, allowed = is_one_name(paths, names), allowed_schemes(schemes)
    groups: dict[str, _Group] = {}
    for name in names:
        with FITS(name, remote=remote, schemes=allowed) as fits:
            _refuse_compressed(name, fits)
            group = _group(name, fits, ext, for_zarr=format == "zarr")
        groups["" if one else _group_name(name, groups)] = group
    return _references(groups) if format == "zarr" else _manifest_store(groups)


def _need(package: str) -> None:
    try:
        import_module(package)
    except ImportError as missing:
        raise ImportError(
            f"rustfits.manifest needs the package {package}: pip install {package}"
        ) from missing


def _refuse_compressed(name: str, fits: FITS) -> None:
    """Raise an error for a file without byte ranges that other programs can read."""
    path = local_path(name)
    where = shown(name)
    compressed = _COMPRESSED.search(name.partition("?")[0])
    if fits._file.is_stream():
        raise FITSUnsupportedError(f"{where}: a stream has no byte ranges")
    if path is None and name.partition("://")[0].lower() in ("mem", "shmem"):
        raise FITSUnsupportedError(f"{where}: the file is in memory: references need a file")
    if compressed or _is_decoded(path, fits):
        raise FITSUnsupportedError(
            f"{where}: the file is compressed as a whole, so that its images have no byte ranges: "
            "decompress it, or compress its images by tiles (rustfits pack)"
        )


def _is_decoded(path: str | None, fits: FITS) -> bool:
    """Return whether the bytes of the HDUs are not those of the file."""
    if path is not None:
        with Path(path).open("rb") as file:
            raw = file.read(8)
        return raw != fits._file.read_bytes(0, len(raw))
    try:
        size = fits.remote_stats().file_bytes
    except FITSTypeError:  # a scheme of the caller
        return False
    return size > 0 and size != fits._file.size()


def _group_name(name: str, taken: dict[str, _Group]) -> str:
    base = re.split(r"[/\\]", name.partition("?")[0].rstrip("/"))[-1]
    stem = _SUFFIX.sub("", base) or base
    stem = f"file_{stem}" if stem.startswith("__") or not stem.strip(".") else stem
    choice, number = stem, 1
    while choice in taken:
        number += 1
        choice = f"{stem}_{number}"
    return choice


# ---- a file ----


def _group(
    name: str, fits: FITS, ext: Extension | Sequence[Extension] | None, *, for_zarr: bool
) -> _Group:
    images = named_images(fits, ext)
    path = local_path(name)
    url = name if path is None else Path(path).absolute().as_posix()
    arrays = {image.name: _array(name, image, for_zarr=for_zarr) for image in images}
    return _Group(url, header_attributes(fits[0].header), arrays)


def _array(file: str, image: NamedImage, *, for_zarr: bool) -> _Array:
    hdu = image.hdu
    pixels = hdu._pixels()
    chunk = None
    raw = pixels.dtype == pixels.stored_dtype and not pixels.scaled
    if raw and not isinstance(hdu, CompressedImageHDU):
        chunk = _divided(hdu.shape, pixels.dtype.itemsize)
    if chunk is not None:
        codec: dict[str, Any] = {"name": "bytes"}
        if pixels.dtype.itemsize > 1:
            codec["configuration"] = {"endian": "big"}
        info = hdu._fresh()
        chunks = _places(hdu.shape, chunk, pixels.dtype.itemsize, int(info.data_offset))
    else:
        inner = tile_shape(hdu)
        if not isinstance(hdu, CompressedImageHDU):
            inner = chunk_shape(hdu.shape, inner, _CHUNK_BYTES // pixels.dtype.itemsize)
        chunk = tuple(-(-s // c) * c for s, c in zip(hdu.shape, inner, strict=True))
        codec, place = _codec(file, image, inner, for_zarr=for_zarr)
        chunks = {(0,) * len(chunk): place} if hdu.size else {}
    metadata = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(hdu.shape),
        "data_type": pixels.dtype.name,
        "chunk_grid": {
            "name": "regular",
            "configuration": {"chunk_shape": [max(length, 1) for length in chunk]},
        },
        "chunk_key_encoding": {
            "name": "default",
            "configuration": {"separator": "/" if for_zarr else "."},
        },
        "fill_value": 0.0 if pixels.dtype.kind == "f" else 0,
        "codecs": [codec],
        "attributes": header_attributes(hdu.header),
        "dimension_names": list(image.dims),
        "storage_transformers": [],
    }
    return _Array(metadata, chunks)


def _divided(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...] | None:
    """Return chunks of contiguous pixels that divide the image, or None if they would be small."""
    if not math.prod(shape):
        return tuple(max(length, 1) for length in shape)
    for axis, length in enumerate(shape):
        inner = math.prod(shape[axis + 1 :]) * itemsize
        if inner > _CHUNK_BYTES and axis < len(shape) - 1:
            continue
        most = max(_CHUNK_BYTES // inner, 1)
        count = next((n for n in range(min(most, length), 0, -1) if length % n == 0), 1)
        if count < length and count * inner < _MIN_CHUNK_BYTES:
            return None
        return (1,) * axis + (count, *shape[axis + 1 :])
    return None


def _places(
    shape: tuple[int, ...], chunk: tuple[int, ...], itemsize: int, offset: int
) -> dict[tuple[int, ...], tuple[int, int]]:
    """Return the place of each chunk of contiguous pixels."""
    if not math.prod(shape):
        return {}
    counts = [length // part for length, part in zip(shape, chunk, strict=True)]
    size = math.prod(chunk) * itemsize
    found = {}
    for number in range(math.prod(counts)):
        index, rest = [], number
        for count in reversed(counts):
            rest, at = divmod(rest, count)
            index.append(at)
        found[tuple(reversed(index))] = offset + number * size, size
    return found


def _codec(
    file: str, image: NamedImage, inner: tuple[int, ...], *, for_zarr: bool
) -> tuple[dict[str, Any], tuple[int, int]]:
    """Return the metadata of our codec for an HDU, and the place of the HDU."""
    hdu = image.hdu
    info = hdu._fresh()
    header_bytes = int(info.header_bytes)
    rows = 0
    if isinstance(hdu, CompressedImageHDU):
        rows = min(int(info.data_bytes - info.pcount), _ROWS_BYTES)
    configuration: dict[str, Any] = {
        "chunk_shape": [max(length, 1) for length in inner],
        "head_bytes": header_bytes + rows,
        "header_bytes": header_bytes,
        "hdu": hdu.index,
    }
    if for_zarr:
        header = hdu._file.read_bytes(int(info.header_offset), header_bytes)
        configuration["sha256"] = hashlib.sha256(header).hexdigest()
        configuration["file"] = shown(file)
    place = int(info.header_offset), header_bytes + int(info.data_bytes)
    return {"name": "rustfits.hdu", "configuration": configuration}, place


# ---- both formats ----


def _references(groups: dict[str, _Group]) -> dict[str, Any]:
    """Return references for fsspec."""
    nodes: dict[str, dict[str, Any]] = {}
    places: dict[str, list[Any]] = {}
    for path, group in groups.items():
        if path:
            nodes[path] = _group_metadata(group.attributes)
        prefix = f"{path}/" if path else ""
        for name, array in group.arrays.items():
            nodes[prefix + name] = array.metadata
            for index, place in array.chunks.items():
                key = "/".join(map(str, index))
                places[f"{prefix}{name}/c/{key}"] = [group.url, *place]
    root = _group_metadata(groups[""].attributes if "" in groups else {})
    root["consolidated_metadata"] = {
        "kind": "inline",
        "must_understand": False,
        "metadata": nodes,
    }
    refs: dict[str, Any] = {"zarr.json": json.dumps(root)}
    refs.update({f"{path}/zarr.json": json.dumps(node) for path, node in nodes.items()})
    return {"version": 1, "refs": {**refs, **places}}


def _group_metadata(attributes: dict[str, Any]) -> dict[str, Any]:
    return {"zarr_format": 3, "node_type": "group", "attributes": attributes}


def _manifest_store(groups: dict[str, _Group]) -> Any:
    """Return a store of virtualizarr over all files."""
    manifests: Any = import_module("virtualizarr.manifests")
    made = {path: _manifest_group(group, manifests) for path, group in groups.items()}
    root = made[""] if "" in made else manifests.ManifestGroup(groups=made)
    return manifests.ManifestStore(root, registry=_registry(groups))


def _manifest_group(group: _Group, manifests: Any) -> Any:
    metadata_of: Any = import_module("zarr.core.metadata.v3").ArrayV3Metadata.from_dict
    arrays = {}
    for name, array in group.arrays.items():
        entries = {
            ".".join(map(str, index)): {"path": group.url, "offset": place[0], "length": place[1]}
            for index, place in array.chunks.items()
        }
        chunks = manifests.ChunkManifest(
            entries, shape=None if entries else (0,) * len(array.metadata["shape"])
        )
        arrays[name] = manifests.ManifestArray(metadata_of(dict(array.metadata)), chunks)
    return manifests.ManifestGroup(arrays=arrays, attributes=group.attributes)


def _registry(groups: dict[str, _Group]) -> Any:
    """Return the object stores of all files, with the settings of the environment."""
    stores: Any = import_module("obstore.store")
    registry: Any = import_module("obspec_utils.registry").ObjectStoreRegistry()
    for group in groups.values():
        scheme, mark, rest = group.url.partition("://")
        if not mark:
            registry.register("file://", stores.LocalStore())
            continue
        root = f"{scheme}://{rest.partition('/')[0]}"
        options = {"client_options": {"allow_http": True}} if scheme == "http" else {}
        registry.register(root, stores.from_url(root, **options))
    return registry
