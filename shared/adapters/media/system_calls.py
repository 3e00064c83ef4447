"""A filter over what this process may still ask of the kernel (seccomp): to read, to write, to have memory, to end.

Rules:
1. What is not on the list fails with "not permitted"; a call by another architecture's numbers ends the process.
2. Nothing on the list opens, connects, forks, signals, traces, or looks into another process, nor lifts a limit.
3. The filter cannot be taken off, and holds for whatever native code is made to do. Linux on two processors knows
   it; elsewhere `forbid` says so by False, and the limits of child.py stand alone.
The numbers are the kernel's own (arch/x86/entry/syscalls, include/uapi/asm-generic/unistd.h), the layout that of
linux/filter.h and linux/seccomp.h.
"""

import ctypes
import errno
import platform
import struct
import sys

NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER_AT, ARCHITECTURE_AT = 0, 4
ALLOW, REFUSE, END = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
INSTRUCTION = struct.Struct("=HBBI")

X86_64 = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12,
    "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25, "madvise": 28,
    "nanosleep": 35, "getpid": 39, "exit": 60, "sigaltstack": 131, "gettid": 186, "futex": 202,
    "sched_getaffinity": 204, "restart_syscall": 219, "clock_gettime": 228, "clock_nanosleep": 230,
    "exit_group": 231, "getrandom": 318, "newfstatat": 262,
}  # fmt: skip
AARCH64 = {
    "read": 63, "write": 64, "close": 57, "fstat": 80, "lseek": 62, "mmap": 222, "mprotect": 226, "munmap": 215,
    "brk": 214, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "sched_yield": 124, "mremap": 216,
    "madvise": 233, "nanosleep": 101, "getpid": 172, "exit": 93, "sigaltstack": 132, "gettid": 178, "futex": 98,
    "sched_getaffinity": 123, "restart_syscall": 128, "clock_gettime": 113, "clock_nanosleep": 115,
    "exit_group": 94, "getrandom": 278, "newfstatat": 79,
}  # fmt: skip
PROCESSORS = {"x86_64": (0xC000003E, X86_64), "aarch64": (0xC00000B7, AARCH64)}


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def forbid() -> bool:
    """Puts the filter on, for good. False where this kernel or processor has none to put on."""
    if not sys.platform.startswith("linux") or platform.machine() not in PROCESSORS:
        return False
    code = _program(*PROCESSORS[platform.machine()])
    held = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // INSTRUCTION.size, ctypes.addressof(held))
    control = ctypes.CDLL(None).prctl
    one, nothing = ctypes.c_ulong(1), ctypes.c_ulong(0)
    if control(NO_NEW_PRIVILEGES, one, nothing, nothing, nothing) != 0:
        return False
    return bool(control(SECCOMP, ctypes.c_ulong(FILTER), ctypes.byref(program), nothing, nothing) == 0)


def _program(architecture: int, numbers: dict[str, int]) -> bytes:
    """Jumps are forwards and count the instructions passed over; the last two are: refuse, allow."""
    steps = [
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (JUMP_IF_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, END),
        (LOAD, 0, 0, NUMBER_AT),
    ]
    steps += [(JUMP_IF_EQUAL, len(numbers) - n, 0, number) for n, number in enumerate(numbers.values())]
    steps += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    return b"".join(INSTRUCTION.pack(*step) for step in steps)
