#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files as NumPy and the Python package safetensors write them, which the library must read: writes tests/reference/files.

    python3 tests/reference/files.py                      writes them (needs numpy and safetensors)
    python3 tests/reference/files.py --check PATH         reads a model that `save` wrote, and prints names, shapes and sums

The arrays' numbers follow a rule that the tests repeat: element k, counted with the last dimension fastest, is k - 3 for signed
and real types, k for unsigned ones, k odd for bool; real ones are multiplied by 0.5.
Made with NumPy 2.4.6 and safetensors 0.8.0.
"""
import pathlib
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

FOLDER = pathlib.Path(__file__).parent / "files"


def numbers(shape, dtype):
    dtype = np.dtype(dtype)
    k = np.arange(int(np.prod(shape, dtype=np.int64)))
    if dtype.kind == "b":
        values = k % 2 == 1
    elif dtype.kind == "u":
        values = k
    elif dtype.kind == "i":
        values = k - 3
    else:
        values = 0.5 * (k - 3)
    return values.astype(dtype).reshape(shape)


def write_arrays():
    for name in ["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", ">i2", ">u4", ">i8", ">f2", ">f4", ">f8"]:
        file = {"|": "byte", "<": "little", ">": "big"}[name[0]] + "_" + name[1:] + ".npy"
        np.save(FOLDER / file, numbers((4, 3), name))
    np.save(FOLDER / "fortran.npy", np.asfortranarray(numbers((4, 3), "<f8")))
    np.save(FOLDER / "fortran_three.npy", np.asfortranarray(numbers((2, 3, 4), "<f4")))
    np.save(FOLDER / "one_number.npy", numbers((), "<f8"))
    np.save(FOLDER / "list.npy", numbers((5,), "<f4"))
    np.save(FOLDER / "empty.npy", numbers((0, 3), "<f4"))
    for major in [2, 3]:
        with open(FOLDER / f"version_{major}.npy", "wb") as file:
            np.lib.format.write_array(file, numbers((4, 3), "<f8"), version=(major, 0))
    np.save(FOLDER / "halves.npy", np.array([0, -0.0, 2.0**-24, 6.097555160522461e-05, 65504, np.inf, -np.inf, np.nan, 1 / 3], "<f2"))
    np.save(FOLDER / "too_large.npy", np.array([1.0, 1e300]))
    np.save(FOLDER / "objects.npy", np.array([{}, None], dtype=object), allow_pickle=True)
    np.save(FOLDER / "structured.npy", np.zeros(2, dtype=[("pt", "<f4"), ("tracks", "<i4")]))
    np.save(FOLDER / "text.npy", np.array(["a", "bc"]))
    np.save(FOLDER / "complex.npy", np.array([1j]))
    arrays = {"momenta": numbers((4, 3), "<f8"), "counts": numbers((5,), "<u2"), "image": numbers((2, 3, 4), "|u1")}
    np.savez(FOLDER / "stored.npz", **arrays)
    np.savez_compressed(FOLDER / "compressed.npz", **arrays)


def write_tensors():
    tensors = {
        "encoder.0.weight": numbers((4, 3), "<f4"),
        "encoder.0.bias": numbers((4,), "<f4"),
        "scale": numbers((), "<f8"),
        "labels": numbers((2, 2), "<i8"),
        "nothing": numbers((0, 7), "<f4"),
    }
    save_file(tensors, FOLDER / "python.safetensors", metadata={"format": "np", "Größe": 'a "quoted" line\nand another'})


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        for name, tensor in sorted(load_file(sys.argv[2]).items()):
            print(name, tensor.dtype, tensor.shape, repr(float(tensor.sum(dtype=np.float64))))
        from safetensors import safe_open
        with safe_open(sys.argv[2], framework="np") as file:
            print(file.metadata())
    else:
        FOLDER.mkdir(exist_ok=True)
        write_arrays()
        write_tensors()
