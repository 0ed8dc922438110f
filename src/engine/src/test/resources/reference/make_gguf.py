"""Writes what the package gguf writes for the adapters "b" of the models in causal/: LoRA adapters for llama.cpp. Names come from
gguf's own table; the order of the rows follows llama.cpp's conversion of the base models (conversion/llama.py: pairs of values
instead of halves of heads for queries and keys; conversion/gpt_neox.py: queries, keys and values one after the other).

    pip install gguf==0.19.0 numpy safetensors
    python make_gguf.py OUT     # reads causal/ beside this script, writes OUT/gguf.json: names and shapes of the tensors, SHA-256 of the file
"""
import hashlib
import json
import os
import sys

import gguf
import numpy as np
from safetensors.numpy import load_file

HERE = os.path.dirname(os.path.abspath(__file__))
ARCHS = {"llama": "llama", "mistral-sliding": "llama", "granite": "granite", "smollm3": "smollm3", "olmo2": "olmo2", "phi3": "phi3",
         "qwen2": "qwen2", "qwen3": "qwen3", "gemma": "gemma", "gemma2": "gemma2", "gemma3": "gemma3", "gpt2": "gpt2", "gpt-neox": "gptneox"}
PAIRED = {"llama", "mistral-sliding", "granite", "smollm3"}


def pairs(b, heads):
    return b.reshape(heads, 2, b.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(b.shape)


def grouped(b, heads):
    return b.reshape(heads, 3, b.shape[0] // heads // 3, -1).swapaxes(0, 1).reshape(b.shape)


golden = {}
for model, arch in ARCHS.items():
    config = json.load(open(f"{HERE}/causal/models/{model}/config.json"))
    adapter = json.load(open(f"{HERE}/causal/adapters/{model}/b/adapter_config.json"))
    tensors = load_file(f"{HERE}/causal/adapters/{model}/b/adapter_model.safetensors")
    rank = adapter["r"]
    scale = adapter["lora_alpha"] / (rank ** 0.5 if adapter["use_rslora"] else rank)
    heads = config.get("num_attention_heads", config.get("n_head"))
    layers = config.get("num_hidden_layers", config.get("n_layer"))
    kind = {name: key for key, name in gguf.MODEL_ARCH_NAMES.items()}[arch]
    names = gguf.get_tensor_name_map(kind, layers)
    path = f"{sys.argv[1]}/{model}.gguf"
    writer = gguf.GGUFWriter(path, arch)
    writer.add_type("adapter")
    writer.add_name("b")
    writer.add_file_type(0)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(rank))
    listed = []
    for name in sorted(n for n in tensors if n.endswith(".lora_A.weight")):
        module = name[len("base_model.model."):-len(".lora_A.weight")]
        a = (np.sqrt(scale) * tensors[name].astype(np.float64)).astype(np.float32)
        b = (np.sqrt(scale) * tensors[name.replace("lora_A", "lora_B")].astype(np.float64)).astype(np.float32)
        if model in PAIRED and module.endswith("q_proj"):
            b = pairs(b, heads)
        if model in PAIRED and module.endswith("k_proj"):
            b = pairs(b, config["num_key_value_heads"])
        if model == "gpt-neox" and module.endswith("query_key_value"):
            b = grouped(b, heads)
        weight = names.get_name(module) + ".weight"
        for part, data in (("lora_a", a), ("lora_b", b)):
            writer.add_tensor(f"{weight}.{part}", np.ascontiguousarray(data))
            listed.append([f"{weight}.{part}", list(data.shape)])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    data = open(path, "rb").read()
    os.remove(path)
    golden[model] = {"architecture": arch, "tensors": listed, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
lines = ",\n".join(json.dumps(k) + ":" + json.dumps(v, separators=(",", ":")) for k, v in golden.items())
open(f"{sys.argv[1]}/gguf.json", "w").write('{"gguf":"0.19.0","adapters":{\n' + lines + "\n}}\n")
