#!/usr/bin/env python3
"""Saves the first pictures of a file as PNG, without a window: libvitrine by ctypes.

    frames.py FILE FOLDER [COUNT]
"""
import ctypes
import os
import select
import struct
import sys
import zlib

QUEUE_PLAYED, FAILED, SKIPPED = 11, 12, 3


class PlayerOptions(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("no_sound", ctypes.c_int), ("sound_device", ctypes.c_char_p),
                ("software_decoding", ctypes.c_int), ("renderers", ctypes.c_int), ("wake", ctypes.c_void_p),
                ("user", ctypes.c_void_p), ("frames", ctypes.c_int)]


class Event(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("kind", ctypes.c_int), ("error", ctypes.c_int),
                ("item", ctypes.c_uint64), ("time", ctypes.c_int64), ("text", ctypes.c_char * 512)]


class Plane(ctypes.Structure):
    _fields_ = [("fd", ctypes.c_int), ("pitch", ctypes.c_uint32), ("offset", ctypes.c_uint64),
                ("buffer", ctypes.c_uint64 * 2), ("data", ctypes.c_void_p)]


class Description(ctypes.Structure):
    _fields_ = ([("size", ctypes.c_size_t), ("number", ctypes.c_uint64), ("position", ctypes.c_int64),
                 ("memory", ctypes.c_int), ("fourcc", ctypes.c_uint32), ("modifier", ctypes.c_uint64),
                 ("generation", ctypes.c_uint64), ("format", ctypes.c_char * 16)] +
                [(name, ctypes.c_int) for name in (
                    "width", "height", "crop_x", "crop_y", "crop_width", "crop_height", "mirrored", "rotation",
                    "display_width", "display_height", "matrix", "primaries", "transfer", "full_range",
                    "chroma_site", "copies", "plane_count")] + [("planes", Plane * 4)])


def sized(kind, **fields):
    return kind(size=ctypes.sizeof(kind), **fields)


library = ctypes.CDLL("libvitrine.so.0")
library.vitrine_error_text.restype = ctypes.c_char_p
for name in ("vitrine_player_create", "vitrine_frame_take"):
    getattr(library, name).restype = ctypes.c_void_p


def check(status):
    if status != 0:
        sys.exit(library.vitrine_error_text().decode())


def png(rgba, width, height):
    rows = b"".join(b"\0" + rgba[at:at + width * 4] for at in range(0, len(rgba), width * 4))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)), (b"IDAT", zlib.compress(rows)),
              (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks)


def newer_picture(player, number):
    """The picture behind that of this number, as PNG, and its own number; None where there is none."""
    frame = ctypes.c_void_p(library.vitrine_frame_take(player))
    if not frame:
        return None
    try:
        it = sized(Description)
        check(library.vitrine_frame_describe(frame, ctypes.byref(it)))
        if it.number <= number:
            return None
        width, height = it.display_width, it.display_height
        rgba = ctypes.create_string_buffer(width * height * 4)
        check(library.vitrine_frame_copy_rgba(frame, rgba, ctypes.c_size_t(width * 4), width, height))
        return png(rgba.raw, width, height), it.number
    finally:
        library.vitrine_frame_release(frame, -1)


def is_over(player):
    """Takes the events that wait; says why where nothing was played."""
    event = sized(Event)
    while library.vitrine_player_next_event(player, ctypes.byref(event)) == 0 and event.kind != 0:
        if event.kind in (FAILED, SKIPPED):
            sys.exit(event.text.decode())
        if event.kind == QUEUE_PLAYED:
            return True
    return False


def main():
    file, folder = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    options = sized(PlayerOptions, no_sound=1, frames=1)
    player = ctypes.c_void_p(library.vitrine_player_create(ctypes.byref(options)))
    if not player:
        check(1)
    check(library.vitrine_player_pause(player))
    check(library.vitrine_player_open(player, os.fsencode(file), None))
    saved, number, over = 0, 0, False
    while saved < count and not over:
        over = is_over(player)
        picture = newer_picture(player, number)
        if not picture:
            select.select([library.vitrine_player_event_fd(player)], [], [], 0.005)
            continue
        with open(os.path.join(folder, f"{saved:04}.png"), "wb") as out:
            out.write(picture[0])
        saved, number = saved + 1, picture[1]
        check(library.vitrine_player_step(player, 1))
    library.vitrine_player_destroy(player)


if __name__ == "__main__":
    main()
