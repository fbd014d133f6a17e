"""Diffusion models: found, loaded without running foreign code, called with one seed a clip, and kept within memory."""
