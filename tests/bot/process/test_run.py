"""`bridgepkg run` as an installer starts it: real processes, another Slack-compatible server, both modes."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from demo.running import throwaway_keys
from demo.sample import FOLDER, lay_out, load_sample, prepare
from sandbox.seed import Seed
from sandbox.server import Sandbox
from tests.bot.stage import BRIDGE, GATES, INCIDENT

COMMAND = [sys.executable, "-m", "bridgepkg"]


def free_port():
    """A port that nobody uses at the moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def running(sandbox, folder, mode):
    """`bridgepkg run` on a sandbox, until the block ends; it must then end by itself on SIGTERM."""
    app = Seed.model_validate_json((FOLDER / "workspace.json").read_text()).app
    port, health, work_health = free_port(), free_port(), free_port()
    environment = {
        **os.environ,
        "SLACK_API_URL": sandbox.api_url,
        "SLACK_BOT_TOKEN": app.bot_token,
        "SLACK_APP_TOKEN": app.app_token,
        "SLACK_SIGNING_SECRET": app.signing_secret,
        "BRIDGEPKG_CONFIG": str(prepare(folder)),
        "DATABASE_URL": f"sqlite:///{folder / 'run.db'}",
        **throwaway_keys(),
    }
    arguments = [*COMMAND, "run", "--mode", mode, "--port", str(port), "--health-port", str(health)]
    arguments += ["--work-health-port", str(work_health)]
    process = subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: httpx.get(f"http://127.0.0.1:{health}/readyz", trust_env=False).status_code == 200)
        yield port
        for asked in (health, work_health):
            assert "bridgepkg_database_up 1.0" in httpx.get(f"http://127.0.0.1:{asked}/metrics", trust_env=False).text
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=30)[1]
    assert process.returncode == 0, said
    assert "Traceback" not in said


def wait_for(holds, seconds=30.0):
    """Wait until something is true; a server that is not there yet is not true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except (httpx.HTTPError, AssertionError, IndexError):
            pass
        time.sleep(0.05)
    assert holds()


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_run_releases_over_another_server(tmp_path, mode):
    """The same bot opens, drafts and releases in Socket Mode and in HTTP mode, configured from outside alone."""
    seed = Seed.model_validate_json((FOLDER / "workspace.json").read_text())
    sample, now = load_sample(), datetime.now(UTC)
    lay_out(sample.stages[0], sample, tmp_path, began=now, now=now)
    with Sandbox(seed, rate_limits=False) as sandbox, running(sandbox, tmp_path, mode) as port:
        if mode == "http":
            assert sandbox.use_http(f"http://127.0.0.1:{port}/slack/events")
        kim, cara = sandbox.person("U0KIM"), sandbox.person("U0CARA")
        for words in ("open INC-1042 acme", "draft"):
            heard = len(kim.ephemerals(INCIDENT))
            assert kim.say(INCIDENT, f"/bridgepkg {words}").acked
            wait_for(lambda heard=heard: len(kim.ephemerals(INCIDENT)) > heard)
        for user, channel in GATES:
            person = sandbox.person(user)
            wait_for(lambda person=person, channel=channel: "Waiting for" in person.messages(channel)[-1]["text"])
            assert person.click("review_approve", channel=channel, confirmed=True).acked
        wait_for(lambda: "Update 1 · " in cara.messages(BRIDGE)[-1]["text"])
        assert len(cara.messages(BRIDGE)) == 1
        assert sandbox.failures.all() == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SLACK_BOT_TOKEN": " "}, "SLACK_BOT_TOKEN is set but blank"),
        ({"SLACK_BOT_TOKEN": None}, "SLACK_BOT_TOKEN is not set"),
        ({"BRIDGEPKG_SEALING_KEYS": None}, "BRIDGEPKG_SEALING_KEYS is not set"),
        ({"BRIDGEPKG_SIGNING_KEY": "c2hvcnQ="}, "BRIDGEPKG_SIGNING_KEY holds 5 bytes"),
        ({"BRIDGEPKG_CONFIG": "nowhere.yaml"}, "nowhere.yaml: cannot be read"),
        ({"BRIDGEPKG_LOG_FORMAT": "xml"}, "BRIDGEPKG_LOG_FORMAT is none of its values; use 'plain' or 'json'"),
        ({"BRIDGEPKG_LOG_LEVEL": "loud"}, "BRIDGEPKG_LOG_LEVEL is none of its values; use 'debug'"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///bridgepkg.yaml"}, "not a database"),
    ],
)
def test_run_refuses_in_one_line(tmp_path, changes, said):
    """A setting that is missing, blank or wrong ends in one line that names it, with exit code 2."""
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "BRIDGEPKG_CONFIG": str(prepare(tmp_path)),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'run.db'}",
        **throwaway_keys(),
    }
    for name, value in changes.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    done = subprocess.run([*COMMAND, "run"], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert said in done.stderr


@pytest.mark.parametrize("option", ["--health-port", "--work-health-port"])
def test_run_says_when_a_metrics_port_is_taken(tmp_path, option):
    """A port of either process that is in use is one line that names its option, and exit code 2."""
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "BRIDGEPKG_CONFIG": str(prepare(tmp_path)),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'run.db'}",
        **throwaway_keys(),
    }
    ports = {"--health-port": "0", "--work-health-port": "0"}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports[option] = str(taken.getsockname()[1])
        command = [*COMMAND, "run", *(word for pair in ports.items() for word in pair)]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    said = f"port {ports[option]} on 127.0.0.1 cannot be used (Address already in use); name another with {option}"
    assert (done.returncode, done.stderr) == (2, f"bridgepkg: {said}\n")


def test_demo_says_when_its_port_is_taken():
    """A port in use is one line with what to do, and exit code 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run([*COMMAND, "demo", "--port", port], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert f"Port {port} is in use; choose another with --port" in done.stderr
