#!/usr/bin/env python3
"""started.py PATTERN COMMAND...: runs a command until it says PATTERN on either stream, and prints how
many milliseconds after the start of the process that was. The command is ended then."""
import os
import subprocess
import sys
import time


def main():
    pattern, command = sys.argv[1].encode(), sys.argv[2:]
    start = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
    said = b""
    while pattern not in said:
        more = os.read(child.stdout.fileno(), 65536)
        if not more:
            sys.exit(f"{command[0]} ended without saying {sys.argv[1]}:\n{said.decode()}")
        said += more
    print(f"{(time.monotonic() - start) * 1e3:.1f}")
    child.terminate()
    child.stdout.close()
    child.wait()


main()
