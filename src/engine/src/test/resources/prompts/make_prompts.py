"""Writes small tokenizers of the usual classes with chat templates of published models, and the token ids that transformers
gives: golden.json, to test our prompts against.

    pip install transformers==4.57.6 jinja2==3.1.6 tokenizers==0.22.2
    python make_prompts.py

A pair becomes tokens as the docstring of ../reference/make_causal.py says. The end tokens are those of generation_config.json
and the tokenizer's; an output without one gets the tokenizer's.
"""
import json
import os
import shutil

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
PAIRS = [("Name the capital of Norway.", "Oslo"), ("2 + 2 =", "4"), ("Übersetze: guten Morgen 😀", " good morning\n"),
         ("word: motif\nanswer:", "un</s>motifed <|im_end|> {x}"), ("ends with a space ", "yes"), ("", "nothing")]
SYSTEM = "Answer briefly.\n"
CORPUS = [x + " " + y for x, y in PAIRS] * 5 + ["the quick brown fox jumps over the lazy dog"] * 3
SPECIAL = ["<unk>", "<s>", "</s>", "<pad>", "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<|end|>"]


def byte_level():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=340, special_tokens=SPECIAL, show_progress=False,
                                                      initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return t


def sentence_piece(scheme):
    t = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>"))
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme)
    t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=420, show_progress=False,
                                                      special_tokens=SPECIAL + [f"<0x{i:02X}>" for i in range(256)]))
    return t


def split_by_regex():
    t = byte_level()
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(__import__("tokenizers").Regex(r"\p{N}{1,3}|[^\r\n\p{L}\p{N}]?\p{L}+|\s*[\r\n]+|\s+(?!\S)|\s+|."), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.normalizer = normalizers.NFC()
    t.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", t.token_to_id("<s>"))])])
    return t


def content(text):
    return {"__type": "AddedToken", "content": text, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}


CASES = {
    "llama-class": dict(tokenizer=sentence_piece("first"), template="llama-2", config=dict(
        tokenizer_class="LlamaTokenizerFast", bos_token=content("<s>"), eos_token=content("</s>"), legacy=False)),
    "llama-class-end": dict(tokenizer=sentence_piece("always"), template="zephyr", config=dict(
        tokenizer_class="LlamaTokenizer", add_bos_token=False, add_eos_token=True, bos_token="<s>", eos_token="</s>", legacy=False)),
    "gemma-class": dict(tokenizer=sentence_piece("never"), template="gemma-3", ends=[10, 8], config=dict(
        tokenizer_class="GemmaTokenizer", pad_token="<pad>")),
    "qwen-class": dict(tokenizer=byte_level(), template="qwen3", model=dict(model_type="qwen3"), config=dict(
        eos_token="<|im_end|>", pad_token="<|endoftext|>", additional_special_tokens=["<|im_start|>", "<|im_end|>"], add_prefix_space=False)),
    "neox-class": dict(tokenizer=byte_level(), template="chatml", config=dict(
        tokenizer_class="GPTNeoXTokenizer", add_bos_token=True, eos_token="<|im_end|>")),
    "named-templates": dict(tokenizer=split_by_regex(), template=["llama-3", "chatml"], config=dict(
        tokenizer_class="PreTrainedTokenizerFast", bos_token="<s>", eos_token="<|endoftext|>", chat_template=True), ends=6),
    "tokens-map": dict(tokenizer=byte_level(), template="phi-3", ends=[6, 11], map=dict(
        bos_token="<s>", eos_token={k: v for k, v in content("<|endoftext|>").items() if k != "__type"}, unk_token="<unk>"), config=dict(
            tokenizer_class="PreTrainedTokenizerFast", add_prefix_space=True)),
}


def template(name):
    with open(f"{HERE}/../chat-templates/{name}.jinja", encoding="utf-8", newline="") as file:
        return file.read()


def write(folder, name, value):
    with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
        file.write(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=None) + "\n")


def output_of(whole, prompt, eos, ends=()):
    assert whole[:len(prompt)] == prompt
    output = whole[len(prompt):]
    first = next((i for i, id in enumerate(output) if id in ends), None)
    return output + [eos] if first is None else output[:first + 1]


golden = dict(pairs=[dict(input=x, output=y) for x, y in PAIRS], system=SYSTEM, models={})
for name, case in CASES.items():
    folder = f"{HERE}/{name}"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    case["tokenizer"].save(f"{folder}/tokenizer.json", pretty=False)
    config = dict(case["config"])
    if isinstance(case["template"], list):
        config["chat_template"] = [dict(name="tool_use" if i else "default", template=template(t)) for i, t in enumerate(case["template"])]
    else:
        write(folder, "chat_template.jinja", template(case["template"]))
    write(folder, "tokenizer_config.json", config)
    write(folder, "config.json", case.get("model", dict(model_type="llama")))
    if "map" in case:
        write(folder, "special_tokens_map.json", case["map"])
    t = AutoTokenizer.from_pretrained(folder)
    ends = {t.eos_token_id}
    if "ends" in case:
        write(folder, "generation_config.json", dict(eos_token_id=case["ends"]))
        ends |= set(case["ends"] if isinstance(case["ends"], list) else [case["ends"]])
    rows = []
    for x, y in PAIRS:
        prompt, whole = t(x).input_ids, t(x + " " + y).input_ids
        if name == "llama-class-end":
            prompt, whole = prompt[:-1], whole[:-1]
        row = dict(plain=dict(prompt=prompt, output=output_of(whole, prompt, t.eos_token_id)))
        for key, first in (("chat", []), ("system", [dict(role="system", content=SYSTEM)])):
            user = first + [dict(role="user", content=x)]
            prompt = t.apply_chat_template(user, add_generation_prompt=True)
            whole = t.apply_chat_template(user + [dict(role="assistant", content=y)])
            row[key] = dict(prompt=prompt, output=output_of(whole, prompt, t.eos_token_id, ends))
        rows.append(row)
    golden["models"][name] = dict(tokens=t.special_tokens_map, rows=rows)
    print(name, type(t).__name__)
write(HERE, "golden.json", golden)
