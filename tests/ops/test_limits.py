import pytest

from core.errors import RateLimited
from ops.services.gate import DatabaseGate
from ops.services.limits import LIMITS, Limit, limit_of, limits_in_force
from ops.settings import Settings

pytestmark = pytest.mark.django_db


def test_rates_of_the_settings_come_before_our_own(settings):
    settings.SANDBOX_URL = ""
    settings.REQUEST_RATES = {"deezer": 2.0}

    limits = limits_in_force()

    assert limits["deezer"] == Limit(10, 5.0)
    assert limits["musicbrainz"] == LIMITS["musicbrainz"]


@pytest.mark.parametrize("service", ["slskd", "slskd_search", "internet_archive", "lastfm"])
def test_rate_can_be_said_of_every_service_that_is_asked(settings, service):
    assert Settings.REQUEST_RATES.parse(f"{service}=0.5") == {service: 0.5}
    settings.REQUEST_RATES = {service: 0.5}

    assert limits_in_force()[service] == Limit(2, 5.0)


@pytest.mark.parametrize("rate", [0.1, 0.5, 1.0, 3.3, 8.0, 50.0])
def test_limit_never_allows_more_than_the_rate(rate):
    limit = limit_of(rate)

    assert limit.calls >= 1
    assert limit.calls / limit.seconds <= rate + 1e-9


def test_gate_holds_to_the_rate_of_the_settings_in_the_sandbox_too(settings):
    settings.SANDBOX_URL, settings.REQUEST_RATES = "http://127.0.0.1:1", {"lrclib": 0.1}
    gate = DatabaseGate(limits=limits_in_force, clock=lambda: 1_000.0, sleep=lambda seconds: None)

    gate.enter("lrclib")
    with pytest.raises(RateLimited) as caught:
        gate.enter("lrclib")

    assert 9 < caught.value.retry_after <= 10
    gate.enter("deezer")
