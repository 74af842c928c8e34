# SPDX-License-Identifier: BSD-3-Clause
"""`FITS`, and the functions that read, write and convert whole files."""
