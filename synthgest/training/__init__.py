"""Training: an encoder and a head learn classes from clips with soft labels, and a run folder says all that it depended on."""
