import os,sys,json,tempfile,traceback,hashlib
os.environ["HF_ENDPOINT"]=sys.argv[1]; os.environ["HF_HUB_DISABLE_TELEMETRY"]="1"
os.environ["HF_HOME"]=tempfile.mkdtemp()
import huggingface_hub as h
from huggingface_hub import HfApi, HfFileSystem, ModelCard, get_hf_file_metadata, hf_hub_url
from huggingface_hub.errors import *
T=json.load(open(os.environ.get("LORAHUB_TOKENS","tokens.json")))
api=HfApi(endpoint=sys.argv[1],token=T["alice_write"])
ok=bad=0
def case(name,f,applies=True):
    global ok,bad
    if not applies: return print("n/a ",name)
    try:
        r=f(); ok+=1; print("ok  ",name, str(r)[:110].replace("\n"," "))
        return r
    except Exception as e:
        bad+=1; print("FAIL",name,type(e).__name__,str(e)[:600])
def raises(t,f):
    try: f()
    except t as e: return type(e).__name__+": "+str(e)[-150:]
    raise AssertionError("nothing raised")
R="demo/un-prefix"
R=next(iter(api.list_models(limit=1))).id
print(h.__version__,R)
i=case("model_info",lambda: api.model_info(R))
case("files_metadata",lambda: api.model_info(R,files_metadata=True).siblings)
case("expand",lambda: api.model_info(R,expand=["author","downloads","sha"]))
case("rev sha",lambda: api.model_info(R,revision=i.sha).sha==i.sha or 1/0)
case("rev label",lambda: api.model_info(R,revision="1.0.0").sha)
case("list_models n",lambda: len(list(api.list_models())))
case("list limit3",lambda: [m.id for m in api.list_models(limit=3,sort="downloads")])
case("list search",lambda: [m.id for m in api.list_models(search=R.split("/")[1])])
case("list author",lambda: len(list(api.list_models(author="demo"))) or 1/0)
case("list filter",lambda: len(list(api.list_models(filter=["base_model:adapter:lorahub/demo-base","peft"]))) or 1/0)
case("list filter none",lambda: len(list(api.list_models(filter="diffusers")))==0 or 1/0)
case("list full",lambda: list(api.list_models(limit=2,full=True))[0].siblings[0])
case("list card",lambda: list(api.list_models(limit=2,cardData=True))[0].card_data)
case("list task",lambda: len(list(api.list_models(author="demo",pipeline_tag="text2text-generation"))) and not list(api.list_models(author="demo",filter="text-generation")) or 1/0)
case("list expand",lambda: [(m.pipeline_tag=="text2text-generation" or 1/0,m.safetensors.total) for m in api.list_models(author="demo",limit=2,expand=["pipeline_tag","safetensors"])])
case("search is of ids",lambda: all("un" in m.id for m in api.list_models(search="un")) or 1/0)
case("parameters",lambda: api.model_info("demo/un").safetensors.parameters["F32"]==api.parse_safetensors_file_metadata("demo/un","adapter_model.safetensors").parameter_count["F32"] or 1/0)
case("tags",lambda: "license:mit" in [t["id"] for t in api.get_model_tags()["license"]] or 1/0)
case("user",lambda: api.get_user_overview("alice").username=="alice" or 1/0)
case("organization",lambda: api.get_organization_overview("demo").num_models or 1/0)
case("repositories",lambda: list(api.list_user_repos()),hasattr(api,"list_user_repos"))
def lacking(f,words):
    try: f()
    except HfHubHTTPError as e:
        assert words in str(e),str(e); return words
    raise AssertionError("nothing raised")
