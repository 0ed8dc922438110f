"""Trains a LoRA with PEFT on a few examples, for `lorahub bench search --python` and `lorahub bench study`.

{"do": "load", "base": FOLDER}, then for each training {"do": "train", ...}: all examples are one batch, AdamW with a constant rate,
no dropout of its own. After each of the numbers of steps, the adapter is saved in a folder of that name below `out`; the answer has the
seconds until then. Examples come as token ids, so that they are exactly those of the search.
"""
import os
import time

import driver  # first, because it keeps PEFT offline
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

# queries and values as T5, most decoder-only models, and those with fused projections name them
MODULES = [["q", "v"], ["q_proj", "v_proj"], ["query_key_value"], ["c_attn"], ["qkv_proj"]]


def padded(rows, filler):
    return torch.tensor(driver.padded(rows, filler))


class Loaded:
    def __init__(self, base):
        self.seq2seq = AutoConfig.from_pretrained(base).is_encoder_decoder
        kind = AutoModelForSeq2SeqLM if self.seq2seq else AutoModelForCausalLM
        self.model = kind.from_pretrained(base, dtype=torch.float32)
        last = {name.split(".")[-1] for name, _ in self.model.named_modules()}
        self.modules = next(names for names in MODULES if last.issuperset(names))

    def batch(self, inputs, labels):
        if self.seq2seq:
            rows, targets = inputs, labels
        else:
            rows = [x + y for x, y in zip(inputs, labels)]
            targets = [[-100] * len(x) + y for x, y in zip(inputs, labels)]
        return {"input_ids": padded(rows, 0), "attention_mask": padded([[1] * len(row) for row in rows], 0),
                "labels": padded(targets, -100)}

    def train(self, inputs, labels, rank, rate, steps, seed, out):
        torch.manual_seed(seed)
        model = get_peft_model(self.model, LoraConfig(
            task_type="SEQ_2_SEQ_LM" if self.seq2seq else "CAUSAL_LM", r=rank, lora_alpha=2 * rank, target_modules=self.modules))
        model.train()
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=rate, weight_decay=0.01)
        batch = self.batch(inputs, labels)
        seconds = []
        spent = 0.0
        for step in range(1, max(steps) + 1):
            start = time.perf_counter()
            optimizer.zero_grad()
            model(**batch).loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            spent += time.perf_counter() - start
            if step in steps:
                model.save_pretrained(os.path.join(out, str(step)), save_embedding_layers=False)
                seconds.append(spent)
        self.model = model.unload()
        return {"seconds": seconds}


if __name__ == "__main__":
    driver.serve(Loaded)
