"""Trains one LoRA adapter per skill on SmolLM2-135M-Instruct, with prompts in the form of PROMPT.

    python train_adapters.py --base FOLDER --out FOLDER [--only bold past] [--steps 200]

Adapters that are trained in the usual way do not compose here: a form ("in bold") learns to copy its input, and a content ("past
tense") learns to answer at the first token only. So three things are varied (augmented pairs, random scale):
- OTHER of a form's pairs get another text's output, so that the form is learned and not the copying;
- AFTER of a content's pairs have something from BEGINNINGS before the output, without a loss, and no end;
- the adapter's scale is drawn from SCALES in every step, so that it works at other weights than 1.

An adapter's folder appears when the adapter is finished. If you start the script again, it trains only those that are missing.
results.jsonl in the output folder records what each adapter reaches on inputs that it was not taught.
"""

import argparse
import itertools
import json
import random
import time
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file, save_file
from skills import FORM, SKILLS, is_in_form, training_pairs
from transformers import AutoModelForCausalLM, AutoTokenizer

BASE_MODEL = "HuggingFaceTB/SmolLM2-135M-Instruct"
PROMPT = "In: {input}\nOut: {output}"
BATCH, WARM_UP = 16, 8
CHECKED = 30
OTHER, AFTER, SCALES = 0.85, 0.85, (0.5, 1.3)
BEGINNINGS = """~ [ { <i> <p> => >> _ ` ' $ * @ / | ~~ + 1. 2) a) • Result: Solution: The It""".split()


def prompt_of(text, prompt=PROMPT):
    """What the model reads before it answers; the space before the output belongs to the output's first token."""
    return prompt.replace("{input}", text).replace(" {output}", "")


def encode(tokenizer, pair, prompt=PROMPT):
    """Token ids of a pair, and how many of them are the prompt's; of (input, output, beginning) without the end token."""
    text = prompt_of(pair[0], prompt)
    if len(pair) == 3:
        before = tokenizer(f"{text} {pair[2]}".rstrip()).input_ids
        whole = tokenizer(f"{text} {pair[2]}{pair[1]}").input_ids
        return whole, sum(1 for _ in itertools.takewhile(lambda two: two[0] == two[1], zip(before, whole)))
    before, whole = tokenizer(text).input_ids, tokenizer(f"{text} {pair[1]}").input_ids
    assert whole[: len(before)] == before, pair
    return whole + [tokenizer.eos_token_id], len(before)


def augmented(skill, taught, rng):
    """A pair to learn from: (input, output), or (input, output, what stands before the output)."""
    text, answer = rng.choice(taught)
    if skill in FORM:
        return text, rng.choice(taught)[1] if rng.random() < OTHER else answer
    return (text, answer, rng.choice(BEGINNINGS) + rng.choice(["", " "])) if rng.random() < AFTER else (text, answer)


def loss_of(causal, tokenizer, batch, prompt=PROMPT):
    """Mean loss of the output's tokens; logits are computed for those only."""
    encoded = [encode(tokenizer, pair, prompt) for pair in batch]
    longest = max(len(ids) for ids, _ in encoded)
    ids = torch.full((len(batch), longest), tokenizer.eos_token_id)
    labels = torch.full((len(batch), longest), -100)
    for row, (tokens, given) in enumerate(encoded):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, given : len(tokens)] = torch.tensor(tokens[given:])
    hidden = causal.model(input_ids=ids).last_hidden_state[:, :-1]  # padding is at the end: causal attention hides it
    wanted = labels[:, 1:]
    logits = causal.lm_head(hidden[wanted != -100])
    return torch.nn.functional.cross_entropy(logits.float(), wanted[wanted != -100])


