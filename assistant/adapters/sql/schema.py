"""The tables of the record. Moments are milliseconds since the epoch, UTC; lists are JSON texts.

Alembic's revisions in ``migrations/`` make them; a test holds the two to each other.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, false

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"},
)

interactions = Table(
    "interactions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("episode", String(64), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("with_ticket_intent", Boolean, nullable=False),
    Column("locale", String(35), nullable=False),
    Column("entry", String(32), nullable=False),
    Column("visitor", String(40)),
    Column("account", String(40)),
    Column("question", Text),  # emptied when its retention ends
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32)),
    Column("generation", String(64), nullable=False),
    Column("curation", String(64), nullable=False),
    Column("matter", Text),
    Column("shown", Text, nullable=False),
    Column("nearest", Text, nullable=False),
    Column("experiment", String(64)),
    Column("held_out", Boolean, nullable=False),
    Index(None, "account", "at"),
    Index(None, "visitor", "at"),
    Index(None, "at"),
)
"""One row a question, with what was shown for it."""

events = Table(
    "events",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("episode", String(64), nullable=False, index=True),
    Column("type", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("client_at", BigInteger),
    Column("rank", Integer),
    Column("helpful", Boolean),
    Column("reason", Text),
    Column("ticket", String(64)),
    Index(None, "at"),
)
"""What followed. The key makes a repeat a no-op, and keeps one browser's ids out of the way of another's."""

episodes = Table(
    "episodes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("day", Integer, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("with_ticket_intent", Boolean, nullable=False),
    Column("locale", String(35), nullable=False),
    Column("entry", String(32), nullable=False),
    Column("page", Text),
    Column("visitor", String(40), index=True),
    Column("account", String(40), index=True),
    Column("subject", String(64), nullable=False),
    Column("experiment", String(64)),
    Column("held_out", Boolean, nullable=False),
    Column("questions", Integer, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("opened", Boolean, nullable=False),
    Column("taken_back", Boolean, nullable=False),
    Column("outcome", String(1), nullable=False),
    Column("closes_at", BigInteger, nullable=False),
    Column("durable_at", BigInteger, nullable=False),
    Column("lasts", Boolean, nullable=False),
    Column("ticket_at", BigInteger),
)
"""What ``fold`` made of them; can be made again at any time while the events are kept. ``day`` is the first question's,
in the operator's time zone, as a proleptic Gregorian ordinal."""

# Reports read these columns and nothing else, so they never touch the table itself.
Index(
    "ix_episodes_report",
    episodes.c.with_ticket_intent,
    episodes.c.day,
    episodes.c.held_out,
    episodes.c.locale,
    episodes.c.entry,
    episodes.c.page,
    episodes.c.outcome,
    episodes.c.closes_at,
    episodes.c.durable_at,
    episodes.c.lasts,
    episodes.c.experiment,
)
Index(
    "ix_episodes_subjects",
    episodes.c.subject,
    episodes.c.held_out,
    episodes.c.experiment,
    episodes.c.with_ticket_intent,
    episodes.c.day,
    episodes.c.closes_at,
    episodes.c.outcome,
)

