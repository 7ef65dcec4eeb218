#!/usr/bin/env python3
"""medians.py FOLDER ROUNDS: the table of bench/compare.sh from the lines that measure.py wrote."""
import os
import statistics
import sys


def median(values):
    numbers = [float(value) for value in values if value != "-"]
    return statistics.median(numbers) if numbers else None


def shown(value, digits):
    return "-" if value is None else f"{value:.{digits}f}"


def main():
    folder, rounds = sys.argv[1], sys.argv[2]
    rows = {}
    for name in os.listdir(folder):
        if name.startswith("decode ") or name.endswith(("1280x720", "320x180")):
            with open(os.path.join(folder, name)) as file:
                columns = zip(*(line.split() for line in file))
            rows[name] = [median(column) for column in columns]
    print(f"medians of {rounds} rounds")
    print(f"{'':<26}{'wall s':>8}{'cpu s':>8}{'/floor':>8}{'/mpv':>8}{'rss MiB':>9}{'pss MiB':>9}"
          f"{'first ms':>10}")
    for name in sorted(rows, key=lambda each: (each.split()[-1], each)):
        wall, cpu, rss, pss, first = rows[name]
        size = name.split()[-1]
        floor, mpv = rows.get(f"floor {size}"), rows.get(f"mpv {size}")
        print(f"{name:<26}{wall:>8.2f}{cpu:>8.2f}"
              f"{shown(wall / floor[0] if floor else None, 2):>8}"
              f"{shown(wall / mpv[0] if mpv else None, 2):>8}"
              f"{shown(rss, 0):>9}{shown(pss, 0):>9}{shown(first, 0):>10}")


main()
