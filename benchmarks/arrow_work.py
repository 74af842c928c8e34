# SPDX-License-Identifier: BSD-3-Clause
"""A whole table in a data frame: ours as Arrow data, others through pandas."""

from __future__ import annotations


class RustfitsArrow:
    """Ours only, with one thread."""

    def table_arrow(self, file):
        if not self.own:
            raise NotImplementedError("has no Arrow data")
        import pyarrow as pa

        with self.opened(file) as fits:
            return pa.table(fits[1])


class FitsioArrow:
    """pandas takes arrays in native byte order only."""

    def table_arrow(self, file):
        import pandas as pd

        return pd.DataFrame(self.table_read(file))


class AstropyArrow:
    """The way that its documentation describes."""

    def table_arrow(self, file):
        from astropy.table import Table

        return Table.read(file, hdu=1).to_pandas()
