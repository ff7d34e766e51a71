"""Mails: who hears of what, in which words, and how it reaches the mail server once and no more."""
