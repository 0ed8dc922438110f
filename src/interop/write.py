import os,sys,json,tempfile,io,shutil,pathlib
os.environ["HF_ENDPOINT"]=sys.argv[1]; os.environ["HF_HUB_DISABLE_TELEMETRY"]="1"; os.environ["HF_HOME"]=tempfile.mkdtemp(); os.environ["HF_HUB_DISABLE_PROGRESS_BARS"]="1"
import huggingface_hub as h
from huggingface_hub import CommitOperationAdd, CommitOperationCopy, HfApi, ModelCard, hf_hub_download, metadata_update
from huggingface_hub.errors import *
import uuid
T=json.load(open(os.environ.get("LORAHUB_TOKENS","tokens.json"))); E=sys.argv[1]
api=HfApi(endpoint=E,token=T["alice_write"]); bob=HfApi(endpoint=E,token=T["bob_write"]); ro=HfApi(endpoint=E,token=T["alice_read"])
ok=bad=0
ASKS_HUB=int(h.__version__.split('.')[0])>1 # versions before 2 ask huggingface.co about a card, whatever HF_ENDPOINT says
def case(name,f,applies=True):
    global ok,bad
    if not applies: return print("n/a ",name)
    try:
        r=f(); ok+=1; print("ok  ",name, str(r)[:140].replace("\n"," ")); return r
    except Exception as e:
        bad+=1; print("FAIL",name,type(e).__name__,str(e)[:900])
def raises(t,f):
    try: f()
    except t as e: return type(e).__name__+": "+str(e)[-420:]
    raise AssertionError("nothing raised")
u=uuid.uuid4().hex[:8]; R="alice/w-"+u
print(h.__version__)
src=api.snapshot_download("demo/adverb",local_dir=tempfile.mkdtemp())
shutil.rmtree(src+"/.cache")
# make weights unique
def mutate(p,seed):
    b=bytearray(open(p,"rb").read()); 
    import random,struct; random.seed(seed)
    for i in range(1,4000): b[-4*i-4+0]=random.randrange(256); b[-4*i-4+1]=random.randrange(256)
    open(p,"wb").write(b)
mutate(src+"/adapter_model.safetensors",u)
case("create",lambda: api.create_repo(R,private=True))
case("create again",lambda: raises(HfHubHTTPError,lambda: api.create_repo(R)))
case("create exist_ok",lambda: api.create_repo(R,exist_ok=True))
case("create other's",lambda: raises(HfHubHTTPError,lambda: bob.create_repo("alice/x-"+u)))
case("create bad name",lambda: raises(HfHubHTTPError,lambda: api.create_repo("alice/"+"x"*80)))
case("read token create",lambda: raises(HfHubHTTPError,lambda: ro.create_repo("alice/y-"+u)))
case("files of empty",lambda: api.list_repo_files(R))
case("bob sees not",lambda: raises(RepositoryNotFoundError,lambda: bob.model_info(R)))
case("upload config only",lambda: api.upload_file(path_or_fileobj=src+"/adapter_config.json",path_in_repo="adapter_config.json",repo_id=R).oid)
open(src+"/README.md","w").write("---\nbase_model: lorahub/demo-base\nlibrary_name: peft\ntags: [spelling]\n---\n# Adverbs by "+u+"\n\nMakes adverbs of words.\n")
case("upload_folder",lambda: api.upload_folder(folder_path=src,repo_id=R,commit_message="First try").oid)
i=case("model_info",lambda: api.model_info(R))
case("refs",lambda: api.list_repo_refs(R).tags)
case("files",lambda: api.list_repo_files(R))
def dl():
    p=hf_hub_download(R,"adapter_model.safetensors",token=T["alice_read"]); assert open(p,"rb").read()==open(src+"/adapter_model.safetensors","rb").read(); return p
