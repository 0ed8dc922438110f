"""Runs functions of the published LoraHub program (PyPI: lorahub 0.1.0) for `lorahub bench reference`.

Besides load, score and bare it answers {"do": "learn", ...}. With the arguments `learn BASE ADAPTERS EXAMPLES BUDGET THREADS` it
makes one run as a user's script would.
"""
import json
import sys
import time
import types

from driver import adapters_in, padded, serve, take_threads  # first, because it keeps PEFT offline
import lorahub.algorithm as published
import torch
from datasets import Dataset


def read(path):
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [r["input"] for r in rows], [r["output"] for r in rows]


def dataset(inputs, labels):
    """What the published load_dataset makes of texts, from token ids."""
    mask = padded([[1] * len(row) for row in inputs], 0)
    return Dataset.from_dict({"input": ["text"] * len(inputs), "input_ids": padded(inputs, 0), "attention_mask": mask,
                              "labels": padded(labels, -100)})


class Loaded:
    def __init__(self, base, adapters, dtype, inputs, labels):
        tokenizers = published.AutoTokenizer
        published.AutoTokenizer = types.SimpleNamespace(from_pretrained=lambda path: None)  # token ids are given
        try:
            self.model, _, self.cache = published.load_base_model_and_lora_modules(adapters_in(adapters), base)
        finally:
            published.AutoTokenizer = tokenizers
        if dtype == "bfloat16":
            self.model = self.model.to(torch.bfloat16)
        self.dataset = dataset(inputs, labels)

    def score(self, weights):
        """One evaluation. The last weight must be 0: the cached factors of the last adapter are the live model's own
        tensors, because every PeftModel is made of the same base model and get_peft_model_state_dict copies nothing, so
        each call overwrites them with the mix just made. A weight of 0 hides that; with another, the value would depend
        on the calls before."""
        assert weights[-1] == 0
        start = time.perf_counter()
        value = published.get_score(
            weights, model=self.model, cache=self.cache, example_dataset=self.dataset, batch_size=None,
            get_loss=published.default_get_loss, get_regular=published.default_l1_regularization)
        return {"objective": value, "seconds": time.perf_counter() - start}

    def bare(self):
        """The loss of the base model alone."""
        with self.model.disable_adapter():
            start = time.perf_counter()
            published.default_get_loss(self.dataset, self.model, None)
            return {"seconds": time.perf_counter() - start}


@torch.no_grad()
def mean_token_loss(model, tokenizer, inputs, outputs):
    """Mean over examples of the example's mean token loss."""
    total = 0.0
    for text, answer in zip(inputs, outputs):
        x = tokenizer(text, return_tensors="pt")
        labels = tokenizer(answer, return_tensors="pt").input_ids
        total += float(model(input_ids=x.input_ids, attention_mask=x.attention_mask, labels=labels).loss)
    return total / len(inputs)


def learn(base, adapters, examples, budget, held_out=None):
    """A whole run, timed; the token loss that it ends with is the better of its result's and its best evaluation's. With a file of
    held-out examples, the answer has its predictions for them."""
    inputs, outputs = read(examples)
    losses, original = [], published.get_score

    def traced(weights, **rest):
        value = original(weights, **rest)
        losses.append((value - published.default_l1_regularization(weights)) * len(inputs))
        return value

    published.get_score = traced
    try:
        start = time.perf_counter()
        _, model, tokenizer = published.lorahub_learning(
            adapters_in(adapters), inputs, outputs, budget, model_name_or_path=base, seed=42)
        seconds = time.perf_counter() - start
    finally:
        published.get_score = original
    model.eval()
    final = mean_token_loss(model, tokenizer, inputs, outputs)
    answer = {"seconds": seconds, "evaluations": len(losses), "loss": min(final, min(losses)), "final_loss": final}
    if held_out:
        answer["predictions"] = published.lorahub_inference(read(held_out)[0], model, tokenizer, 100)[0]
    return answer


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _, _, base, adapters, examples, budget, threads = sys.argv
        take_threads(int(threads))
        xs, ys = read(examples)
        published.lorahub_learning(adapters_in(adapters), xs, ys, int(budget), model_name_or_path=base, seed=42)
    else:
        serve(Loaded, learn=learn)
