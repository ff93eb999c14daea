"""Every write of the queue. ``states`` is the one way in which a download's status changes."""
