"""The web application, the command line and everything that wires the rooms together."""
