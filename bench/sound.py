#!/usr/bin/env python3
"""sound.py COMMAND...: runs vitrine and prints the processor time, in ms, of the threads that are there
for the sound alone and of all its threads: "12.3 4567.8". Threads are known by their names: vitrine's
own, which reads and decodes sound, and SDL's, which takes it."""
import os
import subprocess
import sys
import time

SOUND = ("vitrine:sound", "SDLAudio")


def thread_times(pid, times):
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/comm") as comm:
                name = comm.read().strip()
            with open(f"/proc/{pid}/task/{thread}/schedstat") as stat:
                times[thread] = (name, int(stat.read().split()[0]) / 1e6)
        except OSError:
            pass  # it has ended


def main():
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    times = {}
    while child.poll() is None:
        thread_times(child.pid, times)
        time.sleep(0.02)
    if child.returncode != 0:
        sys.exit(f"{sys.argv[1]} ended with {child.returncode}")
    sound = sum(ms for name, ms in times.values() if name.startswith(SOUND))
    print(f"{sound:.1f} {sum(ms for _, ms in times.values()):.1f}")


main()
