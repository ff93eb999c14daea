"""Root may write anywhere; a test of what may not be written gives that right up for a while."""

import ctypes
import os
from contextlib import contextmanager

VERSION = 0x20080522
OVERRIDE = 0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, linux/capability.h


class Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class Sets(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


@contextmanager
def common_rights():
    """This thread may do no more than the modes of files say."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = Header(VERSION, 0), (Sets * 2)()
    check(libc.capget(ctypes.byref(header), sets))
    had = sets[0].effective
    sets[0].effective = had & ~OVERRIDE
    check(libc.capset(ctypes.byref(header), sets))
    try:
        yield
    finally:
        sets[0].effective = had
        check(libc.capset(ctypes.byref(header), sets))


def check(answer):
    if answer:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
