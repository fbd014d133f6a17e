"""Executors: who calls the engine. Same command, same folder, same clips, whoever does."""
