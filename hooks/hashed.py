"""Files that are named after their content: what a browser kept of an older one is never taken."""

from __future__ import annotations

from hashlib import sha256

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File


def named(config: MkDocsConfig, path: str, content: str) -> File:
    """A file of the site, with the digest in the place of the `#` in its path."""
    digest = sha256(content.encode()).hexdigest()[:8]
    return File.generated(config, path.replace("#", digest), content=content)
