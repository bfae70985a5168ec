"""The loopback interface of a new network namespace, the only one there is."""

import fcntl
import socket
import struct

from .refusals import refusal

# netdevice(7); numbers from include/uapi/linux/{sockios,if}.h
_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_SIOCSIFADDR = 0x8916
_SIOCSIFNETMASK = 0x891C
_IFF_UP = 0x1

# RFC 5737: an address that is nobody's. glibc's getaddrinfo with AI_ADDRCONFIG finds no IPv4 name at all
# while 127.0.0.1 is the only address (sysdeps/unix/sysv/linux/check_pf.c); one other address satisfies it.
SECOND_ADDRESS = "192.0.2.1"


def bring_up() -> None:
    """Bring the loopback interface of this network namespace up and give it a second address.

    The kernel itself gives it 127.0.0.1/8 and ::1. There is no route to anything else.

    Raises:
        IsolationError: the kernel does not allow it.
    """
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
            request = fcntl.ioctl(handle, _SIOCGIFFLAGS, struct.pack("16sH22x", b"lo", 0))
            (flags,) = struct.unpack_from("H", request, 16)
            fcntl.ioctl(handle, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags | _IFF_UP))
            fcntl.ioctl(handle, _SIOCSIFADDR, _address_request(SECOND_ADDRESS))
            fcntl.ioctl(handle, _SIOCSIFNETMASK, _address_request("255.255.255.255"))
    except OSError as error:
        raise refusal("loopback interface", error) from error


def _address_request(address: str) -> bytes:
    """A struct ifreq with a struct sockaddr_in, for the interface's first alias."""
    return struct.pack("16sHH4s16x", b"lo:1", socket.AF_INET, 0, socket.inet_aton(address))
