"""What networks learn from: packs, folders and labels in → arrays and batches."""
