"""Renders small templates with transformers, to test our Jinja interpreter against: language.json beside this file.

    pip install transformers==4.57.6 jinja2==3.1.6
    python make_language.py

expressions.txt has one expression a line (wrapped in {{ }} here); blocks.txt has whole templates, separated by lines of ====.
The golden has the text, or that the template fails.
"""
import json
import os

from transformers.utils.chat_template_utils import _compile_jinja_template

HERE = os.path.dirname(os.path.abspath(__file__))
VARIABLES = {
    "n": 7, "x": 2.5, "t": True, "f": False, "nn": None, "s": "  Hello, Wörld 😀!\n", "e": "", "l": [3, 1, 2], "w": ["b", "A", "c", "a"],
    "el": [], "d": {"b": 1, "a": {"k": [1, 2]}, "items": "own", "é": "ü"},
    "people": [{"name": "Ann", "age": 30, "tags": ["x"]}, {"name": "bob", "age": 25}, {"name": "Cy", "age": 30, "note": None}],
    "messages": [{"role": "user", "content": "hi"},
                 {"role": "assistant", "content": None,
                  "tool_calls": [{"function": {"name": "f", "arguments": {"q": 'a "b"', "n": 1.0, "list": []}}}]}],
}


def lines(name, separator):
    with open(f"{HERE}/{name}", encoding="utf-8", newline="") as file:
        return [part for part in file.read().split(separator) if part.strip()]


def rendered(template):
    try:
        return {"text": _compile_jinja_template(template).render(**VARIABLES)}
    except Exception as e:
        return {"error": f"{type(e).__name__}: {e}"}


templates = ["{{ " + line + " }}" for line in lines("expressions.txt", "\n")] + lines("blocks.txt", "\n====\n")
golden = {"variables": VARIABLES, "templates": [{"template": t, **rendered(t)} for t in templates]}
with open(f"{HERE}/language.json", "w", encoding="utf-8") as file:
    json.dump(golden, file, ensure_ascii=False, indent=1)
    file.write("\n")
