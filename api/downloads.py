"""Files as downloads: to be saved, never to be shown."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Response


def as_download(content: bytes, name: str) -> Response:
    """Return a file's content so that no browser shows or runs it."""
    quoted = quote(name, safe="")
    return Response(
        content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quoted}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )
