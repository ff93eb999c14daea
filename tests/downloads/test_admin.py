import pytest
from django.urls import reverse

from downloads.models import Download, Status
from history.models import Event
from tests.downloads.make import make_download, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client, django_user_model):
    person = django_user_model.objects.create_superuser("root", role="owner")
    client.force_login(person)
    return client


@pytest.mark.parametrize("model", ["downloads_download", "downloads_downloadrequest", "history_event"])
def test_operator_sees_lists_and_rows_but_cannot_change_them(operator, model):
    download = make_download(status=Status.FAILED)
    rows = {
        "downloads_download": download,
        "downloads_downloadrequest": make_request(),
        "history_event": Event.objects.create(kind="done", title="x"),
    }

    assert operator.get(reverse(f"admin:{model}_changelist")).status_code == 200
    assert operator.get(reverse(f"admin:{model}_change", args=[rows[model].pk])).status_code == 200
    assert operator.get(reverse(f"admin:{model}_add")).status_code == 403


def test_operator_tries_failed_rows_again_from_the_list(operator):
    download = make_download(status=Status.FAILED)
    data = {"action": "retry", "_selected_action": [download.pk]}

    answer = operator.post(reverse("admin:downloads_download_changelist"), data, follow=True)

    assert "1 done, 0 refused" in answer.content.decode()
    assert Download.objects.get().status == Status.QUEUED
    assert Event.objects.get(download_id=download.pk).person.username == "root"


@pytest.mark.parametrize("action", ["cancel", "pause", "resume", "retry"])
def test_viewer_with_a_key_to_the_administration_steers_nothing(client, django_user_model, action):
    viewer = django_user_model.objects.create_superuser("guest", role="viewer")
    client.force_login(viewer)
    rows = [make_download(status=status) for status in (Status.QUEUED, Status.PAUSED, Status.FAILED)]
    data = {"action": action, "_selected_action": [row.pk for row in rows]}

    client.post(reverse("admin:downloads_download_changelist"), data, follow=True)

    assert sorted(Download.objects.values_list("status", flat=True)) == ["failed", "paused", "queued"]
