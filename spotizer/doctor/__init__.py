"""``manage.py doctor``: is this machine fit, and which command mends what is not."""
