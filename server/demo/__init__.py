"""The demonstration: an invented world on a throw-away folder, and a door into it for every role."""
