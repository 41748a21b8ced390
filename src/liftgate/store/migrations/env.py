"""What Alembic runs for each command: the steps, in the transaction that ``migrate`` holds open."""

from alembic import context

from liftgate.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
