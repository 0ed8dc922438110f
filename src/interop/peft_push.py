import os,sys,tempfile,json,uuid
os.environ["HF_ENDPOINT"]=sys.argv[1]; os.environ["HF_HOME"]=tempfile.mkdtemp()
T=json.load(open(os.environ.get("LORAHUB_TOKENS","tokens.json"))); os.environ["HF_TOKEN"]=T["alice_write"]
import torch
from transformers import AutoModelForSeq2SeqLM
from peft import PeftModel, LoraConfig, get_peft_model
m=AutoModelForSeq2SeqLM.from_pretrained("lorahub/demo-base")
p=get_peft_model(m,LoraConfig(r=4,target_modules=["q","v"],task_type="SEQ_2_SEQ_LM"))
for n,q in p.named_parameters():
    if "lora_B" in n: torch.nn.init.normal_(q,std=.02)
R="alice/peft-"+uuid.uuid4().hex[:8]
print(p.push_to_hub(R,private=True))
b=AutoModelForSeq2SeqLM.from_pretrained("lorahub/demo-base")
l=PeftModel.from_pretrained(b,R)
a=dict(p.state_dict()); print("same", all(torch.equal(v,a[k]) for k,v in l.state_dict().items() if "lora" in k))
