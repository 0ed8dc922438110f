"""Makes the members that the tests of huggingface_hub name, with tokens in the file that LORAHUB_TOKENS names."""
import json, os, sys, requests

ADDRESS, PASSWORD = sys.argv[1], "correct horse battery 9"
members = {}
for role, name in {"user": "tests-user", "other": "tests-other", "enterprise": "tests-enterprise"}.items():
    session = requests.Session()
    session.headers["Origin"] = ADDRESS
    form = {"name": name, "password": PASSWORD, "again": PASSWORD, "password-again": PASSWORD}
    answer = session.post(ADDRESS + "/register", data=form, allow_redirects=False)
    if answer.status_code != 303:
        session.post(ADDRESS + "/signin", data=form, allow_redirects=False).raise_for_status()
    token = session.post(ADDRESS + "/api/v1/me/tokens", json={"name": "tests", "scope": "write"})
    token.raise_for_status()
    members[role] = {"name": name, "token": token.json()["token"]}
with open(os.environ["LORAHUB_TOKENS"], "w") as file:
    json.dump(members, file)
