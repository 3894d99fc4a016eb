"""The networks that are taught, one file each."""
