"""Loads an adapter written for MLX with mlx-lm and compares its logits with PEFT's, which gguf_read.py has written.

    python mlx_read.py BASE FOLDER LOGITS.npy

Prints the largest difference.
"""

import sys
from pathlib import Path

import mlx.core as mx
import numpy
from mlx_lm.tuner.utils import load_adapters
from mlx_lm.utils import load_model

IDS = [[5, 6, 7, 8, 9, 3]]

base, folder, logits = sys.argv[1:]
expected = numpy.load(logits)
model, _ = load_model(Path(base))
without = numpy.array(model(mx.array(IDS)).astype(mx.float32))
model = load_adapters(model, folder)
model.eval()
found = numpy.array(model(mx.array(IDS)).astype(mx.float32))
print("largest difference %.2e, without the adapter %.2e" % (abs(found - expected).max(), abs(without - expected).max()))
