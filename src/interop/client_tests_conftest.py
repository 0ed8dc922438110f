"""Fixtures and markers that the tests of huggingface_hub expect; its source distribution leaves its own out."""
import contextlib, importlib, os, pathlib, socket, tempfile, threading, time

import pytest
from huggingface_hub import HfApi, constants

from .testing_constants import ENDPOINT_STAGING, TOKEN, USER
from .testing_utils import repo_name

RepoFactory = object  # the tests name it as a type
MARKERS = ("api", "transfer", "inference", "xet", "no_xet", "production", "deprecated", "git_lfs", "vcr")


refused = threading.local()


def only_the_hub(look_up):
    """Tests that read huggingface.co fail at once, whether there is a network or not."""
    def found(host, *words, **options):
        name = host.decode() if isinstance(host, bytes) else host
        if name and name not in ("localhost", "127.0.0.1", "::1") and name not in ENDPOINT_STAGING:
            refused.just_now = True
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *words, **options)
    return found


socket.getaddrinfo = only_the_hub(socket.getaddrinfo)


class Waits:
    """The module time for version 0, which asks a host that can't be reached six times within 23 seconds."""

    def __getattr__(self, name):
        return getattr(time, name)

    def sleep(self, seconds):
        if not getattr(refused, "just_now", False):
            time.sleep(seconds)
        refused.just_now = False


def pytest_configure(config):
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.fixture(autouse=True)
def own_folders(monkeypatch):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for name, path in {"HF_HOME": "", "HF_HUB_CACHE": "hub", "HUGGINGFACE_HUB_CACHE": "hub", "HF_XET_CACHE": "xet",
                           "HF_ASSETS_CACHE": "assets", "HF_TOKEN_PATH": "token",
                           "HF_STORED_TOKENS_PATH": "stored_tokens"}.items():
            monkeypatch.setattr(constants, name, os.path.join(folder, path), raising=False)
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("COLUMNS", "200")
        yield


@pytest.fixture(autouse=True)
def no_waits_for_other_hosts(monkeypatch):
    from huggingface_hub.utils import _http
    if hasattr(_http, "time"):
        monkeypatch.setattr(_http, "time", Waits())


@pytest.fixture(autouse=True)
def count_requests(request, monkeypatch):
    """Marks tests that ask the hub, so that those which need none are not counted."""

    def counting(send):
        def counted(self, *words, **options):
            message = words[0] if words else options["request"]
            if str(message.url).startswith(ENDPOINT_STAGING) and ("asked", "yes") not in request.node.user_properties:
                request.node.user_properties.append(("asked", "yes"))
            return send(self, *words, **options)
        return counted

    # version 2 of huggingface_hub uses httpx2, version 1 httpx, those before it requests
    for name, client in {"httpx2": "Client", "httpx": "Client", "requests": "Session"}.items():
        with contextlib.suppress(ImportError):
            client = getattr(importlib.import_module(name), client)
            monkeypatch.setattr(client, "send", counting(client.send))


@pytest.fixture
def fx_cache_dir(request):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        request.cls.cache_dir = pathlib.Path(folder)
        yield


@pytest.fixture(autouse=True)
def reset_state():
    with contextlib.suppress(ImportError):
        from huggingface_hub.utils import _auth
        _auth._OAUTH_REFRESH_CACHE = None
        _auth._OAUTH_REFRESH_WARNED = False
    with contextlib.suppress(ImportError):
        from huggingface_hub.cli._output import out
        out.set_mode()
        out.set_no_truncate(False)
    with contextlib.suppress(ImportError):
        from huggingface_hub.utils import _detect_agent
        _detect_agent._registry = _detect_agent._EMPTY_REGISTRY


@pytest.fixture(autouse=True)
def markers(request, monkeypatch):
    from huggingface_hub.utils._runtime import is_package_available
    marked = request.node.get_closest_marker
    has_xet = is_package_available("hf_xet")
    if marked("git_lfs"):
        pytest.skip("needs git-lfs")
    if marked("xet") and not has_xet:
        pytest.skip("needs hf_xet")
    if marked("no_xet") and has_xet:
        pytest.skip("must run without hf_xet")
    if marked("production"):
        pytest.skip("reads repositories of huggingface.co")
    names = [name for marker in request.node.iter_markers("deprecated") for name in marker.args]
    with contextlib.ExitStack() as stack:
        for name in names:
            stack.enter_context(pytest.warns(FutureWarning, match=".*'%s'.*" % name))
        yield


@pytest.fixture(scope="session")
def api():
    return HfApi(endpoint=ENDPOINT_STAGING, token=TOKEN)


@pytest.fixture(scope="session")
def api_prod():
    pytest.skip("reads repositories of huggingface.co")


@pytest.fixture
def repo_factory(api):
    created = []

    def create(repo_type="model", **options):
        if repo_type == "space":
            options.setdefault("space_sdk", "gradio")
        options.setdefault("repo_id", repo_name(prefix=repo_type))
        url = api.create_repo(repo_type=repo_type, **options)
        created.append(url.repo_id)
        return url

    yield create
    for repository in created:
        with contextlib.suppress(Exception):
            api.delete_repo(repository)


@pytest.fixture
def new_repo_id(api):
    name = "%s/%s" % (USER, repo_name())
    yield name
    with contextlib.suppress(Exception):
        api.delete_repo(name)
