"""Pages of the library."""

from library.views.journal import act_list, undo
from library.views.tags import tag_edit, tag_list

__all__ = ["act_list", "tag_edit", "tag_list", "undo"]
