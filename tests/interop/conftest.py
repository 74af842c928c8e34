# SPDX-License-Identifier: BSD-3-Clause
"""The corpus of real files is judged where there is one; tests/conftest.py says when there is none."""

import os

collect_ignore = (
    []
    if "RUSTFITS_CORPUS" in os.environ
    else ["test_corpus.py", "test_corpus_arrow.py", "test_corpus_zarr.py"]
)
