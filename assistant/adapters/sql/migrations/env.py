"""Runs revisions on the connection that ``migrating.py`` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from assistant.adapters.sql.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
