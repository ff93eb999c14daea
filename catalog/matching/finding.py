"""What one kind of evidence says, in points and in words."""

from __future__ import annotations

from dataclasses import dataclass

ANOTHER = -60  # another recording
DOUBT = -30  # too doubtful to pick, whatever else agrees
UNEXPLAINED = -26  # too doubtful as well, unless somebody looks at it himself


@dataclass(frozen=True, slots=True)
class Finding:
    """What one kind of evidence says."""

    points: float
    says: str
