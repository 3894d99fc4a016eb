"""How far off a network is, one file a task."""
