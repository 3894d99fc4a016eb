"""A rough sketch in → a shadow that guides the hand, and a photograph."""
