"""Reads an adapter written for llama.cpp with the package gguf and compares every ΔW with PEFT's; writes PEFT's logits.

    python gguf_read.py BASE ADAPTER ADAPTER.gguf LOGITS.npy

Prints the largest difference of an element. llama.cpp keeps the rows of Llama's queries and keys in another order, which
gguf's own permutation (as convert_lora_to_gguf.py applies it) gives here.
"""

import sys

import numpy
import torch
from gguf import GGUFReader
from peft import PeftModel
from transformers import AutoModelForCausalLM

NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}  # fmt: skip
IDS = [[5, 6, 7, 8, 9, 3]]


def permuted(rows, heads):
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(rows.shape)


base, adapter, file, logits = sys.argv[1:]
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), adapter).eval()
with torch.no_grad():
    numpy.save(logits, model(torch.tensor(IDS)).logits.numpy())
reader = GGUFReader(file)
assert reader.fields["general.type"].contents() == "adapter" and reader.fields["adapter.type"].contents() == "lora"
alpha = reader.fields["adapter.lora.alpha"].contents()
tensors = {tensor.name: tensor.data for tensor in reader.tensors}
config = model.config
worst = 0.0
compared = 0
for name, module in model.base_model.model.named_modules():
    if not hasattr(module, "get_delta_weight") or "default" not in module.lora_A:
        continue
    _, _, layer, kind = name.split(".", 3)
    own = "blk.%s.%s.weight.lora_" % (layer, NAMES[kind])
    a, b = tensors.pop(own + "a"), tensors.pop(own + "b")
    expected = module.get_delta_weight("default").detach().numpy()
    if kind.endswith("q_proj"):
        expected = permuted(expected, config.num_attention_heads)
    if kind.endswith("k_proj"):
        expected = permuted(expected, config.num_key_value_heads)
    worst = max(worst, float(numpy.abs(alpha / a.shape[0] * (b @ a) - expected).max()))
    compared += 1
assert compared and not tensors, tensors.keys()
print("largest difference %.2e in %d modules" % (worst, compared))
