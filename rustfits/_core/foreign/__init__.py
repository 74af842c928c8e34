# SPDX-License-Identifier: BSD-3-Clause
"""Data of other packages, as arrays, columns and cards. No module imports those packages."""
