"""Real-time media: signalling, rooms and the packet relay; knows no booking, name or file."""
