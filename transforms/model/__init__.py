"""The core's types: records, evidence, people's decisions, packages, holds and lineage."""
