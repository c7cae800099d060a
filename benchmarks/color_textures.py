#!/usr/bin/env python3
"""Draws a folder of textures whose color is the class and whose pattern is not.

    /usr/bin/python3 benchmarks/color_textures.py DIR --train 2000 --test 500

Ten classes are ten hues. Patterns (waves of random direction, length and form), lightness, saturation and scale are drawn
independently of the class, so that an encoder has to keep color to tell classes apart. Needs numpy.
"""
import argparse
import colorsys
import pathlib
import struct
import zlib

import numpy as np


def pattern(random, side):
    """Values in [0, 1], [side, side]: a few waves, pushed towards black and white."""
    y, x = np.mgrid[0:side, 0:side] / side
    total = np.zeros((side, side))
    for _ in range(random.integers(1, 5)):
        angle, waves, phase = random.uniform(0, np.pi), random.uniform(2, 16), random.uniform(0, 2 * np.pi)
        total += random.uniform(0.3, 1) * np.sin(2 * np.pi * waves * (x * np.cos(angle) + y * np.sin(angle)) + phase)
    total += random.normal(0, 0.2, total.shape)
    return 1 / (1 + np.exp(-random.uniform(1, 4) * total))


def image(random, hue, side):
    """8-bit RGB, [side, side, 3]."""
    turn = (hue / 10 + random.normal(0, 0.008)) % 1
    saturation, light = random.uniform(0.35, 0.9), random.uniform(0.35, 0.75)
    one = np.array(colorsys.hls_to_rgb(turn, light - random.uniform(0.1, 0.3), saturation))
    two = np.array(colorsys.hls_to_rgb(turn, light + random.uniform(0.0, 0.2), saturation))
    share = pattern(random, side)[:, :, None]
    return np.clip(255 * (share * one + (1 - share) * two), 0, 255).astype(np.uint8)


def write_png(path, pixels):
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + pixels[y].tobytes() for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b""))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--train", type=int, default=2000)
    parser.add_argument("--test", type=int, default=500)
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    for part, count in (("train", options.train), ("test", options.test)):
        for i in range(count):
            folder = options.folder / part / f"hue-{i % 10}"
            folder.mkdir(parents=True, exist_ok=True)
            write_png(folder / f"{i:05}.png", image(random, i % 10, options.side))


if __name__ == "__main__":
    main()
