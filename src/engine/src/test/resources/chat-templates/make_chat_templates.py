"""Renders the chat templates of this folder with transformers: golden.json, to test our Jinja interpreter against.

    pip install transformers==4.57.6 jinja2==3.1.6
    python make_chat_templates.py
"""
import datetime
import json
import os

from transformers.utils import chat_template_utils

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = datetime.datetime(2026, 3, 5, 14, 7, 9)
TOKENS = {  # bos and eos of the models, where they differ from Llama's
    "llama-3": ("<|begin_of_text|>", "<|eot_id|>"), "qwen": (None, "<|im_end|>"), "gemma": ("<bos>", "<eos>"),
    "phi": ("<s>", "<|endoftext|>"), "granite": ("<|end_of_text|>", "<|end_of_text|>"), "smollm": ("<|im_start|>", "<|im_end|>"),
    "chatml": ("<s>", "<|im_end|>"),
}
ODD = "  Ünïcödé 日本語 😀 {{ x }} {% if %} {# c #} {a} <|im_end|> \"q\" 's' \\ \\n \t\n\n"
CONVERSATIONS = {
    "user": [("user", "Name the capital of Norway.")],
    "system": [("system", "Answer briefly."), ("user", "2 + 2 =")],
    "pair": [("user", "Translate: guten Morgen"), ("assistant", "good morning")],
    "system pair": [("system", "  Be kind.\n"), ("user", "word: motif\nanswer:"), ("assistant", " unmotifed ")],
    "turns": [("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "\nd\n"), ("user", "e")],
    "odd": [("user", ODD), ("assistant", ODD)],
    "thought": [("user", "2 + 2 ="), ("assistant", "<think>\nEasy.\n</think>\n\n4")],
    "blank": [("system", ""), ("user", " "), ("assistant", "x")],
    "unanswerable": [("assistant", "first"), ("system", "late")],
}


class Clock:
    @staticmethod
    def now():
        return NOW


chat_template_utils.datetime = Clock
golden = {"now": NOW.isoformat(), "conversations": {}, "templates": {}}
for name, turns in CONVERSATIONS.items():
    golden["conversations"][name] = [dict(role=role, content=content) for role, content in turns]
for file in sorted(os.listdir(HERE)):
    if not file.endswith(".jinja"):
        continue
    name = file.removesuffix(".jinja")
    bos, eos = next((tokens for prefix, tokens in TOKENS.items() if name.startswith(prefix)), ("<s>", "</s>"))
    tokens = {key: value for key, value in (("bos_token", bos), ("eos_token", eos)) if value}
    with open(f"{HERE}/{file}", encoding="utf-8", newline="") as source:
        template = source.read()
    rows = []
    for conversation, messages in golden["conversations"].items():
        for prompt in (False, True):
            row = dict(conversation=conversation, add_generation_prompt=prompt)
            try:
                row["text"] = chat_template_utils.render_jinja_template(
                    [messages], chat_template=template, add_generation_prompt=prompt, **tokens)[0][0]
            except Exception as e:
                row["error"] = str(e)
            rows.append(row)
    golden["templates"][name] = dict(tokens=tokens, results=rows)
with open(f"{HERE}/golden.json", "w", encoding="utf-8") as file:
    json.dump(golden, file, ensure_ascii=False, indent=1)
    file.write("\n")
