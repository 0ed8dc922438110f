"""Generates texts for several clients with transformers and PEFT, for `lorahub bench serve`: all of them as one batch, each with its
own adapter (PEFT's adapter_names), which is the most that these libraries do at once.
"""
import time

import driver  # first, because it keeps PEFT offline
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, StoppingCriteria, StoppingCriteriaList


class Clock(StoppingCriteria):
    """Notes when each token is there."""

    def __init__(self):
        self.times = []

    def __call__(self, ids, scores, **kwargs):
        self.times.append(time.perf_counter())
        return torch.zeros(ids.shape[0], dtype=torch.bool)


class Loaded:
    def __init__(self, base, adapters, count, dtype):
        folders = driver.adapters_in(adapters)[:count]
        dtype = getattr(torch, dtype)
        model = AutoModelForCausalLM.from_pretrained(base, dtype=dtype)
        self.model = PeftModel.from_pretrained(model, folders[0], adapter_name="0", autocast_adapter_dtype=False)
        for i, folder in enumerate(folders[1:], 1):
            self.model.load_adapter(folder, adapter_name=str(i), autocast_adapter_dtype=False)
        self.model = self.model.to(dtype).eval()
        self.count = count

    @torch.inference_mode()
    def generate(self, prompts, adapters, tokens):
        """prompts: token ids of equal number; adapters: the number of each prompt's adapter."""
        ids = torch.tensor(prompts)
        clock = Clock()
        mixed = {"adapter_names": [str(i) for i in adapters]} if self.count > 1 else {}
        start = time.perf_counter()
        out = self.model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens, min_new_tokens=tokens,
                                  do_sample=False, pad_token_id=0, stopping_criteria=StoppingCriteriaList([clock]), **mixed)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "first": clock.times[0] - start, "texts": out[:, ids.shape[1]:].tolist()}


if __name__ == "__main__":
    driver.serve(Loaded)
