"""What a caller of the assistant can do wrong. A miss is an outcome, not an error."""

from __future__ import annotations


class AssistantError(Exception):
    """Base of everything the assistant raises on purpose."""


class QuestionUnusable(AssistantError, ValueError):
    """The question is empty or too long, or its locale is none; the message says which, for the person who asked."""


class PolicyUnusable(AssistantError):
    """A policy's file cannot be understood."""
