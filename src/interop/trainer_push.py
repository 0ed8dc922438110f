"""Trains with transformers' Trainer, which pushes checkpoints while it trains, and reads the adapter back.

trainer_push.py ADDRESS
"""
import json
import os
import sys
import tempfile
import uuid

os.environ["HF_ENDPOINT"] = sys.argv[1]
os.environ["HF_HOME"] = tempfile.mkdtemp()
with open(os.environ.get("LORAHUB_TOKENS", "tokens.json")) as tokens:
    os.environ["HF_TOKEN"] = json.load(tokens)["alice_write"]

import torch
from huggingface_hub import HfApi
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, DataCollatorForSeq2Seq, Seq2SeqTrainer, Seq2SeqTrainingArguments

BASE = "lorahub/demo-base"
tokenizer = AutoTokenizer.from_pretrained(BASE)
rows = [{"input_ids": tokenizer("walk")["input_ids"], "labels": tokenizer("unwalk")["input_ids"]}] * 8

for strategy in ["every_save", "checkpoint", "all_checkpoints", "end"]:
    name = "alice/trained-" + uuid.uuid4().hex[:8]
    model = get_peft_model(
        AutoModelForSeq2SeqLM.from_pretrained(BASE), LoraConfig(r=4, target_modules=["q", "v"], task_type="SEQ_2_SEQ_LM"))
    trainer = Seq2SeqTrainer(
        model=model,
        args=Seq2SeqTrainingArguments(
            output_dir=tempfile.mkdtemp(), push_to_hub=True, hub_model_id=name, hub_strategy=strategy, hub_private_repo=True,
            max_steps=4, save_steps=2, per_device_train_batch_size=4, learning_rate=1e-2, report_to=[], use_cpu=True),
        train_dataset=rows, data_collator=DataCollatorForSeq2Seq(tokenizer, model=model), processing_class=tokenizer)
    trainer.train()
    trainer.push_to_hub()
    read = PeftModel.from_pretrained(AutoModelForSeq2SeqLM.from_pretrained(BASE), name).state_dict()
    trained = model.state_dict()
    same = all(torch.equal(value, trained[key]) for key, value in read.items() if "lora_" in key)
    files = HfApi().list_repo_files(name)
    print(strategy, "same", same, "pickles", [file for file in files if file.endswith((".pt", ".pth", ".bin"))])
