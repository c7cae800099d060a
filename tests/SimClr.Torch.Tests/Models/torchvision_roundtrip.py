"""Both directions between SimCLR.NET and torchvision, for ResNets with the ImageNet stem.

usage: torchvision_roundtrip.py NAME OURS PICTURES THEIRS RESULTS

Loads OURS (exported by SimCLR.NET) into torchvision's NAME, writes a network with random weights to THEIRS as Python users
would, and writes what both make of PICTURES to RESULTS, as h_ours and h_theirs. All files are safetensors; NumPy alone reads
and writes them here, so that nothing but torchvision is needed.
"""

import json
import sys

import numpy
import torch
import torchvision

TYPES = {"F32": numpy.float32, "I64": numpy.int64}


def load_file(path):
    data = open(path, "rb").read()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            array = numpy.frombuffer(data[start + first : start + last], TYPES[entry["dtype"]])
            tensors[name] = torch.from_numpy(array.reshape(entry["shape"]).copy())
    return tensors


def save_file(tensors, path):
    header, blobs, offset = {}, [], 0
    for name, tensor in tensors.items():
        array = tensor.detach().contiguous().numpy()
        dtype = next(key for key, value in TYPES.items() if value == array.dtype)
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
        blobs.append(array.tobytes())
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(blobs))


def features(model, pictures):
    model.fc = torch.nn.Identity()
    with torch.no_grad():
        return model.eval()(pictures)


def main(name, ours, pictures, theirs, results):
    torch.manual_seed(1)
    pictures = load_file(pictures)["pictures"]

    model = getattr(torchvision.models, name)()
    outcome = model.load_state_dict(load_file(ours), strict=False)
    assert outcome.missing_keys == ["fc.weight", "fc.bias"] and not outcome.unexpected_keys, outcome
    h_ours = features(model, pictures)

    model = getattr(torchvision.models, name)()
    with torch.no_grad():  # batch norms that do something
        for key, tensor in model.state_dict().items():
            if ".bn" in key or key.startswith("bn") or "downsample.1" in key:
                if tensor.is_floating_point():
                    tensor.uniform_(0.5, 1.5)
    save_file(model.state_dict(), theirs)
    save_file({"h_ours": h_ours, "h_theirs": features(model, pictures)}, results)


main(*sys.argv[1:])
