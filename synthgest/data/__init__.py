"""The data set on disk: published clips, their records, and all that is derived from them."""
