# SPDX-License-Identifier: BSD-3-Clause
"""What a server says before the bytes of a file, judged against what was asked."""

from __future__ import annotations

import re
from typing import NamedTuple

from rustfits._core.binding.library import CData, ffi, lib

__all__ = ["Expectation", "FetchError", "Response", "copy_text"]

_STATUS = re.compile(rb"HTTP/[0-9.]+ +([0-9]{3})(?![0-9])", re.IGNORECASE)
_REPLY = re.compile(rb"([1-9][0-9]{2})(?: +([0-9]+))?(?: |\r|\n|$)")
_ABOUT_THE_FILE = {401, 404, 407, 408, 410, 425, 429}
_CONTENT_RANGE = re.compile(
    r"bytes +(?:([0-9]{1,18})-([0-9]{1,18})|\*)/(?:([0-9]{1,18})|\*)", re.IGNORECASE
)
# Words only: what else such a page has may hold a secret.
_ERROR_CODE = re.compile(rb"<Code>([A-Za-z0-9-]{1,63})<")
_ERROR_REGION = re.compile(rb"<Region>([A-Za-z0-9-]{1,31})<")
_STALE = {"ExpiredToken", "InvalidToken"}


class FetchError(Exception):
    """A fetch that failed, in the C library's terms."""

    def __init__(self, status: int, message: str, http_status: int = 0, sys_errno: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.http_status = http_status
        self.sys_errno = sys_errno  # where a server cannot be reached at all


class Expectation(NamedTuple):
    """What is asked for in one request, as in an rf_request."""

    span: tuple[int, int] | None = None  # first and last byte; None: the whole file
    more: tuple[tuple[int, int], ...] = ()  # spans that go together with that one
    whole_or_range: bool = False
    validator: bytes | None = None


class Response:
    """What a server says before the bytes: status, sizes, validators."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything: nothing is heard yet."""
        self.status = 0
        self.length = -1
        self.span: tuple[int, int] | None = None
        self.total = -1
        self.accepts_ranges = -1
        self.chunked = False
        self.encoding = ""
        self.content_type = b""
        self.etag = b""
        self.last_modified = b""
        self.region = b""
        self.code = ""
        self.retry_after = -1.0
        self._complete = False

    def http_line(self, line: bytes) -> None:
        """Take a line of HTTP; a status line begins a new answer."""
        match = _STATUS.match(line)
        if match:
            # Forget what an interim answer, a proxy, or one that asked for a password has said.
            self.reset()
            self.status = int(match[1])
        elif line in (b"\r\n", b"\n"):
            self._complete = True
        elif not self._complete:  # what comes behind a body in pieces says nothing any more
            name, _, value = line.partition(b":")
            self._field(name.strip().lower().decode("latin-1"), value.strip())

    def _field(self, name: str, raw: bytes) -> None:
        value = raw.decode("latin-1")
        if name == "content-length":
            self.length = _count(raw)
        elif name == "transfer-encoding":
            self.chunked = True
        elif name == "content-range":
            match = _CONTENT_RANGE.fullmatch(value)
            if match:
                self.total = int(match[3]) if match[3] else -1
                if match[1] and int(match[1]) <= int(match[2]):
                    self.span = int(match[1]), int(match[2])
        elif name == "accept-ranges":
            self.accepts_ranges = {"bytes": 1, "none": 0}.get(value.lower(), -1)
        elif name == "content-encoding":
            self.encoding = value.lower()
        elif name == "content-type":
            self.content_type = raw
        elif name == "etag":
            self.etag = raw
        elif name == "last-modified":
            self.last_modified = raw
        elif name == "x-amz-bucket-region":
            self.region = raw
        elif name == "retry-after":
            self.retry_after = _seconds(value)

    def page(self, page: bytes) -> None:
        """Take what is there of the page that comes with a refusal.

        S3 says in XML what is wrong, and of which region a bucket is.
        """
        if self.status < 400:
            return
        code, region = _ERROR_CODE.search(page), _ERROR_REGION.search(page)
        if code:
            self.code = code[1].decode()
        if region and not self.region:
            self.region = region[1]

    def ftp_line(self, line: bytes) -> None:
        """Take a line of an FTP reply."""
        match = _REPLY.match(line)
        if match:
            status = int(match[1])
            if status == 225 or (status in (221, 226) and self.status >= 400):
                return  # to the ABOR and QUIT that follow a refusal: that says more
            self.status = status
            if self.status == 213 and match[2]:  # the answer to SIZE
                self.total = self.length = _count(match[2])

    def report(self, response: CData) -> None:
        """Fill in an rf_response; also with a refusal."""
        total = self.total
        if total < 0 and self.status != 206 and not self.chunked:
            total = self.length
        response.status = self.status
        response.total_size = total
        response.accepts_ranges = 1 if self.status == 206 else self.accepts_ranges
        response.retry_after = self.retry_after
        copy_text(response.etag, self.etag)
        copy_text(response.last_modified, self.last_modified)
        copy_text(response.region, self.region)

    def _is_whole(self, expectation: Expectation) -> bool:
        """Whether this is about the whole file, perhaps where a part was asked for."""
        return expectation.span is None or (
            expectation.whole_or_range and self.status in (200, 203)
        )

    def body_bytes(self, expectation: Expectation) -> int:
        """Give the bytes that the body of a good answer should have, -1 when nobody said."""
        if expectation.more:
            return -1
        if expectation.span is None or self._is_whole(expectation):
            return self.total if self.total >= 0 else -1 if self.chunked else self.length
        first, last = expectation.span
        count = last - first + 1
        return min(count, self.total - first) if expectation.whole_or_range else count

    def ignores_validator(self, expectation: Expectation) -> bool:
        """Whether the whole file came although it is still the one of the validator.

        The server would send parts, but holds the validator for too weak.
        """
        if (
            expectation.validator is None
            or expectation.span is None
            or expectation.more
            or self.status != 200
        ):
            return False
        return expectation.validator in (self.etag, self.last_modified)

    def judge(self, expectation: Expectation) -> None:
        """Raise unless the body that follows is what was asked for."""
        whole = self._is_whole(expectation)
        if expectation.more:
            self._judge_several(expectation)
        elif not whole:
            self._judge_range(expectation)
        elif self.status not in (200, 203):
            raise self._refused()
        packed = self.encoding not in ("", "identity")
        if packed and not (whole and self.encoding in ("gzip", "x-gzip")):
            # gzip around a whole file is what any .gz file is: the C library sees it by content.
            what = "the file" if whole else "parts of the file"
            raise FetchError(
                lib.RF_ERR_UNSUPPORTED,
                f'the server packs {what} with Content-Encoding "{self.encoding}", '
                "which was not asked for",
                self.status,
            )

    def judge_ftp(self, expectation: Expectation) -> None:
        """Raise unless the size that an FTP server told goes with what was asked for."""
        if expectation.span is None:
            return
        if self.total < 0:
            if expectation.whole_or_range:
                raise FetchError(
                    lib.RF_ERR_UNSUPPORTED,
                    "the server does not say how long the file is (SIZE)",
                    self.status,
                )
            return
        first, last = expectation.span
        if last >= self.total and not (expectation.whole_or_range and first <= self.total):
            raise self._behind_the_end(first, last)

    def _behind_the_end(self, first: int, last: int) -> FetchError:
        size = f" ({self.total} bytes)" if self.total >= 0 else ""
        return FetchError(
            lib.RF_ERR_TRUNCATED,
            f"bytes {first}-{last} reach behind the end of the file{size}",
            self.status,
        )

    def _changed(self) -> FetchError:
        return FetchError(
            lib.RF_ERR_CHANGED,
            "the file has changed on the server since it was opened; open it again",
            self.status,
        )

    def _refused(self) -> FetchError:
        if self.status in (404, 410):
            failure = lib.RF_ERR_NO_FILE
        elif self.status in (401, 403) or self.code in _STALE:
            failure = lib.RF_ERR_PERMISSION
        else:
            failure = lib.RF_ERR_HTTP_STATUS
        from http import HTTPStatus

        try:
            reason = " " + HTTPStatus(self.status).phrase
        except ValueError:
            reason = ""
        message = f"the server answered {self.status}{reason}"
        if self.code:
            message += f": {self.code}"
        return FetchError(failure, message, self.status)

    def _contradicts(self, expectation: Expectation) -> bool:
        """Whether the answer is about another file than the validator."""
        if expectation.validator is None:
            return False
        said = self.etag if expectation.validator[:1] == b'"' else self.last_modified
        # A server that leaves validators out of some of its answers says nothing with that.
        return said not in (b"", expectation.validator)

    def _judge_several(self, expectation: Expectation) -> None:
        """Judge the answer to a request for several ranges, which no server need send at once."""
        if self.status // 100 == 2 and self._contradicts(expectation):
            raise self._changed()
        if self.status == 206:
            return
        refused = self._refused()
        # Others say something about the file or the moment. Firewalls that count ranges answer 400,
        # 403 and whatever else.
        if self.status in _ABOUT_THE_FILE or (self.status >= 500 and self.status != 501):
            raise refused
        answered = refused.message.removeprefix("the server ")
        raise FetchError(
            lib.RF_ERR_UNSUPPORTED,
            f"the server does not send several ranges at once: it {answered}",
            self.status,
        )

    def _judge_range(self, expectation: Expectation) -> None:
        assert expectation.span is not None
        first, last = expectation.span
        asked = f"bytes {first}-{last}"
        if self.status == 416:
            raise (
                self._behind_the_end(first, last)
                if expectation.validator is None
                else self._changed()
            )
        if self.status != 206 and self.status // 100 == 2:
            if expectation.validator is not None:
                raise self._changed()
            raise FetchError(
                lib.RF_ERR_UNSUPPORTED,
                f"the server cannot send parts of a file: asked for {asked}, it answered "
                f"{self.status} with all of it",
                self.status,
            )
        if self.status != 206:
            raise self._refused()
        if self.span is None:
            raise FetchError(
                lib.RF_ERR_NETWORK,
                "the server answered 206 without saying which bytes (Content-Range)",
                206,
            )
        if self._contradicts(expectation):
            raise self._changed()
        if expectation.whole_or_range and self.total < 0:
            raise FetchError(
                lib.RF_ERR_UNSUPPORTED,
                "the server sends parts of the file, but does not say how long it is",
                206,
            )
        ends = self.span[0] == first and self.span[1] < last and self.total == self.span[1] + 1
        if ends and not expectation.whole_or_range:
            raise self._behind_the_end(first, last)
        if not ends and self.span != (first, last):
            sent = f"{self.span[0]}-{self.span[1]}"
            raise FetchError(lib.RF_ERR_NETWORK, f"asked for {asked}, the server sends {sent}", 206)


def _count(digits: bytes) -> int:
    """Give a number of bytes, -1 for one that is none or fits no int64_t."""
    if not digits.isdigit() or len(digits) > 30:
        return -1
    count = int(digits)
    return count if count < 2**63 else -1


def _seconds(value: str) -> float:
    """Give the seconds of Retry-After, which may be a date; -1 for what is neither."""
    if value.isascii() and value.isdigit():
        return float(value) if len(value) < 10 else -1.0
    import time
    from email.utils import mktime_tz, parsedate_tz

    date = parsedate_tz(value)
    try:
        return max(mktime_tz(date) - time.time(), 0.0) if date is not None else -1.0
    except (ValueError, OverflowError):
        return -1.0


def copy_text(field: CData, value: bytes) -> None:
    """Copy into a char array, cut to fit."""
    capacity = len(field)
    ffi.memmove(field, value[: capacity - 1].ljust(capacity, b"\0"), capacity)
