"""Writes more tiny random decoder-only models than make_causal.py does, with settings that it leaves out, and what transformers
and PEFT compute with them: losses of output tokens, the derivative of the mean loss with respect to the weights of a mix,
greedy continuations. No tokenizers: prompts and outputs are random token ids, some with the same beginning.

    pip install torch==2.7.1 transformers==4.57.6 peft==0.21.2
    python make_causal_more.py OUT [seed]     # OUT/causal-more/models, OUT/causal-more/adapters, OUT/causal-more.json
"""
import json
import os
import shutil
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig

torch.set_num_threads(1)
OUT = sys.argv[1]; SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 0
ROOT = f"{OUT}/causal-more"; shutil.rmtree(ROOT, ignore_errors=True); os.makedirs(ROOT)
VOCABULARY = 96; ENDS = [3, 7]; WEIGHTS = [0.8, -0.5]; NEW = 8
SMALL = dict(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=40, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=128, bos_token_id=1, eos_token_id=3, pad_token_id=3, attention_dropout=0.0)
MODELS = {
    "llama-f16": dict(model_type="llama", num_key_value_heads=4, head_dim=12, tie_word_embeddings=False, dtype="float16"),
    "llama-bf16-sharded": dict(model_type="llama", num_key_value_heads=1, tie_word_embeddings=True, mlp_bias=True, dtype="bfloat16", shard="20KB"),
    "llama-dynamic": dict(model_type="llama", max_position_embeddings=32, rope_scaling=dict(rope_type="dynamic", factor=3.0)),
    "llama-yarn": dict(model_type="llama", rope_theta=1000.0, rope_scaling=dict(rope_type="yarn", factor=8.0, original_max_position_embeddings=16, beta_fast=8.0, beta_slow=2.0, mscale=0.7, mscale_all_dim=1.2)),
    "mistral": dict(model_type="mistral", num_key_value_heads=4, sliding_window=6),
    "qwen2-sliding": dict(model_type="qwen2", use_sliding_window=True, sliding_window=7, max_window_layers=1, tie_word_embeddings=False),
    "qwen3-bias": dict(model_type="qwen3", head_dim=10, attention_bias=True, use_sliding_window=True, sliding_window=5, max_window_layers=2, tie_word_embeddings=True, hidden_act="gelu"),
    "gemma-one-key": dict(model_type="gemma", num_key_value_heads=1, head_dim=16, attention_bias=True, hidden_act="gelu"),
    "gemma2-bf16": dict(model_type="gemma2", head_dim=6, sliding_window=5, query_pre_attn_scalar=10, attn_logit_softcapping=2.0, final_logit_softcapping=2.0, dtype="bfloat16"),
    "gemma2-no-caps": dict(model_type="gemma2", head_dim=8, sliding_window=11, query_pre_attn_scalar=8, attn_logit_softcapping=None, final_logit_softcapping=None, num_key_value_heads=4),
    "gemma3": dict(model_type="gemma3_text", head_dim=8, sliding_window=6, query_pre_attn_scalar=9, final_logit_softcapping=4.0, layer_types=["full_attention", "sliding_attention", "full_attention"], rope_local_base_freq=100.0),
    "phi3-longrope": dict(model_type="phi3", original_max_position_embeddings=24, max_position_embeddings=96, sliding_window=13, head_dim=None, tie_word_embeddings=False,
                          rope_scaling=dict(type="longrope", short_factor=[1.0, 1.1, 1.3, 1.5], long_factor=[1.0, 2.0, 3.0, 5.0])),
    "olmo2": dict(model_type="olmo2", num_key_value_heads=4, attention_bias=True, rope_scaling=dict(type="linear", factor=2.0)),
    "olmo3": dict(model_type="olmo3", num_hidden_layers=4, sliding_window=6, rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=32)),
    "granite": dict(model_type="granite", tie_word_embeddings=False, embedding_multiplier=2.5, residual_multiplier=0.3, attention_multiplier=0.15, logits_scaling=3.0, attention_bias=True, mlp_bias=True,
                    rope_scaling=dict(rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=3.0, original_max_position_embeddings=24)),
    "smollm3-sliding": dict(model_type="smollm3", no_rope_layers=[1, 0, 1], use_sliding_window=True, sliding_window=6, tie_word_embeddings=True),
    "llama-partial": dict(model_type="llama", head_dim=16, partial_rotary_factor=0.95, layer_types=["full_attention"] * 3, rope_scaling=dict(rope_type="linear", factor=0.5)),
    "mistral-layer-types": dict(model_type="mistral", head_dim=8, sliding_window=6, layer_types=["full_attention", "sliding_attention", "full_attention"],
                                rope_scaling=dict(rope_type="llama3", factor=0.5, low_freq_factor=1.0, high_freq_factor=3.0, original_max_position_embeddings=24)),
    "ministral": dict(model_type="ministral", num_key_value_heads=4, head_dim=10, sliding_window=7),
    "qwen2-layer-types": dict(model_type="qwen2", use_sliding_window=True, sliding_window=6, max_window_layers=1, layer_types=["sliding_attention", "full_attention", "sliding_attention"],
                              rope_scaling=dict(rope_type="yarn", factor=0.6, beta_fast=6.0, original_max_position_embeddings=32)),
    "qwen3-window-off": dict(model_type="qwen3", head_dim=8, use_sliding_window=False, sliding_window=5, max_window_layers=0, rope_scaling=dict(rope_type="dynamic", factor=0.5)),
    "qwen3-no-window": dict(model_type="qwen3", head_dim=8, use_sliding_window=True, sliding_window=None, max_window_layers=0),
    "smollm3-layer-types": dict(model_type="smollm3", use_sliding_window=False, sliding_window=6, layer_types=["sliding_attention", "full_attention", "sliding_attention"]),
    "phi3-partial": dict(model_type="phi3", head_dim=None, partial_rotary_factor=0.5, sliding_window=9, layer_types=["full_attention"] * 3, tie_word_embeddings=False),
    "gpt2": dict(model_type="gpt2", n_inner=56, activation_function="relu", scale_attn_by_inverse_layer_idx=True, tie_word_embeddings=False),
    "gpt2-f16": dict(model_type="gpt2", scale_attn_weights=False, dtype="float16", shard="20KB"),
    "gpt-neox-serial": dict(model_type="gpt_neox", rotary_pct=1.0, use_parallel_residual=False, attention_bias=False, tie_word_embeddings=True, hidden_act="gelu_new", num_key_value_heads=None),
    "gpt-neox": dict(model_type="gpt_neox", rotary_pct=0.25, rotary_emb_base=500, hidden_size=48, num_key_value_heads=None, dtype="bfloat16"),
}


