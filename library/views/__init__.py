"""Pages of the library."""

from library.views.artists import name_artists, naming_detail, spelling_list, undo_naming
from library.views.journal import act_list, undo
from library.views.media import stream
from library.views.tags import tag_edit, tag_list

__all__ = [
    "act_list",
    "name_artists",
    "naming_detail",
    "spelling_list",
    "stream",
    "tag_edit",
    "tag_list",
    "undo",
    "undo_naming",
]
