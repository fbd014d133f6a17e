"""Evaluation: how well features and trained models recognise gestures, each figure with its interval."""