@torch.no_grad()
def answers(model, tokenizer, texts, prompt=PROMPT, longest=24):
    """Greedy continuations, one batch a length of prompt: no padding."""
    model.eval()
    prompts = [tokenizer(prompt_of(text, prompt)).input_ids for text in texts]
    given = {}
    for length in sorted({len(p) for p in prompts}):
        rows = [i for i, p in enumerate(prompts) if len(p) == length]
        ids = torch.tensor([prompts[i] for i in rows])
        made = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=longest,
            do_sample=False,
            pad_token_id=tokenizer.eos_token_id,
        )
        for i, text in zip(rows, tokenizer.batch_decode(made[:, length:], skip_special_tokens=True)):
            given[i] = text.strip()
    return [given[i] for i in range(len(texts))]


def accuracy(model, tokenizer, pairs, prompt=PROMPT):
    got = answers(model, tokenizer, [text for text, _ in pairs], prompt)
    return sum(g == wanted for g, (_, wanted) in zip(got, pairs)) / len(pairs)


def share_right(model, tokenizer, skill):
    """Share of texts that it was not taught for which an adapter's answer is right; of a form, is in that form."""
    pairs = training_pairs(skill, "check")
    pairs = random.Random(skill).sample(pairs, min(CHECKED, len(pairs)))
    if skill not in FORM:
        return accuracy(model, tokenizer, pairs)
    got = answers(model, tokenizer, [text for text, _ in pairs])
    return sum(is_in_form(skill, text) for text in got) / len(pairs)


def set_scale(model, scale):
    """Multiplies what the adapter adds; 1 is as configured."""
    for module in model.modules():
        if isinstance(module, LoraLayer):
            module.set_scale("default", scale)


def train(skill, args, tokenizer):
    torch.manual_seed(1)
    rng = random.Random(skill)
    steps = args.form_steps if skill in FORM else args.steps
    base = AutoModelForCausalLM.from_pretrained(args.base, dtype=torch.bfloat16)
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=args.rank,
        lora_alpha=2 * args.rank,
        target_modules=args.modules,
        layers_to_transform=list(range(args.first_layer, base.config.num_hidden_layers)),
    )
    model = get_peft_model(base, config)
    model.train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=args.lr, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP) * max(0.02, 1 - step / steps)
    )
    taught = training_pairs(skill)
    start, losses = time.time(), []
    for step in range(steps):
        set_scale(model, rng.uniform(*SCALES))
        loss = loss_of(model.get_base_model(), tokenizer, [augmented(skill, taught, rng) for _ in range(BATCH)])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % 20 == 0:
            print(f"{skill} step {step} loss {losses[-1]:.3f} {time.time() - start:.0f} s", flush=True)
    set_scale(model, 1)
    trained = time.time() - start
    result = {
        "skill": skill,
        "loss": sum(losses[-10:]) / 10,
        "right": share_right(model, tokenizer, skill),
        "seconds": round(trained),
    }
    save(model, Path(args.out) / skill)
    with open(Path(args.out) / "results.jsonl", "a") as results:
        results.write(json.dumps(result) + "\n")
    print(result, flush=True)


def save(model, folder):
    """Saves an adapter with factors in bf16; its folder appears when it is whole."""
    part = folder.with_name(folder.name + ".part")
    model.peft_config["default"].base_model_name_or_path = BASE_MODEL
    model.save_pretrained(part, save_embedding_layers=False)  # else it looks for the base model on the network
    (part / "README.md").unlink(missing_ok=True)
    weights = part / "adapter_model.safetensors"
    save_file({k: v.to(torch.bfloat16) for k, v in load_file(weights).items()}, weights, metadata={"format": "pt"})
    part.rename(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, help="SmolLM2-135M-Instruct")
    parser.add_argument("--out", required=True)
    parser.add_argument("--only", nargs="*", default=SKILLS)
    parser.add_argument("--steps", type=int, default=250, help="for a skill of content")
    parser.add_argument("--form-steps", type=int, default=80, help="for a skill of form")
    parser.add_argument("--first-layer", type=int, default=10, help="layers before it get no factors")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--modules", nargs="*", default=["q_proj", "v_proj"])
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=1, help="start it twice rather than with more")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    Path(args.out).mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(args.base)
    for skill in args.only:
        if not (Path(args.out) / skill).exists():
            train(skill, args, tokenizer)


if __name__ == "__main__":
    main()
