"""Turns of a conversation, and what of them a later turn may refer to."""
