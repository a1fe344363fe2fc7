"""What a page may load (Content Security Policy, level 3): only what this service itself serves."""

from __future__ import annotations

_DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}
_WITH_IMAGES = {"img-src": "'self' https: data:"}


def content_policy(*, with_images: bool = False) -> str:
    """Return the policy; a help page ``with_images`` may show those that its writer has put elsewhere."""
    directives = {**_DIRECTIVES, **(_WITH_IMAGES if with_images else {})}
    return "; ".join(f"{name} {value}" for name, value in directives.items())
