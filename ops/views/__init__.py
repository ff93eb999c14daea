"""Pages of what all share: the settings."""

from ops.views.backup import settings_export, settings_import
from ops.views.settings import (
    settings_check,
    settings_history,
    settings_home,
    settings_revert,
    settings_save,
    settings_tab,
)

__all__ = [
    "settings_check",
    "settings_export",
    "settings_history",
    "settings_home",
    "settings_import",
    "settings_revert",
    "settings_save",
    "settings_tab",
]
