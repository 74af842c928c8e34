# SPDX-License-Identifier: BSD-3-Clause
"""The names of the modules of ``fitsio`` that programs import, though its pages lack them."""
