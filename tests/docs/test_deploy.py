"""The deployment examples: they could not be run here, so what can be checked without running them is."""

import shlex
from pathlib import Path

import pytest
import yaml

from bot.commandline.cli import COMMANDS

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
KUBERNETES = ROOT / "deploy" / "kubernetes.yaml"
VARIABLES = {"DATABASE_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "BRIDGEPKG_SEALING_KEYS", "BRIDGEPKG_SIGNING_KEY"}


def deployments():
    """The deployments, each with its one container."""
    for one in yaml.safe_load_all(KUBERNETES.read_text()):
        yield one, one["spec"]["template"]["spec"]


@pytest.mark.parametrize("path", [DOCKERFILE, KUBERNETES], ids=lambda path: path.name)
def test_example_says_that_it_was_not_run(path):
    """The first comment says so, and the platform engineer's page says it again."""
    comment = path.read_text().partition("\n\n")[0]
    assert "NOT" in comment.partition("#\n")[0]
    assert "not run where they were written" in (ROOT / "docs" / "platform-engineer.md").read_text()


def test_kubernetes_runs_listen_and_work_without_privileges():
    """Two deployments, each a command that exists, not root, on a read-only root, with probes inside."""
    assert [pod["containers"][0]["args"][0] for _, pod in deployments()] == ["listen", "work"]
    for one, pod in deployments():
        (container,) = pod["containers"]
        assert container["args"][0] in COMMANDS
        assert one["spec"]["selector"]["matchLabels"] == one["spec"]["template"]["metadata"]["labels"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"] == {
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        }
        port = container["args"][-1]
        for probe, path in (("startupProbe", "healthz"), ("livenessProbe", "healthz"), ("readinessProbe", "readyz")):
            assert f"http://127.0.0.1:{port}/{path}" in container[probe]["exec"]["command"][-1]
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}


def test_kubernetes_takes_every_secret_from_a_file():
    """The Secret has a file for each value that must not stand in the manifest; no value of one does."""
    comment = KUBERNETES.read_text().partition("---")[0].replace("#", "")
    assert {
        part.partition("=")[2]
        for part in shlex.split(comment.partition("generic")[2].partition("kubectl")[0])
        if part.startswith("--from-file")
    } == VARIABLES
    for _, pod in deployments():
        assert not {entry["name"] for entry in pod["containers"][0]["env"]} & VARIABLES


def test_dockerfile_copies_what_is_there_and_runs_a_command_that_exists():
    """Every file that it copies from the checkout exists, the lock is of the bot alone, and it does not run as root."""
    lines = [line.split() for line in DOCKERFILE.read_text().splitlines()]
    copied = [words[1] for words in lines if words[:1] == ["COPY"] and not words[1].startswith("--from")]
    assert copied == ["requirements/bot.txt", "."]
    assert "websockets==" not in (ROOT / "requirements" / "bot.txt").read_text()
    assert [words[1] for words in lines if words[:1] == ["USER"]] == ["10001:10001"]
