#!/usr/bin/env python3
"""What torchvision's AutoAugment makes of 8-bit pictures: autoaugment.json and autoaugment.safetensors, beside this file.

Made with torchvision 0.14.1 and Pillow 9.4 (Debian 12: apt install python3-torchvision; then /usr/bin/python3 autoaugment.py).

The pictures are computed from whole numbers, here and in the tests alike. Results are stored as the first eight bytes of their
SHA-256, of [3, H, W] bytes, for every operation, level, sign and several sizes, and for every pair; a few are stored whole, so
that a difference can be looked at.
"""

import hashlib
import json
import pathlib
import struct

import numpy as np
import torchvision
from PIL import Image, __version__ as pillow_version
from torchvision.transforms import InterpolationMode
from torchvision.transforms.autoaugment import AutoAugment, AutoAugmentPolicy, _apply_op

SIDES = [1, 2, 3, 17, 32, 37, 96, 224]
WHOLE = {("noise", 32, 4), ("noise", 32, 9), ("smooth", 37, 4), ("smooth", 37, 9)}  # picture, side, level


def noise(side):
    """Bytes that look random: a hash of their position."""
    n = np.arange(3 * side * side, dtype=np.uint64) + np.uint64(1)
    n = (n * np.uint64(0x9E3779B1)) & np.uint64(0xFFFFFFFF)
    n ^= n >> np.uint64(15)
    n = (n * np.uint64(0x85EBCA77)) & np.uint64(0xFFFFFFFF)
    return (n >> np.uint64(24)).astype(np.uint8).reshape(side, side, 3)


def smooth(side):
    """A dark ramp, a disc and a box, with the channels apart."""
    y, x = np.mgrid[0:side, 0:side]
    red = 20 + 150 * x // side
    green = 40 + 120 * y // side
    blue = 60 + 90 * (x + y) // (2 * side)
    disc = (3 * x - side) ** 2 + (3 * y - side) ** 2 < side * side // 2
    box = (2 * x > side) & (3 * y > 2 * side)
    red, green, blue = np.where(disc, 230, red), np.where(disc, 200, green), np.where(disc, 10 + 40 * x // side, blue)
    red, green, blue = np.where(box, 15, red), np.where(box, 30, green), np.where(box, 180, blue)
    return np.stack([red, green, blue], axis=2).astype(np.uint8)


def apply(image, name, level, negative):
    magnitudes, signed = auto._augmentation_space(10, (image.height, image.width))[name]
    magnitude = float(magnitudes[level].item()) if magnitudes.ndim > 0 else 0.0
    if signed and negative:
        magnitude *= -1.0
    return _apply_op(image, name, magnitude, InterpolationMode.NEAREST, None)


def planes(image):
    return np.ascontiguousarray(np.asarray(image).transpose(2, 0, 1))


def digest(image):
    return hashlib.sha256(planes(image).tobytes()).hexdigest()[:16]


def write_safetensors(path, arrays):
    header, offset = {}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": "U8", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(a.tobytes() for a in arrays.values()))


auto = AutoAugment()
pictures = {"noise": noise, "smooth": smooth}
space = auto._augmentation_space(10, (1, 1))
operations, arrays = [], {}
for name, (magnitudes, signed) in space.items():
    for level in range(10) if magnitudes.ndim > 0 else [0]:
        for negative in [False, True] if signed else [False]:
            digests = {}
            for picture, make in pictures.items():
                digests[picture] = []
                for side in SIDES:
                    result = apply(Image.fromarray(make(side)), name, level, negative)
                    digests[picture].append(digest(result))
                    if (picture, side, level if magnitudes.ndim > 0 else 9) in WHOLE:
                        arrays[f"{name}.{level}.{'-' if negative else '+'}.{picture}.{side}"] = planes(result)
            operations.append({"operation": name, "level": level, "negative": negative, "digests": digests})

policies = {}
for policy in [AutoAugmentPolicy.IMAGENET, AutoAugmentPolicy.CIFAR10]:
    pairs = []
    for pair in AutoAugment(policy).policies:
        entry = {"steps": [{"operation": n, "probability": p, "level": l} for n, p, l in pair], "draws": []}
        for mask in range(16):  # bit 0, 1: which happen; bit 2, 3: which are negative
            digests = []
            for picture, side in [("noise", 32), ("smooth", 37)]:
                image = Image.fromarray(pictures[picture](side))
                for i, (name, _, level) in enumerate(pair):
                    if mask >> i & 1:
                        image = apply(image, name, level or 0, bool(mask >> (2 + i) & 1))
                digests.append(digest(image))
            entry["draws"].append(digests)
        pairs.append(entry)
    policies[policy.value] = pairs

magnitudes = {
    str(side): {
        name: [float(v) for v in values] if values.ndim > 0 else []
        for name, (values, _) in auto._augmentation_space(10, (side, side)).items()
    }
    for side in [32, 37, 224, 331]
}
here = pathlib.Path(__file__).parent
index = {
    "versions": {"torchvision": torchvision.__version__, "pillow": pillow_version},
    "sides": SIDES,
    "pictures": {name: [digest(Image.fromarray(make(side))) for side in SIDES] for name, make in pictures.items()},
    "magnitudes": magnitudes,
    "operations": operations,
    "policies": policies,
}
(here / "autoaugment.json").write_text(json.dumps(index, separators=(",", ":")) + "\n")
write_safetensors(here / "autoaugment.safetensors", arrays)
print(len(operations), "operations,", len(arrays), "whole results")
