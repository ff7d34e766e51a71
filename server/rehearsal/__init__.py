"""The rehearsal: two real peers hold one whole interview against a running server."""
