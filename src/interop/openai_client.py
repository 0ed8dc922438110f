"""The stock package `openai` against a hub with the demo: every documented parameter works or is refused by its name.

openai_client.py ADDRESS, after members.py; LORAHUB_TOKENS names the file with the tokens.
"""
import asyncio
import json
import os
import sys

import openai

hub = sys.argv[1]
tokens = json.load(open(os.environ["LORAHUB_TOKENS"]))
client = openai.OpenAI(base_url=hub + "/v1", api_key=tokens["alice_generate"], max_retries=0)
failed = 0


def case(name, condition, seen=""):
    global failed
    print("ok    " if condition else "FAILED", name, "" if condition else repr(seen))
    failed += not condition


def refusal(kind, **more):
    try:
        if "messages" in more:
            client.chat.completions.create(**more)
        else:
            client.completions.create(**{"model": "demo/un", "prompt": "lock", **more})
    except kind as e:
        return e
    return None


chat = {"model": "demo/un", "messages": [{"role": "user", "content": "lock"}], "temperature": 0}
text = {"model": "demo/un", "prompt": "lock", "temperature": 0}

models = client.models.list()
case("models.list", {"demo/un", "lorahub/demo-base"} <= {m.id for m in models.data})
case("models.retrieve", client.models.retrieve("demo/un").owned_by == "demo")
case("models.retrieve of a mix", client.models.retrieve("demo/un:1.08+demo/past:0.83").object == "model")

one = client.chat.completions.create(**chat)
case("chat", one.choices[0].message.content == "unlock" and one.choices[0].finish_reason == "stop", one)
case("usage", one.usage.total_tokens == one.usage.prompt_tokens + one.usage.completion_tokens > 2, one.usage)
one = client.completions.create(**text)
case("completion", one.choices[0].text == "unlock", one)
one = client.completions.create(**{**text, "model": "demo/un:1.08+demo/past:0.83", "prompt": "motif"})
case("mix", one.choices[0].text == "unmotifed", one)
one = client.completions.create(**{**text, "prompt": ["lock", "happy"], "n": 2})
case("prompts and n", [c.text for c in one.choices] == ["unlock", "unlock", "unhappy", "unhappy"], one)
case("stop", client.completions.create(**text, stop=["loc", "x"]).choices[0].text == "un")
one = client.completions.create(**text, max_tokens=1)
case("max_tokens", one.choices[0].finish_reason == "length" and one.usage.completion_tokens == 1, one)
one = client.chat.completions.create(**chat, max_completion_tokens=1)
case("max_completion_tokens", one.usage.completion_tokens == 1, one)

sampled = {**text, "temperature": 2, "top_p": 0.99, "seed": 7, "max_tokens": 12, "n": 4, "extra_body": {"top_k": 100}}
first = [c.text for c in client.completions.create(**sampled).choices]
case("seed, temperature, top_p, top_k", [c.text for c in client.completions.create(**sampled).choices] == first, first)
case("another seed", [c.text for c in client.completions.create(**{**sampled, "seed": 70}).choices] != first, first)
one = client.completions.create(**text, presence_penalty=1, frequency_penalty=1, logit_bias={"5": -1}, user="me")
case("penalties, logit_bias, user", one.choices[0].finish_reason in ("stop", "length"), one)

one = client.chat.completions.create(**chat, logprobs=True, top_logprobs=3)
content = one.choices[0].logprobs.content
case("logprobs of a chat", len(content) == one.usage.completion_tokens and len(content[0].top_logprobs) == 3, content)
one = client.completions.create(**text, logprobs=2)
case("logprobs of a completion", len(one.choices[0].logprobs.tokens) == one.usage.completion_tokens, one)

chunks = list(client.chat.completions.create(**chat, stream=True, stream_options={"include_usage": True}))
case("stream of a chat", "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "unlock", chunks)
case("include_usage", chunks[-1].usage.completion_tokens > 0 and not chunks[-1].choices, chunks[-1])
chunks = list(client.completions.create(**text, stream=True))
case("stream of a completion", "".join(c.choices[0].text for c in chunks) == "unlock", chunks)
with client.chat.completions.stream(**chat) as events:
    case("stream helper", events.get_final_completion().choices[0].message.content == "unlock")
raw = client.chat.completions.with_raw_response.create(**chat)
case("headers of limits", int(raw.headers["x-ratelimit-remaining-tokens"]) > 0, raw.headers)


async def together():
    many = openai.AsyncOpenAI(base_url=hub + "/v1", api_key=tokens["alice_generate"])
    names = ["demo/un", "demo/past", "demo/the", "demo/plural"] * 4
    answers = await asyncio.gather(
        *(many.completions.create(model=name, prompt="jump", temperature=0) for name in names))
    return [a.choices[0].text for a in answers]


all_at_once = asyncio.run(together())
case("adapters together", all_at_once[:2] == ["unjump", "jumped"] and all_at_once[:4] * 4 == all_at_once, all_at_once)

for name, value in {
    "tools": [{"type": "function", "function": {"name": "f"}}],
    "response_format": {"type": "json_object"},
    "modalities": ["text", "audio"],
    "audio": {"voice": "alloy", "format": "wav"},
    "prediction": {"type": "content", "content": "x"},
    "reasoning_effort": "high",
    "web_search_options": {},
    "functions": [{"name": "f"}],
    "store": True,
    "n": 100,
    "temperature": 3,
    "top_logprobs": 3,
    "max_completion_tokens": 0,
}.items():
    error = refusal(openai.BadRequestError, **{**chat, name: value})
    case(f"{name} is refused", error is not None and error.param == name, error)
for name, value in {"echo": True, "suffix": "x", "best_of": 3, "logprobs": 9, "prompt": []}.items():
    error = refusal(openai.BadRequestError, **{name: value})
    case(f"{name} is refused", error is not None and error.param == name, error)
error = refusal(openai.NotFoundError, model="demo/none")
case("unknown model", error is not None and error.code == "model_not_found", error)
error = refusal(openai.BadRequestError, prompt="lock " * 3000)
case("long prompt", error is not None and error.code == "context_length_exceeded", error)
try:
    openai.OpenAI(base_url=hub + "/v1", api_key="lh_none", max_retries=0).models.list()
    case("invalid key", False)
except openai.AuthenticationError as e:
    case("invalid key", e.code == "invalid_api_key", e)

print(openai.__version__, "failed:", failed)
sys.exit(failed != 0)
