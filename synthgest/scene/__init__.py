"""The scene around the person: camera, light and places."""
