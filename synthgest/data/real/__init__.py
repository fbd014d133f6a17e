"""Real clips: labelled videos, frame folders and pictures that others made, read where they lie; nothing is copied or changed."""
