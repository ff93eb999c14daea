"""The tags of owned files written anew from what the database knows: looked at first, then through the journal.

``look`` says what each file's tags are and would become; ``write`` does it; ``retag`` is both; ``leave`` has it done in
the background. Fields that the database
knows nothing of stay as the file has them, and so does all that Spotizer has no name for.
"""

from library.services.retag.background import leave
from library.services.retag.looking import CHUNK, Look, TagOptions, digest_of, look, looks
from library.services.retag.manual import EDITABLE, manual_values, set_manual, without_manual
from library.services.retag.writing import plan_of, retag, write

__all__ = [
    "CHUNK",
    "EDITABLE",
    "Look",
    "TagOptions",
    "digest_of",
    "leave",
    "look",
    "looks",
    "manual_values",
    "plan_of",
    "retag",
    "set_manual",
    "without_manual",
    "write",
]
