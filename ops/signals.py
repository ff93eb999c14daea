"""What others may want to hear of at once, who are above this app and may not be called from it."""

from django.dispatch import Signal

# A lane that was closed is open, whether its time was up or somebody opened it. Carries ``lane``.
lane_opened = Signal()
