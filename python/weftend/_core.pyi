"""What the extension module holds; only the facades import it."""

__all__ = ["__version__", "canonicalize", "canonicalize_text", "digest", "digest_text", "is_canonical"]
__version__: str

def canonicalize(value: object, /) -> bytes:
    """Canonical bytes of a value; ``CanonicalizationError`` has a JSON Pointer as its place."""

def canonicalize_text(text: bytes | str, /) -> bytes:
    """Canonical bytes of a JSON text; ``CanonicalizationError`` has a byte offset as its place."""

def is_canonical(text: bytes, /) -> bool:
    """Whether a text is its own canonical form."""

def digest(value: object, /) -> str:
    """``sha256:`` and 64 hexadecimal digits, over the canonical bytes of a value."""

def digest_text(text: bytes | str, /) -> str:
    """``sha256:`` and 64 hexadecimal digits, over the canonical bytes of a JSON text."""
