"""The JSON Schemas in docs/ are those of the types, and real documents pass them."""

import json
from pathlib import Path

import jsonschema
import orjson
import pytest
import yaml

from bot.settings import Config
from profiles.loader import SHIPPED
from profiles.models import Profile
from tests.transforms.dossiers import make_dossier
from transforms.publish.dossier import Dossier

ROOT = Path(__file__).parents[2]
MODELS = {"dossier": Dossier, "profile": Profile, "config": Config}


def schema(name):
    """A schema as it lies in docs."""
    return json.loads((ROOT / "docs" / f"{name}.schema.json").read_text())


@pytest.mark.parametrize("name", MODELS)
def test_schema_is_that_of_the_type(name):
    """A schema in docs is what the type generates now; tools/make-schemas writes it."""
    generated = MODELS[name].model_json_schema()
    assert {key: value for key, value in schema(name).items() if key != "$schema"} == generated


def test_shipped_profile_passes_its_schema():
    """An editor finds nothing wrong with the shipped profile."""
    jsonschema.validate(yaml.safe_load((SHIPPED / "customer-bridge.yaml").read_text()), schema("profile"))


def test_sample_configuration_passes_its_schema():
    """An editor finds nothing wrong with the sample's configuration."""
    config = ROOT / "examples" / "managed-outage" / "bridgepkg.yaml"
    jsonschema.validate(yaml.safe_load(config.read_text()), schema("config"))


def test_dossier_passes_its_schema():
    """A dossier of the sample is what docs/dossier.schema.json says."""
    document = orjson.loads(make_dossier().model_dump_json())
    jsonschema.validate(document, schema("dossier"))
