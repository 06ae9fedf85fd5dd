"""Every write of the clinical record."""
