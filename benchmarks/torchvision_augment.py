#!/usr/bin/env python3
"""Views per second of torchvision's augmentation on one core, for the policy of AugmentationPolicy.Paper.

Debian or Ubuntu: apt install python3-torchvision, and run it with /usr/bin/python3. Elsewhere: pip install torchvision.

    /usr/bin/python3 benchmarks/torchvision_augment.py --size 224 --blur
    /usr/bin/python3 benchmarks/torchvision_augment.py --size 32 --seconds 10 --pictures cifar.npy

At 32 the policy is that for CIFAR-10 (strength 0.5), above that for ImageNet (strength 1). Pictures are decoded before the clock
starts. One JSON object a line:

    {"who": "torchvision-pil", "size": 224, "blur": true, "views_per_second": 60.1, ...}
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch starts its threads: one process, one core

import argparse
import itertools
import json
import pathlib
import time
import warnings

import numpy as np
import torch
import torchvision
from PIL import Image
from torchvision import transforms

warnings.filterwarnings("ignore")
torch.set_num_threads(1)


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, choices=[32, 96, 224], default=224)
    parser.add_argument("--blur", action="store_true", help="blur half of the views")
    parser.add_argument("--seconds", type=float, default=5, help="for each of the two ways")
    parser.add_argument("--pictures", type=pathlib.Path, help="a folder, or .npy of uint8 [N, H, W, 3]; synthetic without")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def load(args):
    """At most 64 pictures, as uint8 [H, W, 3]."""
    if args.pictures is None:
        width, height = (32, 32) if args.size == 32 else (500, 375)
        return [synthetic(width, height, i) for i in range(16)]
    if args.pictures.is_file():
        return list(np.load(args.pictures, mmap_mode="r")[:64])
    files = sorted(p for p in args.pictures.rglob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp", ".bmp"})
    if not files:
        raise SystemExit(f"No pictures in {args.pictures}.")
    return [np.asarray(Image.open(p).convert("RGB")) for p in files[:: max(1, len(files) // 64)][:64]]


def synthetic(width, height, seed):
    """Waves of three colours and a little noise: no operation has an easy case."""
    y, x = np.mgrid[0:height, 0:width] / 32
    waves = [np.sin((seed % 5 + 1) * x + channel) + np.cos((seed % 3 + 1) * y - channel) for channel in range(3)]
    noise = np.random.default_rng(seed).normal(0, 12, (height, width, 3))
    return np.clip(128 + 55 * np.stack(waves, axis=2) + noise, 0, 255).astype(np.uint8)


def policy(size, blur, to_float):
    s = 0.5 if size == 32 else 1.0
    steps = [
        transforms.RandomResizedCrop(size, antialias=True),  # tensors as PIL does it anyway, and as the product does it
        transforms.RandomHorizontalFlip(),
        transforms.RandomApply([transforms.ColorJitter(0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s)], 0.8),
        transforms.RandomGrayscale(0.2),
        to_float,
    ]
    if blur:
        # On a PIL picture or on bytes, torchvision's blur converts to a float tensor and back. After the conversion that every
        # training needs anyway it does not have to: the fastest way that computes the same.
        kernel = max(size // 10 // 2 * 2 + 1, 3)
        steps.append(transforms.RandomApply([transforms.GaussianBlur(kernel, (0.1, 2.0))], 0.5))
    return transforms.Compose(steps)


def measure(transform, pictures, seconds):
    for picture in pictures[:8]:
        transform(picture)  # warm
    views, start = 0, time.perf_counter()
    for picture in itertools.cycle(pictures):
        transform(picture)
        views += 1
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return views, elapsed


def main():
    args = options()
    pictures = load(args)
    ways = {
        "torchvision-pil": (transforms.ToTensor(), [Image.fromarray(p) for p in pictures]),
        # Bytes until the end: measured to be faster than floats from the crop on.
        "torchvision-tensor": (
            transforms.ConvertImageDtype(torch.float32),
            [torch.from_numpy(np.array(p.transpose(2, 0, 1))) for p in pictures],
        ),
    }
    for who, (to_float, sources) in ways.items():
        torch.manual_seed(args.seed)
        views, elapsed = measure(policy(args.size, args.blur, to_float), sources, args.seconds)
        print(json.dumps({
            "who": who, "size": args.size, "blur": args.blur, "views_per_second": round(views / elapsed, 1),
            "views": views, "seconds": round(elapsed, 3), "cores": 1, "pictures": len(pictures),
            "torchvision": torchvision.__version__, "torch": torch.__version__,
        }), flush=True)


if __name__ == "__main__":
    main()
