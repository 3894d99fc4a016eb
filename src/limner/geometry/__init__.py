"""Where things lie: points, matrices, arrays in → points, matrices, arrays; no files, no models."""
