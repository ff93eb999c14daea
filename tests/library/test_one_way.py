"""What takes files away or over is in few hands: everything else in the library goes through the journal."""

import ast

import pytest
from django.conf import settings

TAKES = {"unlink", "rename", "remove", "rmtree", "move", "rmdir", "truncate"}
# Each may, for the reason that stands here. A file of the library is touched by the journal alone.
MAY = {
    "library/convert/fingerprint.py": "what ffmpeg wrote for it into the work folder",
    "library/services/journal/acting.py": "the acts themselves",
    "library/services/journal/hands.py": "its own locks",
    "library/services/journal/keeping.py": "the bin",
    "library/services/journal/recovery.py": "what was cut short",
    "library/services/disk.py": "the steps of the journal and of filing, which overwrite nothing",
    "library/services/folder.py": "its own trial file",
    "library/services/place.py": "work files and parts",
    "library/services/playlist_file.py": "the list that it wrote itself and nobody changed",
    "library/services/receipt.py": "a note in the work folder",
    "library/services/sweep.py": "parts that nobody writes any more",
}


def takes(tree):
    """Calls that take a file away, or put one in another's place: ``Path.replace`` has one argument, others more."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            is_path_replace = name == "replace" and len(node.args) == 1 and not node.keywords
            on_set_or_list = name == "remove" and isinstance(node.func.value, ast.Name) and node.func.value.id != "os"
            is_plan = name == "move" and getattr(node.func.value, "id", "") == "plan"
            if (name in TAKES or is_path_replace) and not on_set_or_list and not is_plan:
                yield f"{name}, line {node.lineno}"


@pytest.mark.parametrize(
    "path",
    sorted(path.relative_to(settings.BASE_DIR).as_posix() for path in (settings.BASE_DIR / "library").rglob("*.py")),
)
def test_only_few_modules_take_files_away(path):
    found = list(takes(ast.parse((settings.BASE_DIR / path).read_text("utf-8"))))

    assert not found or path in MAY, f"{path} ({', '.join(found)}): call library.services.journal, or say why in MAY"


def test_the_list_of_those_who_may_has_nobody_who_does_not():
    for path in MAY:
        assert list(takes(ast.parse((settings.BASE_DIR / path).read_text("utf-8")))), path
