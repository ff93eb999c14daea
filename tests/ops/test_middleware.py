from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from core.http import is_interactive, seconds_left
from ops.middleware import answer_in_time


def test_outside_calls_of_a_page_know_that_a_person_waits(rf):
    seen = []

    def view(request):
        seen.append((is_interactive(), seconds_left()))
        return HttpResponse()

    answer_in_time(view)(rf.get("/"))

    [(is_person, left)] = seen
    assert is_person
    assert 4 < (left or 0) <= 5
    assert not is_interactive()
    assert "ops.middleware.answer_in_time" in settings.MIDDLEWARE
