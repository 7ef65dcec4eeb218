#!/usr/bin/env python3
"""measure.py TIMING_JSON COMMAND...: runs a command and prints one line of numbers:
wall seconds, processor seconds, peak resident MiB, peak proportional MiB, first picture in ms ("-"
where the command does not say)."""
import json
import os
import resource
import subprocess
import sys
import time


def proportional_kib(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            return sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    except OSError:
        return 0


def first_picture_ms(timing_json, output):
    if os.path.exists(timing_json):
        with open(timing_json) as file:
            first = json.load(file)["first_picture_ns"]
        os.remove(timing_json)
        return f"{first / 1e6:.0f}" if first else "-"
    fields = output.split()
    return f"{float(fields[2]) * 1e3:.0f}" if len(fields) == 4 else "-"  # the floor's own line


def main():
    timing_json, command = sys.argv[1], sys.argv[2:]
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    peak = 0
    while child.poll() is None:
        peak = max(peak, proportional_kib(child.pid))
        time.sleep(0.1)
    wall = time.monotonic() - start
    output = child.stdout.read().decode()
    if child.returncode != 0:
        sys.exit(f"{command[0]} ended with {child.returncode}")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{wall:.3f} {usage.ru_utime + usage.ru_stime:.3f} {usage.ru_maxrss / 1024:.0f} "
          f"{peak / 1024:.0f} {first_picture_ms(timing_json, output)}")


main()
