"""Evaluates mixes of adapters of a decoder-only model with transformers and PEFT, for `lorahub bench reference`.

The published program runs encoder-decoder models only. This does what it does, in the fewest steps that PEFT allows: one adapter is
attached to the model, its factors are overwritten with the weighted sums of the candidates' factors, and the model computes the loss
of all examples as one padded batch. Lines of JSON as in reference.py: {"do": "load", ...}, {"do": "score", ...} or {"do": "bare"}.
"""
import contextlib
import json
import os
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM


def padded(rows, filler):
    longest = max(map(len, rows))
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])


class Loaded:
    def __init__(self, base, adapters, dtype, inputs, labels):
        folders = [os.path.join(adapters, name) for name in sorted(os.listdir(adapters))]
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


def serve(answers):
    loaded = None
    for line in sys.stdin:
        question = json.loads(line)
        what = question.pop("do")
        try:
            if what == "load":
                threads = question.pop("threads")
                if threads:  # 0: as many as torch takes by itself
                    torch.set_num_threads(threads)
                loaded = Loaded(**question)
                answer = {"torch": torch.__version__, "threads": torch.get_num_threads()}
            else:
                answer = getattr(loaded, what)(**question)
        except Exception as e:
            answer = {"error": f"{type(e).__name__}: {e}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    channel = os.fdopen(os.dup(1), "w")
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        serve(channel)
