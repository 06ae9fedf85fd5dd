"""Pure rules about persons: names and how they are found, documents, numbers, ages."""
