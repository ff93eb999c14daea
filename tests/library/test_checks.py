import pytest
from django.core.checks import run_checks


def codes():
    return {message.id for message in run_checks()}


@pytest.mark.parametrize("template", ["", "..", "{Album}", "{Title} {Nonsense}"])
def test_name_template_that_does_not_work_is_told_at_start(settings, template):
    settings.NAME_TEMPLATE = template

    assert "library.E001" in codes()


def test_ffmpeg_that_is_not_there_is_told_at_start(settings):
    settings.FFMPEG = "/nowhere/ffmpeg"

    assert "library.E002" in codes()


def test_default_settings_have_nothing_wrong_with_files():
    assert not {"library.E001", "library.E002"} & codes()
