"""Questions, what followed them, and the episodes folded from both."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add."""
    op.create_table(
        "curations",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_curations")),
    )
    op.create_table(
        "episodes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("with_ticket_intent", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("entry", sa.String(length=32), nullable=False),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("visitor", sa.String(length=40), nullable=True),
        sa.Column("account", sa.String(length=40), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("experiment", sa.String(length=64), nullable=True),
        sa.Column("held_out", sa.Boolean(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=1), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.Column("durable_at", sa.BigInteger(), nullable=False),
        sa.Column("lasts", sa.Boolean(), nullable=False),
        sa.Column("ticket_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episodes")),
    )
    op.create_index(op.f("ix_episodes_account"), "episodes", ["account"], unique=False)
    op.create_index(
        "ix_episodes_report",
        "episodes",
        [
            "with_ticket_intent",
            "day",
            "held_out",
            "locale",
            "entry",
            "page",
            "outcome",
            "closes_at",
            "durable_at",
            "lasts",
            "experiment",
        ],
        unique=False,
    )
    op.create_index(
        "ix_episodes_subjects",
        "episodes",
        ["subject", "held_out", "experiment", "with_ticket_intent", "day", "closes_at", "outcome"],
        unique=False,
    )
    op.create_index(op.f("ix_episodes_visitor"), "episodes", ["visitor"], unique=False)
    op.create_table(
        "events",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("episode", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("client_at", sa.BigInteger(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("helpful", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ticket", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("scope", "id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"], unique=False)
    op.create_index(op.f("ix_events_episode"), "events", ["episode"], unique=False)
    op.create_table(
        "interactions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("episode", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("with_ticket_intent", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("entry", sa.String(length=32), nullable=False),
        sa.Column("visitor", sa.String(length=40), nullable=True),
        sa.Column("account", sa.String(length=40), nullable=True),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("generation", sa.String(length=64), nullable=False),
        sa.Column("curation", sa.String(length=64), nullable=False),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("nearest", sa.Text(), nullable=False),
        sa.Column("experiment", sa.String(length=64), nullable=True),
        sa.Column("held_out", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interactions")),
    )
    op.create_index(op.f("ix_interactions_account_at"), "interactions", ["account", "at"], unique=False)
    op.create_index(op.f("ix_interactions_at"), "interactions", ["at"], unique=False)
    op.create_index(op.f("ix_interactions_episode"), "interactions", ["episode"], unique=False)
    op.create_index(op.f("ix_interactions_visitor_at"), "interactions", ["visitor", "at"], unique=False)
    op.create_table(
        "texts",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_texts")),
    )
    op.create_table(
        "unfolded",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("episode", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_unfolded")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Take away."""
    op.drop_table("unfolded")
    op.drop_table("texts")
    op.drop_index(op.f("ix_interactions_visitor_at"), table_name="interactions")
    op.drop_index(op.f("ix_interactions_episode"), table_name="interactions")
    op.drop_index(op.f("ix_interactions_at"), table_name="interactions")
    op.drop_index(op.f("ix_interactions_account_at"), table_name="interactions")
    op.drop_table("interactions")
    op.drop_index(op.f("ix_events_episode"), table_name="events")
    op.drop_index(op.f("ix_events_at"), table_name="events")
    op.drop_table("events")
    op.drop_index(op.f("ix_episodes_visitor"), table_name="episodes")
    op.drop_index("ix_episodes_subjects", table_name="episodes")
    op.drop_index("ix_episodes_report", table_name="episodes")
    op.drop_index(op.f("ix_episodes_account"), table_name="episodes")
    op.drop_table("episodes")
    op.drop_table("curations")