case("no collections",lambda: lacking(lambda: list(api.list_collections()),"This hub has no collections."))
case("no Spaces",lambda: lacking(lambda: list(api.list_spaces()),"This hub has no Spaces"))
case("no data set",lambda: lacking(lambda: api.dataset_info("demo/un"),"This hub has no data sets"))
case("no discussions",lambda: lacking(lambda: list(api.get_repo_discussions("demo/un")),"no discussions"))
case("no webhooks",lambda: lacking(lambda: list(api.list_webhooks()),"This hub has no webhooks."))
for s in ["last_modified","trending_score","created_at","downloads","likes"]: case("sort "+s,lambda: len(list(api.list_models(sort=s,limit=5))))
case("list_repo_files",lambda: api.list_repo_files(R))
case("tree",lambda: list(api.list_repo_tree(R,recursive=True,expand=True)))
case("paths_info",lambda: api.get_paths_info(R,["README.md","nope"],expand=True))
case("file_exists",lambda: (api.file_exists(R,"README.md"),api.file_exists(R,"x"))==(True,False) or 1/0)
case("repo_exists",lambda: (api.repo_exists(R),api.repo_exists("demo/zzz"),api.repo_exists(R,repo_type="dataset"))==(True,False,False) or 1/0)
case("revision_exists",lambda: (api.revision_exists(R,"main"),api.revision_exists(R,"zz"),api.revision_exists(R,"a/b c"))==(True,False,False) or 1/0)
case("refs",lambda: api.list_repo_refs(R))
case("commits",lambda: api.list_repo_commits(R,formatted=True))
case("whoami",lambda: api.whoami())
case("whoami bad",lambda: raises(OSError,lambda: HfApi(endpoint=sys.argv[1],token="lh_bad").whoami()))
case("model bad token",lambda: raises(HfHubHTTPError,lambda: HfApi(endpoint=sys.argv[1],token="lh_bad").model_info(R)))
case("auth_check",lambda: api.auth_check(R))
case("auth_check w",lambda: raises(HfHubHTTPError,lambda: api.auth_check(R,write=True)),hasattr(api,"verify_repo_checksums"))
p=case("download",lambda: api.hf_hub_download(R,"adapter_model.safetensors"))
case("download twice",lambda: api.hf_hub_download(R,"adapter_model.safetensors",revision="1.0.0"))
case("offline",lambda: api.hf_hub_download(R,"adapter_model.safetensors",local_files_only=True)==p or 1/0)
case("readme",lambda: open(api.hf_hub_download(R,"README.md")).read())
case("snapshot",lambda: os.listdir(api.snapshot_download(R)))
case("snapshot patterns",lambda: os.listdir(api.snapshot_download(R,allow_patterns="*.json",local_dir=tempfile.mkdtemp())))
case("base snapshot",lambda: os.listdir(api.snapshot_download("lorahub/demo-base")))
case("meta",lambda: get_hf_file_metadata(hf_hub_url(R,"adapter_config.json",endpoint=sys.argv[1])))
case("safetensors adapter",lambda: api.parse_safetensors_file_metadata(R,"adapter_model.safetensors").parameter_count)
case("safetensors",lambda: api.get_safetensors_metadata("lorahub/demo-base").parameter_count)
case("entry 404",lambda: raises(EntryNotFoundError,lambda: api.hf_hub_download(R,"nope.txt")))
case("rev 404",lambda: raises(RevisionNotFoundError,lambda: api.hf_hub_download(R,"README.md",revision="nope")))
case("repo 404",lambda: raises(RepositoryNotFoundError,lambda: api.hf_hub_download("demo/nope","README.md")))
case("ds 404",lambda: raises(RepositoryNotFoundError,lambda: api.dataset_info("demo/nope")))
fs=HfFileSystem(endpoint=sys.argv[1],token=T["alice_read"])
case("fs ls",lambda: fs.ls(R,detail=False))
case("fs glob",lambda: fs.glob(R+"/*.json"))
case("fs open",lambda: fs.open(R+"/README.md").read()[:20])
def rng():
    with fs.open(R+"/adapter_model.safetensors") as f:
        f.seek(100); b=f.read(50); assert b==open(p,"rb").read()[100:150]; return b[:5]
case("fs range",rng)
case("fs info",lambda: fs.info(R+"/README.md"))
case("verify",lambda: api.verify_repo_checksums(R),hasattr(api,"verify_repo_checksums"))
case("card",lambda: ModelCard.load(R).data)
print(ok,"ok",bad,"bad")
sys.exit(1 if bad else 0)
