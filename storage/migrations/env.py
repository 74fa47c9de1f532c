"""Alembic's environment: it runs on the connection that `storage.migrations.run` gives it, and on nothing else."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], target_metadata=None, transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