case("download",dl)
case("readme as sent",lambda: open(hf_hub_download(R,"README.md",token=T["alice_read"])).read()==open(src+"/README.md").read() or 1/0)
case("no-op",lambda: api.upload_folder(folder_path=src,repo_id=R).oid==api.model_info(R).sha or 1/0)
case("card push",lambda: ModelCard("---\nlicense: mit\nlanguage: en\n---\n# New title\n\nIt makes adverbs.\n").push_to_hub(R,token=T["alice_write"]).oid,ASKS_HUB)
case("card_data",lambda: api.model_info(R).card_data.to_dict())
case("metadata_update",lambda: metadata_update(R,{"tags":["adverb"]},overwrite=True,token=T["alice_write"]),ASKS_HUB)
case("card tags",lambda: api.model_info(R).tags)
case("bytes",lambda: api.upload_file(path_or_fileobj=b"hello",path_in_repo="notes/hello.txt",repo_id=R).oid)
case("fileobj",lambda: api.upload_file(path_or_fileobj=io.BytesIO(b"hello2"),path_in_repo="notes/hello2.txt",repo_id=R).oid)
case("fileobj opened",lambda: api.upload_file(path_or_fileobj=open(src+"/README.md","rb"),path_in_repo="notes/b.md",repo_id=R).oid)
case("copy",lambda: api.create_commit(R,[CommitOperationCopy("notes/hello.txt","notes/copy.txt")],commit_message="copy").oid)
case("delete_file",lambda: api.delete_file("notes/hello.txt",R).oid)
case("delete missing",lambda: raises(EntryNotFoundError,lambda: api.delete_file("notes/hello.txt",R)))
case("delete_folder",lambda: api.delete_folder("notes",R).oid)
case("files",lambda: api.list_repo_files(R))
case("parent mismatch",lambda: raises(HfHubHTTPError,lambda: api.create_commit(R,[CommitOperationAdd("a.txt",b"x")],commit_message="m",parent_commit="0"*40)))
case("parent ok",lambda: api.create_commit(R,[CommitOperationAdd("a.txt",b"x")],commit_message="m",parent_commit=api.model_info(R).sha).oid)
case("bob writes",lambda: raises(HfHubHTTPError,lambda: bob.upload_file(path_or_fileobj=b"x",path_in_repo="x.txt",repo_id=R)))
case("ro writes",lambda: raises(HfHubHTTPError,lambda: ro.upload_file(path_or_fileobj=b"x",path_in_repo="x.txt",repo_id=R)))
bad_=tempfile.mkdtemp(); shutil.copytree(src,bad_,dirs_exist_ok=True)
c=json.load(open(bad_+"/adapter_config.json")); c["r"]=5; c["peft_type"]="LOHA"; json.dump(c,open(bad_+"/adapter_config.json","w"))
before=api.model_info(R).sha
case("refused",lambda: raises(HfHubHTTPError,lambda: api.upload_folder(folder_path=bad_,repo_id=R)))
case("nothing published",lambda: api.model_info(R).sha==before or 1/0)
case("delete weights",lambda: raises(HfHubHTTPError,lambda: api.delete_file("adapter_model.safetensors",R)))
mutate(src+"/adapter_model.safetensors",u+"b")
case("second version",lambda: api.upload_folder(folder_path=src,repo_id=R,commit_message="Second",commit_description="Trained longer").oid)
case("labels",lambda: [t.name for t in api.list_repo_refs(R).tags])
case("commits",lambda: [(c.title,c.authors) for c in api.list_repo_commits(R)])
case("public",lambda: api.update_repo_settings(R,private=False))
case("bob sees",lambda: bob.model_info(R).private==False or 1/0)
case("auth w",lambda: api.auth_check(R,write=True),hasattr(api,"verify_repo_checksums"))
case("move",lambda: api.move_repo(R,R+"-moved"))
case("moved",lambda: api.model_info(R+"-moved").id)
case("old name leads there",lambda: api.model_info(R).id==R+"-moved" or 1/0)
case("bob deletes",lambda: raises(HfHubHTTPError,lambda: bob.delete_repo(R+"-moved")))
def large():
    api.create_repo("alice/large-"+u)
    f=tempfile.mkdtemp(); [open(f+"/f%d.txt"%i,"w").write(str(i)) for i in range(30)]
    (api.upload_large_folder if hasattr(api,"upload_large_folder") else (lambda r,folder_path,repo_type: api.upload_folder(repo_id=r,folder_path=folder_path)))("alice/large-"+u,folder_path=f,repo_type="model"); return len(api.list_repo_files("alice/large-"+u))
case("upload_large_folder",large)
def pull_request():
    try: api.upload_file(path_or_fileobj=bytes(range(256)),path_in_repo="x.bin",repo_id="alice/large-"+u,create_pr=True)
    except HfHubHTTPError as e:
        assert "This hub has no pull requests" in str(e),str(e); return True
    raise AssertionError("nothing raised")
case("no pull request",pull_request)
def whole_model():
    from huggingface_hub.utils import logging as hub_logging
    import logging
    said=[]; handler=logging.Handler(); handler.emit=lambda record: said.append(record.getMessage()); hub_logging.get_logger("huggingface_hub").addHandler(handler)
    api.upload_file(path_or_fileobj=b"whole",path_in_repo="model.safetensors",repo_id="alice/large-"+u)
    assert any("is stored, but in no list" in message for message in said),said; return said
case("whole model",whole_model,int(h.__version__.split(".")[0])>0)
def squash():
    N="alice/large-"+u
    api.upload_file(path_or_fileobj=os.urandom(5000),path_in_repo="large.bin",repo_id=N)
    api.upload_file(path_or_fileobj=os.urandom(5000),path_in_repo="large.bin",repo_id=N)
    before=len(list(api.list_lfs_files(N))); api.super_squash_history(N); after=list(api.list_lfs_files(N))
    assert (before-len(after),len(api.list_repo_commits(N)))==(1,1),(before,after)
    api.permanently_delete_lfs_files(N,after); assert "large.bin" not in api.list_repo_files(N); return True
case("squash",squash)
case("delete_files pattern",lambda: api.delete_files("alice/large-"+u,["f1*.txt"]).oid)
case("delete",lambda: [api.delete_repo(x) for x in (R+"-moved","alice/large-"+u)])
case("delete again",lambda: raises(RepositoryNotFoundError,lambda: api.delete_repo(R+"-moved")))
case("delete missing_ok",lambda: api.delete_repo(R+"-moved",missing_ok=True))
print(ok,"ok",bad,"bad")
sys.exit(1 if bad else 0)
