"""The watchdog over the cluster, as the supervisor asks it."""

import pytest

from spotizer.supervisor import beats, stack

pytestmark = pytest.mark.django_db(transaction=True)


def test_cluster_that_beats_under_the_name_it_inherited_is_alive_to_the_supervisor(tmp_path, monkeypatch):
    env = stack.environment(tmp_path / "stop")
    part = next(part for part in stack.workers(env) if part.name == "cluster")
    assert not part.is_alive(beats.STALE_SECONDS + 1)

    with monkeypatch.context() as inside:  # what the cluster's own process sees
        inside.setenv("SPOTIZER_NODE", part.env["SPOTIZER_NODE"])
        beats.beat()

    assert part.is_alive(beats.STALE_SECONDS + 1)
