"""``python -m synthgest`` is the command ``synthgest``."""

from synthgest.cli import main

main()
