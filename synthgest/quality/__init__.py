"""Quality: measures of a clip that need no model, near-duplicates, and a selection of the clips that are worth training on."""
