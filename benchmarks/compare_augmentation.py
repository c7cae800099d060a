#!/usr/bin/env python3
"""Our augmentation beside torchvision's: the same policy on the same pictures, in turns, in one run.

Debian or Ubuntu: apt install python3-torchvision, and run it with /usr/bin/python3 on a machine that does nothing else.

    /usr/bin/python3 benchmarks/compare_augmentation.py
    /usr/bin/python3 benchmarks/compare_augmentation.py --pictures ~/pictures --rounds 5

Prints a table: views per second on one core and on all, and how many times torchvision's (on PIL pictures, its faster way) ours is.
Pictures are decoded before the clock starts. Without --pictures they are synthetic: 32x32 for side 32, else 500x375.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CASES = [(32, False), (96, False), (96, True), (224, False), (224, True)]


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=pathlib.Path, help="a folder of pictures for all sides but 32")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured, in turns")
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    return parser.parse_args()


def main():
    args = options()
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as scratch:
        small = synthetic(pathlib.Path(scratch, "small"), 32, 32)
        large = args.pictures or synthetic(pathlib.Path(scratch, "large"), 500, 375)
        print(f"| side | ours, 1 core | ours, {cores} cores | scaling | torchvision, 1 core | torchvision, {cores} cores | ratio, 1 core |")
        print("|---|---|---|---|---|---|---|")
        for size, blur in CASES:
            rounds = [measure(size, blur, small if size == 32 else large, cores, args.seconds) for _ in range(args.rounds)]
            show(size, blur, rounds)


def measure(size, blur, pictures, cores, seconds):
    """One round: ours, then torchvision's on one core and on all of them."""
    flags = ["--size", str(size), "--seconds", str(seconds)] + (["--blur"] if blur else [])
    ours = json.loads(run([HERE.parent / "simclr", "bench", "augment", pictures, *flags, "--json", "--quiet"]))
    theirs = [sys.executable, HERE / "torchvision_augment.py", *flags, "--pictures", pictures]
    alone = pil(run(theirs))
    together = [subprocess.Popen(theirs, stdout=subprocess.PIPE, text=True) for _ in range(cores)]
    return ours["views_per_second_per_core"], ours["views_per_second"], alone, sum(pil(p.communicate()[0]) for p in together)


def show(size, blur, rounds):
    one, many, alone, together = (statistics.median(column) for column in zip(*rounds))
    scaling = [r[1] / r[0] for r in rounds]
    ratios = [r[0] / r[2] for r in rounds]
    print(f"| {size} px{' with blur' if blur else ''} | {one:,.0f} | {many:,.0f} | {span(scaling, 2)} | {alone:,.0f} | {together:,.0f} "
          f"| {span(ratios, 0)} |", flush=True)


def span(values, digits):
    """The median, and the range in brackets."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def run(command):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def pil(lines):
    rates = {row["who"]: row["views_per_second"] for row in map(json.loads, lines.splitlines())}
    return rates["torchvision-pil"]


def synthetic(folder, width, height):
    """A folder of pictures as the torchvision script makes them."""
    sys.path.insert(0, str(HERE))
    from PIL import Image
    import torchvision_augment

    folder.mkdir()
    for i in range(16):
        Image.fromarray(torchvision_augment.synthetic(width, height, i)).save(folder / f"{i}.png")
    return folder


if __name__ == "__main__":
    main()
