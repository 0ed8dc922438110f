"""Evaluates mixes of adapters of a decoder-only model with transformers and PEFT, for `lorahub bench reference`.

The published program runs encoder-decoder models only. This does what it does, in the fewest steps that PEFT allows: one adapter is
attached to the model, its factors are overwritten with the weighted sums of the candidates' factors, and the model computes the loss
of all examples as one padded batch.
"""
import os
import time

import driver  # first, because it keeps PEFT offline
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM


def padded(rows, filler):
    return torch.tensor(driver.padded(rows, filler))


class Loaded:
    def __init__(self, base, adapters, dtype, inputs, labels):
        folders = driver.adapters_in(adapters)
        dtype = getattr(torch, dtype)
        model = AutoModelForCausalLM.from_pretrained(base, dtype=dtype)
        self.model = PeftModel.from_pretrained(model, folders[0], autocast_adapter_dtype=False).to(dtype).eval()
        files = [load_file(os.path.join(folder, "adapter_model.safetensors")) for folder in folders]
        factors = {name: p for name, p in self.model.named_parameters() if ".default." in name}
        # of each factor, the candidates' values as rows
        self.factors = [(p, torch.stack([f[name.replace(".default.", ".")].flatten() for f in files]).to(dtype)) for name, p in factors.items()]
        assert len(self.factors) == len(files[0])
        rows = [x + y for x, y in zip(inputs, labels)]
        self.batch = {"input_ids": padded(rows, 0), "attention_mask": padded([[1] * len(row) for row in rows], 0),
                      "labels": padded([[-100] * len(x) + y for x, y in zip(inputs, labels)], -100)}

    @torch.inference_mode()
    def loss(self):
        return float(self.model(**self.batch, use_cache=False).loss)

    def score(self, weights):
        start = time.perf_counter()
        with torch.no_grad():
            w = torch.tensor(weights)
            for p, candidates in self.factors:
                p.copy_(torch.matmul(w.to(candidates.dtype), candidates).view_as(p))
        value = self.loss() / len(self.batch["labels"]) + 0.05 * sum(map(abs, weights)) / len(weights)
        return {"objective": value, "seconds": time.perf_counter() - start}

    def bare(self):
        """The loss of the base model alone."""
        with self.model.disable_adapter():
            start = time.perf_counter()
            self.loss()
            return {"seconds": time.perf_counter() - start}


if __name__ == "__main__":
    driver.serve(Loaded)