def load(name):
    return AutoModelForCausalLM.from_pretrained(f"{ROOT}/models/{name}", dtype=torch.float32, attn_implementation="eager").eval()


def make(name, model_type, dtype="float32", shard=None, **kw):
    torch.manual_seed(SEED + sum(map(ord, name)))
    config = {**SMALL, **kw}
    if model_type == "gpt2":
        config = dict(vocab_size=VOCABULARY, n_embd=32, n_layer=3, n_head=4, n_positions=128, bos_token_id=1, eos_token_id=3, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, **kw)
    nulls = ("attn_logit_softcapping", "final_logit_softcapping", "sliding_window")
    config = {k: v for k, v in config.items() if v is not None or k in nulls}
    m = AutoModelForCausalLM.from_config(AutoConfig.for_model(model_type, **config))
    with torch.no_grad():
        for n, p in m.named_parameters():
            if "norm" in n or ".ln_" in n: p.copy_((0 if model_type.startswith("gemma") else 1) + 0.2 * torch.randn_like(p)) if n.endswith("weight") else p.copy_(0.1 * torch.randn_like(p))
            elif n.endswith("bias"): p.copy_(0.1 * torch.randn_like(p))
            else: p.copy_(torch.randn_like(p) * (0.3 if "embed" in n or "wte" in n else 0.18))
    m.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=ENDS, pad_token_id=3)
    m.to(getattr(torch, dtype)).save_pretrained(f"{ROOT}/models/{name}", **({"max_shard_size": shard} if shard else {}))


def adapter(base, name, seed, **kw):
    torch.manual_seed(SEED * 31 + seed + sum(map(ord, base)))
    m = get_peft_model(load(base), LoraConfig(task_type="CAUSAL_LM", lora_dropout=0.0, **kw))
    with torch.no_grad():
        for n, p in m.named_parameters():
            if "lora_" in n: p.copy_(0.25 * torch.randn_like(p))
    m.peft_config["default"].base_model_name_or_path = base
    m.save_pretrained(f"{ROOT}/adapters/{base}/{name}")
    os.remove(f"{ROOT}/adapters/{base}/{name}/README.md")


