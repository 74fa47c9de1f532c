"""The linter knows every key that the loader knows: one document with all of them, and each misspelt in turn."""

import copy
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from authoring.linter import has_errors, lint
from profiles.models import Profile
from tests.builders import profile_data


def whole() -> dict[str, Any]:
    """The shipped profile with every optional key that a profile may have."""
    data = profile_data(scan={"gitleaks": ""})
    component = data["capabilities"][0]["components"][0]
    component |= {"region": "europe", "runs_in": ["eu-west-1"], "counts_as": "primary"}
    data["status"]["shares"] = [{"id": "SH-1", "at_least": 10, "code": "SC1"}]
    data["gates"][0]["quorum"] = data["acknowledgement"]["gates"][0]["quorum"] = 1
    lists = {"capabilities": ["reporting"], "regions": ["europe"]}
    required = {"required_capabilities": ["reporting"], "required_regions": ["europe"]}
    data["tiers"].append(data["tiers"][0] | {"id": "TR-9", "account": "a"} | lists | required)
    named = {"names": ["a"], "globs": ["b*"], "sensitivity": ["c"]}
    data["disclosure"][0]["match"] |= named
    told = {"then": "generalise", "category": "technical", "wording": "a part"}
    data["disclosure"].append({"id": "DR-9", "match": {"kind": "dependency", "names": ["d"]}} | told)
    return data


def keys(value: Any, path: tuple = ()) -> dict[tuple, list[tuple]]:
    """Every key, by its path without positions in lists, and where it stands."""
    found: dict[tuple, list[tuple]] = {}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(key, str):
            found.setdefault((*(step for step in path if isinstance(step, str)), key), []).append((*path, key))
        for name, places in keys(item, (*path, key)).items():
            found.setdefault(name, []).extend(places)
    return found


def declared(schema: dict[str, Any], part: dict[str, Any], path: tuple = ()) -> set[tuple]:
    """Every key that the types have, by its path; what a list holds adds no step."""
    if "$ref" in part:
        return declared(schema, schema["$defs"][part["$ref"].rpartition("/")[2]], path)
    inside = [*part.get("anyOf", ()), *part.get("oneOf", ()), *([part["items"]] if "items" in part else ())]
    found = {key for one in inside for key in declared(schema, one, path)}
    for name, one in part.get("properties", {}).items():
        found |= {(*path, name)} | declared(schema, one, (*path, name))
    return found


def test_document_with_every_key_has_every_key_of_the_types() -> None:
    """A key that is new makes this red until the document below has it, and so until the linter is tried on it."""
    schema = Profile.model_json_schema(by_alias=True)
    assert declared(schema, schema) == set(keys(whole()))


def test_document_with_every_key_is_read_and_linted() -> None:
    """The types take it, and the linter calls none of its keys unknown."""
    data = whole()
    Profile.model_validate_json(orjson.dumps(data))
    assert [found for found in lint(orjson.dumps(data), "p.yaml") if found.code == "no-profile"] == []


@pytest.mark.parametrize("name", sorted(keys(whole())), ids=".".join)
def test_linter_finds_each_key_that_is_misspelt(name) -> None:
    """At its own place, as what the loader would refuse."""
    data = whole()
    *parents, key = keys(data)[name][0]
    part = data
    for step in parents:
        part = part[step]
    part[f"{key}x"] = copy.deepcopy(part.pop(key))
    content = orjson.dumps(data, option=orjson.OPT_INDENT_2)
    with pytest.raises(ValidationError):
        Profile.model_validate_json(content)
    found = [one for one in lint(content, "p.yaml") if one.code == "no-profile"]
    assert has_errors(found)
    if name != ("disclosure", "then"):
        lines = content.decode().splitlines()
        assert f'"{key}x"' in {lines[one.line - 1][one.column - 1 :].partition(":")[0] for one in found}
