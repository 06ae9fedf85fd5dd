"""Pure rules of the clinical record."""
