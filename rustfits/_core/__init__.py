# SPDX-License-Identifier: BSD-3-Clause
"""The implementation of rustfits. Nothing in this package is public.

The rooms, from the bottom up: `binding` calls the C library, `header` holds headers and the base
class of all HDUs, `compression` holds the settings of the codecs, `image` and `table` hold the
kinds of HDUs, `remote` transfers files of servers, and `file` holds `FITS` and the functions for
whole files.
"""
