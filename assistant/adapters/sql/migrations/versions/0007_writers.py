"""The writers' desk: gaps, what is written for them, and what became of each page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add."""
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=True),
        sa.Column("gap", sa.String(length=16), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("generation", sa.String(length=64), nullable=True),
        sa.Column("preview", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_at"), "drafts", ["at"])
    op.create_table(
        "gap_notes",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gap", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_gap_notes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_gap_notes_gap"), "gap_notes", ["gap"])
    op.create_table(
        "gap_questions",
        sa.Column("interaction", sa.String(length=32), nullable=False),
        sa.Column("episode", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("signal", sa.String(length=12), nullable=False),
        sa.Column("ticket", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("gap", sa.String(length=16), nullable=True),
        sa.Column("recipe", sa.String(length=64), nullable=True),
        sa.Column("vector", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("interaction", name=op.f("pk_gap_questions")),
    )
    op.create_index(op.f("ix_gap_questions_at"), "gap_questions", ["at"])
    op.create_index(op.f("ix_gap_questions_episode"), "gap_questions", ["episode"])
    op.create_index(op.f("ix_gap_questions_gap_at"), "gap_questions", ["gap", "at"])
    op.create_table(
        "gaps",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("assignee", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("predicted", sa.Text(), nullable=True),
        sa.Column("said", sa.String(length=16), nullable=True),
        sa.Column("into", sa.String(length=16), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    op.create_index(op.f("ix_gaps_changed_at"), "gaps", ["changed_at"])
    op.create_index(op.f("ix_gaps_state_cost"), "gaps", ["state", "cost"])
    op.create_table(
        "page_days",
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("page", "day", name=op.f("pk_page_days")),
    )
    op.create_index(op.f("ix_page_days_day"), "page_days", ["day"])


def downgrade() -> None:
    """Take away."""
    for name in ("page_days", "drafts", "gap_notes", "gaps", "gap_questions"):
        op.drop_table(name)
