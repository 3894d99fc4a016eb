"""Teaching the networks: data and a recipe in → a graph that ``limner.weights`` opens; the only room that imports torch."""
