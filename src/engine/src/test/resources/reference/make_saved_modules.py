"""Saves adapters whose embeddings or output layers were trained (modules_to_save), and writes what PEFT computes after loading
them to saved-modules.json: token losses and greedy continuations of the adapter alone, and of a mix of WEIGHT times its factors,
its saved modules whole, and OTHER times the factors of a plain adapter.

    pip install torch==2.7.1 transformers==4.57.6 peft==0.21.2
    python make_saved_modules.py OUT    # reads OUT/causal, OUT/causal.json and OUT/models, writes OUT/saved-modules(.json)
"""
import json
import os
import shutil
import sys

import peft
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer, T5ForConditionalGeneration

OUT = sys.argv[1]
ROOT = f"{OUT}/saved-modules"
shutil.rmtree(ROOT, ignore_errors=True)
CAUSAL = json.load(open(f"{OUT}/causal.json"))["models"]
WEIGHT, OTHER, STEPS = 0.6, -0.8, 8
TEXTS = [("alpha", "ALPHA"), ("beta gamma", "gamma"), ("delta!", "(delta)"), ("Epsilon-9", "#eps")]


def folder(base):
    return f"{OUT}/models/{base}" if base.startswith("t5") else f"{OUT}/causal/models/{base}"


def load(base):
    kind = T5ForConditionalGeneration if base.startswith("t5") else AutoModelForCausalLM
    more = {} if base.startswith("t5") else dict(attn_implementation="eager")
    return kind.from_pretrained(folder(base), dtype=torch.float32, **more).eval()


def pairs(base):
    if not base.startswith("t5"):
        return [(row["plain"]["prompt"], row["plain"]["output"]) for row in CAUSAL[base]["prompts"]]
    tok = AutoTokenizer.from_pretrained(folder(base))
    return [(tok(x).input_ids, tok(y).input_ids) for x, y in TEXTS]


def measure(m, base):
    losses, written = [], []
    for p, o in pairs(base):
        with torch.no_grad():
            if base.startswith("t5"):
                logits = m(input_ids=torch.tensor([p]), labels=torch.tensor([o])).logits[0].float()
                ids = m.generate(input_ids=torch.tensor([p]), max_new_tokens=STEPS, do_sample=False)[0][1:]
            else:
                logits = m(input_ids=torch.tensor([p + o])).logits[0, len(p) - 1:-1].float()
                ids = m.generate(input_ids=torch.tensor([p]), attention_mask=torch.ones(1, len(p), dtype=torch.long),
                                 max_new_tokens=STEPS, do_sample=False)[0][len(p):]
        losses.append([round(v, 6) for v in torch.nn.functional.cross_entropy(logits, torch.tensor(o), reduction="none").tolist()])
        written.append(ids.tolist())
    return dict(token_losses=losses, generated=written)


def scaled(m, weight):
    "Scales the factors, not the saved modules."
    for module in m.modules():
        if isinstance(getattr(module, "scaling", None), dict): module.scaling["default"] *= weight
    return m


def save(m, name, base):
    d = f"{ROOT}/{name}"
    m.peft_config["default"].base_model_name_or_path = folder(base)  # PEFT compares the vocabulary with that of the folder
    m.save_pretrained(d)
    config = json.load(open(f"{d}/adapter_config.json"))
    json.dump({**config, "base_model_name_or_path": base}, open(f"{d}/adapter_config.json", "w"), indent=2, sort_keys=True)
    os.remove(f"{d}/README.md")
    return d


def made(base, seed, trained, **kw):
    torch.manual_seed(seed)
    task = "SEQ_2_SEQ_LM" if base.startswith("t5") else "CAUSAL_LM"
    m = get_peft_model(load(base), LoraConfig(**{**dict(task_type=task, r=4, lora_alpha=8), **kw}))
    with torch.no_grad():
        for n, p in m.named_parameters():
            if any(t in n for t in trained.split()) and p.requires_grad: p.add_(0.25 * torch.randn_like(p))
    return m


TARGETS = {"gpt2": ["c_attn"], "gpt-neox": ["query_key_value"], "t5-v1.1-gated": ["q", "v"], "t5-v1.0-tied-relu": ["q", "v"]}
golden = dict(transformers=transformers.__version__, peft=peft.__version__, torch=torch.__version__, weight=WEIGHT, other=OTHER,
              pairs={}, plain={}, adapters={})


def plain(base):
    name = f"plain-{base}"
    if base not in golden["plain"]:
        save(made(base, 1, "lora_", target_modules=TARGETS.get(base, ["q_proj", "v_proj"]), fan_in_fan_out=base == "gpt2"), name, base)
        golden["plain"][base] = name
        golden["pairs"][base] = [dict(input=p, output=o) for p, o in pairs(base)]
    return f"{ROOT}/{name}"


def adapter(name, base, modules, trained, stored=None, **kw):
    other = plain(base)
    m = made(base, sum(map(ord, name)), "lora_ " + trained, modules_to_save=modules,
             target_modules=TARGETS.get(base, ["q_proj", "v_proj"]), fan_in_fan_out=base == "gpt2", **kw)
    if stored: m.to(stored)
    d = save(m, name, base)
    with safe_open(f"{d}/adapter_model.safetensors", "pt") as f:
        others = {k: str(f.get_slice(k).get_dtype()) for k in f.keys() if "lora_" not in k}
    alone = measure(PeftModel.from_pretrained(load(base), d).eval(), base)
    changed = scaled(PeftModel.from_pretrained(load(base), other), OTHER).merge_and_unload()
    mix = measure(scaled(PeftModel.from_pretrained(changed, d), WEIGHT).eval(), base)
    golden["adapters"][name] = dict(base=base, others=others, alone=alone, mix=mix)
    print(name, others, alone["token_losses"][0], mix["token_losses"][0], flush=True)


adapter("head", "llama", ["lm_head"], "lm_head")
adapter("embedding", "llama", ["embed_tokens"], "embed_tokens")
adapter("both", "llama", ["embed_tokens", "lm_head"], "embed_tokens lm_head")
adapter("head-bf16", "llama", ["lm_head"], "lm_head", stored=torch.bfloat16)
# the base model's output layer is its embedding
adapter("tied-head", "llama-tied", ["lm_head"], "lm_head")
adapter("tied-embedding", "llama-tied", ["embed_tokens"], "embed_tokens")
adapter("tied-both", "llama-tied", ["embed_tokens", "lm_head"], "embed_tokens lm_head")
adapter("tied-together", "llama-tied", ["embed_tokens"], "embed_tokens", ensure_weight_tying=True)
# scaled embeddings, tables of positions, other names
adapter("gemma-head", "gemma", ["lm_head"], "lm_head")
adapter("gemma-embedding", "gemma", ["embed_tokens"], "embed_tokens")
adapter("gpt2-embedding", "gpt2", ["wte", "wpe"], "wte wpe")
adapter("neox-both", "gpt-neox", ["embed_in", "embed_out"], "embed_in embed_out")
# encoder and decoder
adapter("t5-head", "t5-v1.1-gated", ["lm_head"], "lm_head")
adapter("t5-embedding", "t5-v1.1-gated", ["embed_tokens"], "embed_tokens")
adapter("t5-shared", "t5-v1.1-gated", ["shared"], "shared")
adapter("t5-tied-head", "t5-v1.0-tied-relu", ["lm_head"], "lm_head")
json.dump(golden, open(f"{OUT}/saved-modules.json", "w"))
