class FhirPathError(ValueError):
    """An expression that cannot be read, or cannot be asked of what it was asked of."""
