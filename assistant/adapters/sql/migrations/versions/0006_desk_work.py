"""The queue's order, fair use, and the people at the desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add; tickets that are open take their place in the queue."""
    with op.batch_alter_table("desk_tickets") as table:
        table.add_column(sa.Column("standing", sa.String(length=10), nullable=False, server_default="normal"))
        table.add_column(sa.Column("since", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("turn_at", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("in_queue", sa.Boolean(), nullable=False, server_default=sa.false()))
    tickets = sa.table(
        "desk_tickets",
        sa.column("since", sa.BigInteger),
        sa.column("turn_at", sa.BigInteger),
        sa.column("sent_at", sa.BigInteger),
        sa.column("state", sa.String),
        sa.column("in_queue", sa.Boolean),
    )
    op.execute(sa.update(tickets).values(since=tickets.c.sent_at, turn_at=tickets.c.sent_at))
    op.execute(
        sa.update(tickets)
        .where(tickets.c.sent_at.is_not(None), tickets.c.state.in_(["received", "in_progress"]))
        .values(in_queue=True)
    )
    op.create_index("ix_desk_tickets_queue", "desk_tickets", ["in_queue", "lane", "turn_at", "since", "id"])
    op.create_table(
        "checklists",
        sa.Column("ticket", sa.String(length=16), nullable=False),
        sa.Column("earlier", sa.String(length=16), nullable=False),
        sa.Column("steps", sa.Text(), nullable=True),
        sa.Column("tried", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_checklists")),
    )
    op.create_table(
        "standings",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_standings")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_standings_account", "standings", ["account", "number"])
    op.create_index(op.f("ix_standings_until"), "standings", ["until"])
    op.create_index(op.f("ix_verdicts_at"), "verdicts", ["at"])
    op.create_index(op.f("ix_messages_at"), "messages", ["at"])
    op.create_table(
        "contests",
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("ground", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("ticket", "ground", name=op.f("pk_contests")),
    )
    op.create_index(op.f("ix_contests_account"), "contests", ["account"])
    op.create_index("ix_contests_state", "contests", ["state", "at"])
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_index(op.f("ix_staff_email"), "staff", ["email"], unique=True)
    op.create_index(op.f("ix_staff_subject"), "staff", ["subject"], unique=True)
    op.create_table(
        "staff_sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("staff", sa.String(length=32), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_staff"), "staff_sessions", ["staff"])
    op.create_index(op.f("ix_staff_sessions_expires_at"), "staff_sessions", ["expires_at"])
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"])


def downgrade() -> None:
    """Take away."""
    op.drop_index(op.f("ix_verdicts_at"), "verdicts")
    op.drop_index(op.f("ix_messages_at"), "messages")
    for name in ("audit", "staff_sessions", "staff", "contests", "standings", "checklists"):
        op.drop_table(name)
    op.drop_index("ix_desk_tickets_queue", "desk_tickets")
    with op.batch_alter_table("desk_tickets") as table:
        for name in ("in_queue", "turn_at", "since", "standing"):
            table.drop_column(name)
