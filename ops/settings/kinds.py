"""The kinds that a setting can be: how it is written, and what is wrong with what a person wrote.

The environment, a form, a command and an import all write text, and all go through ``parse``. Empty text means the
default everywhere, so no kind has to understand it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from math import isfinite
from typing import Any, Generic, Self, TypeVar, overload
from urllib.parse import urlsplit

from ops.settings import stored

T = TypeVar("T")
Amount = TypeVar("Amount", bound=float)

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
NOTHING = FALSE | {"none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What people read of a setting. ``effect``: what a change does that cannot be taken back by changing it again."""

    label: str
    help: str
    unit: str = ""
    effect: str = ""


class Kind(Generic[T]):
    """One setting. As an attribute of ``in_force`` it is its value: the environment's, else the stored one, else
    ``default``.
    """

    name: str  # as an attribute, and in Django's settings: MATCH_THRESHOLD
    is_secret = False

    def __init__(self, variable: str, default: T, *, label: str, help: str, unit: str = "", effect: str = "") -> None:
        self.variable = variable
        self.default = default
        self._objector: Callable[[T], object] | None = None
        self.words = Words(label=label, help=help, unit=unit, effect=effect)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        value: T = stored.value_of(self.name)
        return value

    @property
    def key(self) -> str:
        """What it is called outside of Python: ``match_threshold``."""
        return self.name.lower()

    @property
    def expected(self) -> str:
        """What has to be written, as it ends a sentence."""
        raise NotImplementedError

    def parse(self, text: str) -> T:
        """The value of ``text``, which is not empty. Raises ValueError."""
        raise NotImplementedError

    def write(self, value: T) -> str:
        """The text that ``parse`` takes for ``value``; empty where it is nothing."""
        return str(value)

    def check(self, value: T) -> None:
        """Raise UserError where an app has something against ``value``: see ``check_with``."""
        if self._objector is not None:
            self._objector(value)

    def check_with(self, objector: Callable[[T], object]) -> None:
        """``objector`` raises UserError for values that will not do. An app above says so for what it knows best."""
        self._objector = objector


class Boolean(Kind[bool]):
    expected = "yes or no"

    def parse(self, text: str) -> bool:
        if (lowered := text.lower()) in TRUE | FALSE:
            return lowered in TRUE
        raise ValueError(text)

    def write(self, value: bool) -> str:
        return "yes" if value else "no"


class Bounded(Kind[Amount]):
    what = "a number"

    def __init__(
        self, variable: str, default: Amount, *, least: Amount, most: Amount | None = None, **words: Any
    ) -> None:
        super().__init__(variable, default, **words)
        self.least: Amount = least
        self.most: Amount | None = most

    @property
    def expected(self) -> str:
        if self.most is None:
            return f"{self.what} of {self.least:g} or more"
        return f"{self.what} from {self.least:g} to {self.most:g}"

    def _checked(self, value: Amount) -> Amount:
        if not isfinite(value) or value < self.least or (self.most is not None and value > self.most):
            raise ValueError(value)
        return value

    def write(self, value: Amount) -> str:
        return f"{value:.15g}"


class Integer(Bounded[int]):
    what = "a whole number"

    def parse(self, text: str) -> int:
        return self._checked(int(text))


class Number(Bounded[float]):
    def parse(self, text: str) -> float:
        return self._checked(float(text))


class Text(Kind[str]):
    expected = "some text"

    def parse(self, text: str) -> str:
        return text


class Template(Text):
    """A pattern for names; ``library`` knows which are good."""

    expected = "a name template"


class Secret(Text):
    """Kept encrypted, and never shown again."""

    is_secret = True


class Address(Kind[str]):
    """A web address without a slash at its end."""

    expected = "an address like http://slskd:5030"

    def parse(self, text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username is not None:
            raise ValueError(text)
        _ = parts.port  # raises ValueError where it is no number
        return text.rstrip("/")


class Code(Kind[str]):
    """Two letters."""

    expected = "two letters, like US"

    def parse(self, text: str) -> str:
        if len(text) != 2 or not text.isascii() or not text.isalpha():
            raise ValueError(text)
        return text.upper()


class Choice(Kind[str]):
    def __init__(self, variable: str, default: str, choices: Mapping[str, str], **words: Any) -> None:
        super().__init__(variable, default, **words)
        self.choices = choices  # with what people call each

    @property
    def expected(self) -> str:
        return f"one of {', '.join(self.choices)}"

    def parse(self, text: str) -> str:
        if (lowered := text.lower()) in self.choices:
            return lowered
        raise ValueError(text)


class SomeOf(Kind[list[str]]):
    """Some of ``choices``, each once; their order counts where ``is_ordered``."""

    def __init__(
        self, variable: str, default: list[str], choices: Mapping[str, str], *, is_ordered: bool = False, **words: Any
    ) -> None:
        super().__init__(variable, default, **words)
        self.choices, self.is_ordered = choices, is_ordered

    @property
    def expected(self) -> str:
        return f"some of {', '.join(self.choices)}"

    def parse(self, text: str) -> list[str]:
        wanted = list(dict.fromkeys(word.lower() for word in _words(text)))
        if not wanted or not self.choices.keys() >= set(wanted):
            raise ValueError(text)
        return wanted if self.is_ordered else [name for name in self.choices if name in wanted]

    def write(self, value: list[str]) -> str:
        return " ".join(value)


class Phrases(Kind[list[str]]):
    """Phrases may have gaps, so commas part them; ``off`` is none at all."""

    expected = "words or phrases with commas between, or off"

    def parse(self, text: str) -> list[str]:
        if text.lower() in NOTHING:
            return []
        return list(dict.fromkeys(phrase for part in text.split(",") if (phrase := " ".join(part.split()))))

    def write(self, value: list[str]) -> str:
        return ", ".join(value) or "off"


class Hours(Kind[tuple[time, time] | None]):
    """From and to, times of day."""

    expected = "two times of day, like 23:00-07:00"

    def parse(self, text: str) -> tuple[time, time] | None:
        if text.lower() in NOTHING:
            return None
        first, dash, last = text.partition("-")
        begin, end = (datetime.strptime(part.strip(), "%H:%M").time() for part in (first, last))
        if not dash or begin == end:
            raise ValueError(text)
        return begin, end

    def write(self, value: tuple[time, time] | None) -> str:
        return "-".join(f"{hour:%H:%M}" for hour in value) if value else ""


class _Amounts(Kind[dict[str, Amount]]):
    """A number above zero for each name; only for those of ``names`` where there are any."""

    convert: Callable[[str], Amount]

    def __init__(self, variable: str, *, names: tuple[str, ...] = (), example: str, **words: Any) -> None:
        super().__init__(variable, {}, **words)
        self.names, self.example = names, example

    @property
    def expected(self) -> str:
        of = f" for some of {', '.join(self.names)}" if self.names else ""
        return f"numbers above zero{of}, like {self.example}"

    def parse(self, text: str) -> dict[str, Amount]:
        found: dict[str, Amount] = {}
        if text.lower() in NOTHING:
            return found
        for word in _words(text):
            name, _, written = word.lower().partition("=")
            number = self.convert(written)
            if not name or (self.names and name not in self.names) or not 0 < number < float("inf"):
                raise ValueError(word)
            found[name] = number
        return found

    def write(self, value: dict[str, Amount]) -> str:
        return " ".join(f"{name}={number:.15g}" for name, number in value.items())


class WholeAmounts(_Amounts[int]):
    convert = int


class Amounts(_Amounts[float]):
    convert = float


def _words(text: str) -> list[str]:
    """A list written with commas or spaces."""
    return text.replace(",", " ").split()
