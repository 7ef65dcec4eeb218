#!/usr/bin/env python3
"""stage.py NAME TIMING_JSON: one line on how long frames took to become textures."""
import json
import sys


def main():
    name, path = sys.argv[1:]
    with open(path) as file:
        report = json.load(file)
    time = next(stage["time"] for stage in report["stages"]
                if (stage["from"], stage["to"]) == ("taken", "imported"))
    print(f"hand-over by {name}: p50 {time['p50_ns'] / 1e6:.4f} ms, p99 {time['p99_ns'] / 1e6:.4f} ms, "
          f"{time['count']} frames, {report['import']['images_created']} EGLImages")


main()
