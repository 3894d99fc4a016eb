"""Tasks, one a file, and the loop that drives them: a recipe and data in → trained weights."""
