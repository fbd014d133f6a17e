"""Experiments as lists of trials: what the papers measure, on any data, with seeds, intervals and paired tests."""
