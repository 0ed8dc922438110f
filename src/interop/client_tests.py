"""Runs the tests of huggingface_hub itself against a hub.

    client_tests.py ADDRESS FOLDER [words for pytest]

The tests come from the source distribution of the installed version, which FOLDER has (pip download --no-binary :all:) and
which keeps the results. What the distribution leaves out (conftest.py) is written here anew.

client_tests/VERSION.tsv names the tests that don't count, each with the reason. All others have to pass, and those that are
named have to fail or to be skipped, so that the table stays true. Parameters of a test may be left out. Prints a line for
each test that breaks this, and the counts.
"""
import ast, collections, importlib.metadata, json, os, pathlib, re, shutil, subprocess, sys, tarfile, xml.etree.ElementTree as xml

ADDRESS, FOLDER, WORDS = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3:]
VERSION = importlib.metadata.version("huggingface_hub")
HERE = pathlib.Path(__file__).parent

# Those in which a test asks a hub, without those about buckets and kernels, which hubs here do not have, and without
# test_utils_http, which measures times.
MODULES = """test_cache_layout test_cli test_cli_discussions test_commit_scheduler test_copy_files test_file_download
    test_hf_api test_hf_file_system test_hub_mixin test_repocard test_snapshot_download test_xet_download
    test_xet_upload""".split()


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


PULL_REQUEST = r" *(?:\w+\.)?api\.upload_file\((?:[^()]|\([^()]*\))*create_pr=True[^()]*\)\n"
OTHER_KIND = r'[^\n]*"(?:dataset|space)"[^\n]*\n'

# Tests that happen to work in a data set, or with a pull request beside, but concern any repository. A hub has only models,
# so: the module, the class or function (all if empty), what goes, and what comes in its place.
EDITS = [
    ("test_hf_file_system", "", PULL_REQUEST, ""),
    ("test_hf_file_system", "", 'repo_type="dataset"', 'repo_type="model"'),
    ("test_hf_file_system", "", r"(hf://|/)?datasets/\{(self\.)?repo_id\}", r"\1{\2repo_id}"),
    ("test_hf_api", "TestListGitCommits|ListGitCommitsTest", PULL_REQUEST, ""),
    ("test_hf_api", "TestHfApiPrivate|HfApiPrivateTest", OTHER_KIND, ""),
    ("test_hf_api", "test_move_repo_normal_usage|test_auth_check_success|test_create_tag_on_commit_oid|TestLargeUpload",
     '"dataset"', '"model"'),
    ("test_hf_api", "test_move_repo_normal_usage", ", constants.REPO_TYPE_DATASET", ""),
    ("test_hf_api", "test_create_tag_on_commit_oid", "dataset_info", "model_info"),
    ("test_cli", "test_repo_list", OTHER_KIND, ""),
]


def edit(tests):
    for module, names, gone, instead in EDITS:
        file = tests / (module + ".py")
        text = file.read_text()
        for first, last in reversed(places(text, names)):
            lines = text.splitlines(keepends=True)
            lines[first:last] = re.sub(gone, instead, "".join(lines[first:last]))
            text = "".join(lines)
        file.write_text(text)


def places(text, names):
    """The lines of the classes and functions whose names fit."""
    if not names:
        return [(0, len(text.splitlines()))]
    return [(min([node.lineno] + [d.lineno for d in node.decorator_list]) - 1, node.end_lineno) for node in ast.walk(ast.parse(text))
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and re.fullmatch(names, node.name)]


def run(folder):
    tests = folder / "tests"
    constants(tests, json.loads(pathlib.Path(os.environ["LORAHUB_TOKENS"]).read_text()))
    edit(tests)
    (tests / "__init__.py").touch()
    (tests / "conftest.py").write_text((HERE / "client_tests_conftest.py").read_text())
    results = FOLDER / ("results-%s.xml" % VERSION)
    files = [w for w in WORDS if w.startswith("tests/")] or [
        "tests/%s.py" % m for m in MODULES if (tests / (m + ".py")).exists()]
    words = [w for w in WORDS if not w.startswith("tests/")]
    environment = dict(os.environ, HF_ENDPOINT=ADDRESS, HF_HUB_DISABLE_TELEMETRY="1", HF_HOME=str(FOLDER / "home"),
                       HF_TOKEN="", HUGGING_FACE_HUB_TOKEN="", DISABLE_SYMLINKS_IN_WINDOWS_TESTS="1")
    environment.pop("HF_HUB_DISABLE_PROGRESS_BARS", None)  # tests show and hide them
    with open(FOLDER / ("output-%s.txt" % VERSION), "w") as output:
        subprocess.run([sys.executable, "-m", "pytest", "-o", "addopts=-Werror::FutureWarning --strict-markers", "-o", "env=",
                        "-o", "xfail_strict=false", "-q", "--timeout=180", "-p", "no:cacheprovider", "-n", "2", "--dist=loadfile",
                        "--junitxml", str(results), *files, *words], cwd=folder, env=environment, stdout=output, stderr=output)
    return results


class Exclusions:
    """The tests that don't count, with the reasons."""

    def __init__(self, file):
        lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
        self.reasons = dict(line.split("\t") for line in lines)
        self.met = set()

    def reason(self, test):
        for name in (test, test.split("[")[0]):
            if name in self.reasons:
                self.met.add(name)
                return self.reasons[name]
        return None

    def stale(self):
        return sorted(set(self.reasons) - self.met)


def judge(results, exclusions):
    counts, faults = collections.Counter(), []
    for case in xml.parse(results).getroot().iter("testcase"):
        test = (case.get("classname") + "." + case.get("name")).removeprefix(".").removeprefix("tests.")
        bad = case.find("failure") if case.find("failure") is not None else case.find("error")
        passes = bad is None and case.find("skipped") is None
        asked = any(p.get("name") == "asked" for p in case.iter("property"))
        reason = exclusions.reason(test)
        if passes and not asked:
            counts["need no hub"] += 1
        elif passes and reason:
            faults.append("PASSES %s | but doesn't count: %s" % (test, reason))
        elif passes:
            counts["pass"] += 1
        elif reason:
            counts["don't count: " + reason] += 1
        else:
            message = bad.get("message") if bad is not None else "skipped: %s" % case.find("skipped").get("message")
            counts["fail"] += 1
            faults.append("FAIL %s | %s" % (test, (message or "").strip().replace("\n", " ")[:300]))
    return counts, faults


exclusions = Exclusions(HERE / "client_tests" / (VERSION + ".tsv"))
counts, faults = judge(run(unpack()), exclusions)
if not WORDS:
    faults += ["GONE %s | there is no such test" % name for name in exclusions.stale()]
for fault in faults:
    print(fault)
for what, count in sorted(counts.items()):
    print("%5d %s" % (count, what))
print("huggingface_hub %s: %d of %d tests that count pass" % (VERSION, counts["pass"], counts["pass"] + counts["fail"]))
sys.exit(1 if faults or not counts["pass"] else 0)