unfolded = Table(
    "unfolded",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("episode", String(64), nullable=False),
    sqlite_autoincrement=True,
)
"""A mark for each time that something of an episode was recorded and not yet folded; see ``folding.py``."""

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("episode", String(64), nullable=False, index=True),
    Column("visitor", String(40)),
    Column("account", String(40), index=True),
    Column("created_at", BigInteger, nullable=False, index=True),
    Column("closed_at", BigInteger),
    Column("locale", String(35), nullable=False),
    Column("generation", String(64), nullable=False),
    Column("curation", String(64), nullable=False),
    Column("text", Text),  # emptied when its retention ends
    Column("evidence", Text),  # made when the machine has looked
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("ticket", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("by", String(64), nullable=False),
    Column("finding", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
)
"""Who found what about a ticket; never changed, only added to."""

texts = Table("texts", metadata, Column("digest", String(64), primary_key=True), Column("text", Text, nullable=False))
"""Passages as they were shown, by the digest of their text."""

curations = Table(
    "curations", metadata, Column("digest", String(64), primary_key=True), Column("content", Text, nullable=False)
)
"""What writers had decided, as it was when a question was asked."""

erasures = Table(
    "erasures",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
)
"""Marks of people who were erased, so that a restored backup does not bring them back."""

desk_tickets = Table(
    "desk_tickets",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("account", String(40), nullable=False),
    Column("customer", Text, nullable=False),
    Column("locale", String(35), nullable=False),
    Column("text", Text),  # emptied when its retention ends
    Column("wanted", String(10), nullable=False),
    Column("lane", String(10), nullable=False),
    Column("fee", String(10), nullable=False),
    Column("state", String(16), nullable=False),
    Column("written_at", BigInteger, nullable=False),
    Column("sent_at", BigInteger),
    Column("promised_at", BigInteger),
    Column("answered_at", BigInteger),
    Column("conversation", Text, nullable=False),
    Column("recorded", Boolean, nullable=False),
    Column("standing", String(10), nullable=False, server_default="normal"),
    Column("since", BigInteger),
    Column("turn_at", BigInteger),
    Column("in_queue", Boolean, nullable=False, server_default=false()),
    Index("ix_desk_tickets_queue", "in_queue", "lane", "turn_at", "since", "id"),
    Index(None, "key", unique=True),
    Index(None, "account", "written_at"),
    Index(None, "recorded", "sent_at"),
)
"""Tickets as they were written, verbatim, for whoever answers them. ``account`` is the pseudonym that the record knows;
``customer`` holds names and addresses and is emptied together with the text."""

desk_files = Table(
    "desk_files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account", String(40), nullable=False, index=True),
    Column("ticket", String(16), index=True),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
)
"""Files sent along; their contents are in the attachments' store, by this id."""

