"""Alembic's way in: runs the revisions on the connection that `migrate` hands over."""

from alembic import context

from publisher.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,  # the caller's transaction holds them all
)
context.run_migrations()
