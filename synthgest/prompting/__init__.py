"""Prompts: who performs a gesture, where, in which light and before which camera, in words that a model understands."""
