"""Handlers: each opens a transaction, calls one verb and renders one answer."""
