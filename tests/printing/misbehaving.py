"""A printing child that does what it should not: `python -m tests.printing.misbehaving <way> <seconds> <memory>`."""

import os
import sys
import time


def main(way: str) -> None:
    if way == "deaf":
        time.sleep(60)
    said = sys.stdin.buffer.read()
    match way:
        case "silent":
            pass
        case "babbling":
            sys.stdout.buffer.write(b"no paper: " + said)
        case "failing":
            sys.stdout.buffer.write(b"%PDF-1.7 half a paper")
            sys.stdout.flush()
            os._exit(3)
        case "environment":
            sys.stdout.buffer.write(b"%PDF-" + "\n".join(os.environ).encode())


main(sys.argv[1])
