# SPDX-License-Identifier: BSD-3-Clause
"""Files that are no names: file objects, filesystem objects, and schemes of the caller."""
