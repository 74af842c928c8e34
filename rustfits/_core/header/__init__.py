# SPDX-License-Identifier: BSD-3-Clause
"""Headers, their cards and values, and the base class of all HDUs."""
