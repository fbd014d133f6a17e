"""The report: one page by which somebody decides whether to trust a data set, and the same numbers for a program."""
