import os,sys,tempfile
os.environ["HF_ENDPOINT"]=sys.argv[1]; os.environ["HF_HOME"]=tempfile.mkdtemp()
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, AutoConfig
from peft import PeftModel, PeftConfig, AutoPeftModelForSeq2SeqLM
R=sys.argv[2]
c=PeftConfig.from_pretrained(R); print(c.base_model_name_or_path)
m=AutoModelForSeq2SeqLM.from_pretrained(c.base_model_name_or_path); t=AutoTokenizer.from_pretrained(c.base_model_name_or_path)
p=PeftModel.from_pretrained(m,R); print(type(p).__name__)
out=p.generate(**t("look",return_tensors="pt"),max_new_tokens=20); print(t.decode(out[0],skip_special_tokens=True))
m2=AutoModelForSeq2SeqLM.from_pretrained(c.base_model_name_or_path); m2.load_adapter(R,revision="1.0.0"); print(t.decode(m2.generate(**t("look",return_tensors="pt"),max_new_tokens=20)[0],skip_special_tokens=True))
m3=AutoModelForSeq2SeqLM.from_pretrained(R); print("by adapter name",type(m3).__name__)
