import os,requests,sys,json
B=sys.argv[1]; out={}
for n in ["alice","bob"]:
    s=requests.Session()
    r=s.post(B+"/register",data={"name":n,"password":"correct horse battery 9","again":"correct horse battery 9","password-again":"correct horse battery 9","new-again":"x"},headers={"Origin":B},allow_redirects=False)
    if r.status_code!=303: r=s.post(B+"/signin",data={"name":n,"password":"correct horse battery 9"},headers={"Origin":B},allow_redirects=False)
    for scope in ["read","write","generate"]:
        t=s.post(B+"/api/v1/me/tokens",json={"name":"t","scope":scope},headers={"Origin":B})
        if t.status_code>=300: print(n,r.status_code,r.text[:1500] if r.status_code==422 else "",t.status_code,t.text)
        else: out[n+"_"+scope]=t.json().get("token") or t.json()
json.dump(out,open(os.environ.get("LORAHUB_TOKENS","tokens.json"),"w")); print(out)
