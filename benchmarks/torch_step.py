#!/usr/bin/env python3
"""Views per second of a SimCLR training step in eager PyTorch: torchvision's ResNet, projection head, NT-Xent, SGD with momentum.

Debian or Ubuntu: apt install python3-torchvision, and run it with /usr/bin/python3. Elsewhere: pip install torchvision.

    /usr/bin/python3 benchmarks/torch_step.py --encoder resnet18 --image-size 32 --batch-size 128 --precision fp32
    /usr/bin/python3 benchmarks/torch_step.py --precision bf16 --channels-last --device cuda

bf16 is torch.autocast. The step is data-free: the same random views every time. One JSON object a line.
"""

import argparse
import contextlib
import json
import os
import statistics
import time

import torch
import torchvision


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", default="resnet18")
    parser.add_argument("--image-size", type=int, default=32)
    parser.add_argument("--batch-size", type=int, default=128, help="pictures; each gives two views")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="by default one for each core")
    return parser.parse_args()


def network(args):
    encoder = getattr(torchvision.models, args.encoder)()
    if args.image_size <= 64:  # the CIFAR stem
        encoder.conv1 = torch.nn.Conv2d(3, 64, 3, padding=1, bias=False)
        encoder.maxpool = torch.nn.Identity()
    width = encoder.fc.in_features
    encoder.fc = torch.nn.Sequential(
        torch.nn.Linear(width, width, bias=False), torch.nn.BatchNorm1d(width), torch.nn.ReLU(inplace=True),
        torch.nn.Linear(width, 128, bias=False), torch.nn.BatchNorm1d(128))
    return encoder


def nt_xent(z, temperature=0.5):
    z = torch.nn.functional.normalize(z, dim=1)
    similarities = (z @ z.T / temperature).fill_diagonal_(float("-inf"))
    n = len(z) // 2
    partners = torch.cat([torch.arange(n, 2 * n), torch.arange(n)]).to(z.device)
    return torch.nn.functional.cross_entropy(similarities, partners)


def main():
    args = options()
    torch.set_num_threads(args.threads)
    model = network(args).to(args.device)
    views = torch.rand(2 * args.batch_size, 3, args.image_size, args.image_size, device=args.device)
    if args.channels_last:
        model, views = model.to(memory_format=torch.channels_last), views.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)
    kind = torch.device(args.device).type
    precision = torch.autocast(kind, dtype=torch.bfloat16) if args.precision == "bf16" else contextlib.nullcontext()
    seconds = []
    for _ in range(2 + args.steps):
        if kind == "cuda":
            torch.cuda.synchronize()
        begun = time.perf_counter()
        with precision:
            z = model(views)
        loss = nt_xent(z.float())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if kind == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - begun)
    median = statistics.median(seconds[2:])
    print(json.dumps({
        "who": "pytorch-eager", "encoder": args.encoder, "image_size": args.image_size, "precision": args.precision,
        "channels_last": args.channels_last, "views": len(views), "views_per_second": round(len(views) / median, 2),
        "steps": args.steps, "threads": torch.get_num_threads(), "torch": torch.__version__,
    }))


if __name__ == "__main__":
    main()
