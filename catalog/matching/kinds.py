"""The kinds of version that a recording can be."""

from __future__ import annotations

from enum import StrEnum


class VersionKind(StrEnum):
    """Kinds of version, named as a sentence can use them."""

    KARAOKE = "karaoke version"
    REACTION = "reaction"
    LESSON = "lesson"
    NOT_MUSIC = "clip about it"
    FULL_ALBUM = "whole album"
    LOOP = "loop"
    NIGHTCORE = "nightcore"
    SLOWED = "slowed version"
    SPED_UP = "sped-up version"
    EIGHT_D = "8D version"
    EFFECT = "version with added effects"
    MASHUP = "mash-up"
    MEDLEY = "medley"
    A_CAPPELLA = "a cappella"
    INSTRUMENTAL = "instrumental"
    COVER = "cover"
    LIVE = "live version"
    ACOUSTIC = "acoustic version"
    DEMO = "demo or other take"
    EXTENDED = "extended version"
    CLEAN = "clean edit"
    EDIT = "shorter edit"
    REPRISE = "reprise"
    PASSAGE = "intro or outro"
    SOLO = "other line-up"
    LANGUAGE = "version in another language"
    RERECORDED = "new recording"
    REMIX = "remix"
    PART = "part"
    OTHER = "other version"
