"""Saves adapters for the models of make_causal.py in the ways that PEFT, TRL, Unsloth, Axolotl and LLaMA-Factory save them, and
writes what PEFT computes after loading them to causal-saved.json (null where PEFT itself needs other than the base model).

    pip install torch==2.7.1 transformers==4.57.6 peft==0.21.2
    python make_causal_saved.py OUT    # reads OUT/causal and OUT/causal.json, writes OUT/causal-saved and OUT/causal-saved.json
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
from transformers import AutoModelForCausalLM

OUT = sys.argv[1]
ROOT = f"{OUT}/causal-saved"
shutil.rmtree(ROOT, ignore_errors=True)
CAUSAL = json.load(open(f"{OUT}/causal.json"))["models"]


def load(base, dtype=torch.float32):
    return AutoModelForCausalLM.from_pretrained(f"{OUT}/causal/models/{base}", dtype=dtype, attn_implementation="eager").eval()


def losses(m, base):
    result = []
    for row in CAUSAL[base]["prompts"]:
        p, o = row["plain"]["prompt"], row["plain"]["output"]
        ids = torch.tensor([p + o])
        with torch.no_grad():
            logits = m(input_ids=ids).logits[0].float()
        each = torch.nn.functional.cross_entropy(logits[len(p) - 1:-1], ids[0, len(p):], reduction="none")
        result.append([round(v, 6) for v in each.tolist()])
    return result


golden = dict(transformers=transformers.__version__, peft=peft.__version__, torch=torch.__version__, adapters={})


def adapter(name, base="llama", dtype=torch.float32, trained="lora_", resize=None, stored=None, **kw):
    """trained: which parameters differ from their start; dtype: of the model that is trained; stored: of the file"""
    torch.manual_seed(sum(map(ord, name)))
    model = load(base, dtype)
    if resize: model.resize_token_embeddings(resize)
    m = get_peft_model(model, LoraConfig(**{**dict(task_type="CAUSAL_LM", r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"]), **kw}))
    with torch.no_grad():
        for n, p in m.named_parameters():
            if "magnitude" in n: p.mul_(1 + 0.1 * torch.randn_like(p))
            elif any(t in n for t in trained.split()) and p.requires_grad: p.add_(0.25 * torch.randn_like(p))
    if stored: m.to(stored)
    d = f"{ROOT}/{name}"
    # PEFT compares the vocabulary with that of the folder (save_embedding_layers="auto"); the name is written afterwards
    m.peft_config["default"].base_model_name_or_path = f"{OUT}/causal/models/{base}"
    m.save_pretrained(d)
    config = json.load(open(f"{d}/adapter_config.json"))
    json.dump({**config, "base_model_name_or_path": base}, open(f"{d}/adapter_config.json", "w"), indent=2)
    os.remove(f"{d}/README.md")
    with safe_open(f"{d}/adapter_model.safetensors", "pt") as f:
        others = {k: str(f.get_slice(k).get_dtype()) for k in f.keys() if "lora_" not in k}
    g = losses(PeftModel.from_pretrained(load(base), d).eval(), base) if not resize else None
    golden["adapters"][name] = dict(base=base, others=others, token_losses=g)
    print(name, others, flush=True)


# the embedding and the output layer beside the factors, as they were
adapter("saved-unchanged", modules_to_save=["embed_tokens", "lm_head"])
adapter("saved-unchanged-tied", base="llama-tied", modules_to_save=["embed_tokens"])
adapter("saved-unchanged-bf16", base="llama-tied", dtype=torch.bfloat16, modules_to_save=["embed_tokens"])
adapter("saved-unchanged-gpt2", base="gpt2", target_modules=["c_attn"], fan_in_fan_out=True, modules_to_save=["wte"])
adapter("saved-unchanged-neox", base="gpt-neox", target_modules=["query_key_value"], modules_to_save=["embed_in", "embed_out"])
adapter("saved-head-adapted", target_modules=["q_proj", "lm_head"])
# trained, with new tokens, or others than these
adapter("saved-trained", modules_to_save=["embed_tokens", "lm_head"], trained="lora_ lm_head")
adapter("saved-resized", base="llama-tied", resize=388)
adapter("saved-norm", modules_to_save=["norm"])
# kinds of LoRA
adapter("rslora", r=9, use_rslora=True)
adapter("patterns", rank_pattern={"layers.0.self_attn.q_proj": 2, r".*\.2\..*v_proj": 6}, alpha_pattern={"q_proj": 3, "layers.1.self_attn.v_proj": 5})
adapter("all-linear", r=2, target_modules="all-linear")
adapter("bf16", r=4, stored=torch.bfloat16)
adapter("lora-bias", lora_bias=True, base="qwen2")
adapter("dora", use_dora=True)
adapter("bias-all", base="llama-linear", bias="all", trained="lora_ bias")
adapter("bias-lora-only", base="qwen2", bias="lora_only", trained="lora_ bias")
json.dump(golden, open(f"{OUT}/causal-saved.json", "w"))
