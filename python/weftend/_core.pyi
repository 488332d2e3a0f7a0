"""What the extension module holds; only the facades import it."""

__version__: str
