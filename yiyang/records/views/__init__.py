"""The screens of the clinical record."""
