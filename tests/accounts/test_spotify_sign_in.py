"""Signing a person in to Spotify, over real HTTP: the straight way, the carried way, and all that goes wrong on it."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person, SpotifyAccount, SpotifySignIn
from accounts.services import spotify_people, spotify_sign_in
from core.errors import UserError
from tests.accounts.signing import HOST, come_back, consent, question, sign_in, use_app

pytestmark = pytest.mark.django_db
NAS = "nas.example:8000"


@pytest.fixture(autouse=True)
def app(sandbox, settings):
    settings.HOST_NAMES = [*settings.HOST_NAMES, "nas.example"]
    use_app(settings)


def account(person) -> SpotifyAccount | None:
    return SpotifyAccount.objects.filter(person=person).first()


def words_of(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_question_carries_pkce_a_fresh_state_and_only_what_is_needed(visitor):
    first, second = (parse_qs(urlsplit(question(visitor)).query) for _ in range(2))

    assert first["code_challenge_method"] == ["S256"]
    assert len(first["code_challenge"][0]) == 43
    assert first["redirect_uri"] == [f"http://{HOST}/account/spotify/callback/"]
    assert first["scope"] == ["playlist-read-collaborative playlist-read-private"]
    assert first["show_dialog"] == ["true"]
    assert "client_secret" not in first
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


def test_sign_in_when_agreed_stores_encrypted_tokens_and_says_who_it_is(visitor, person):
    response = sign_in(visitor)

    stored = account(person)
    assert stored is not None
    assert (stored.name, stored.user_id, stored.account_id) == ("Ida", "ida.berg", "aB3dE5fG7h")
    assert "You are signed in to Spotify as Ida." in words_of(response)
    assert "Signed in" in response.content.decode()
    assert b"BQ" not in bytes(stored.tokens_encrypted)[:20]
    assert spotify_people.catalogue_of(stored).me().name == "Ida"
    assert not SpotifySignIn.objects.exclude(tokens_encrypted=b"").exists()


def test_sign_in_leads_back_to_the_page_that_wanted_it(visitor):
    response = sign_in(visitor, what="?next=/queue/")

    assert response.redirect_chain[-1][0] == "/queue/"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "/queue/%0d%0aX:y", "javascript:x"])
def test_sign_in_never_leads_to_another_host(visitor, wanted):
    response = sign_in(visitor, what=f"?next={wanted}")

    assert response.redirect_chain[-1][0] == "/account/"


def test_later_sign_in_asks_for_what_is_needed_beside_what_was_allowed(visitor, person):
    sign_in(visitor)

    asked = parse_qs(urlsplit(question(visitor, query="?for=liked")).query)["scope"][0]
    sign_in(visitor, what="?for=liked")

    assert set(asked.split()) == {"playlist-read-private", "playlist-read-collaborative", "user-library-read"}
    assert spotify_people.may_read(account(person), "liked")
    assert not spotify_people.may_read(account(person), "artists")


def test_sign_in_without_a_secret_works_with_the_client_id_alone(visitor, person, settings):
    settings.SPOTIFY_CLIENT_SECRET = ""

    sign_in(visitor)

    assert account(person) is not None


def test_page_without_an_app_says_what_is_missing(visitor, settings):
    settings.SPOTIFY_CLIENT_ID = ""

    page = visitor.get("/account/spotify/").content.decode()

    assert "cannot be asked without the keys of an app" in page
    assert "authorize?" not in page
    assert "developer.spotify.com/dashboard" in visitor.get("/account/").content.decode()


def test_page_without_an_app_leads_only_who_may_to_where_its_keys_go(client, settings):
    settings.SPOTIFY_CLIENT_ID = ""
    client.force_login(Person.objects.create_user("ben"))
    assert "/admin/" not in client.get("/account/spotify/").content.decode()
    client.force_login(Person.objects.create_user("oda", role=Person.Role.OWNER, is_staff=True, is_superuser=True))

    page = client.get("/account/spotify/").content.decode()

    assert 'href="/admin/accounts/credential/add/"' in page
    assert client.get("/admin/accounts/credential/add/").status_code == 200


# --- the way back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "secure", "uri"),
    [
        (HOST, False, f"http://{HOST}/account/spotify/callback/"),
        ("[::1]:7171", False, "http://[::1]:7171/account/spotify/callback/"),
        ("nas.example", True, "https://nas.example/account/spotify/callback/"),
        (NAS, False, "http://127.0.0.1:7171/account/spotify/callback/"),
        ("192.168.1.5:8000", False, "http://127.0.0.1:7171/account/spotify/callback/"),
        ("localhost:8123", False, "http://127.0.0.1:8123/account/spotify/callback/"),
    ],
)
def test_way_back_is_one_that_spotify_accepts(visitor, host, secure, uri):
    address = question(visitor, host=host, secure=secure)

    assert parse_qs(urlsplit(address).query)["redirect_uri"] == [uri]
    assert consent(address).startswith(uri)


def test_way_back_registered_without_a_port_is_taken(visitor, person, sandbox):
    sandbox.mood(spotify_redirects="http://127.0.0.1/account/spotify/callback/")

    sign_in(visitor)

    assert account(person) is not None


def test_nas_by_name_takes_the_pasted_dead_address(visitor, person):
    page = visitor.get("/account/spotify/", headers={"host": NAS}).content.decode()
    dead = consent(question(visitor, host=NAS))

    response = visitor.post("/account/spotify/paste/", {"address": f"  {dead}\n"}, headers={"host": NAS}, follow=True)

    assert "Paste the address here" in page
    assert dead.startswith("http://127.0.0.1:7171/account/spotify/callback/?code=")
    assert account(person).name == "Ida"
    assert "signed in to Spotify as Ida" in words_of(response)


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "Nothing was pasted"),
        ("hello", "not the address"),
        ("http://127.0.0.1:7171/account/spotify/callback/?state=x", "not the address"),
        ("http://127.0.0.1:7171/account/spotify/callback/?code=x", "not the address"),
        ("https://accounts.spotify.com/authorize?client_id=x&state=y", "after you agreed"),
        ("http://[broken?code=a&state=b", "not the address"),
        ("http://127.0.0.1/?code=a&state=b" + "x" * 5000, "too long"),
        ("http://127.0.0.1/<script>?code=<b>&state=\u202e", "belongs to no sign-in"),
        ("http://127.0.0.1:7171/account/spotify/callback/?code=a&state=forged", "belongs to no sign-in"),
    ],
)
def test_pasted_nonsense_is_explained_and_stores_nothing(visitor, person, sandbox, pasted, words):
    response = visitor.post("/account/spotify/paste/", {"address": pasted}, headers={"host": NAS}, follow=True)

    assert words in words_of(response)
    assert "<script>" not in response.content.decode()
    assert account(person) is None
    assert sandbox.count("accounts.spotify.com/api/token") == 0


def test_stranger_at_the_way_back_gets_the_address_to_carry_and_nothing_happens(visitor, person, sandbox):
    location = consent(question(visitor))

    response = come_back(Client(), location)

    assert "Copy the address of this page" in response.content.decode()
    assert parse_qs(urlsplit(location).query)["state"][0] in response.content.decode()
    assert sandbox.count("accounts.spotify.com/api/token") == 0
    visitor.post("/account/spotify/paste/", {"address": location}, headers={"host": HOST})
    assert account(person) is not None


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_forged_state_is_refused_before_spotify_is_asked(visitor, person, sandbox):
    code = parse_qs(urlsplit(consent(question(visitor))).query)["code"][0]

    response = come_back(visitor, f"http://{HOST}/account/spotify/callback/?code={code}&state=forged", follow=True)

    assert "belongs to no sign-in that you began here" in words_of(response)
    assert account(person) is None
    assert sandbox.count("accounts.spotify.com/api/token") == 0


def test_answer_of_another_persons_sign_in_is_refused(visitor, person):
    location = consent(question(visitor))
    other = Client()
    other.force_login(Person.objects.create_user("ben"))

    response = come_back(other, location, follow=True)

    assert "belongs to no sign-in" in words_of(response)
    assert SpotifyAccount.objects.count() == 0


def test_answer_after_the_session_ended_is_refused_and_a_new_try_works(visitor, person):
    location = consent(question(visitor))
    visitor.logout()
    visitor.force_login(person)

    response = come_back(visitor, location, follow=True)

    assert "belongs to no sign-in" in words_of(response)
    assert account(person) is None
    sign_in(visitor)
    assert account(person) is not None


def test_denied_question_stores_nothing_and_keeps_what_was(visitor, person):
    response = sign_in(visitor, agree=False)
    assert "You did not agree at Spotify" in words_of(response)
    assert account(person) is None

    sign_in(visitor)
    sign_in(visitor, agree=False)

    assert account(person).lost_at is None


def test_answer_that_comes_twice_signs_in_once_and_says_the_same(visitor, person, sandbox):
    location = consent(question(visitor))
    come_back(visitor, location)
    before = bytes(account(person).tokens_encrypted)

    response = come_back(visitor, location, follow=True)

    assert "You are signed in to Spotify as Ida." in words_of(response)
    assert bytes(account(person).tokens_encrypted) == before
    assert sandbox.count("accounts.spotify.com/api/token") == 1


def test_denied_answer_that_comes_twice_is_told_so(visitor):
    location = consent(question(visitor), agree=False)
    come_back(visitor, location)

    assert "used already" in words_of(come_back(visitor, location, follow=True))


def test_two_tabs_may_both_be_finished(visitor, person):
    one, two = question(visitor), question(visitor)

    for address in (two, one):
        response = come_back(visitor, consent(address), follow=True)
        assert "You are signed in to Spotify as Ida." in words_of(response)

    assert SpotifyAccount.objects.count() == 1


def test_many_tabs_leave_few_rows(visitor):
    for _ in range(12):
        visitor.get("/account/spotify/")

    assert SpotifySignIn.objects.count() == spotify_sign_in.MOST_BEGUN


def test_answer_that_comes_too_late_is_refused(visitor, person, time_machine):
    location = consent(question(visitor))
    time_machine.move_to(timezone.now() + timedelta(minutes=31))

    response = come_back(visitor, location, follow=True)

    assert "longer than half an hour" in words_of(response)
    assert account(person) is None


def test_code_that_spotify_does_not_take_is_explained(visitor, person):
    location = re.sub("code=[^&]+", "code=AQspent", consent(question(visitor)))

    response = come_back(visitor, location, follow=True)

    assert "does not take this code any more" in words_of(response)
    assert account(person) is None


def test_spotify_that_is_down_is_no_sign_in_and_no_error_page(visitor, person, sandbox):
    location = consent(question(visitor))
    sandbox.fault("accounts.spotify.com/api/token", "status", status=503, times=1)

    response = come_back(visitor, location, follow=True)

    assert response.status_code == 200
    assert "Spotify has a problem of its own" in words_of(response)
    assert account(person) is None


@pytest.mark.parametrize("error", ["server_error", "<script>", "x" * 300])
def test_other_errors_of_spotify_are_named_without_their_markup(visitor, error):
    state = parse_qs(urlsplit(question(visitor)).query)["state"][0]

    response = come_back(visitor, f"http://{HOST}/account/spotify/callback/?error={error}&state={state}", follow=True)

    assert "Spotify refused the sign-in" in words_of(response)
    assert "<script>" not in response.content.decode()
    assert len(words_of(response)) < 200


def test_person_who_is_not_on_the_apps_list_is_told_what_to_do_and_may_try_again(visitor, person, sandbox):
    sandbox.mood(spotify_registered=False)

    page = sign_in(visitor).content.decode()
    assert "not on the list of users of the app" in page
    assert "User Management" in page
    assert account(person) is None

    sandbox.mood(spotify_registered=True)
    row = SpotifySignIn.objects.exclude(tokens_encrypted=b"").get()
    visitor.post("/account/spotify/decide/", {"sign_in": row.pk, "act": "again"})
    assert account(person).name == "Ida"


def test_app_whose_owner_has_no_premium_is_told(visitor, settings):
    use_app(settings, "4")

    assert "needs an active Premium subscription" in sign_in(visitor).content.decode()


# --- another account than before -------------------------------------------------------------------------------------


@pytest.fixture
def as_ida_then_tom(visitor, sandbox):
    sign_in(visitor)
    sandbox.mood(spotify_person="tom.lind")
    return sign_in(visitor)


def test_another_account_than_before_is_asked_about(as_ida_then_tom, person):
    page = as_ida_then_tom.content.decode()

    assert "another Spotify account than before" in page
    assert "Tom Lind" in page
    assert account(person).name == "Ida"


@pytest.mark.parametrize(("act", "name"), [("use", "Tom Lind"), ("drop", "Ida")])
def test_another_account_is_taken_only_when_wanted(as_ida_then_tom, visitor, person, act, name):
    row = SpotifySignIn.objects.exclude(tokens_encrypted=b"").get()

    visitor.post("/account/spotify/decide/", {"sign_in": row.pk, "act": act})
    again = visitor.post("/account/spotify/decide/", {"sign_in": row.pk, "act": act}, follow=True)

    assert account(person).name == name
    assert spotify_people.catalogue_of(account(person)).me().name == name
    assert "does not wait any more" in words_of(again)
    assert not SpotifySignIn.objects.exclude(tokens_encrypted=b"").exists()


@pytest.mark.parametrize("values", [{}, {"sign_in": "x"}, {"sign_in": "9" * 40}, {"act": "use", "sign_in": "0"}])
def test_decision_with_nonsense_changes_nothing(as_ida_then_tom, visitor, person, values):
    response = visitor.post("/account/spotify/decide/", values, follow=True)

    assert response.status_code == 200
    assert account(person).name == "Ida"


def test_decision_of_somebody_else_is_refused(as_ida_then_tom, person):
    row = SpotifySignIn.objects.exclude(tokens_encrypted=b"").get()
    other = Client()
    other.force_login(Person.objects.create_user("ben"))

    other.post("/account/spotify/decide/", {"sign_in": row.pk, "act": "use"})

    assert account(person).name == "Ida"
    assert SpotifyAccount.objects.count() == 1


# --- out -------------------------------------------------------------------------------------------------------------


def test_signing_out_forgets_everything(visitor, person):
    sign_in(visitor)

    response = visitor.post("/account/spotify/sign-out/", follow=True)

    assert "Spotizer has forgotten" in words_of(response)
    assert not SpotifyAccount.objects.exists()
    assert not SpotifySignIn.objects.exists()
    with pytest.raises(UserError):
        spotify_people.require_account(person)


def test_pages_ask_a_bounded_number_of_queries(visitor, django_assert_max_num_queries):
    sign_in(visitor)

    with django_assert_max_num_queries(14):
        visitor.get("/account/")
    assert timezone.now() < account(visitor.get("/account/").context["person"]).expires_at


def test_no_token_and_no_code_is_in_the_log_or_on_a_page(visitor, person, caplog):
    caplog.set_level("DEBUG")
    location = consent(question(visitor))
    code = parse_qs(urlsplit(location).query)["code"][0]

    page = come_back(visitor, location, follow=True).content.decode()

    from accounts.services.spotify_tokens import unseal

    tokens = unseal(account(person).tokens_encrypted)
    for secret in (code, tokens.access, tokens.refresh):
        assert secret not in caplog.text
        assert secret not in page
    assert tokens.access not in repr(tokens)
