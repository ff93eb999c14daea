"""Names of files: a template language, and rules that make any text safe on every file system. Pure functions."""

from library.naming.examples import EXAMPLES, show_names
from library.naming.paths import relative_path
from library.naming.safe import PART_BYTES, TOTAL_BYTES, folded, legible, numbered, safe_part
from library.naming.template import PLACEHOLDERS, check_template, has_album_folder

__all__ = [
    "EXAMPLES",
    "PART_BYTES",
    "PLACEHOLDERS",
    "TOTAL_BYTES",
    "check_template",
    "folded",
    "has_album_folder",
    "legible",
    "numbered",
    "relative_path",
    "safe_part",
    "show_names",
]