def examples(seed):
    "Lengths on both sides of every window and of every original context; the last three begin alike."
    g = torch.Generator().manual_seed(seed); draw = lambda n: torch.randint(8, VOCABULARY, (n,), generator=g).tolist()
    begin = draw(11)
    prompts = [draw(5), draw(22), draw(38), draw(38)]
    return dict(mixed=[dict(prompt=p, output=draw(n) + [3]) for p, n in zip(prompts, (2, 5, 0, 3))],
                shared=[dict(prompt=begin + draw(k), output=draw(n) + [3]) for k, n in zip((1, 4, 17), (1, 0, 4))])


def losses(m, rows):
    out = []
    for row in rows:
        p, o = row["prompt"], row["output"]; ids = torch.tensor([p + o])
        for module in m.modules():  # dynamic frequencies outlive the text that asked for them
            if hasattr(module, "original_inv_freq"): module.inv_freq = module.original_inv_freq; module.max_seq_len_cached = module.original_max_seq_len
        logits = m(input_ids=ids).logits[0].float()
        out.append(torch.nn.functional.cross_entropy(logits[len(p) - 1:-1], ids[0, len(p):], reduction="none"))
    return out


def measure(m, sets, texts, cache):
    result = {}
    with torch.no_grad():
        for name, rows in sets.items():
            result[name] = dict(token_losses=[[round(v, 6) for v in x.tolist()] for x in losses(m, rows)])
            if texts:
                result[name]["generated"] = [m.generate(input_ids=torch.tensor([r["prompt"]]), attention_mask=torch.ones(1, len(r["prompt"]), dtype=torch.long), max_new_tokens=NEW, do_sample=False, use_cache=cache)[0, len(r["prompt"]):].tolist() for r in rows]
    return result


def mixed(name, weights):
    m = PeftModel.from_pretrained(load(name), f"{ROOT}/adapters/{name}/a", adapter_name="a")
    m.load_adapter(f"{ROOT}/adapters/{name}/b", adapter_name="b")
    m.add_weighted_adapter(["a", "b"], weights, "merged", combination_type="cat"); m.set_adapter("merged")
    return m.eval()


def gradient(name, rows):
    "The derivative of the mean over examples of their mean token loss, by autograd through the adapters' scales."
    m = PeftModel.from_pretrained(load(name), f"{ROOT}/adapters/{name}/a", adapter_name="a")
    m.load_adapter(f"{ROOT}/adapters/{name}/b", adapter_name="b")
    m.base_model.set_adapter(["a", "b"]); m.eval().requires_grad_(False)
    weights = torch.tensor(WEIGHTS, requires_grad=True)
    for module in m.modules():
        if hasattr(module, "lora_A") and hasattr(module, "scaling"):
            for i, adapter in enumerate(["a", "b"]):
                if adapter in module.scaling: module.scaling[adapter] = module.scaling[adapter] * weights[i]
    loss = torch.stack([x.mean() for x in losses(m, rows)]).mean()
    return [round(v, 7) for v in torch.autograd.grad(loss, weights)[0].tolist()]


ATTENTION = {"gpt2": ["c_attn"], "gpt2-f16": ["c_attn"], "gpt-neox": ["query_key_value"], "gpt-neox-serial": ["query_key_value"], "phi3-longrope": ["qkv_proj"], "phi3-partial": ["qkv_proj"]}
# transformers computes windows in all layers, but its cache has none where layer_types says so
NO_TEXTS = ["phi3-partial"]
golden = dict(weights=WEIGHTS, new_tokens=NEW, models={})
for name, kw in MODELS.items():
    make(name, **kw); sets = examples(SEED + len(name))
    adapter(name, "a", 1, r=3, lora_alpha=6, target_modules=ATTENTION.get(name, ["q_proj", "v_proj"]))
    adapter(name, "b", 2, r=2, lora_alpha=3, use_rslora=True, target_modules="all-linear", rank_pattern={"down_proj": 4, "c_proj": 4})
    # the texts of a dynamic rope depend on what was written before
    texts = "dynamic" not in name and name not in NO_TEXTS
    # where a text outgrows the original context, transformers 4.57 computes the cache anew with a wrong mask
    cache = "longrope" not in name
    g = dict(examples=sets, base=measure(load(name), sets, texts, cache), mix=measure(mixed(name, WEIGHTS), sets, texts, cache))
    for s in sets: g["mix"][s]["gradient"] = gradient(name, sets[s])
    golden["models"][name] = g
    print(name, g["base"]["mixed"]["token_losses"][0], g["mix"]["shared"]["gradient"], flush=True)
json.dump(golden, open(f"{OUT}/causal-more.json", "w"))
