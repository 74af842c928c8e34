# SPDX-License-Identifier: BSD-3-Clause
"""Read and write with Debian's python3-fitsio, which is bound to libcfitsio."""

import fitsio
import numpy as np

data = fitsio.read("table.fits", ext="STARS")
print(data.dtype.names, data["RA"][:3], data["NAME"][:3], data["LIST"][3])
print(
    fitsio.read("f4.fits").sum(), fitsio.read("packed_i2.fits.fz").sum(), fitsio.FITS("multi.fits")
)
print(fitsio.read_header("f4.fits")["OBJECT"])
with fitsio.FITS("table.fits") as f:
    print(f[1].where("MAG < 16 && FLAG"), f[1][["ID", "MAG"]][5:9])
with fitsio.FITS("new.fits", "rw", clobber=True) as f:
    f.write(
        np.arange(600, dtype="f4").reshape(20, 30),
        header={"EXPTIME": 1.5, "OBJECT": "x"},
        extname="IMAGE",
    )
    f.write(np.arange(600, dtype="i2").reshape(20, 30), compress="RICE", extname="PACKED")
    f.write(np.rec.fromarrays([np.arange(5), np.arange(5) * 0.5], names="a,b"), extname="TABLE")
    f["TABLE"].append(np.rec.fromarrays([np.arange(2), np.arange(2) * 0.5], names="a,b"))
    f["TABLE"].insert_column("c", np.arange(7, dtype="i4"))
    f["IMAGE"].write_checksum()
    print(f["IMAGE"].verify_checksum() if hasattr(f["IMAGE"], "verify_checksum") else "")
