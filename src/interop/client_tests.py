"""Runs the tests of huggingface_hub itself against a hub.

    client_tests.py ADDRESS FOLDER [words for pytest]

The tests come from the source distribution of the installed version, which FOLDER has (pip download --no-binary :all:) and
which keeps the results. What the distribution leaves out (conftest.py) is written here anew. Prints a line for each failed
test and the counts.
"""
import importlib.metadata, json, os, pathlib, re, shutil, subprocess, sys, tarfile, xml.etree.ElementTree as xml

ADDRESS, FOLDER, WORDS = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3:]
VERSION = importlib.metadata.version("huggingface_hub")
HERE = pathlib.Path(__file__).parent
MODULES = """test_cache_layout test_cli test_commit_scheduler test_copy_files test_file_download test_hf_api
    test_hf_file_system test_hub_mixin test_lfs test_offline_utils test_repocard test_snapshot_download
    test_upload_pipeline test_verification""".split()

# Why a test does not apply: the first row whose expression matches its id or its source, or the message of its failure.
REASONS = [
    ("reads huggingface.co", r"mark\.production|api_prod|HfApi\(\)\.|DUMMY_MODEL_ID|ENDPOINT_PRODUCTION|httpbin", "Name or service not known"),
    ("needs files that the distribution leaves out", r"SAMPLE_CARDS_DIR", r"tests/fixtures/"),
    ("Xet storage", r"(?i)xet", None),
    ("discussions and pull requests", r"(?i)discussion|create_pr\b|_pr\b|pull_request|refs/pr", "has no pull requests;"),
    ("spaces, data sets, buckets, kernels", r"(?i)\bspaces?\b|space_|dataset|bucket|kernel|sandbox", "of the type model only"),
    ("jobs, webhooks, papers, collections, inference", r"(?i)\bjobs?\b|webhook|paper|collection|inference", None),
    ("organisations, gating, likes", r"(?i)enterprise|gated|access_request|likes?\b|liker|follow(er|ing)|overview|\borgs?\b", None),
    ("git push", r"git_lfs|git_push", None),
]


def unpack():
    folder = FOLDER / ("huggingface_hub-" + VERSION)
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(FOLDER / ("huggingface_hub-%s.tar.gz" % VERSION)) as archive:
        archive.extractall(FOLDER)
    return folder


def constants(tests, members):
    names = {"USER": members["user"]["name"], "FULL_NAME": members["user"]["name"], "TOKEN": members["user"]["token"],
             "OTHER_USER": members["other"]["name"], "OTHER_TOKEN": members["other"]["token"],
             "ENTERPRISE_USER": members["enterprise"]["name"], "ENTERPRISE_ORG": members["enterprise"]["name"],
             "ENTERPRISE_TOKEN": members["enterprise"]["token"], "ENDPOINT_STAGING": ADDRESS}
    file = tests / "testing_constants.py"
    text = file.read_text()
    for name, value in names.items():
        text = re.sub(r"(?m)^%s = .*$" % name, "%s = %r" % (name, value), text)
    file.write_text(text)


def run(folder):
    tests = folder / "tests"
    constants(tests, json.loads(pathlib.Path(os.environ["LORAHUB_TOKENS"]).read_text()))
    (tests / "__init__.py").touch()
    (tests / "conftest.py").write_text((HERE / "client_tests_conftest.py").read_text())
    results = FOLDER / ("results-%s.xml" % VERSION)
    files = [w for w in WORDS if w.startswith("tests/")] or [
        "tests/%s.py" % m for m in MODULES if (tests / (m + ".py")).exists()]
    words = [w for w in WORDS if not w.startswith("tests/")]
    environment = dict(os.environ, HF_ENDPOINT=ADDRESS, HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1",
                       HF_HOME=str(FOLDER / "home"), HF_TOKEN="", HUGGING_FACE_HUB_TOKEN="",
                       DISABLE_SYMLINKS_IN_WINDOWS_TESTS="1")
    with open(FOLDER / ("output-%s.txt" % VERSION), "w") as output:
        subprocess.run([sys.executable, "-m", "pytest", "-o", "addopts=-Werror::FutureWarning --strict-markers", "-o", "env=",
                        "-o", "xfail_strict=false", "-q", "--timeout=90", "-p", "no:cacheprovider", "-n", "2", "--dist=loadfile",
                        "--junitxml", str(results), *files, *words], cwd=folder, env=environment, stdout=output, stderr=output)
    return results


def sources(folder):
    """The text of each test, by module and name, with the decorators of it and its class."""
    import ast
    found = {}
    for file in (folder / "tests").glob("test_*.py"):
        text = file.read_text()
        lines = text.splitlines()

        def collect(node, before, prefix):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    first = min([child.lineno] + [d.lineno for d in child.decorator_list]) - 1
                    if isinstance(child, ast.ClassDef):
                        collect(child, "\n".join(lines[first:child.lineno]) + "\n", child.name + ".")
                    else:
                        found["tests.%s.%s%s" % (file.stem, prefix, child.name)] = before + "\n".join(lines[first:child.end_lineno])
        collect(ast.parse(text), "", "")
    return found


def judge(folder, results):
    texts = sources(folder)
    counts, failures = {}, []
    for case in xml.parse(results).getroot().iter("testcase"):
        name = case.get("classname") + "." + case.get("name")
        text = texts.get(re.sub(r"\[.*", "", name, flags=re.S), "")
        module = case.get("classname").split(".")[1] if "." in case.get("classname") else case.get("classname")
        count = counts.setdefault(module, {"passes": 0, "fails": 0})
        bad = case.find("failure") if case.find("failure") is not None else case.find("error")
        skipped = case.find("skipped")
        asked = any(p.get("name") == "asked" for p in case.iter("property"))
        if bad is None and skipped is None:
            count["passes" if asked else "asks no hub"] = count.get("passes" if asked else "asks no hub", 0) + 1
            continue
        message = "" if bad is None else (bad.get("message") or "") + "\n" + (bad.text or "")[-3000:]
        reason = next((r for r, of_test, of_message in REASONS if re.search(of_test, name + "\n" + text)
                       or of_message and re.search(of_message, message)), None)
        if reason is None and skipped is not None:
            reason = "skipped by itself"
        if reason:
            count[reason] = count.get(reason, 0) + 1
        else:
            count["fails"] += 1
            failures.append((name, (bad.get("message") or "").strip().replace("\n", " ")[:300]))
    return counts, failures


folder = unpack()
counts, failures = judge(folder, run(folder))
for name, message in failures:
    print("FAIL", name, "|", message)
total = {}
for module, count in sorted(counts.items()):
    print(module, json.dumps(count))
    for key, number in count.items():
        total[key] = total.get(key, 0) + number
print("huggingface_hub", VERSION, json.dumps(total))
share = total["passes"] / max(1, total["passes"] + total["fails"])
print("%d of %d tests that apply pass (%.1f %%)" % (total["passes"], total["passes"] + total["fails"], 100 * share))
sys.exit(share < 0.8)