links = Table(
    "links",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("email", Text, nullable=False),
    Column("locale", String(35), nullable=False),
    Column("ticket", String(16)),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("used_at", BigInteger),
)
"""One-time links sent by mail, by the digest of their secret."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("ticket", String(16), index=True),
    Column("payload", Text, nullable=False),
    Column("due_at", BigInteger, index=True),  # empty once it is sent, or given up
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
)
"""What is still to be sent on: mails, and the fees asked of the shop."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("ticket", String(16), primary_key=True),
    Column("queued_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, index=True),  # empty while there is nothing to do
    Column("held_until", BigInteger),  # by whoever is at it
    Column("wakes", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("sink", String(20)),
    Column("remote_id", String(64)),
    Column("url", Text),
    Column("delivered_at", BigInteger),
    Column("lane", String(10)),
    Column("noted", Boolean, nullable=False),
    Column("remote_state", String(10)),
    Column("error", Text),
    Index(None, "state", "queued_at"),
    Index(None, "sink", "remote_id"),
)
"""What the helpdesk has of each ticket, and when there is more for it; one row a ticket."""

messages = Table(
    "messages",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("ticket", String(16), nullable=False),
    Column("number", Integer, nullable=False),
    Column("by", String(10), nullable=False),
    Column("author", Text),
    Column("text", Text),  # emptied together with the ticket's
    Column("at", BigInteger, nullable=False, index=True),
    Column("delivered", Boolean, nullable=False),
    Index(None, "ticket", "number"),
)
"""What customer and staff write after the ticket, by numbers in the order in which we learnt of it."""

cursors = Table(
    "cursors",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""How far something that is looked through again and again has been seen, such as a helpdesk's changes."""

ticket_vectors = Table(
    "ticket_vectors",
    metadata,
    Column("ticket", String(64), primary_key=True),
    Column("recipe", String(64), nullable=False),
    Column("vector", Text, nullable=False),
)
"""What earlier tickets say, as vectors of the recipe named; of none whose text was emptied. Texts in base 64: a backup
holds lines of JSON."""

checklists = Table(
    "checklists",
    metadata,
    Column("ticket", String(16), primary_key=True),
    Column("earlier", String(16), nullable=False),
    Column("steps", Text),  # emptied together with the ticket's text
    Column("tried", Text),
)
"""An earlier solution that came up again, and which of its steps the customer says to have tried."""

standings = Table(
    "standings",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("account", String(40), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("standing", String(10), nullable=False),
    Column("until", BigInteger),
    Column("snapshot", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Index("ix_standings_account", "account", "number"),
    Index(None, "until"),
    sqlite_autoincrement=True,
)
"""Each decision on a customer's standing, with all that it rests on; the last one holds until its end."""

contests = Table(
    "contests",
    metadata,
    Column("ticket", String(64), primary_key=True),
    Column("ground", String(16), primary_key=True),
    Column("account", String(40), nullable=False, index=True),
    Column("text", Text),  # emptied when its retention ends
    Column("at", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("decided_at", BigInteger),
    Column("by", String(64)),
    Column("reason", Text),
    Index("ix_contests_state", "state", "at"),
)
"""What customers say against what counts under fair use, and what staff has decided."""

staff = Table(
    "staff",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", String(10), nullable=False),
    Column("password", Text),
    Column("subject", Text),
    Column("disabled", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "email", unique=True),
    Index(None, "subject", unique=True),
)
"""The people at the desk. ``password`` is an Argon2 hash, ``subject`` who they are at the identity provider."""

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("staff", String(32), nullable=False, index=True),
    Column("began_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)
"""Who is signed in at the desk, by the digest of a secret that only the browser has."""

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("action", String(40), nullable=False),
    Column("about", Text, nullable=False),
    Column("details", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""What was done at the desk, by whom; never changed, only added to."""

gap_questions = Table(
    "gap_questions",
    metadata,
    Column("interaction", String(32), primary_key=True),
    Column("episode", String(64), nullable=False, index=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("person", String(64), nullable=False),
    Column("locale", String(35), nullable=False),
    Column("signal", String(12), nullable=False),
    Column("ticket", Boolean, nullable=False),
    Column("opened", Boolean, nullable=False),
    Column("gap", String(16)),
    Column("recipe", String(64)),
    Column("vector", Text),  # emptied together with the question's text
    Index(None, "gap", "at"),
)
"""Questions that the pages failed, each with its vector by the recipe named, in base 64, and the gap that it is in:
empty if it is in none, and null before that was looked at."""

gaps = Table(
    "gaps",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("names", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("assignee", String(32)),
    Column("reason", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False, index=True),
    Column("published_at", BigInteger),
    Column("page", Text),
    Column("predicted", Text),
    Column("said", String(16)),
    Column("into", String(16)),
    Column("people", Integer, nullable=False),
    Column("cost", Float, nullable=False),
    Column("facts", Text, nullable=False),
    Index(None, "state", "cost"),
)
"""Groups of questions that the pages do not answer. ``names`` are questions of it, by their ids; ``facts`` is what was
counted and found of each when last looked at; ``into`` is the gap that another has become part of; ``said`` is what a
writer says is wrong with the pages."""

gap_notes = Table(
    "gap_notes",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("gap", String(16), nullable=False, index=True),
    Column("by", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""What writers note on gaps."""

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("page", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("base", String(64)),
    Column("gap", String(16)),
    Column("by", String(64), nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("state", String(12), nullable=False),
    Column("generation", String(64)),
    Column("preview", Text),
)
"""Pages being written. ``base`` is the digest of the file as it was when somebody began, none for a new page;
``generation`` is the candidate that its last preview was made with."""

page_days = Table(
    "page_days",
    metadata,
    Column("page", Text, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("asked", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("solved", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("helpful", Integer, nullable=False),
    Column("unhelpful", Integer, nullable=False),
    Index(None, "day"),
)
"""What became of each page on each day that it was in any answer; counted anew while the day's episodes are open."""
